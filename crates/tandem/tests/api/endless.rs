//! Uploads without an end: refused in bounded memory, and the server goes on.

use futures::StreamExt;

use crate::process::{Server, init};

/// Most memory that a refusal may take beyond what the idle server has, in MiB.
const ROOM: u64 = 160;

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
    let answer = server.upload(&project, "endless.csv", reqwest::Body::wrap_stream(endless)).await;
    assert_eq!(answer.status(), 413);
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["code"], "payload_too_large");
    assert!(server.peak_mib() < idle + ROOM, "{} MiB after {idle} MiB", server.peak_mib());
    assert_eq!(std::fs::read_dir(data.join("uploads")).unwrap().count(), 0);
    server.get("/projects").await;
}
