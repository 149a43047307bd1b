//! An import does what its preview showed, whatever happens in between.

use std::fs;

use serde_json::{Value, json};
use tandem_core::id::RunId;
use tandem_testkit::TestApp;

use crate::data::{ended, rows, upload};

/// Prices that are whole numbers, and later are not.
const BEFORE: &str = "id,price\n1,10\n2,20\n";

fn types(options: &Value) -> Vec<(&str, &str)> {
    let columns = options["columns"].as_array().unwrap();
    columns.iter().map(|c| (c["name"].as_str().unwrap(), c["type"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn what_the_preview_settled_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let root = folder.path().canonicalize().unwrap();
    let kit = TestApp::start_with(|config| config.import_folders = vec![root]).await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let source = json!({ "type": "folder", "folder": 0, "path": "prices.csv" });
    let sniff = async || {
        let found = owner.post(&format!("/projects/{project}/import/sniff"), json!({ "source": source })).await;
        found.expect(200)["options"].clone()
    };
    let import = async |name: &str, settled: &Value| {
        let body = json!({ "source": source, "settled": settled, "target": { "name": name }, "max_rejected_ratio": 1 });
        ended(&owner, &owner.post(&format!("/projects/{project}/import"), body).await.expect(202)).await
    };

    fs::write(&file, BEFORE).unwrap();
    let shown = sniff().await;
    assert_eq!(types(&shown), [("id", "int64"), ("price", "int64")]);
    // Rows come in that would have been shown as something else.
    fs::write(&file, format!("{BEFORE}3,on request\n4,on request\n5,on request\n")).unwrap();
    assert_eq!(types(&sniff().await), [("id", "int64"), ("price", "text")]);
    let run = import("as shown", &shown).await;
    assert_eq!((&run["state"], &run["result"]["rejected"]), (&json!("succeeded"), &json!(3)), "{run}");
    assert_eq!(rows(&owner, project, "SELECT sum(price) FROM \"as shown\"").await, json!([[30]]));
    let run = import("as it is", &Value::Null).await;
    assert_eq!((&run["state"], &run["result"]["rejected"]), (&json!("succeeded"), &json!(0)), "{run}");

    // Values never end in the column of another name.
    fs::write(&file, "price,id\n10,1\n").unwrap();
    let run = import("swapped", &shown).await;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("failed"), &json!("schema_mismatch")), "{run}");
    // Nor is it read in the way of another format.
    fs::write(&file, "[{\"id\": 1, \"price\": 2}]").unwrap();
    let run = import("other", &shown).await;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("failed"), &json!("schema_mismatch")), "{run}");
}

#[tokio::test]
async fn an_import_is_settled_when_it_is_asked_for() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let file = upload(&owner, project, "rows.csv", "a;b\n1;x\n").await;
    let source = json!({ "type": "upload", "upload_id": file });
    let path = format!("/projects/{project}/import");
    let run = owner.post(&path, json!({ "source": source, "target": { "name": "t" } })).await.expect(202);
    let id: RunId = run["id"].as_str().unwrap().parse().unwrap();
    let spec = kit.app.meta.read().await.unwrap().run(acme.id, id).await.unwrap().unwrap().run.spec;
    let settled = &spec["settled"];
    assert_eq!((&settled["delimiter"], &settled["header"]), (&json!(";"), &json!(true)));
    assert_eq!(types(settled), [("a", "int64"), ("b", "text")]);

    // What nobody could have been shown is refused.
    for (column, wrong) in [("name", json!("a")), ("include", json!(false))] {
        let mut settled = settled.clone();
        for at in 0..2 {
            settled["columns"][at][column] = wrong.clone();
        }
        let body = json!({ "source": source, "settled": settled, "target": { "name": "u" } });
        owner.post(&path, body).await.refused(400, "invalid_parameter");
    }
    let body = json!({ "source": source, "settled": { "format": "csv" }, "target": { "name": "u" } });
    owner.post(&path, body).await.refused(400, "invalid_parameter");
}
