//! What only the inside can see: the settings on which durability rests, and a
//! disk that is full.

use std::sync::Arc;

use tandem_core::{ErrorCode, FixedClock};

use crate::{meta::Meta, sql::params};

async fn open(folder: &tempfile::TempDir) -> Meta {
    let clock = Arc::new(FixedClock::new("2026-03-02T08:00:00Z".parse().unwrap()));
    let meta = Meta::open_file(&folder.path().join("meta.sqlite"), clock).await.unwrap();
    meta.migrate().await.unwrap();
    meta
}

#[tokio::test]
async fn a_commit_is_on_the_disk_when_it_returns() {
    let folder = tempfile::tempdir().unwrap();
    let meta = open(&folder).await;
    let mut tx = meta.begin().await.unwrap();
    for (pragma, expected) in [("synchronous", 2), ("foreign_keys", 1), ("query_only", 0)] {
        let row = tx.fetch_one(format!("PRAGMA {pragma}"), params![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>(pragma).unwrap(), expected, "{pragma}");
    }
    let row = tx.fetch_one("PRAGMA journal_mode", params![]).await.unwrap().unwrap();
    assert_eq!(row.get::<String>("journal_mode").unwrap(), "wal");
}

#[tokio::test]
async fn what_reads_can_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let meta = open(&folder).await;
    let mut read = meta.read().await.unwrap();
    assert!(read.fetch("DELETE FROM org", params![]).await.is_err());
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_half_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let meta = open(&folder).await;
    let mut tx = meta.begin().await.unwrap();
    // SQLite says the same of a limit on pages as of a disk without room.
    let row = tx.fetch_one("PRAGMA page_count", params![]).await.unwrap().unwrap();
    let pages: i64 = row.get("page_count").unwrap();
    tx.fetch(format!("PRAGMA max_page_count = {}", pages + 4), params![]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = meta.begin().await.unwrap();
    let long = "x".repeat(10_000);
    let mut made = 0;
    let full = loop {
        match tx.create_org(&long).await {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
    };
    assert!(made > 0, "some of it fitted");
    assert_eq!(full.code(), ErrorCode::StorageFull);
    // SQLite has undone everything and would keep what comes now by itself.
    assert_eq!(tx.create_org("short").await.unwrap_err().code(), ErrorCode::StateConflict);
    assert_eq!(tx.commit().await.unwrap_err().code(), ErrorCode::StateConflict);
    assert!(meta.read().await.unwrap().every_org().await.unwrap().is_empty());

    let mut tx = meta.begin().await.unwrap();
    tx.fetch("PRAGMA max_page_count = 1000000", params![]).await.unwrap();
    tx.create_org("there is room again").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(meta.read().await.unwrap().every_org().await.unwrap().len(), 1);
}
