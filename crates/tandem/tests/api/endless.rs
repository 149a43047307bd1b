//! Lines and queries without an end: refused in bounded memory, and the server
//! goes on.

use std::{fs::File, io::Write};

use futures::StreamExt;
use serde_json::json;

use crate::process::{Server, init};

/// How long the line is, in GiB; `TANDEM_LINE_GIB` sets it.
fn line_gib() -> u64 {
    std::env::var("TANDEM_LINE_GIB").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// Most memory that a refusal may take beyond what the idle server has, in MiB.
const ROOM: u64 = 160;

#[tokio::test]
async fn a_line_of_gigabytes_is_passed_over_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (data, imports) = (folder.path().join("data"), folder.path().join("imports"));
    std::fs::create_dir(&imports).unwrap();
    // The middle of the line is a hole in the file: it has its length and takes no room.
    let mut file = File::create(imports.join("line.csv")).unwrap();
    let rows: String = (0..100_000).map(|n| format!("{n},name {n}\n")).collect();
    file.write_all(format!("id,name\n{rows}100000,").as_bytes()).unwrap();
    let length = file.metadata().unwrap().len() + (line_gib() << 30);
    file.set_len(length).unwrap();
    let mut file = File::options().append(true).open(imports.join("line.csv")).unwrap();
    file.write_all(b"end\n100001,after\n").unwrap();

    init(&data);
    let server = Server::start(&data, &["--import-folder", imports.to_str().unwrap()]).await;
    let project = server.project().await;
    let idle = server.peak_mib();
    let source = json!({ "type": "folder", "folder": 0, "path": "line.csv" });
    let began = std::time::Instant::now();
    let run = server.import_from(&project, source, &json!({ "target": { "name": "lines" } })).await;
    let done = server.ended(&run).await;
    println!("{done}\n{:?}, peak {} MiB after {idle} MiB", began.elapsed(), server.peak_mib());
    assert_eq!((&done["result"]["rows"], &done["result"]["rejected"]), (&json!(100_001), &json!(1)), "{done}");
    assert!(server.peak_mib() < idle + ROOM, "{} MiB after {idle} MiB", server.peak_mib());
    let dataset = done["outputs"][0]["asset"]["id"].as_str().unwrap();
    let rejects = server.get(&format!("/datasets/{dataset}/versions/1/rejects")).await;
    assert_eq!(rejects["rows"][0][3], "record_too_long", "{rejects}");
    assert_eq!(server.rows(&project, "SELECT name FROM lines WHERE id = 100001").await, json!([["after"]]));
}

#[tokio::test]
async fn an_upload_without_end_is_cut_off_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &["--max-upload", "64"]).await;
    let project = server.project().await;
    let idle = server.peak_mib();
    let block = vec![b'x'; 1 << 20];
    let endless = futures::stream::repeat(block).map(Ok::<_, std::io::Error>);
    match server.try_upload(&project, "endless.csv", reqwest::Body::wrap_stream(endless)).await {
        Ok(answer) => {
            assert_eq!(answer.status(), 413);
            assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["code"], "payload_too_large");
        }
        // Who is still writing when the server hangs up may see that alone.
        Err(cut) => assert!(cut.is_request() && !cut.is_timeout() && !cut.is_connect(), "{cut:?}"),
    }
    assert!(server.peak_mib() < idle + ROOM, "{} MiB after {idle} MiB", server.peak_mib());
    assert_eq!(std::fs::read_dir(data.join("uploads")).unwrap().count(), 0);
    server.get("/projects").await;
}
