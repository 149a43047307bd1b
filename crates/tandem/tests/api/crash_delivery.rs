//! `kill -9` of the server while it delivers: each is delivered at least once,
//! a second copy of a mail has the same Message-ID, and a file has one name.

use std::{collections::BTreeSet, fs};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    mail_server::MailServer,
    process::{Server, init},
};

/// How often the server is killed; `TANDEM_CRASH_KILLS` sets it.
fn kills() -> usize {
    std::env::var("TANDEM_CRASH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

async fn deliver(server: &Server, path: &str) {
    let answer = server.request(Method::POST, &format!("{path}/send")).json(&json!({})).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn what_was_on_its_way_at_kill_nine_is_delivered_after_it() {
    let Some(mail) = MailServer::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, reports) = (folder.path().join("data"), folder.path().join("reports"));
    fs::create_dir(&reports).unwrap();
    init(&data);
    let named = format!("reports={}", reports.display());
    let port = mail.port.to_string();
    let more = [
        "--delivery-folder",
        &named,
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        &port,
        "--mail-tls",
        "none",
        "--mail-from",
        "tandem@example.com",
    ];
    let server = Server::start(&data, &more).await;
    let project = server.project().await;
    let run = server.import(&project, "id\n1\n", &json!({ "target": { "name": "sales" }, "mode": "append" })).await;
    let dataset = server.ended(&run).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let figure = json!({"source": "s", "component": "profile"});
    let text = json!({"en": "P", "zh-CN": "P"});
    let document = json!({"format": 1, "sources": {"s": {"dataset": dataset}},
        "pages": [{"id": "p", "title": text, "blocks": [{"id": "b", "shows": {"figure": figure}}]}]});
    let body = json!({"name": "Board", "dashboard": document});
    let made = server.post(&format!("/projects/{project}/dashboards"), &body).await;
    let all = format!("/dashboards/{}/deliveries", made["asset"]["id"].as_str().unwrap());
    let mut paths = Vec::new();
    for to in [
        json!({"type": "folder", "folder": "reports"}),
        json!({"type": "mail", "to": [crate::process::EMAIL], "subject": "S", "text": ""}),
    ] {
        let body = json!({"enabled": false, "name": "Board", "formats": ["html", "xlsx"], "time_zone": "UTC",
            "stamp": "none", "to": to});
        let made = server.post(&all, &body).await;
        paths.push(format!("{all}/{}", made["id"].as_str().unwrap()));
    }
    let mut server = server;
    let kills = kills();
    for round in 0..kills {
        for path in &paths {
            deliver(&server, path).await;
        }
        // At once, when it has begun, and when what it made is there or just about to be.
        let begun = |one: &Value| one["run_state"] != "queued";
        match round % 3 {
            0 => {}
            1 => while !begun(&server.get(&paths[1]).await["history"][0]) {},
            _ => while mail.messages().len() < round {},
        }
        server.kill();
        server = Server::start(&data, &more).await;
    }
    let mut ids = BTreeSet::new();
    for path in &paths {
        loop {
            let history = server.get(path).await["history"].as_array().unwrap().clone();
            assert_eq!(history.len(), kills, "{history:?}");
            if history.iter().all(|one| !one["finished_at"].is_null()) {
                for one in history {
                    assert_eq!(one["run_state"], "succeeded", "{one}");
                    ids.extend(one["result"]["message_id"].as_str().map(|id| format!("<{id}>")));
                }
                break;
            }
        }
    }
    let mut names: Vec<_> = fs::read_dir(&reports).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["Board.html", "Board.xlsx"]);
    let came: Vec<Value> = mail.messages().iter().map(|message| message["headers"]["Message-ID"].clone()).collect();
    let told: BTreeSet<String> = came.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!(told, ids, "each delivery came, and every copy is known by its id");
    assert_eq!(ids.len(), kills);
    println!("{} deliveries by mail, {} messages", kills, came.len());
    server.kill();
}
