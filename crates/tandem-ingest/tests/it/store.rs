//! An S3-compatible store, where a test server is named.

use std::io::{Read as _, Write as _};

use object_store::{ObjectStoreExt as _, PutPayload, aws::AmazonS3Builder, path::Path};
use tandem_core::{Cancel, ErrorCode, HostPolicy, HostRule};
use tandem_ingest::{ImportOptions, source::s3::S3Source};

use crate::support::read;

#[tokio::test]
async fn an_object_is_staged_and_read() {
    let Some(endpoint) = std::env::var("TANDEM_TEST_S3_ENDPOINT").ok().filter(|e| !e.is_empty()) else {
        println!("skipped: TANDEM_TEST_S3_ENDPOINT is not set");
        return;
    };
    let bucket = "tandem-ingest-test";
    // Test servers make buckets of whoever asks.
    let made = tokio::process::Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-X", "PUT", &format!("{endpoint}/{bucket}")])
        .status()
        .await
        .unwrap();
    assert!(made.success());
    let store = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_endpoint(&endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_access_key_id("test")
        .with_secret_access_key("test")
        .build()
        .unwrap();
    let mut text = String::from("id,城市\n");
    for i in 0..300_000 {
        text.push_str(&format!("{i},上海\n"));
    }
    store.put(&Path::parse("in/订单.csv").unwrap(), PutPayload::from(text.clone().into_bytes())).await.unwrap();

    let source = |url: String| S3Source {
        url,
        endpoint: Some(endpoint.clone()),
        region: None,
        access_key: Some("test".into()),
        secret_key: Some("test".into()),
        hosts: HostPolicy::new(vec![HostRule::Any]),
    };
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("staged.csv");
    let object = source(format!("s3://{bucket}/in/订单.csv"));
    assert_eq!(object.file_name().unwrap(), "订单.csv");
    let bytes = object.fetch(&target, 100 << 20, &Cancel::new(), &()).await.unwrap();
    assert_eq!(bytes, text.len() as u64);
    assert_eq!(read(&target, &ImportOptions::default()).unwrap().rows(), 300_000);

    let other = folder.path().join("other.csv");
    let small = object.fetch(&other, 1000, &Cancel::new(), &()).await.unwrap_err();
    assert_eq!(small.code(), ErrorCode::PayloadTooLarge);
    let none = source(format!("s3://{bucket}/none.csv")).fetch(&other, 1000, &Cancel::new(), &()).await.unwrap_err();
    assert_eq!(none.code(), ErrorCode::NotFound);
    let closed = S3Source { endpoint: Some("http://127.0.0.1:1".into()), ..object };
    let unreachable = closed.fetch(&other, 1000, &Cancel::new(), &()).await.unwrap_err();
    assert_eq!(unreachable.code(), ErrorCode::SourceUnavailable);
    assert!(!other.exists());
}

/// A server on loopback that gives every caller this answer.
fn answering(answer: String) -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_store_is_read_where_it_is_allowed_and_sends_nobody_elsewhere() {
    let inner = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    inner.set_nonblocking(true).unwrap();
    let there = inner.local_addr().unwrap();
    let store = answering(format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{there}/secret\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ));
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("staged.csv");
    let source = |endpoint: String, rules: &[&str]| S3Source {
        url: "s3://bucket/a.csv".into(),
        endpoint: Some(endpoint),
        region: None,
        access_key: None,
        secret_key: None,
        hosts: HostPolicy::new(rules.iter().map(|rule| rule.parse().unwrap()).collect()),
    };
    let code = async |source: S3Source| source.fetch(&target, 1000, &Cancel::new(), &()).await.unwrap_err().code();
    for host in [format!("http://{store}"), format!("http://localhost:{}", store.port()), "http://[::1]:9".into()] {
        assert_eq!(code(source(host, &[])).await, ErrorCode::HostNotAllowed);
    }
    // Where it is allowed it is asked, and its redirect is not followed.
    for host in [format!("http://{store}"), format!("http://localhost:{}", store.port())] {
        assert_eq!(code(source(host, &["127.0.0.0/8"])).await, ErrorCode::SourceUnavailable);
    }
    assert_eq!(inner.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
