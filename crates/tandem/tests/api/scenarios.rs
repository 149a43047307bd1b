//! A scenario from a dataset to its report, over HTTP.

use std::fmt::Write;

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, rows};

/// Orders of 300 customers over a year, some of whom stop early.
fn orders() -> String {
    let mut csv = "customer,day,amount\n".to_owned();
    for customer in 0_u32..300 {
        let (every, last) = (7 + customer % 40, 60 + (customer * 37) % 300);
        let mut day = customer % 20;
        while day < last {
            let (month, date) = (1 + day / 30 % 12, 1 + day % 28);
            let amount = 5 + (customer * 13 + day * 7) % 90;
            writeln!(csv, "c{customer},2024-{month:02}-{date:02},{amount}.50").unwrap();
            day += every;
        }
    }
    csv
}

async fn start(who: &Client, project: ProjectId, id: &str) -> Value {
    let map = json!({ "customer": "customer", "time": "day", "amount": "amount" });
    let body = json!({ "inputs": { "transactions": { "dataset_id": id, "map": map } } });
    who.post(&format!("/projects/{project}/scenarios/customer-value/runs"), body).await.expect(202)
}

#[tokio::test]
async fn customers_are_valued_cached_and_reproduced() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "orders", &orders()).await;

    let suggested = owner
        .post(&format!("/projects/{project}/scenarios/customer-value/suggest"), json!({ "dataset_id": id }))
        .await
        .expect(200);
    let mut roles: Vec<_> = suggested["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| format!("{}={}", s["role"].as_str().unwrap(), s["column"].as_str().unwrap()))
        .collect();
    roles.sort();
    assert_eq!(roles, ["amount=amount", "customer=customer", "time=day"]);

    let first = ended(&owner, &start(&owner, project, &id).await).await;
    assert_eq!(first["state"], "succeeded", "{first}");
    assert_eq!(first["cached"], false);
    // All that a form needs to ask the same again, and who asked.
    let map = json!({ "customer": "customer", "time": "day", "amount": "amount" });
    assert_eq!(first["inputs"][0]["mapping"], map);
    assert_eq!((&first["inputs"][0]["seq"], &first["inputs"][0]["asset"]["id"]), (&json!(1), &json!(id)));
    assert_eq!(first["output_name"], "orders · Customer value");
    assert_eq!((&first["author"]["id"], &first["author"]["name"]), (&first["created_by"], &json!("owner")));
    let customers = rows(&owner, project, "SELECT count(*) FROM \"orders · Customer value\"").await;
    assert_eq!(customers, json!([[300]]));
    let run = first["id"].as_str().unwrap();
    let report = owner.get(&format!("/runs/{run}/report")).await.expect(200);
    assert!(report["headline"].as_array().unwrap().len() >= 3);
    let html = owner.get(&format!("/runs/{run}/report.html?lang=zh-CN")).await;
    assert_eq!(html.status, 200);
    owner.get(&format!("/runs/{run}/report.xlsx")).await.expect(200);
    let pdf = owner.get(&format!("/runs/{run}/report.pdf?lang=zh-CN")).await;
    assert_eq!((pdf.status.as_u16(), &pdf.headers["content-type"]), (200, &"application/pdf".parse().unwrap()));
    assert!(
        pdf.bytes.starts_with(b"%PDF-1.7") && pdf.headers["content-disposition"].to_str().unwrap().contains(".pdf")
    );
    let same = owner.get(&format!("/runs/{run}/report.pdf?lang=zh-CN")).await;
    assert_eq!(same.bytes, pdf.bytes, "the same run gives the same bytes");

    // The same question is answered from the cache, with the same versions.
    let again = start(&owner, project, &id).await;
    assert_eq!((again["cached"].as_bool(), again["state"].as_str()), (Some(true), Some("succeeded")));
    assert_eq!(again["outputs"], first["outputs"]);

    // Done again without the cache, the same bytes come out.
    let repeat = owner.post(&format!("/runs/{run}/reproduce"), json!({})).await.expect(202);
    let repeat = ended(&owner, &repeat).await;
    assert_eq!(repeat["state"], "succeeded", "{repeat}");
    assert_eq!(repeat["result"]["reproduced"], true, "{}", repeat["result"]["output_digests"]);
    // So they do when what is repeated is a repetition, or was served from one:
    // all are held against the run that came first.
    let served = start(&owner, project, &id).await;
    assert_eq!((&served["cached"], &served["reproduces"]), (&json!(true), &Value::Null));
    for earlier in [&repeat, &served] {
        let path = format!("/runs/{}/reproduce", earlier["id"].as_str().unwrap());
        let deeper = ended(&owner, &owner.post(&path, json!({})).await.expect(202)).await;
        assert_eq!((&deeper["reproduces"], &deeper["result"]["reproduced"]), (&json!(run), &json!(true)), "{deeper}");
        assert_eq!(deeper["result"]["output_digests"], first["result"]["output_digests"]);
    }

    // A new version of its input makes it stale.
    assert_eq!(owner.get(&format!("/runs/{run}")).await.expect(200)["stale"], false);
    let more = json!({ "target": { "dataset_id": id }, "mode": "append" });
    import(&owner, project, "customer,day,amount\nc1,2024-12-30,9.5\n", more).await;
    assert_eq!(owner.get(&format!("/runs/{run}")).await.expect(200)["stale"], true);
    let fresh = ended(&owner, &start(&owner, project, &id).await).await;
    assert_eq!(fresh["cached"], false);
}

