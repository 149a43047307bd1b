//! What came out of the nodes of one run, looked at afterwards.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::data::{dataset, ended, import, pack};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"from": {"node": from.0, "port": from.1}, "to": {"node": to.0, "port": to.1}})
}

fn at_least(amount: &str) -> Value {
    json!([{"column": "amount", "operator": "at_least", "value": amount}])
}

/// orders → keep → by, and a page about what was kept; beside them a node that fails, and one behind it.
fn document(orders: &str) -> Value {
    json!({"format": 1, "nodes": {
        "orders": node("dataset", json!({"dataset": orders})),
        "keep": node("filter", json!({"conditions": at_least("50")})),
        "by": node("group", json!({"by": ["city"], "totals": [{"function": "sum", "column": "amount", "name": "amount"}]})),
        "look": node("profile", json!({})),
        "wrong": node("query", json!({"sql": "SELECT CAST(city AS BIGINT) AS n FROM t1"})),
        "behind": node("profile", json!({})),
    }, "edges": {
        "e1": edge(("orders", "table"), ("keep", "table")),
        "e2": edge(("keep", "table"), ("by", "table")),
        "e3": edge(("keep", "table"), ("look", "table")),
        "e4": edge(("orders", "table"), ("wrong", "tables")),
        "e5": edge(("wrong", "table"), ("behind", "table")),
    }})
}

struct Case {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    orders: String,
    flow: String,
}

impl Case {
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let body = json!({"name": "Cities", "workflow": document(&orders)});
        let made = owner.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
        let flow = made["asset"]["id"].as_str().unwrap().to_owned();
        Self { kit, acme, project, owner, orders, flow }
    }

    /// The path of a run of the draft that has ended.
    async fn run(&self) -> String {
        let run = self.owner.post(&format!("/workflows/{}/runs", self.flow), json!({})).await.expect(202);
        format!("/runs/{}", ended(&self.owner, &run).await["id"].as_str().unwrap())
    }

    async fn edit(&self, edits: Value) {
        let body = json!({"client": "w", "edits": edits});
        let done = self.owner.post(&format!("/workflows/{}/edits", self.flow), body).await.expect(200);
        assert_eq!(done["refused"], json!([]));
    }
}

async fn look(who: &Client, run: &str, node: &str, port: &str) -> Value {
    who.get(&format!("{run}/preview?node={node}&port={port}")).await.expect(200)
}

