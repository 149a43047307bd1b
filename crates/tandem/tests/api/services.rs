//! Services that workflows call, over HTTP, with a real server on the other side.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n广州,10\n";

/// What was asked of the service.
#[derive(Debug, Clone, Default)]
struct Asked {
    line: String,
    key: String,
    token: String,
    body: Value,
}

/// Answers each request with what `answer` makes of it and of how many came before.
fn serve(answer: impl Fn(&Asked, usize) -> (u16, String) + Send + 'static) -> (SocketAddr, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let all = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&all);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let asked = read(&stream);
            let before = seen.lock().unwrap().len();
            seen.lock().unwrap().push(asked.clone());
            let (status, body) = answer(&asked, before);
            let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = (&stream).write_all((head + &body).as_bytes());
        }
    });
    (at, all)
}

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let (mut asked, mut length) = (Asked::default(), 0);
    reader.read_line(&mut asked.line).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "idempotency-key" => asked.key = value.to_owned(),
            "authorization" => asked.token = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    asked.body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    asked
}

/// Answers each row with twice its amount.
fn doubled(asked: &Asked) -> String {
    let rows = asked.body["rows"].as_array().unwrap();
    let rows: Vec<Value> = rows.iter().map(|row| json!({"twice": row["amount"].as_f64().unwrap() * 2.0})).collect();
    json!({ "rows": rows }).to_string()
}

struct Case {
    kit: TestApp,
    project: ProjectId,
    org: tandem_core::id::OrgId,
    owner: Client,
    orders: String,
}

impl Case {
    async fn new(service: SocketAddr) -> Self {
        let url = format!("http://{service}/v1");
        let kit = TestApp::start_with(|config| {
            let (token, services) = (config.data_dir.join("token"), config.data_dir.join("services.json"));
            std::fs::write(&token, "Bearer secret\n").unwrap();
            let list = json!([{"name": "score", "url": url, "headers": {"authorization": {"file": token}}}]);
            std::fs::write(&services, list.to_string()).unwrap();
            config.services = Some(services);
        })
        .await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        Self { kit, project, org: acme.id, owner, orders }
    }

    async fn make(&self, params: Value) -> String {
        let node = |component: &str, params: Value| json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
        let document = json!({"format": 1, "nodes": {
            "orders": node("dataset", json!({"dataset": self.orders})),
            "call": node("call-service", params.clone()),
        }, "edges": {"e": {"from": {"node": "orders", "port": "table"}, "to": {"node": "call", "port": "table"}}}});
        let body = json!({"name": format!("Scores {params}"), "workflow": document});
        let made = self.owner.post(&format!("/projects/{}/workflows", self.project), body).await.expect(201);
        made["asset"]["id"].as_str().unwrap().to_owned()
    }

    async fn run(&self, who: &Client, flow: &str) -> Value {
        let run = who.post(&format!("/workflows/{flow}/runs"), json!({})).await.expect(202);
        ended(who, &run).await
    }

    async fn rows(&self, flow: &str) -> Vec<Value> {
        let at = json!({"node": "call", "port": "table"});
        let shown = self.owner.post(&format!("/workflows/{flow}/preview"), at).await.expect(200);
        let mut rows = shown["rows"].as_array().cloned().unwrap_or_default();
        rows.sort_by_key(ToString::to_string);
        rows
    }
}

fn message(run: &Value) -> &str {
    run["nodes"]["call"]["error"]["message"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sent_in_batches_and_answers_stand_beside_them() {
    // Busy at first: asked again, with the same key.
    let (at, asked) = serve(|asked, before| if before == 0 { (503, String::new()) } else { (200, doubled(asked)) });
    let case = Case::new(at).await;
    let flow = case.make(json!({"service": "score", "path": "rows", "batch": 2})).await;
    let run = case.run(&case.owner, &flow).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(
        case.rows(&flow).await,
        [json!(["上海", 120, 240.0]), json!(["北京", 80, 160.0]), json!(["广州", 10, 20.0])]
    );
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 3);
    assert!(
        asked.iter().all(|one| one.line.starts_with("POST /v1/rows ") && one.token == "Bearer secret"),
        "{asked:?}"
    );
    assert_eq!(asked[0].key, asked[1].key);
    assert_ne!(asked[1].key, asked[2].key);
    assert_eq!(asked[1].body["rows"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_does_wrong_is_said_at_the_node() {
    let (at, _) = serve(|asked, _| match asked.line.split(' ').nth(1).unwrap() {
        "/v1/refuses" => (403, "no".to_owned()),
        "/v1/fewer" => (200, r#"{"rows": [{"a": 1}]}"#.to_owned()),
        "/v1/text" => (200, "<html>".to_owned()),
        "/v1/elsewhere" => (302, String::new()),
        _ => (200, r#"[{"a": 1, "b": null}, {"b": {"c": [2]}, "a": 1.5}, 7]"#.to_owned()),
    });
    let case = Case::new(at).await;
    for (params, part) in [
        (json!({"service": "score", "path": "refuses"}), "answered 403"),
        (json!({"service": "score", "path": "fewer"}), "answered 1 rows to 3"),
        (json!({"service": "score", "path": "text"}), "no JSON"),
        (json!({"service": "score", "path": "elsewhere"}), "answered 302"),
        (json!({"service": "scores"}), "no service “scores”"),
        (json!({"service": "score", "path": "../admin"}), "leads out of the service"),
    ] {
        let flow = case.make(params).await;
        let run = case.run(&case.owner, &flow).await;
        assert_eq!(run["state"], "failed", "{run}");
        assert!(message(&run).contains(part), "{part}: {}", message(&run));
        assert!(!run.to_string().contains("127.0.0.1") && !run.to_string().contains("secret"), "{run}");
    }
    // What is known before anything runs is said before.
    let node = json!({"component": {"name": "call-service", "version": 1}, "params": {"service": "scores"}, "position": {"x": 0, "y": 0}});
    let body = json!({"workflow": {"format": 1, "nodes": {"call": node}}});
    let checked = case.owner.post(&format!("/projects/{}/workflows/check", case.project), body).await.expect(200);
    let problem = &checked["problems"][0];
    assert_eq!(problem["at"], json!({"node": "call", "param": "service"}), "{checked}");
    assert!(problem["message"]["en"].as_str().unwrap().ends_with("Choose one of score."), "{checked}");
    let flow = case.make(json!({"service": "score", "path": "odd", "answer": "alone"})).await;
    let run = case.run(&case.owner, &flow).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let rows = case.rows(&flow).await;
    assert_eq!(rows, [json!([1.0, null, null]), json!([1.5, "{\"c\":[2]}", null]), json!([null, null, 7])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_leave_only_with_who_may_take_them_away() {
    let (at, asked) = serve(|asked, _| (200, doubled(asked)));
    let case = Case::new(at).await;
    let flow = case.make(json!({"service": "score"})).await;
    let ana = case.kit.member_of(case.project, case.org, "ana@acme.test", ProjectRole::Analyst).await;
    let ana = case.kit.as_user(&ana).await;
    let run = case.run(&ana, &flow).await;
    assert_eq!(run["state"], "failed");
    assert!(message(&run).contains("may not download"), "{}", message(&run));
    assert!(asked.lock().unwrap().is_empty());
}
