//! `kill -9` of the server in the middle of a workflow: after the restart the
//! run goes on from what was done, and gives what an undisturbed one gives.

use serde_json::{Map, Value, json};

use crate::process::{Server, ended, init};

/// Chains of the workflow; each is a filter, a group and a sort.
const CHAINS: usize = 10;

/// How often the server is killed; `TANDEM_CRASH_KILLS` sets it.
fn kills() -> usize {
    std::env::var("TANDEM_CRASH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

fn csv() -> String {
    let rows = (0..20_000).map(|row| format!("{row},{},{}\n", row % 97, row % 11));
    std::iter::once("id,shop,amount\n".to_owned()).chain(rows).collect()
}

/// One dataset, thirty nodes that compute, and a dataset that is written.
fn document(dataset: &str) -> Value {
    let node = |name: &str, params: Value| json!({"component": {"name": name, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let mut nodes = Map::from_iter([("data".to_owned(), node("dataset", json!({"dataset": dataset})))]);
    let mut edges = Map::new();
    let mut connect = |from: &str, to: &str| {
        let edge = json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}});
        edges.insert(format!("{from}-{to}"), edge);
    };
    for chain in 0..CHAINS {
        let (keep, by, sort) = (format!("keep{chain}"), format!("by{chain}"), format!("sort{chain}"));
        let more =
            json!({"conditions": [{"column": "id", "operator": "at_least", "value": (chain * 100).to_string()}]});
        nodes.insert(keep.clone(), node("filter", more));
        let totals = json!([{"function": "sum", "column": "amount", "name": "amount"}]);
        nodes.insert(by.clone(), node("group", json!({"by": ["shop"], "totals": totals})));
        nodes.insert(sort.clone(), node("sort", json!({"by": [{"column": "amount", "direction": "descending"}]})));
        connect("data", &keep);
        connect(&keep, &by);
        connect(&by, &sort);
    }
    nodes.insert("write".to_owned(), node("write-dataset", json!({"name": "shops"})));
    connect("sort0", "write");
    json!({"format": 1, "nodes": nodes, "edges": edges})
}

#[tokio::test]
async fn a_workflow_goes_on_after_kill_nine_and_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &[]).await;
    let project = server.project().await;
    let import = server.import(&project, csv(), &json!({ "target": { "name": "sales" }, "mode": "append" })).await;
    let done = server.ended(&import).await;
    let dataset = done["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let body = json!({"name": "Shops", "workflow": document(&dataset)});
    let made = server.post(&format!("/projects/{project}/workflows"), &body).await;
    let path = format!("/workflows/{}/runs", made["asset"]["id"].as_str().unwrap());
    let start =
        async |server: &Server| server.post(&path, &json!({"again": true})).await["id"].as_str().unwrap().to_owned();
    let undisturbed = server.ended(&start(&server).await).await;
    assert_eq!(undisturbed["state"], "succeeded", "{undisturbed}");
    let expected = undisturbed["result"]["tables"].clone();
    assert_eq!(expected["sort3"]["table"].as_str().map(|print| print.contains("-61-")), Some(true), "{expected}");
    server.kill();

    let kills = kills();
    let mut in_the_middle = 0;
    for round in 0..kills {
        let server = Server::start(&data, &[]).await;
        let run = start(&server).await;
        // Another number of nodes has ended each time.
        let enough = u64::try_from(1 + round * 7 % 28).unwrap();
        let seen = server.wait(&run, |view| view["progress"]["done"].as_u64() >= Some(enough) || ended(view)).await;
        in_the_middle += usize::from(!ended(&seen));
        server.kill();
        let server = Server::start(&data, &[]).await;
        let done = server.ended(&run).await;
        assert_eq!(done["state"], "succeeded", "{done}");
        assert_eq!(done["result"]["tables"], expected, "round {round}");
        let versions = server
            .get(&format!("/assets/{}/versions?limit=200", done["outputs"][0]["asset"]["id"].as_str().unwrap()))
            .await;
        assert_eq!(versions["items"].as_array().unwrap().len(), round + 2, "each run wrote one version");
        server.kill();
    }
    println!("{kills} kills, {in_the_middle} of them in the middle of a run");
    assert!(in_the_middle > 0, "no run was disturbed");
}
