//! Uploads that break off, and SQL that writes, reads files or takes all the
//! memory: refused with a reason, and the server goes on.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use serde_json::json;
use tandem_testkit::TestApp;

use crate::data::{dataset, rows};

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let who = kit.as_user(&acme.owner).await;
    let token = json!({ "name": "raw", "scope": "write", "expires_in_days": 1 });
    let secret = who.post("/me/tokens", token).await.expect(201)["secret"].as_str().unwrap().to_owned();
    let address = kit.url.trim_start_matches("http://").to_owned();
    let head = |length: &str| {
        format!(
            "POST /api/v1/projects/{project}/uploads?name=a.csv HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {secret}\r\nContent-Type: application/octet-stream\r\n{length}\r\n\r\n"
        )
    };
    let uploads = kit.app.config.data_dir.join("uploads");
    let files = || std::fs::read_dir(&uploads).unwrap().count();
    // Announced longer than it is, or in chunks of which the last never comes; with an ear for the answer, or gone.
    for length in ["Content-Length: 5000000", "Transfer-Encoding: chunked"] {
        for listens in [true, false] {
            let mut wire = TcpStream::connect(&address).unwrap();
            wire.write_all(head(length).as_bytes()).unwrap();
            let chunk = if length.starts_with("Transfer") { "F4240\r\n" } else { "" };
            wire.write_all(chunk.as_bytes()).unwrap();
            wire.write_all(&vec![b'x'; 1_000_000]).unwrap();
            until("the upload has begun", || files() == 1).await;
            if listens {
                wire.shutdown(Shutdown::Write).unwrap();
                let mut answer = String::new();
                wire.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                wire.read_to_string(&mut answer).unwrap();
                assert!(answer.is_empty() || answer.contains("truncated_file"), "{answer}");
            }
            drop(wire);
            until(&format!("nothing of it is left ({length})"), || files() == 0).await;
        }
    }
    dataset(&who, project, "after", "id\n1\n").await;
}

async fn until(what: &str, there: impl Fn() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn sql_that_writes_or_reads_files_or_takes_all_memory_is_refused() {
    let kit = TestApp::start_with(|config| config.memory_bytes = 64 << 20).await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let who = kit.as_user(&acme.owner).await;
    dataset(&who, project, "kept", "id,name\n1,Ann\n2,Bo\n").await;
    let ask = async |sql: &str| who.post(&format!("/projects/{project}/query"), json!({ "sql": sql })).await;
    for sql in [
        "INSERT INTO kept VALUES (3, 'Cy')",
        "UPDATE kept SET name = 'x'",
        "DELETE FROM kept",
        "DROP TABLE kept",
        "TRUNCATE TABLE kept",
        "ALTER TABLE kept ADD COLUMN x INT",
        "CREATE TABLE t AS SELECT * FROM kept",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY kept TO '/tmp/kept.csv'",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN ANALYZE INSERT INTO kept SELECT * FROM kept",
        "SELECT 1; DROP TABLE kept",
    ] {
        let answer = ask(sql).await;
        assert!(["sql_not_allowed", "invalid_sql"].contains(&answer.code().as_str()), "{sql}: {answer:?}");
        assert!([400, 403].contains(&answer.status.as_u16()), "{sql}: {answer:?}");
    }
    for sql in ["SELECT * FROM '/etc/passwd'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM \"../keys\""] {
        let answer = ask(sql).await;
        assert_eq!(answer.status, 400, "{sql}: {answer:?}");
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("root:"));
    }
    let message = ask("SELECT length(repeat('x', 10000000000))").await.refused(429, "memory_limit");
    assert!(message.ends_with('.'), "{message}");
    // What has no end is cut where the answer ends.
    let long = ask("SELECT * FROM generate_series(1, 1000000000000)").await.expect(200);
    assert_eq!(long["truncated"], true);
    assert_eq!(rows(&who, project, "SELECT count(*), sum(id) FROM kept").await, json!([[2, 3]]));
}
