//! `kill -9` of the server at any moment of an import: no version lost, none
//! half there, and what was accepted is done after the restart.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::{Value, json};

/// Rows of every import.
const ROWS: usize = 20_000;
const PASSWORD: &str = "correct horse battery";
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the server is killed; `TANDEM_CRASH_KILLS` sets it.
fn kills() -> usize {
    std::env::var("TANDEM_CRASH_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

/// A server in a process of its own.
struct Server {
    child: Child,
    url: String,
    cookie: String,
    csrf: String,
    http: Client,
}

impl Server {
    async fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tandem"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended").unwrap();
            if let Some((_, url)) = line.split_once("Tandem serves ") {
                break url.to_owned();
            }
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || for _ in lines {});
        let http = Client::new();
        let body = json!({ "email": "owner@example.com", "password": PASSWORD });
        let signed = http.post(format!("{url}/api/v1/session")).json(&body).send().await.unwrap();
        assert_eq!(signed.status(), 200);
        let cookie = signed.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: Value = signed.json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        Self { child, url, cookie, csrf, http }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        request.header(header::COOKIE, &self.cookie).header("x-csrf-token", &self.csrf)
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.request(Method::POST, path).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn import(&self, project: &str, target: Value) -> String {
        let csv: String = std::iter::once("id,value\n".to_owned())
            .chain((0..ROWS).map(|row| format!("{row},{}.5\n", row % 97)))
            .collect();
        let path = format!("/projects/{project}/uploads?name=rows.csv");
        let upload: Value = self.request(Method::POST, &path).body(csv).send().await.unwrap().json().await.unwrap();
        let body = json!({
            "source": { "type": "upload", "upload_id": upload["id"] }, "target": target, "mode": "append",
        });
        let run = self.post(&format!("/projects/{project}/import"), &body).await;
        run["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a run is as `there` says.
    async fn wait(&self, run: &str, there: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let view = self.get(&format!("/runs/{run}")).await;
            if there(&view) {
                return view;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain: {view}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Every version there is holds whole imports, and is readable to its end.
    async fn check(&self, project: &str, dataset: &str) -> usize {
        let versions = self.get(&format!("/assets/{dataset}/versions?limit=200")).await;
        let mut newest = 0;
        for version in versions["items"].as_array().unwrap() {
            let seq = version["seq"].as_u64().unwrap();
            let sql = format!("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM events@v{seq}");
            let answer = self.post(&format!("/projects/{project}/query"), &json!({ "sql": sql })).await;
            let rows = usize::try_from(answer["rows"][0][0].as_u64().unwrap()).unwrap();
            assert_eq!(rows, usize::try_from(seq).unwrap() * ROWS, "version {seq} is not whole");
            assert_eq!(answer["rows"][0][1], json!(ROWS));
            assert_eq!(version["rows"], json!(rows));
            newest = newest.max(rows);
        }
        newest
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn ended(run: &Value) -> bool {
    matches!(run["state"].as_str(), Some("succeeded" | "failed" | "cancelled"))
}

#[tokio::test]
async fn kill_nine_loses_nothing_and_halves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let init = Command::new(env!("CARGO_BIN_EXE_tandem"))
        .args(["init", "--org", "Crash", "--email", "owner@example.com", "--name", "Owner", "--data"])
        .arg(&data)
        .env("TANDEM_PASSWORD", PASSWORD)
        .status()
        .unwrap();
    assert!(init.success());

    let server = Server::start(&data).await;
    let made = server.post("/projects", &json!({ "name": "Crash", "description": "" })).await;
    let project = made["id"].as_str().unwrap().to_owned();
    let first = server.import(&project, json!({ "name": "events" })).await;
    let done = server.wait(&first, ended).await;
    assert_eq!(done["state"], "succeeded", "{done}");
    let dataset = done["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    server.kill();

    let kills = kills();
    let mut runs = vec![first];
    for round in 0..kills {
        let server = Server::start(&data).await;
        server.check(&project, &dataset).await;
        let run = server.import(&project, json!({ "dataset_id": dataset })).await;
        // Killed at another point of the import each time.
        match round % 5 {
            0 => {}
            1 => drop(server.wait(&run, |r| r["state"] != "queued").await),
            2 => drop(server.wait(&run, |r| r["progress"]["phase"] == "write" || ended(r)).await),
            3 => drop(server.wait(&run, |r| r["progress"]["phase"] == "profile" || ended(r)).await),
            _ => drop(server.wait(&run, ended).await),
        }
        runs.push(run);
        server.kill();
    }

    let server = Server::start(&data).await;
    for run in &runs {
        let done = server.wait(run, ended).await;
        assert_eq!(done["state"], "succeeded", "an accepted import was lost: {done}");
    }
    assert_eq!(server.check(&project, &dataset).await, (kills + 1) * ROWS);
    server.kill();
}
