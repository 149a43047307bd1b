//! Stale marks, and what is kept of errors from who may not see what was read.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, pack};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn document(reads: &str, writes: &str) -> Value {
    let edge =
        |from: &str, to: &str| json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}});
    let keep = json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "50"}]});
    json!({"format": 1, "nodes": {
        "read": node("dataset", json!({"dataset": reads})),
        "keep": node("filter", keep),
        "write": node("write-dataset", json!({"name": writes})),
    }, "edges": {"e1": edge("read", "keep"), "e2": edge("keep", "write")}})
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn refresh(who: &Client, id: &str) -> Value {
    let run = who.post(&format!("/workflows/{id}/refresh"), json!({})).await.expect(202);
    ended(who, &run).await
}

async fn marks(who: &Client, id: &str) -> Value {
    who.get(&format!("/workflows/{id}/stale")).await.expect(200)["nodes"].clone()
}

fn told(nodes: &Value) -> [&str; 3] {
    ["read", "keep", "write"].map(|node| nodes[node]["mark"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_input_makes_what_stands_behind_it_stale_until_it_is_refreshed() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "One", document(&orders, "large")).await;
    assert_eq!(told(&marks(&owner, &id).await), ["none"; 3]);
    let first = refresh(&owner, &id).await;
    assert_eq!(first["state"], "succeeded", "{first}");
    assert_eq!(told(&marks(&owner, &id).await), ["fresh"; 3]);
    let large = first["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let two = make(&owner, project, "Two", document(&large, "larger")).await;
    let larger = refresh(&owner, &two).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let stale = async |asset: &str| owner.get(&format!("/assets/{asset}/stale")).await.expect(200);
    assert_eq!(stale(&larger).await, json!({"stale": false, "reasons": []}));

    let mut follows = owner.follow(&format!("/workflows/{id}/events")).await;
    let next_marks = async |follows: &mut tandem_testkit::Events| loop {
        let (kind, _, data) = follows.next().await.unwrap();
        if kind == "stale" {
            return data["nodes"].clone();
        }
    };
    assert_eq!(told(&next_marks(&mut follows).await), ["fresh"; 3]);
    import(&owner, project, "city,amount\n深圳,500\n", json!({"target": {"dataset_id": orders}, "mode": "append"}))
        .await;
    let pushed = next_marks(&mut follows).await;
    assert_eq!(told(&pushed), ["stale"; 3]);
    let why = &pushed["read"]["reasons"][0];
    assert_eq!((&why["kind"], &why["used"], &why["latest"]), (&json!("input"), &json!(1), &json!(2)));
    assert_eq!(why["dataset"]["name"], "orders");
    assert_eq!(pushed["write"]["reasons"][0]["nodes"], json!(["keep"]));
    assert_eq!(marks(&owner, &id).await, pushed);
    assert_eq!(stale(&large).await["reasons"][0]["direct"], true);
    let far = stale(&larger).await;
    assert_eq!((&far["stale"], &far["reasons"][0]["direct"]), (&json!(true), &json!(false)), "{far}");
    assert_eq!(far["reasons"][0]["asset"]["name"], "orders");

    let latest = refresh(&owner, &id).await;
    assert_eq!(told(&marks(&owner, &id).await), ["fresh"; 3]);
    assert_eq!(stale(&large).await["stale"], false);
    assert_eq!(stale(&larger).await["reasons"][0]["asset"]["name"], "large");

    // A change of the draft.
    let value = json!([{"column": "amount", "operator": "at_least", "value": "90"}]);
    let edit = json!({"op": "set_param", "id": "keep", "param": "conditions", "value": value});
    let body = json!({"client": "w", "base": 0, "edits": [edit]});
    owner.post(&format!("/workflows/{id}/edits"), body).await.expect(200);
    let changed = marks(&owner, &id).await;
    assert_eq!(told(&changed), ["fresh", "stale", "stale"]);
    assert_eq!(changed["keep"]["reasons"][0]["params"], json!(["conditions"]));
    let pinned = json!([{"op": "set_param", "id": "read", "param": "version", "value": 1}]);
    let body = json!({"client": "w", "base": 0, "edits": pinned});
    owner.post(&format!("/workflows/{id}/edits"), body).await.expect(200);
    let run = owner.post(&format!("/workflows/{id}/runs"), json!({})).await.expect(202);
    assert_eq!(ended(&owner, &run).await["stale"], false, "a version that was chosen doesn't grow old");
    assert_eq!(told(&marks(&owner, &id).await), ["fresh"; 3]);
    assert_eq!(stale(&large).await["stale"], false);
    // The workflow has gone on since, its data have not.
    let before = owner.get(&format!("/runs/{}", latest["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(before["stale"], false, "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_package_reads_inside_makes_its_node_stale() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "One", document(&orders, "large")).await;
    pack(&owner, &id, &["read", "keep"], "inner").await;
    pack(&owner, &id, &["inner"], "outer").await;
    let run = owner.post(&format!("/workflows/{id}/runs"), json!({})).await.expect(202);
    assert_eq!(ended(&owner, &run).await["state"], "succeeded");
    let told = |nodes: &Value| ["outer", "write"].map(|node| nodes[node]["mark"].as_str().unwrap().to_owned());
    assert_eq!(told(&marks(&owner, &id).await), ["fresh"; 2]);

    let mut follows = owner.follow(&format!("/workflows/{id}/events")).await;
    import(&owner, project, "city,amount\n深圳,500\n", json!({"target": {"dataset_id": orders}, "mode": "append"}))
        .await;
    let now = marks(&owner, &id).await;
    assert_eq!(told(&now), ["stale"; 2], "{now}");
    let reasons = now["outer"]["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 1, "{now}");
    assert_eq!((&reasons[0]["kind"], &reasons[0]["dataset"]["name"]), (&json!("input"), &json!("orders")));
    assert_eq!((&reasons[0]["used"], &reasons[0]["latest"]), (&json!(1), &json!(2)));
    assert_eq!(now["write"]["reasons"][0]["nodes"], json!(["outer"]));
    let pushed = loop {
        let (kind, _, data) = follows.next().await.unwrap();
        if kind == "stale" && told(&data["nodes"])[0] == "stale" {
            break data["nodes"].clone();
        }
    };
    assert_eq!(pushed, now);

    refresh(&owner, &id).await;
    assert_eq!(told(&marks(&owner, &id).await), ["fresh"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_run_failed_is_kept_from_who_may_not_see_what_it_read() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let ana = kit.as_user(&ana).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let mut wrong = document(&orders, "large");
    wrong["nodes"]["keep"] = node("query", json!({"sql": "SELECT CAST(city AS BIGINT) AS n FROM t1"}));
    wrong["edges"]["e1"]["to"]["port"] = json!("tables");
    let id = make(&owner, project, "Wrong", wrong).await;
    let failed = refresh(&owner, &id).await;
    assert_eq!(failed["state"], "failed", "{failed}");
    let words = failed["error"]["message"].as_str().unwrap().to_owned();
    let path = format!("/runs/{}", failed["id"].as_str().unwrap());
    let seen = ana.get(&path).await.expect(200);
    assert_eq!(seen["error"]["message"], json!(words), "who sees all of the data sees why");

    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    let put = owner.put(&format!("/datasets/{orders}/policies"), rules).await;
    assert!(put.status.is_success(), "{}", put.json());
    let seen = ana.get(&path).await.expect(200);
    let nodes = ana.get(&format!("{path}/nodes")).await.expect(200);
    let listed = ana.get(&format!("/projects/{project}/runs?kind=workflow")).await.expect(200);
    for answer in [&seen, &nodes, &listed["items"][0]] {
        let text = answer.to_string();
        assert!(!text.contains(&words) && !text.contains("上海"), "{text}");
    }
    assert_eq!(seen["error"]["code"], failed["error"]["code"]);
    assert!(seen["error"]["message"].as_str().unwrap().contains("kept from you"));
    assert_eq!(owner.get(&path).await.expect(200)["error"]["message"], json!(words));
}
