//! A component run once for each value, over HTTP.

use serde_json::{Value, json};
use tandem_core::id::ProjectId;
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import};

const ORDERS: &str = "city,day,amount\n上海,1,120\n北京,1,80\n上海,2,300\n,2,10\n北京,2,100\n";

fn node(component: &str, version: i64, params: Value) -> Value {
    json!({"component": {"name": component, "version": version}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: &str, to: &str) -> Value {
    json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}})
}

fn text(en: &str) -> Value {
    json!({"en": en, "zh-CN": "中文"})
}

struct Case {
    _kit: TestApp,
    project: ProjectId,
    owner: Client,
    orders: String,
    /// The component `totals`, as a node's parameter names it.
    totals: String,
}

impl Case {
    /// A component that gives a total by whatever its parameter says.
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let totals = json!([{"function": "sum", "column": "amount", "name": "amount"}]);
        let flow = json!({"format": 1, "nodes": {
            "orders": node("dataset", 1, json!({"dataset": orders})),
            "by": node("group", 1, json!({"by": [], "totals": totals})),
        }, "edges": {"e": edge("orders", "by")}});
        let flow = make(&owner, project, "Totals", flow).await;
        let asked = json!({"nodes": ["by"], "title": text("Totals")});
        let suggested = owner.post(&format!("/workflows/{flow}/package/suggest"), asked).await.expect(200);
        let mut choice = suggested["choice"].clone();
        choice["params"] = json!([{"name": "by", "node": "by", "param": "by", "label": text("By")}]);
        let body = json!({"choice": choice, "name": "Totals"});
        let made = owner.post(&format!("/workflows/{flow}/package"), body).await.expect(201);
        let totals = format!("{}@1", made["component"]["name"].as_str().unwrap());
        Self { _kit: kit, project, owner, orders, totals }
    }

    fn document(&self, params: Value) -> Value {
        json!({"format": 1, "nodes": {
            "orders": node("dataset", 1, json!({"dataset": self.orders})),
            "each": node("for-each", 1, params),
        }, "edges": {"e": edge("orders", "each")}})
    }

    /// The ended run, and the rows of the node in order.
    async fn run(&self, params: Value) -> (Value, Value) {
        let flow = make(&self.owner, self.project, &params.to_string(), self.document(params.clone())).await;
        self.again(&flow).await
    }

    async fn again(&self, flow: &str) -> (Value, Value) {
        let run = self.owner.post(&format!("/workflows/{flow}/runs"), json!({})).await.expect(202);
        let run = ended(&self.owner, &run).await;
        let at = json!({"node": "each", "port": "table"});
        let shown = self.owner.post(&format!("/workflows/{flow}/preview"), at).await.expect(200);
        let mut rows = shown["rows"].as_array().cloned().unwrap_or_default();
        rows.sort_by_key(ToString::to_string);
        (run, json!({"columns": shown["columns"], "rows": rows}))
    }

    async fn problems(&self, params: Value) -> String {
        let body = json!({"workflow": self.document(params)});
        let checked = self.owner.post(&format!("/projects/{}/workflows/check", self.project), body).await.expect(200);
        checked["problems"].to_string()
    }
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_runs_once_for_each_value_of_a_column() {
    let case = Case::new().await;
    let params = json!({"component": case.totals, "column": "city", "name": "of"});
    let flow = make(&case.owner, case.project, "Each", case.document(params)).await;
    let (run, shown) = case.again(&flow).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let names: Vec<&Value> = shown["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    assert_eq!(names, ["amount", "of"]);
    assert_eq!(shown["rows"], json!([[10, "—"], [180, "北京"], [420, "上海"]]), "a missing value is a value too");

    // Nothing changed: nothing is computed. Another row for one city: its total is another.
    let (run, _) = case.again(&flow).await;
    assert_eq!(run["nodes"]["each"]["cached"], true, "{run}");
    let more = json!({"target": {"dataset_id": case.orders}, "mode": "append"});
    let appended = import(&case.owner, case.project, "city,day,amount\n上海,3,1\n", more).await;
    assert_eq!(appended["state"], "succeeded", "{appended}");
    let (run, shown) = case.again(&flow).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(shown["rows"], json!([[10, "—"], [180, "北京"], [421, "上海"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn listed_values_alone_are_run_and_a_parameter_takes_them() {
    let case = Case::new().await;
    let (run, shown) = case.run(json!({"component": case.totals, "column": "city", "values": ["北京"]})).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(shown["rows"], json!([[180, "北京"]]));

    // The whole table each time, totalled by another column.
    let params = json!({"component": case.totals, "values": ["day", "city"], "param": "by", "name": "by"});
    let (run, shown) = case.run(params).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(shown["rows"].as_array().unwrap().len(), 5, "{shown}");

    // A value for which the component can't run is named, and nothing else of the workflow is to blame.
    let (run, _) = case.run(json!({"component": case.totals, "values": ["day", "colour"], "param": "by"})).await;
    assert_eq!(run["state"], "failed");
    let message = run["nodes"]["each"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("For “colour”") && message.contains("colour"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_for_each_value_is_said_before_it_runs() {
    let case = Case::new().await;
    let columns = case.problems(json!({"component": case.totals, "column": "city"})).await;
    assert_eq!(columns, "[]");
    for (params, part) in [
        (json!({"component": "own-nothing@1", "column": "city"}), "Choose another"),
        (json!({"component": "filter@1", "column": "city"}), "Choose another"),
        (json!({"component": case.totals}), "Choose a column"),
        (json!({"component": case.totals, "param": "by"}), "list the values"),
        (json!({"component": case.totals, "column": "city", "param": "nothing"}), "no parameter “nothing”"),
        (json!({"component": case.totals, "column": "nowhere"}), "nowhere"),
    ] {
        let problems = case.problems(params).await;
        assert!(problems.contains(part), "{part}: {problems}");
    }
    // A column with a value a row: more than may be run for.
    let mut csv = String::from("city,day,amount\n");
    (0..201).for_each(|at| csv.push_str(&format!("c{at},1,1\n")));
    let many = dataset(&case.owner, case.project, "many", &csv).await;
    let mut document = case.document(json!({"component": case.totals, "column": "city"}));
    document["nodes"]["orders"]["params"]["dataset"] = json!(many);
    let flow = make(&case.owner, case.project, "Many", document).await;
    let (run, _) = case.again(&flow).await;
    let message = run["nodes"]["each"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("more than 200 values"), "{message}");
}
