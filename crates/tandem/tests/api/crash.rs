//! `kill -9` of the server at any moment of an import: no version lost, none
//! half there, and what was accepted is done after the restart.

use serde_json::json;

use crate::process::{Server, ended, init};

/// Rows of every import.
const ROWS: usize = 20_000;

/// How often the server is killed; `TANDEM_CRASH_KILLS` sets it.
fn kills() -> usize {
    std::env::var("TANDEM_CRASH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

fn csv() -> String {
    let rows = (0..ROWS).map(|row| format!("{row},{}.5\n", row % 97));
    std::iter::once("id,value\n".to_owned()).chain(rows).collect()
}

/// Every version there is holds whole imports, and is readable to its end.
async fn check(server: &Server, project: &str, dataset: &str) -> usize {
    let versions = server.get(&format!("/assets/{dataset}/versions?limit=200")).await;
    let mut newest = 0;
    for version in versions["items"].as_array().unwrap() {
        let seq = version["seq"].as_u64().unwrap();
        let sql = format!("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM events@v{seq}");
        let answer = server.rows(project, &sql).await;
        let rows = usize::try_from(answer[0][0].as_u64().unwrap()).unwrap();
        assert_eq!(rows, usize::try_from(seq).unwrap() * ROWS, "version {seq} is not whole");
        assert_eq!(answer[0][1], json!(ROWS));
        assert_eq!(version["rows"], json!(rows));
        newest = newest.max(rows);
    }
    newest
}

#[tokio::test]
async fn kill_nine_loses_nothing_and_halves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);

    let server = Server::start(&data, &[]).await;
    let project = server.project().await;
    let first = server.import(&project, csv(), &json!({ "target": { "name": "events" }, "mode": "append" })).await;
    let done = server.ended(&first).await;
    assert_eq!(done["state"], "succeeded", "{done}");
    let dataset = done["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    server.kill();

    let kills = kills();
    let mut runs = vec![first];
    for round in 0..kills {
        let server = Server::start(&data, &[]).await;
        check(&server, &project, &dataset).await;
        let target = json!({ "target": { "dataset_id": dataset }, "mode": "append" });
        let run = server.import(&project, csv(), &target).await;
        // Killed at another point of the import each time.
        match round % 5 {
            0 => {}
            1 => drop(server.wait(&run, |r| r["state"] != "queued").await),
            2 => drop(server.wait(&run, |r| r["progress"]["phase"] == "write" || ended(r)).await),
            3 => drop(server.wait(&run, |r| r["progress"]["phase"] == "profile" || ended(r)).await),
            _ => drop(server.ended(&run).await),
        }
        runs.push(run);
        server.kill();
    }

    let server = Server::start(&data, &[]).await;
    for run in &runs {
        let done = server.ended(run).await;
        assert_eq!(done["state"], "succeeded", "an accepted import was lost: {done}");
    }
    assert_eq!(check(&server, &project, &dataset).await, (kills + 1) * ROWS);
    server.kill();
}
