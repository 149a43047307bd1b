//! A workflow goes out as a file and as a notebook, and comes back.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::dataset;

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n广州,10\n";

/// orders → keep → by.
fn document(dataset: &str) -> Value {
    let node = |component: &str, params: Value| json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let edge =
        |from: &str, to: &str| json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}});
    json!({"format": 1, "nodes": {
        "orders": node("dataset", json!({"dataset": dataset})),
        "keep": node("filter", json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "50"}]})),
        "by": node("group", json!({"by": ["city"], "totals": [{"function": "sum", "column": "amount", "name": "amount"}]})),
    }, "edges": {"e1": edge("orders", "keep"), "e2": edge("keep", "by")}})
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn notebook(who: &Client, id: &str) -> Value {
    who.get(&format!("/workflows/{id}/notebook")).await.expect(200)
}

/// The notebook with other words in the cell of that id.
fn change(mut notebook: Value, cell: &str, from: &str, to: &str) -> Value {
    let cells = notebook["cells"].as_array_mut().unwrap();
    let cell = cells.iter_mut().find(|one| one["id"] == cell).unwrap();
    let source: String = cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(source.contains(from), "{source}");
    cell["source"] = json!(source.replace(from, to));
    notebook
}

fn value(workflow: &Value) -> &Value {
    &workflow["nodes"]["keep"]["params"]["conditions"][0]["value"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notebook_comes_back_as_one_batch_and_what_was_drawn_meanwhile_stays() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Cities", document(&orders)).await;
    let changed = change(notebook(&owner, &id).await, "p-keep", "\"50\"", "\"100\"");
    let edit = json!({"op": "set_label", "id": "keep", "label": "Large ones"});
    owner.post(&format!("/workflows/{id}/edits"), json!({"client": "w", "edits": [edit]})).await.expect(200);

    // First it only says what would change.
    let path = format!("/workflows/{id}/notebook");
    let seen = owner.post(&path, json!({"notebook": changed, "dry_run": true})).await.expect(200);
    assert_eq!((&seen["revision"], seen["edits"].as_array().unwrap().len()), (&json!(1), 1), "{seen}");
    let param = &seen["diff"]["changed"]["keep"]["params"]["conditions"];
    assert_eq!((&param["from"][0]["value"], &param["to"][0]["value"]), (&json!("50"), &json!("100")), "{seen}");
    let draft = owner.get(&format!("/workflows/{id}")).await.expect(200);
    assert_eq!((&draft["revision"], value(&draft["workflow"])), (&json!(1), &json!("50")));

    let done = owner.post(&path, json!({"notebook": changed, "client": "n"})).await.expect(200);
    assert_eq!((&done["revision"], &done["refused"], &done["remarks"]), (&json!(2), &json!([]), &json!([])), "{done}");
    let draft = owner.get(&format!("/workflows/{id}")).await.expect(200);
    assert_eq!(
        (value(&draft["workflow"]), &draft["workflow"]["nodes"]["keep"]["label"]),
        (&json!("100"), &json!("Large ones"))
    );
    // The same once more changes nothing.
    let again = owner.post(&path, json!({"notebook": changed})).await.expect(200);
    assert_eq!((&again["revision"], &again["edits"]), (&json!(2), &json!([])));

    // A cell of one's own, and one that is gone.
    let mut other = notebook(&owner, &id).await;
    let cells = other["cells"].as_array_mut().unwrap();
    cells.retain(|cell| cell["id"] != "n-by" && cell["id"] != "p-by");
    cells.push(json!({"cell_type": "markdown", "id": "words", "metadata": {}, "source": "Look here"}));
    let done = owner.post(&path, json!({"notebook": other})).await.expect(200);
    assert_eq!(done["diff"]["removed"], json!(["by"]), "{done}");
    assert_eq!(done["remarks"][0]["cell"], "n-by");
    assert!(done["remarks"][0]["message"]["zh-CN"].as_str().unwrap().contains("已被删除"), "{done}");
    let draft = owner.get(&format!("/workflows/{id}")).await.expect(200);
    assert_eq!(draft["workflow"]["notes"]["words"]["text"], "Look here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notebook_that_will_not_do_changes_nothing() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let operator = kit.member_of(project, acme.id, "op@acme.test", ProjectRole::Operator).await;
    let operator = kit.as_user(&operator).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Cities", document(&orders)).await;
    let other = make(&owner, project, "Others", document(&orders)).await;
    let path = format!("/workflows/{id}/notebook");
    let send = async |notebook: Value| owner.post(&path, json!({"notebook": notebook})).await;

    let theirs = change(notebook(&owner, &other).await, "p-keep", "\"50\"", "\"100\"");
    let said = send(theirs.clone()).await.refused(400, "invalid_request");
    assert!(said.contains("another workflow"), "{said}");
    let mut newer = notebook(&owner, &id).await;
    newer["metadata"]["tandem"]["form"] = json!(9);
    assert!(send(newer).await.refused(400, "unsupported_format").contains("newer release"));
    let mut newer = notebook(&owner, &id).await;
    newer["metadata"]["tandem"]["workflow"]["format"] = json!(9);
    assert!(send(newer).await.refused(400, "unsupported_format").contains("newer release"));
    for (wrong, code) in [
        (json!(5), "malformed_file"),
        (json!({"nbformat": 3, "cells": []}), "malformed_file"),
        (json!({"nbformat": 4, "cells": [], "metadata": {}}), "unsupported_format"),
    ] {
        send(wrong).await.refused(400, code);
    }
    send(json!("x".repeat(16 << 20))).await.refused(413, "payload_too_large");
    // Larger than an ordinary request, with what its cells gave, and taken all the same.
    let mut large = notebook(&owner, &id).await;
    large["cells"][0]["outputs"] = json!([{"output_type": "stream", "name": "stdout", "text": "x".repeat(3 << 20)}]);
    assert_eq!(send(large).await.expect(200)["edits"], json!([]));

    let mine = change(notebook(&owner, &id).await, "p-keep", "\"50\"", "\"100\"");
    operator.post(&path, json!({"notebook": mine, "dry_run": true})).await.refused(403, "forbidden");
    let draft = owner.get(&format!("/workflows/{id}")).await.expect(200);
    assert_eq!((&draft["revision"], &draft["workflow"]), (&json!(0), &document(&orders)));

    // Another workflow's notebook makes a workflow of its own.
    let body = json!({"name": "Third", "notebook": theirs});
    let made = owner.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    assert_eq!((value(&made["workflow"]), &made["remarks"]), (&json!("100"), &json!([])));
    let both = json!({"name": "Fourth", "notebook": theirs, "workflow": document(&orders)});
    owner.post(&format!("/projects/{project}/workflows"), both).await.refused(400, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_out_and_comes_in_and_one_of_a_newer_release_is_refused() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Cities", document(&orders)).await;
    let edit = json!({"op": "remove_node", "id": "by"});
    owner.post(&format!("/workflows/{id}/edits"), json!({"client": "w", "edits": [edit]})).await.expect(200);
    let saved = owner.get(&format!("/workflows/{id}/document?seq=1")).await.expect(200);
    let draft = owner.get(&format!("/workflows/{id}/document")).await.expect(200);
    assert_eq!(saved, document(&orders));
    assert_eq!(draft["nodes"].as_object().unwrap().len(), 2);
    owner.get(&format!("/workflows/{id}/document?seq=7")).await.refused(404, "not_found");

    let copy = make(&owner, project, "Copy", draft.clone()).await;
    assert_eq!(owner.get(&format!("/workflows/{copy}/document")).await.expect(200), draft);
    let refused = async |document: Value, code: &str| {
        let body = json!({"name": "Newer", "workflow": document});
        owner.post(&format!("/projects/{project}/workflows"), body).await.refused(400, code)
    };
    let newer = refused(json!({"format": 9, "nodes": {}, "what": "else"}), "unsupported_format").await;
    assert!(newer.contains("newer release (format 9"), "{newer}");
    refused(json!({"nodes": {}}), "malformed_file").await;
    refused(json!({"format": 1, "nodes": {}, "edges": {"e": document(&orders)["edges"]["e1"]}}), "malformed_file")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_of_ones_own_is_a_python_node_that_only_who_may_write_python_adds_or_changes() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "vi@acme.test", ProjectRole::Viewer).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Cities", document(&orders)).await;
    // Who may edit this one workflow, and is no analyst of the project.
    let grant = json!({"user_id": viewer.id, "action": "edit"});
    owner.post(&format!("/assets/{id}/grants"), grant).await.expect(201);
    let editor = kit.as_user(&viewer).await;
    let path = format!("/workflows/{id}/notebook");
    let edits = format!("/workflows/{id}/edits");

    let mut with = change(notebook(&owner, &id).await, "p-keep", "\"50\"", "\"60\"");
    let cell =
        json!({"cell_type": "code", "id": "cafe", "metadata": {}, "outputs": [], "source": "best = keep.to_pandas()"});
    with["cells"].as_array_mut().unwrap().push(cell);
    for dry_run in [true, false] {
        let said = editor.post(&path, json!({"notebook": with, "dry_run": dry_run})).await.refused(403, "forbidden");
        assert!(said.contains("Python code"), "{said}");
    }
    assert_eq!(owner.get(&format!("/workflows/{id}")).await.expect(200)["revision"], 0);
    let done = owner.post(&path, json!({"notebook": with})).await.expect(200);
    assert_eq!((&done["diff"]["added"], &done["remarks"][0]["cell"]), (&json!(["cafe"]), &json!("cafe")), "{done}");

    // One by one it is the same: code is refused, and all else is done.
    let set = |param: &str, value: Value| json!({"op": "set_param", "id": "cafe", "param": param, "value": value});
    let other = json!({"op": "add_node", "id": "more", "node": {"component": {"name": "python", "version": 1}, "params": {"code": "import os"}, "position": {"x": 0, "y": 0}}});
    let same = json!({"op": "add_node", "id": "copy", "node": {"component": {"name": "python", "version": 1}, "params": {"code": "best = keep.to_pandas()"}, "position": {"x": 0, "y": 0}}});
    let sent = json!([set("code", json!("import os")), other, set("result", json!("worst")), same]);
    let done = editor.post(&edits, json!({"client": "w", "edits": sent})).await.expect(200);
    let indices: Vec<&Value> = done["refused"].as_array().unwrap().iter().map(|one| &one["index"]).collect();
    assert_eq!(indices, [0, 1], "{done}");
    assert!(done["refused"][0]["message"]["zh-CN"].as_str().unwrap().contains("分析师"), "{done}");
    let draft = owner.get(&format!("/workflows/{id}/document")).await.expect(200);
    let node = &draft["nodes"]["cafe"]["params"];
    assert_eq!((&node["code"], &node["result"]), (&json!("best = keep.to_pandas()"), &json!("worst")));
    assert!(draft["nodes"].get("more").is_none() && draft["nodes"].get("copy").is_some());

    // Code that a parameter would bring is none, and where there is no environment that is said at the node.
    let problems = async |edit: Value| {
        owner.post(&edits, json!({"client": "w", "edits": [edit]})).await.expect(200);
        let workflow = owner.get(&format!("/workflows/{id}/document")).await.expect(200);
        let checked = owner.post(&format!("/projects/{project}/workflows/check"), json!({"workflow": workflow})).await;
        let found = checked.expect(200)["problems"].as_array().unwrap().clone();
        found.into_iter().find(|problem| problem["at"]["node"] == "cafe").unwrap()
    };
    let absent = problems(json!({"op": "remove_node", "id": "copy"})).await;
    assert!(absent["message"]["en"].as_str().unwrap().contains("environment “default” is not there"), "{absent}");
    let schema = json!({"type": "string", "default": "import os"});
    let declared = json!({"op": "declare_param", "name": "code", "schema": schema});
    owner.post(&edits, json!({"client": "w", "edits": [declared]})).await.expect(200);
    let outside = problems(set("code", json!({"$param": "code"}))).await;
    assert_eq!((&outside["at"]["param"], &outside["severity"]), (&json!("code"), &json!("error")), "{outside}");
    assert!(outside["message"]["en"].as_str().unwrap().contains("stands in the node itself"), "{outside}");
    let run = owner.post(&format!("/workflows/{id}/runs"), json!({"params": {"code": "import os"}})).await.expect(202);
    assert_eq!(crate::data::ended(&owner, &run).await["state"], "failed");

    // Whole documents too, as a guest with the role of an analyst.
    let guest = kit.user(acme.id, "gu@acme.test", tandem_core::OrgRole::Guest).await;
    kit.join(project, &guest, ProjectRole::Analyst).await;
    let guest = kit.as_user(&guest).await;
    let body = |name: &str, workflow: Value| json!({"name": name, "workflow": workflow});
    let workflows = format!("/projects/{project}/workflows");
    let said = guest.post(&workflows, body("Theirs", draft)).await.refused(403, "forbidden");
    assert!(said.contains("Python code"), "{said}");
    guest.post(&workflows, body("Plain", json!({"format": 1, "nodes": {}}))).await.expect(201);

    // It is a component like any other.
    let page = owner.get("/components/python").await.expect(200);
    assert_eq!(page["signature"]["kind"], "python");
    let listed = owner.get(&format!("/projects/{project}/components?q=python")).await.expect(200);
    assert!(listed["items"].as_array().unwrap().iter().any(|one| one["signature"]["name"] == "python"), "{listed}");
}
