use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tandem_core::SystemClock;
use tandem_meta::{Meta, SchemaState};

use crate::harness::{World, code, on_each, with_database};

#[tokio::test]
async fn migrating_again_changes_nothing() {
    on_each(|world: World| async move {
        let before = world.meta.schema_state().await.unwrap();
        assert!(before.is_current() && before.found > 0);
        let team = world.team("acme").await;
        assert_eq!(world.meta.migrate().await.unwrap(), before);
        world.meta.check().await.unwrap();
        assert!(world.meta.read().await.unwrap().org(team.org.id).await.unwrap().is_some());
        let other = world.other_process().await;
        assert_eq!(*other.outbox_signal().borrow(), 0);
        other.migrate().await.unwrap();
        assert!(*other.outbox_signal().borrow() > 0, "it knows where the outbox ends");
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tables_of_a_newer_release_or_another_build_are_left_alone() {
    on_each(|world: World| async move {
        let wanted = world.meta.schema_state().await.unwrap().wanted;
        world.raw("INSERT INTO schema_migration VALUES (99, '0099_future', 'f', 0)").await;
        for refused in [world.meta.migrate().await.unwrap_err(), world.meta.check().await.unwrap_err()] {
            assert_eq!(refused.code().as_str(), "state_conflict");
            assert!(refused.message().contains("version 99"), "{refused}");
        }
        world.raw("DELETE FROM schema_migration WHERE version = 99").await;
        world.raw("UPDATE schema_migration SET digest = 'other' WHERE version = 2").await;
        assert_eq!(code(world.meta.migrate().await), "state_conflict");
        world.raw(&format!("DELETE FROM schema_migration WHERE version >= {wanted}")).await;
        assert_eq!(code(world.meta.check().await), "state_conflict");
        let state = world.meta.schema_state().await.unwrap();
        assert_eq!(state, SchemaState { found: wanted - 1, wanted });
    })
    .await;
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite:{}?mode=rwc", folder.path().join("m.sqlite").display())];
    let server = std::env::var("TANDEM_TEST_POSTGRES_URL").ok();
    let name = format!("tandem_empty_{}", std::process::id());
    if let Some(server) = &server {
        let mut conn = PgConnection::connect(server).await.unwrap();
        let create = format!("CREATE DATABASE {name}");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut conn).await.unwrap();
        urls.push(with_database(server, &name));
    }
    for url in urls {
        let starts = (0..4).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let meta = Meta::open(&url, Arc::new(SystemClock)).await?;
                assert!(meta.schema_state().await?.wanted > 0);
                let state = meta.migrate().await?;
                meta.close().await?;
                Ok::<_, tandem_core::Error>(state)
            })
        });
        for start in starts.collect::<Vec<_>>() {
            assert!(start.await.unwrap().unwrap().is_current());
        }
    }
    if let Some(server) = &server {
        let mut conn = PgConnection::connect(server).await.unwrap();
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut conn).await.unwrap();
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_told_apart() {
    let clock = || Arc::new(SystemClock);
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}?mode=rwc", folder.path().join("no/such/folder/m.sqlite").display());
    let absent = format!("sqlite:{}", folder.path().join("absent.sqlite").display());
    for (url, expected) in [
        ("mysql://root@localhost/x", "invalid_parameter"),
        ("meta.sqlite", "invalid_parameter"),
        ("sqlite:x?mode=perhaps", "invalid_parameter"),
        (missing.as_str(), "unavailable"),
        (absent.as_str(), "unavailable"),
        ("postgres://nobody@127.0.0.1:9/none", "unavailable"),
    ] {
        assert_eq!(code(Meta::open(url, clock()).await), expected, "{url}");
    }
    let garbage = folder.path().join("garbage.sqlite");
    std::fs::write(&garbage, b"certainly not a database".repeat(1000)).unwrap();
    assert_eq!(code(Meta::open_file(&garbage, clock()).await), "malformed_file");
}