#[tokio::test]
async fn results_inherit_the_strictest_rights_of_their_source() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "orders", &orders()).await;
    let run = ended(&owner, &start(&owner, project, &id).await).await;
    let derived = run["outputs"][0]["asset"]["id"].as_str().unwrap();
    let analyst = kit.member_of(project, acme.id, "analyst@acme.test", ProjectRole::Analyst).await;
    let who = kit.as_user(&analyst).await;
    let download = format!("/datasets/{derived}/versions/1/download");
    // A grant on the result alone is not enough …
    let grant = json!({ "user_id": analyst.id, "action": "download" });
    owner.post(&format!("/assets/{derived}/grants"), grant.clone()).await.expect(201);
    who.get(&download).await.refused(403, "forbidden");
    // … until the source may be downloaded too, or the result is released.
    owner.post(&format!("/assets/{derived}/release"), json!({})).await;
    who.get(&download).await.expect(200);

    // A source whose rows are hidden from somebody hides what was made from it.
    let second = ended(&owner, &start(&owner, project, &id).await).await;
    assert_eq!(second["state"], "succeeded");
    let rules = json!({ "rules": [{ "name": "few", "exempt_roles": ["owner"],
        "row_filter": { "op": "compare", "column": "customer", "is": "eq", "value": "c1" } }] });
    owner.put(&format!("/datasets/{id}/policies"), rules).await.expect(200);
    let map = json!({ "customer": "customer", "time": "day" });
    let mut body = json!({ "inputs": { "transactions": { "dataset_id": id, "map": map } } });
    let path = format!("/projects/{project}/scenarios/customer-value/runs");
    who.post(&path, body.clone()).await.refused(409, "already_exists");
    body["output_name"] = json!("mine");
    let mine = who.post(&path, body).await.expect(202);
    let mine = ended(&who, &mine).await;
    assert_eq!(mine["result"]["figures"]["counts"]["customers"], 1, "all that this person may see: {mine}");
    // Who asked reads the answer; its rows stay closed, and so does it all to
    // others who see a part, until it is released.
    let report = format!("/runs/{}/report", mine["id"].as_str().unwrap());
    who.get(&report).await.expect(200);
    let said = who.get(&format!("{report}.html")).await.refused(403, "forbidden");
    assert!(said.contains("released"), "{said}");
    let derived = mine["outputs"][0]["asset"]["id"].as_str().unwrap();
    who.get(&format!("/datasets/{derived}/versions/1/rows")).await.refused(403, "forbidden");
    let other = kit.member_of(project, acme.id, "other@acme.test", ProjectRole::Analyst).await;
    let other = kit.as_user(&other).await;
    other.get(&report).await.refused(403, "forbidden");
    // What the rules hide later is hidden in what was computed before.
    let rules = json!({ "rules": [{ "name": "none", "exempt_roles": ["owner"],
        "row_filter": { "op": "compare", "column": "customer", "is": "eq", "value": "c2" } }] });
    owner.put(&format!("/datasets/{id}/policies"), rules).await.expect(200);
    who.get(&report).await.refused(403, "forbidden");
    for asset in mine["outputs"].as_array().unwrap() {
        owner.post(&format!("/assets/{}/release", asset["asset"]["id"].as_str().unwrap()), json!({})).await.expect(200);
    }
    other.get(&report).await.expect(200);
}

#[tokio::test]
async fn operators_run_and_viewers_do_not() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "orders", &orders()).await;
    let operator = kit.member_of(project, acme.id, "operator@acme.test", ProjectRole::Operator).await;
    let operator = kit.as_user(&operator).await;
    let run = ended(&operator, &start(&operator, project, &id).await).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let sql = json!({ "sql": "SELECT 1" });
    operator.post(&format!("/projects/{project}/query"), sql).await.refused(403, "forbidden");
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    viewer.get(&format!("/runs/{}/report", run["id"].as_str().unwrap())).await.expect(200);
    let map = json!({ "customer": "customer", "time": "day" });
    let body = json!({ "inputs": { "transactions": { "dataset_id": id, "map": map } } });
    viewer.post(&format!("/projects/{project}/scenarios/customer-value/runs"), body).await.refused(403, "forbidden");
}
