//! What the data tests share: bringing rows in, and waiting for runs.

use serde_json::{Value, json};
use tandem_core::id::ProjectId;
use tandem_testkit::Client;

/// Uploads bytes under a file name.
pub(crate) async fn upload(who: &Client, project: ProjectId, name: &str, bytes: impl Into<Vec<u8>>) -> String {
    let made = who.upload(&format!("/projects/{project}/uploads?name={name}"), bytes.into()).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Waits until a run has ended.
pub(crate) async fn ended(who: &Client, run: &Value) -> Value {
    let path = format!("/runs/{}", run["id"].as_str().unwrap());
    for _ in 0..4000 {
        let view = who.get(&path).await.expect(200);
        if matches!(view["state"].as_str(), Some("succeeded" | "failed" | "cancelled")) {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    panic!("the run never ended");
}

/// Imports a CSV as `more` says (`target`, `mode`, …); the ended run.
pub(crate) async fn import(who: &Client, project: ProjectId, csv: &str, more: Value) -> Value {
    let upload = upload(who, project, "rows.csv", csv).await;
    let mut body = json!({ "source": { "type": "upload", "upload_id": upload } });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let run = who.post(&format!("/projects/{project}/import"), body).await.expect(202);
    ended(who, &run).await
}

/// Imports a CSV as a new dataset; its identifier.
pub(crate) async fn dataset(who: &Client, project: ProjectId, name: &str, csv: &str) -> String {
    let run = import(who, project, csv, json!({ "target": { "name": name } })).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    run["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned()
}

/// The rows that SQL gives.
pub(crate) async fn rows(who: &Client, project: ProjectId, sql: &str) -> Value {
    who.post(&format!("/projects/{project}/query"), json!({ "sql": sql })).await.expect(200)["rows"].clone()
}

/// Makes a component of nodes of a workflow's draft, where it stands as `place` from then on.
pub(crate) async fn pack(who: &Client, workflow: &str, nodes: &[&str], place: &str) {
    let body = json!({ "nodes": nodes, "title": { "en": place, "zh-CN": place } });
    let chosen = who.post(&format!("/workflows/{workflow}/package/suggest"), body).await.expect(200);
    let replace = json!({ "node": place, "client": "w" });
    let body = json!({ "choice": chosen["choice"], "name": place, "replace": replace });
    let made = who.post(&format!("/workflows/{workflow}/package"), body).await.expect(201);
    assert_eq!(made["edited"]["refused"], json!([]), "{made}");
}
