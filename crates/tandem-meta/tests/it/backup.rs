use std::sync::Arc;

use tandem_core::SystemClock;
use tandem_meta::{Meta, database_file, restore};

use crate::harness::{World, code};

#[tokio::test]
async fn a_copy_taken_while_people_write_is_whole() {
    let world = World::sqlite().await;
    let folder = world.folder().unwrap();
    let team = world.team("acme").await;
    let asset = world.dataset(&team, "sales").await;
    let copy = folder.join("copy.sqlite");
    let (writer, backup) = tokio::join!(
        async {
            for expected in 0..20 {
                world.append(&team, asset.id, expected).await;
            }
        },
        world.meta.backup(&copy),
    );
    let () = writer;
    let info = backup.unwrap();
    assert_eq!(info.bytes, std::fs::metadata(&copy).unwrap().len());
    assert_eq!(code(world.meta.backup(&copy).await), "already_exists");

    let target = folder.join("restored.sqlite");
    assert_eq!(restore(&copy, &target).await.unwrap(), info);
    assert_eq!(code(restore(&copy, &target).await), "already_exists");
    let meta = Meta::open_file(&target, Arc::new(SystemClock)).await.unwrap();
    meta.migrate().await.unwrap();
    let mut read = meta.read().await.unwrap();
    let found = read.asset(team.org.id, asset.id).await.unwrap().unwrap();
    let latest = read.latest_version(team.org.id, asset.id).await.unwrap();
    assert_eq!(latest.map_or(0, |version| version.seq), found.latest_seq, "of one moment");
    drop(read);
    meta.close().await.unwrap();
    let leftovers: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[tokio::test]
async fn what_is_not_a_whole_copy_is_not_restored() {
    let world = World::sqlite().await;
    let folder = world.folder().unwrap();
    let team = world.team("acme").await;
    let asset = world.dataset(&team, "sales").await;
    for expected in 0..50 {
        world.append(&team, asset.id, expected).await;
    }
    let copy = folder.join("copy.sqlite");
    world.meta.backup(&copy).await.unwrap();
    let target = folder.join("restored.sqlite");
    assert_eq!(code(restore(&folder.join("none"), &target).await), "not_found");

    let whole = std::fs::read(&copy).unwrap();
    let cut = folder.join("cut.sqlite");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(code(restore(&cut, &target).await), "malformed_file");
    let mut scribbled = whole.clone();
    let middle = whole.len() / 2;
    scribbled[middle..middle + 4096].fill(0xAA);
    std::fs::write(&cut, &scribbled).unwrap();
    assert_eq!(code(restore(&cut, &target).await), "malformed_file");
    std::fs::write(&cut, b"hello").unwrap();
    assert_eq!(code(restore(&cut, &target).await), "malformed_file");
    std::fs::write(&cut, b"").unwrap();
    assert_eq!(code(restore(&cut, &target).await), "malformed_file");

    world.raw("INSERT INTO schema_migration VALUES (99, '0099_future', 'f', 0)").await;
    let newer = folder.join("newer.sqlite");
    assert_eq!(code(world.meta.backup(&newer).await), "state_conflict");
    assert!(!target.exists() && !newer.exists());
}

#[test]
fn the_file_of_an_address_is_known() {
    let file = |url| database_file(url).map(|file| file.map(|file| file.display().to_string()));
    assert_eq!(file("sqlite:/data/meta.sqlite?mode=rwc").unwrap().as_deref(), Some("/data/meta.sqlite"));
    assert_eq!(file("postgres://tandem@db/tandem").unwrap(), None);
    assert_eq!(code(file("meta.sqlite")), "invalid_parameter");
}

#[tokio::test]
async fn postgresql_is_left_to_its_own_tools() {
    let Ok(server) = std::env::var("TANDEM_TEST_POSTGRES_URL") else {
        println!("skipped: TANDEM_TEST_POSTGRES_URL is not set");
        return;
    };
    let meta = Meta::open(&server, Arc::new(SystemClock)).await.unwrap();
    let refused = meta.backup(std::path::Path::new("/nowhere/copy")).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "unsupported_format");
    assert!(refused.message().contains("pg_dump"));
}