fn sorted(looked: &Value) -> Vec<String> {
    let mut rows: Vec<String> = looked["rows"].as_array().unwrap().iter().map(Value::to_string).collect();
    rows.sort_unstable();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_run_stay_what_they_were() {
    let case = Case::new().await;
    let (owner, flow) = (&case.owner, &case.flow);
    let first = case.run().await;
    let was = look(owner, &first, "by", "table").await;
    assert_eq!(sorted(&was), [r#"["上海",420]"#, r#"["北京",180]"#]);
    assert_eq!((&was["row_count"], &was["columns"][0]["name"]), (&json!(2), &json!("city")));
    let page = look(owner, &first, "look", "report").await;
    assert_eq!((&page["kind"], &page["section"]["id"]), (&json!("report"), &json!("profile")), "{page}");

    // The data and the draft go on.
    let more = json!({"target": {"dataset_id": case.orders}, "mode": "append"});
    assert_eq!(import(owner, case.project, "city,amount\n深圳,500\n", more).await["state"], "succeeded");
    case.edit(json!([{"op": "set_param", "id": "keep", "param": "conditions", "value": at_least("90")}])).await;
    let draft = json!({"node": "by", "port": "table"});
    let draft = owner.post(&format!("/workflows/{flow}/preview"), draft).await.expect(200);
    assert_eq!(draft["rows"].as_array().unwrap().len(), 3, "上海, 北京, 深圳");
    assert_eq!(look(owner, &first, "by", "table").await, was);
    let kept = look(owner, &first, "keep", "table").await;
    assert_eq!(kept["rows"].as_array().unwrap().len(), 4, "a node that melted into others is asked for anew: {kept}");
    let second = case.run().await;
    assert_eq!(sorted(&look(owner, &second, "by", "table").await).len(), 3);
    let paged = owner.get(&format!("{second}/preview?node=by&port=table&offset=2&limit=2")).await.expect(200);
    assert_eq!(paged["rows"].as_array().unwrap().len(), 1);

    // A node that failed, one behind it, and what isn't there.
    assert_eq!(look(owner, &first, "wrong", "table").await, json!({"kind": "none", "reason": "failed"}));
    assert_eq!(look(owner, &first, "behind", "report").await, json!({"kind": "none", "reason": "skipped"}));
    for (node, port) in [("nothing", "table"), ("by", "nothing")] {
        owner.get(&format!("{first}/preview?node={node}&port={port}")).await.refused(404, "not_found");
    }

    // What was thrown away says so; a query over versions that are kept is asked for again.
    let results = case.kit.app.config.data_dir.join("results");
    for shelf in std::fs::read_dir(results).unwrap() {
        std::fs::remove_dir_all(shelf.unwrap().path()).unwrap();
    }
    assert_eq!(look(owner, &first, "look", "report").await, json!({"kind": "none", "reason": "gone"}));
    assert_eq!(sorted(&look(owner, &first, "by", "table").await), sorted(&was));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_shows_what_it_gave_in_a_run() {
    let case = Case::new().await;
    pack(&case.owner, &case.flow, &["keep", "by"], "pack").await;
    let run = case.run().await;
    let looked = look(&case.owner, &run, "pack", "table").await;
    assert_eq!(looked["kind"], "table", "{looked}");
    case.owner.get(&format!("{run}/preview?node=by&port=table")).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_run_are_shown_as_who_looks_may_see_the_data() {
    let case = Case::new().await;
    let run = case.run().await;
    let viewer = case.kit.member_of(case.project, case.acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = case.kit.as_user(&viewer).await;
    let all = look(&case.owner, &run, "by", "table").await;
    assert_eq!(look(&viewer, &run, "by", "table").await, all);

    // Who sees fewer rows sees what came of those, and nothing that was made of all.
    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    assert!(case.owner.put(&format!("/datasets/{}/policies", case.orders), rules).await.status.is_success());
    assert_eq!(look(&viewer, &run, "by", "table").await["rows"], json!([["北京", 180]]));
    assert_eq!(look(&viewer, &run, "look", "report").await, json!({"kind": "none", "reason": "gone"}));
    let masked = json!({"rules": [{"name": "no amounts", "exempt_roles": ["owner"], "hidden_columns": ["amount"]}]});
    let put = case.owner.put(&format!("/datasets/{}/policies", case.orders), masked).await;
    assert!(put.status.is_success(), "{}", put.json());
    let text = viewer.get(&format!("{run}/preview?node=orders&port=table")).await.expect(200).to_string();
    assert!(text.contains("上海") && !text.contains("420") && !text.contains("120"), "{text}");
    assert_eq!(look(&case.owner, &run, "by", "table").await, all);

    // A guest who may use the workflow doesn't see how it is made.
    let guest = case.kit.member_of(case.project, case.acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let eve = case.kit.as_user(&guest).await;
    eve.get(&format!("{run}/preview?node=by&port=table")).await.refused(404, "not_found");
    for asset in [&case.flow, &case.orders] {
        let grant = json!({"user_id": guest.id, "action": "use"});
        case.owner.post(&format!("/assets/{asset}/grants"), grant).await.expect(201);
    }
    let own = eve.post(&format!("/workflows/{}/runs", case.flow), json!({"seq": 1})).await.expect(202);
    let own = ended(&eve, &own).await;
    let path = format!("/runs/{}/preview?node=by&port=table", own["id"].as_str().unwrap());
    eve.get(&path).await.refused(403, "forbidden");
    case.owner.get(&path).await.expect(200);

    // To whom the data are closed, their rows are.
    let deny = case.owner.delete(&format!("/assets/{}", case.orders)).await;
    assert_eq!(deny.status, 204);
    viewer.get(&format!("{run}/preview?node=by&port=table")).await.refused(404, "not_found");

    // An import has no nodes.
    let more = json!({"target": {"name": "people"}});
    let imported = import(&case.owner, case.project, "name\nAnn\n", more).await;
    let path = format!("/runs/{}/preview?node=by&port=table", imported["id"].as_str().unwrap());
    case.owner.get(&path).await.refused(404, "not_found");
}
