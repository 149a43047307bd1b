//! `kill -9` of the server while data comes and starts runs: none is lost, and
//! none is done twice.

use reqwest::Method;
use serde_json::{Value, json};

use crate::process::{Server, ended, init};

/// How often the server is killed; `TANDEM_CRASH_KILLS` sets it.
fn kills() -> usize {
    std::env::var("TANDEM_CRASH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

fn document(dataset: &str) -> Value {
    let node = |name: &str, params: Value| json!({"component": {"name": name, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let port = |node: &str| json!({"node": node, "port": "table"});
    json!({"format": 1, "nodes": {
        "data": node("dataset", json!({"dataset": dataset})),
        "write": node("write-dataset", json!({"name": "copy"})),
    }, "edges": {"e": {"from": port("data"), "to": port("write")}}})
}

#[tokio::test]
async fn data_that_came_before_kill_nine_starts_its_run_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &[]).await;
    let project = server.project().await;
    let first = server.import(&project, "id\n1\n", &json!({ "target": { "name": "sales" }, "mode": "append" })).await;
    let dataset = server.ended(&first).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let body = json!({"name": "Copy", "workflow": document(&dataset)});
    let made = server.post(&format!("/projects/{project}/workflows"), &body).await;
    let path = format!("/workflows/{}/schedule", made["asset"]["id"].as_str().unwrap());
    let set = json!({"enabled": true, "on_data": {"wait_seconds": 0}});
    let answer = server.request(Method::PUT, &path).json(&set).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    server.kill();

    let kills = kills();
    for round in 0..kills {
        let server = Server::start(&data, &[]).await;
        let history = async || server.get(&path).await["history"].as_array().unwrap().len();
        // Counted before the import: what it starts may have begun when the import is seen to have ended.
        let before = history().await;
        let target = json!({ "target": { "dataset_id": dataset }, "mode": "append" });
        let run = server.import(&project, format!("id\n{}\n", round + 2), &target).await;
        server.ended(&run).await;
        match round % 3 {
            // Before anybody may have seen that it came, soon after, and when the run has begun.
            0 => {}
            1 => while history().await == before {},
            _ => {
                let begun = |fired: &Value| fired["run_state"] != "queued";
                while !server.get(&path).await["history"].as_array().unwrap().first().is_some_and(begun) {}
            }
        }
        server.kill();
    }

    let server = Server::start(&data, &[]).await;
    let newest = u64::try_from(kills + 1).unwrap();
    let mut read;
    loop {
        let history = server.get(&path).await["history"].as_array().unwrap().clone();
        assert!(history.iter().all(|fired| fired["outcome"] == "started"), "{history:?}");
        read = Vec::new();
        for fired in &history {
            let run = server.get(&format!("/runs/{}", fired["run_id"].as_str().unwrap())).await;
            let input = run["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "data").unwrap().clone();
            read.push((input["seq"].as_u64().unwrap(), run));
        }
        if read.first().is_some_and(|(seq, _)| *seq == newest) && read.iter().all(|(_, run)| ended(run)) {
            break;
        }
    }
    assert!(read.iter().all(|(_, run)| run["state"] == "succeeded"), "{read:?}");
    let versions: Vec<u64> = read.iter().rev().map(|(seq, _)| *seq).collect();
    assert!(versions.is_sorted_by(|one, next| one < next), "each version once: {versions:?}");
    server.kill();
}
