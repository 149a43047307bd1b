//! Apps over HTTP: what a workflow declares, published, filled in, run and read
//! by somebody who may not see how it is made.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::data::{dataset, ended, import};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn text(en: &str, zh: &str) -> Value {
    json!({"en": en, "zh-CN": zh})
}

struct Case {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    olga: Client,
    orders: String,
    flow: String,
}

impl Case {
    /// A workflow without data of its own: some rows by chance, then totals.
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let olga = kit.member_of(project, acme.id, "olga@acme.test", ProjectRole::Operator).await;
        let olga = kit.as_user(&olga).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let totals = json!([{"function": "sum", "column": "amount", "name": "amount"}]);
        let document = json!({"format": 1, "nodes": {
            "some": node("sample", json!({})),
            "by": node("group", json!({"by": ["city"], "totals": totals})),
            "spread": node("box-plot", json!({"value": "amount"})),
        }, "edges": {
            "e": {"from": {"node": "some", "port": "table"}, "to": {"node": "by", "port": "table"}},
            "f": {"from": {"node": "some", "port": "table"}, "to": {"node": "spread", "port": "table"}},
        }});
        let body = json!({"name": "City totals", "workflow": document});
        let made = owner.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
        let flow = made["asset"]["id"].as_str().unwrap().to_owned();
        Self { kit, acme, project, owner, olga, orders, flow }
    }

    /// Declares an input, a parameter and an output, saves and publishes.
    async fn publish(&self) {
        let flow = &self.flow;
        let edits = json!([
            {"op": "declare_param", "name": "rows", "schema": {"type": "integer", "minimum": 1, "default": 1000,
                "x-label": text("Rows", "行数"), "x-help": text("How many", "多少行")}},
            {"op": "set_param", "id": "some", "param": "rows", "value": {"$param": "rows"}},
            {"op": "expose_input", "name": "orders", "input": {"to": [{"node": "some", "port": "table"}],
                "label": text("Orders", "订单")}},
            {"op": "expose_output", "name": "totals", "output": {"from": {"node": "by", "port": "table"},
                "label": text("Totals", "合计")}},
            {"op": "expose_output", "name": "view", "output": {"from": {"node": "spread", "port": "report"},
                "label": text("How amounts are spread", "金额分布")}},
        ]);
        let body = json!({"client": "w", "edits": edits});
        let done = self.owner.post(&format!("/workflows/{flow}/edits"), body).await.expect(200);
        assert_eq!(done["refused"], json!([]));
        self.owner.post(&format!("/workflows/{flow}/versions"), json!({"message": "as an app"})).await.expect(201);
        let body = json!({"seq": 2, "title": text("City totals", "城市合计"), "summary": text("Totals", "合计")});
        self.owner.put(&format!("/apps/{flow}"), body).await.expect(200);
    }

    async fn run(&self, who: &Client, body: Value) -> Value {
        let run = who.post(&format!("/apps/{}/runs", self.flow), body).await.expect(202);
        ended(who, &run).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_fills_in_the_form_reads_the_result_and_says_what_was_wrong() {
    let case = Case::new().await;
    let (owner, olga, flow) = (&case.owner, &case.olga, &case.flow);
    let app = format!("/apps/{flow}");
    olga.get(&app).await.refused(404, "not_found");
    let body = json!({"seq": 1, "title": text("T", "题"), "summary": text("S", "说明")});
    let message = owner.put(&app, body.clone()).await.refused(400, "invalid_parameter");
    assert!(message.contains("declares no"), "{message}");
    case.publish().await;
    olga.put(&app, body).await.refused(403, "forbidden");

    // The form is made from what is declared.
    let listed = olga.get(&format!("/projects/{}/apps?q=城市", case.project)).await.expect(200);
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["rights"]), (&json!(flow), &json!(["run"])));
    let seen = olga.get(&app).await.expect(200);
    let signature = &seen["signature"];
    assert_eq!(signature["inputs"][0]["label"], text("Orders", "订单"));
    assert_eq!(signature["params"]["properties"]["rows"]["x-label"], text("Rows", "行数"));
    assert_eq!(
        (&signature["outputs"][0]["name"], &signature["outputs"][0]["kind"]),
        (&json!("totals"), &json!("table"))
    );
    assert!(seen["pages"]["zh-CN"].as_str().unwrap().contains("订单"));

    // Of the datasets only those that she may use, and whether they fit.
    let wrong = dataset(owner, case.project, "people", "name,age\nAnn,3\n").await;
    let offered = olga.get(&format!("{app}/inputs/orders/datasets")).await.expect(200);
    let fits: Vec<(&str, bool)> = offered["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["asset"]["name"].as_str().unwrap(), one["fits"].as_bool().unwrap()))
        .collect();
    assert_eq!(fits, [("orders", true), ("people", false)]);
    assert_eq!(offered["items"][1]["problems"][0]["code"], "missing_column");
    olga.get(&format!("{app}/inputs/nothing/datasets")).await.refused(404, "not_found");

    // What is wrong is said with its place, and nothing runs.
    let runs = format!("{app}/runs");
    let inputs = json!({"orders": {"dataset_id": case.orders}});
    for (body, place) in [
        (json!({"inputs": inputs, "params": {"rows": "many"}}), "params.rows"),
        (json!({"inputs": inputs, "params": {"rows": 0}}), "params.rows"),
        (json!({"inputs": inputs, "params": {"rate": 1}}), "params.rate"),
        (json!({}), "inputs.orders"),
        (json!({"inputs": {"orders": {"dataset_id": wrong}}}), "inputs.orders"),
        (json!({"inputs": {"orders": {"dataset_id": flow}}}), "inputs.orders"),
        (json!({"inputs": {"orders": {"dataset_id": case.orders, "version": 9}}}), "inputs.orders"),
        (json!({"inputs": {"orders": {"dataset_id": case.orders}, "x": {"dataset_id": case.orders}}}), "inputs.x"),
    ] {
        let message = olga.post(&runs, body.clone()).await.refused(400, "invalid_parameter");
        assert!(message.starts_with(place), "{body}: {message}");
    }
    olga.post(&runs, json!({"inputs": {"orders": 7}})).await.expect(400);
    assert_eq!(olga.get(&runs).await.expect(200)["items"], json!([]));

    let ran = case.run(olga, json!({"inputs": inputs, "params": {"rows": 1000}})).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    let run = ran["id"].as_str().unwrap();
    let outputs = olga.get(&format!("/runs/{run}/outputs")).await.expect(200);
    let totals = &outputs["items"][0];
    assert_eq!((&totals["name"], &totals["state"], &totals["rows"]), (&json!("totals"), &json!("ready"), &json!(3)));
    assert_eq!((&totals["label"], &totals["download"]), (&text("Totals", "合计"), &json!(false)));
    let shown = olga.get(&format!("/runs/{run}/outputs/totals?limit=2")).await.expect(200);
    assert_eq!((shown["rows"].as_array().unwrap().len(), &shown["row_count"]), (2, &json!(3)));
    olga.get(&format!("/runs/{run}/outputs/nothing")).await.refused(404, "not_found");

    // Rows leave only with the right to.
    olga.get(&format!("/runs/{run}/outputs/totals/download")).await.refused(403, "forbidden");
    let file = owner.get(&format!("/runs/{run}/outputs/totals/download?format=csv")).await;
    file.expect(200);
    assert_eq!(String::from_utf8(file.bytes).unwrap().lines().count(), 4);

    // So does a page, as every kind of file that a report is.
    let page = format!("/runs/{run}/outputs/view/report");
    olga.get(&format!("{page}?format=pdf")).await.refused(403, "forbidden");
    for (format, begins) in [("html", "<!doctype html>"), ("pdf", "%PDF-1.7"), ("xlsx", "PK")] {
        let file = owner.get(&format!("{page}?format={format}&lang=zh-CN")).await;
        assert!(file.status.is_success() && file.bytes.starts_with(begins.as_bytes()), "{format}");
    }
    let html = owner.get(&format!("{page}?format=html&lang=zh-CN")).await;
    assert!(String::from_utf8(html.bytes).unwrap().contains("orders · 版本 1 · 5 行"));
    owner.get(&format!("/runs/{run}/outputs/totals/report?format=pdf")).await.refused(409, "state_conflict");
    owner.get(&format!("{page}?format=docx")).await.expect(400);

    // Her own earlier runs; everybody's for who may edit it.
    assert_eq!(olga.get(&runs).await.expect(200)["items"][0]["id"], run);
    assert_eq!(owner.get(&runs).await.expect(200)["items"], json!([]));
    assert_eq!(owner.get(&format!("{runs}?everyone=true")).await.expect(200)["items"][0]["id"], run);
    olga.get(&format!("{runs}?everyone=true")).await.refused(403, "forbidden");

    let said = json!({"body": "广州 is missing.", "feedback": true});
    olga.post(&format!("/runs/{run}/threads"), said).await.expect(201);
    let told = owner.get(&format!("/projects/{}/threads?mine=true", case.project)).await.expect(200);
    assert_eq!((&told["items"][0]["feedback"], &told["items"][0]["anchor"]["run_id"]), (&json!(true), &json!(run)));

    owner.delete(&app).await.expect(204);
    olga.get(&app).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_use_a_workflow_runs_it_and_sees_nothing_of_how_it_is_made() {
    let case = Case::new().await;
    case.publish().await;
    let (owner, olga, flow) = (&case.owner, &case.olga, &case.flow);

    // An operator of the project reads the graph, and changes nothing of it.
    let seen = olga.get(&format!("/workflows/{flow}")).await.expect(200);
    assert!(!seen["asset"]["rights"].as_array().unwrap().contains(&json!("edit")), "{seen}");
    let edit = json!({"client": "olga", "base": seen["revision"], "edits": [{"op": "remove_node", "id": "by"}]});
    olga.post(&format!("/workflows/{flow}/edits"), edit).await.refused(403, "forbidden");
    let ran = case.run(olga, json!({"inputs": {"orders": {"dataset_id": case.orders}}})).await;
    let run = ran["id"].as_str().unwrap();
    assert_eq!(ran["nodes"]["by"]["state"], "succeeded");

    // A guest who was granted the use of it, and of one dataset.
    let guest = case.kit.member_of(case.project, case.acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let eve = case.kit.as_user(&guest).await;
    eve.get(&format!("/apps/{flow}")).await.refused(404, "not_found");
    let grant = json!({"user_id": guest.id, "action": "use"});
    owner.post(&format!("/assets/{flow}/grants"), grant.clone()).await.expect(201);
    assert_eq!(eve.get(&format!("/apps/{flow}")).await.expect(200)["rights"], json!(["run"]));
    let body = json!({"inputs": {"orders": {"dataset_id": case.orders}}});
    let message = eve.post(&format!("/apps/{flow}/runs"), body.clone()).await.refused(400, "invalid_parameter");
    assert!(message.starts_with("inputs.orders"), "{message}");
    assert_eq!(eve.get(&format!("/apps/{flow}/inputs/orders/datasets")).await.expect(200)["items"], json!([]));
    owner.post(&format!("/assets/{}/grants", case.orders), grant).await.expect(201);
    let ran = case.run(&eve, body).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    for path in ["", "/states", "/stale", "/signature", "/profile?node=by&port=table", "/events"] {
        eve.get(&format!("/workflows/{flow}{path}")).await.refused(403, "forbidden");
    }
    eve.post(&format!("/workflows/{flow}/preview"), json!({"node": "by", "port": "table"})).await.expect(403);
    assert_eq!((&ran["nodes"], &ran["result"]), (&json!(null), &json!(null)));
    eve.get(&format!("/runs/{}/nodes", ran["id"].as_str().unwrap())).await.refused(403, "forbidden");
    let outputs = eve.get(&format!("/runs/{}/outputs", ran["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(outputs["items"][0]["state"], "ready");
    eve.get(&format!("/runs/{run}/outputs")).await.refused(404, "not_found");

    // What she sees of the data, she sees of what came of it; when she sees less, it is gone.
    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    let put = owner.put(&format!("/datasets/{}/policies", case.orders), rules).await;
    assert!(put.status.is_success(), "{}", put.json());
    let outputs = eve.get(&format!("/runs/{}/outputs", ran["id"].as_str().unwrap())).await.expect(200);
    assert_ne!(outputs["items"][0]["rows"], 3, "{outputs}");
    let again = case.run(&eve, json!({"inputs": {"orders": {"dataset_id": case.orders}}})).await;
    let shown = eve.get(&format!("/runs/{}/outputs/totals", again["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(shown["rows"], json!([["北京", 180]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packaged_component_is_an_app_too_and_versions_stay_what_they_were() {
    let case = Case::new().await;
    let (owner, olga, flow) = (&case.owner, &case.olga, &case.flow);
    let body = json!({"nodes": ["some", "by", "spread"], "title": text("Totals", "合计")});
    let choice = owner.post(&format!("/workflows/{flow}/package/suggest"), body).await.expect(200)["choice"].clone();
    let body = json!({"choice": choice, "name": "Totals"});
    let made = owner.post(&format!("/workflows/{flow}/package"), body).await.expect(201);
    let id = made["asset"]["id"].as_str().unwrap();
    let body = json!({"seq": 1, "title": text("Totals", "合计"), "summary": text("S", "说明")});
    owner.put(&format!("/apps/{id}"), body).await.expect(200);
    let run = json!({"inputs": {"table": {"dataset_id": case.orders}}});
    let run = olga.post(&format!("/apps/{id}/runs"), run).await.expect(202);
    let ran = ended(olga, &run).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    let shown = olga.get(&format!("/runs/{}/outputs/table", ran["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(shown["rows"].as_array().unwrap().len(), 3);
    // A file goes the ordinary way into a dataset, and is chosen then.
    let imported = import(olga, case.project, "city,amount\n深圳,5\n", json!({"target": {"name": "mine"}})).await;
    let mine = &imported["outputs"][0]["asset"]["id"];
    let run = json!({"inputs": {"table": {"dataset_id": mine}}});
    let run = olga.post(&format!("/apps/{id}/runs"), run).await.expect(202);
    let ran = ended(olga, &run).await;
    let shown = olga.get(&format!("/runs/{}/outputs/table", ran["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(shown["rows"], json!([["深圳", 5]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_workflow_declares_is_shown_with_what_is_wrong_with_it() {
    let case = Case::new().await;
    let (owner, flow) = (&case.owner, &case.flow);
    let edit = async |edits: Value| {
        owner.post(&format!("/workflows/{flow}/edits"), json!({"client": "w", "edits": edits})).await.expect(200)
    };
    edit(json!([
        {"op": "declare_param", "name": "rows", "schema": {"type": "integer", "x-label": text("Rows", "行数")}},
        {"op": "declare_param", "name": "Bad Name", "schema": {"type": "strange", "x-label": text("B", "坏")}},
        {"op": "expose_input", "name": "orders", "input": {"to": [{"node": "some", "port": "no_such"}]}},
        {"op": "expose_output", "name": "totals", "output": {"from": {"node": "by", "port": "table"}, "label": text("T", "合计")}},
    ]))
    .await;
    let face = owner.get(&format!("/workflows/{flow}/signature")).await.expect(200);
    assert_eq!(face["signature"]["outputs"][0]["label"], text("T", "合计"));
    let problems = face["problems"].as_array().unwrap();
    assert!(problems.iter().all(|problem| problem["code"] == "declaration"), "{face}");
    assert!(problems.iter().any(|problem| problem["at"]["port"] == "no_such"), "{face}");
    assert!(problems.iter().any(|p| p["message"]["en"].as_str().unwrap().contains("Bad Name")), "{face}");
    owner.post(&format!("/workflows/{flow}/versions"), json!({})).await.expect(201);
    let body = json!({"seq": 2, "title": text("T", "题"), "summary": text("S", "说明")});
    owner.put(&format!("/apps/{flow}"), body).await.refused(400, "invalid_parameter");

    // Each declaration is taken away by its name.
    edit(json!([{"op": "declare_param", "name": "Bad Name"}, {"op": "expose_input", "name": "orders"}])).await;
    let face = owner.get(&format!("/workflows/{flow}/signature")).await.expect(200);
    assert_eq!((&face["problems"], &face["signature"]["inputs"]), (&json!([]), &json!([])), "{face}");
    assert_eq!(owner.get(&format!("/workflows/{flow}/signature?seq=2")).await.expect(200)["problems"], json!(problems));
    // A declared parameter that nothing was given for and that has no default is asked for by a required field only.
    let message = owner.post(&format!("/workflows/{flow}/runs"), json!({"params": {"rows": [1]}})).await;
    assert!(message.refused(400, "invalid_parameter").starts_with("params.rows"));
}
