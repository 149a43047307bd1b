//! What can go wrong with a workflow: it is said at its node, other branches
//! finish, and nothing is half written.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::data::{dataset, ended, import};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: &str, to: &str) -> Value {
    json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}})
}

fn totals() -> Value {
    json!({"by": ["city"], "totals": [{"function": "sum", "column": "amount", "name": "amount"}]})
}

/// orders → by → write, beside other → sorted.
fn document(orders: &str, other: &str) -> Value {
    json!({"format": 1, "nodes": {
        "orders": node("dataset", json!({"dataset": orders})),
        "by": node("group", totals()),
        "write": node("write-dataset", json!({"name": "by city"})),
        "other": node("dataset", json!({"dataset": other})),
        "sorted": node("sort", json!({"by": [{"column": "amount"}]})),
    }, "edges": {"e1": edge("orders", "by"), "e2": edge("by", "write"), "e3": edge("other", "sorted")}})
}

struct Case {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    orders: String,
    other: String,
}

impl Case {
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let other = dataset(&owner, project, "other", ORDERS).await;
        Self { kit, acme, project, owner, orders, other }
    }

    async fn make(&self, document: Value) -> String {
        let body = json!({"name": "Flow", "workflow": document});
        let made = self.owner.post(&format!("/projects/{}/workflows", self.project), body).await.expect(201);
        made["asset"]["id"].as_str().unwrap().to_owned()
    }

    async fn run(&self, who: &Client, flow: &str) -> Value {
        let run = who.post(&format!("/workflows/{flow}/runs"), json!({})).await.expect(202);
        ended(who, &run).await
    }

    async fn problems(&self, document: Value) -> Vec<(String, String)> {
        let path = format!("/projects/{}/workflows/check", self.project);
        let checked = self.owner.post(&path, json!({"workflow": document})).await.expect(200);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let problems = checked["problems"].as_array().unwrap().iter();
        problems.map(|problem| (text(&problem["at"]["node"]), text(&problem["code"]))).collect()
    }

    /// The run failed at `node` alone, which says `words`, and left no dataset.
    async fn failed_at(&self, ran: &Value, node: &str, words: &str) {
        assert_eq!(ran["state"], "failed", "{ran}");
        let standing = |node: &str| ran["nodes"][node]["state"].as_str().unwrap_or_default();
        assert_eq!(standing(node), "failed", "{ran}");
        let message = ran["nodes"][node]["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
        assert_eq!((standing("other"), standing("sorted")), ("succeeded", "succeeded"), "{ran}");
        assert_eq!(standing("write"), "skipped");
        let assets = self.owner.get(&format!("/projects/{}/assets?kind=dataset", self.project)).await.expect(200);
        assert!(!assets.to_string().contains("by city"), "a run that fails leaves no dataset");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_is_said_at_its_nodes_and_the_rest_runs() {
    let case = Case::new().await;
    let mut drawn = document(&case.orders, &case.other);
    drawn["nodes"]["back"] = node("sort", json!({"by": [{"column": "amount"}]}));
    drawn["edges"] = json!({"e1": edge("by", "back"), "e2": edge("back", "by"), "e3": edge("other", "sorted"),
        "e4": edge("by", "write")});
    let problems = case.problems(drawn.clone()).await;
    for node in ["by", "back"] {
        assert!(problems.contains(&(node.to_owned(), "cycle".to_owned())), "{problems:?}");
    }
    let flow = case.make(drawn).await;
    let ran = case.run(&case.owner, &flow).await;
    case.failed_at(&ran, "by", "circle").await;
    assert_eq!(ran["nodes"]["back"]["state"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_missing_or_of_another_type_upstream_is_said_where_it_is_needed() {
    let case = Case::new().await;
    let flow = case.make(document(&case.orders, &case.other)).await;
    let replace = json!({"target": {"dataset_id": case.orders}, "mode": "replace"});
    // Amounts that are words now.
    import(&case.owner, case.project, "city,amount\n上海,many\n", replace.clone()).await;
    let problems = case.problems(document(&case.orders, &case.other)).await;
    assert_eq!(problems, [("by".to_owned(), "objection".to_owned())], "a text has no sum");
    let ran = case.run(&case.owner, &flow).await;
    case.failed_at(&ran, "by", "amount").await;
    import(&case.owner, case.project, "city,price\n上海,1\n", replace).await;
    let problems = case.problems(document(&case.orders, &case.other)).await;
    assert_eq!(problems, [("by".to_owned(), "missing_column".to_owned())]);
    let ran = case.run(&case.owner, &flow).await;
    case.failed_at(&ran, "by", "amount").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_that_was_deleted_or_is_no_longer_granted_fails_its_branch_alone() {
    let case = Case::new().await;
    let flow = case.make(document(&case.orders, &case.other)).await;
    let guest = case.kit.member_of(case.project, case.acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let eve = case.kit.as_user(&guest).await;
    let grant = async |asset: &str, action: &str| {
        let body = json!({"user_id": guest.id, "action": action});
        let made = case.owner.post(&format!("/assets/{asset}/grants"), body).await.expect(201);
        format!("/assets/{asset}/grants/{}", made["id"].as_str().unwrap())
    };
    grant(&flow, "edit").await;
    grant(&case.other, "use").await;
    let granted = grant(&case.orders, "use").await;
    let by = json!({"until": ["by"]});
    let ran = eve.post(&format!("/workflows/{flow}/runs"), by).await.expect(202);
    assert_eq!(ended(&eve, &ran).await["state"], "succeeded");
    case.owner.delete(&granted).await.expect(204);
    let ran = case.run(&eve, &flow).await;
    case.failed_at(&ran, "orders", "not there any more, or was not shared").await;

    case.owner.delete(&format!("/assets/{}", case.orders)).await.expect(204);
    let ran = case.run(&case.owner, &flow).await;
    case.failed_at(&ran, "orders", "not there any more").await;
    assert_eq!(ran["nodes"]["by"]["state"], "skipped");
    let problems = case.problems(document(&case.orders, &case.other)).await;
    assert_eq!(problems, [("orders".to_owned(), "objection".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_of_a_newer_release_is_refused_in_words_and_nothing_is_made() {
    let case = Case::new().await;
    let newer = json!({"format": 2, "cells": {"strange": true}});
    let body = json!({"name": "Newer", "workflow": newer});
    let path = format!("/projects/{}/workflows", case.project);
    let message = case.owner.post(&path, body).await.refused(400, "unsupported_format");
    assert!(message.contains("newer release") && message.contains("Nothing was changed"), "{message}");
    let check = json!({"workflow": newer});
    case.owner.post(&format!("{path}/check"), check).await.refused(400, "unsupported_format");
    let assets = case.owner.get(&format!("/projects/{}/assets?kind=workflow", case.project)).await.expect(200);
    assert_eq!(assets["items"], json!([]));

    // One that is there already: the binary went back to an older release.
    let flow = case.make(document(&case.orders, &case.other)).await;
    let id = flow.parse().unwrap();
    let mut tx = case.kit.app.meta.begin().await.unwrap();
    tx.reset_draft(case.acme.id, id, &newer, case.acme.owner.id).await.unwrap();
    tx.commit().await.unwrap();
    case.owner.get(&format!("/workflows/{flow}")).await.refused(400, "unsupported_format");
    let edits = json!({"client": "w", "edits": [{"op": "remove_node", "id": "by"}]});
    case.owner.post(&format!("/workflows/{flow}/edits"), edits).await.refused(400, "unsupported_format");
    assert_eq!(case.owner.get(&format!("/workflows/{flow}?seq=1")).await.expect(200)["seq"], 1);
}
