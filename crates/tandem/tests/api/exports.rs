//! Rows that leave as files, and who may take them.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, rows, upload};

/// Texts that a spreadsheet program would compute, and some that it must not touch.
const CSV: &str = "id,name,spent,day,big\n\
    1,=1+1,10.5,2024-02-29,9007199254740993\n\
    2,@SUM(A1),20,2024-03-01,1\n\
    3,-12.5 x,30.25,1899-01-01,2\n\
    4,-7,0.1,,3\n\
    5,\"a \"\"b\"\", <c> & 会员\",1,2024-12-31,4\n";
const ALL: &str = "SELECT id, name, spent, day, big FROM orders ORDER BY id";

/// Imports a file as a new dataset; its rows in order.
async fn reimport(who: &Client, project: ProjectId, file: &str, name: &str, bytes: Vec<u8>) -> Value {
    let upload = upload(who, project, file, bytes).await;
    let columns = json!([{ "name": "name", "type": "text" }, { "name": "day", "type": "text" }]);
    let body = json!({ "source": { "type": "upload", "upload_id": upload }, "options": { "columns": columns },
        "target": { "name": name } });
    let run = ended(who, &who.post(&format!("/projects/{project}/import"), body).await.expect(202)).await;
    assert_eq!((&run["state"], &run["result"]["rejected"]), (&json!("succeeded"), &json!(0)), "{run}");
    rows(who, project, &ALL.replace("orders", name)).await
}

#[tokio::test]
async fn files_hold_the_rows_and_no_formulas() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "orders", CSV).await;
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let export = format!("/projects/{project}/query/export");
    let version = owner.get(&format!("/datasets/{id}/versions/1/download?format=xlsx")).await;
    let query = owner.post(&export, json!({ "sql": ALL, "format": "xlsx" })).await;
    for (name, answer) in [("version", version), ("answer", query)] {
        assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (200, sheet));
        assert!(answer.headers["content-disposition"].to_str().unwrap().contains(".xlsx\""));
        // Read again, the texts are those that were there; days are days, but
        // for those before the calendar of sheets.
        let back = reimport(&owner, project, &format!("{name}.xlsx"), name, answer.bytes).await;
        assert_eq!(
            back,
            json!([
                [1, "=1+1", 10.5, "2024-02-29", "9007199254740993"],
                [2, "@SUM(A1)", 20.0, "2024-03-01", 1],
                [3, "-12.5 x", 30.25, "1899-01-01", 2],
                [4, "-7", 0.1, null, 3],
                [5, "a \"b\", <c> & 会员", 1.0, "2024-12-31", 4]
            ])
        );
    }
    let csv = owner.post(&export, json!({ "sql": "SELECT name, id AS \"=id\" FROM orders ORDER BY id" })).await;
    csv.expect(200);
    let expected = "name,'=id\n'=1+1,1\n'@SUM(A1),2\n'-12.5 x,3\n-7,4\n\"a \"\"b\"\", <c> & 会员\",5\n";
    assert_eq!(String::from_utf8(csv.bytes).unwrap(), expected);
    // Forms that programs read have the values as they are.
    let lines = owner.post(&export, json!({ "sql": "SELECT name FROM orders WHERE id = 1", "format": "ndjson" })).await;
    assert_eq!(String::from_utf8(lines.bytes).unwrap(), "{\"name\":\"=1+1\"}\n");
    // No rows are a workbook too.
    let none = owner.post(&export, json!({ "sql": "SELECT id FROM orders WHERE id < 0", "format": "xlsx" })).await;
    assert!(none.status == 200 && none.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn who_may_look_may_not_take_away() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "orders", CSV).await;
    let analyst = kit.member_of(project, acme.id, "analyst@acme.test", ProjectRole::Analyst).await;
    let stranger = kit.as_user(&kit.org("Umbra").await.owner).await;
    let who = kit.as_user(&analyst).await;
    let export = format!("/projects/{project}/query/export");
    for format in ["csv", "xlsx", "parquet", "arrow", "ndjson"] {
        let download = format!("/datasets/{id}/versions/1/download?format={format}");
        let body = json!({ "sql": "SELECT * FROM orders", "format": format });
        kit.anonymous().get(&download).await.refused(401, "unauthenticated");
        kit.anonymous().post(&export, body.clone()).await.refused(401, "unauthenticated");
        stranger.get(&download).await.refused(404, "not_found");
        stranger.post(&export, body.clone()).await.refused(404, "not_found");
        who.get(&download).await.refused(403, "forbidden");
        who.post(&export, body).await.refused(403, "forbidden");
    }
    // What is masked and filtered leaves masked and filtered.
    let grant = json!({ "user_id": analyst.id, "action": "download" });
    owner.post(&format!("/assets/{id}/grants"), grant).await.expect(201);
    let rules = json!({ "rules": [{ "name": "few", "exempt_roles": ["owner"],
        "row_filter": { "op": "compare", "column": "id", "is": "eq", "value": 2 } }] });
    owner.put(&format!("/datasets/{id}/policies"), rules).await.expect(200);
    let taken = who.get(&format!("/datasets/{id}/versions/1/download?format=xlsx")).await;
    taken.expect(200);
    let seen = reimport(&owner, project, "few.xlsx", "few", taken.bytes).await;
    assert_eq!(seen, json!([[2, "@SUM(A1)", 20, "2024-03-01", 1]]));
}
