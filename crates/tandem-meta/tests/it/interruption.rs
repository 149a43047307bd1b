//! Callers who go away in the middle, and servers that do.

use std::time::Duration;

use crate::harness::{World, first_page, on_each};
use tandem_meta::{AssetFilter, Topic};

#[tokio::test]
async fn a_caller_who_goes_away_leaves_all_or_nothing() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let mut finished = 0;
        for patience in 0..150_u32 {
            let write = async {
                let mut tx = world.meta.begin().await?;
                tx.create_asset(team.org.id, team.new_dataset(&format!("data {patience}"))).await?;
                tx.commit().await
            };
            let gone = async {
                for _ in 0..patience {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                done = write => { done.unwrap(); finished += 1; }
                () = gone => {}
            }
        }
        // Whoever comes next is not held up by what was dropped.
        let write = async {
            let mut tx = world.meta.begin().await.unwrap();
            tx.create_asset(team.org.id, team.new_dataset("last")).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::time::timeout(Duration::from_secs(20), write).await.unwrap();
        finished += 1;

        let mut read = world.meta.read().await.unwrap();
        let assets = read.assets(team.org.id, &AssetFilter::default(), &first_page(200), |_| true).await.unwrap();
        let events = read.project_events_after(team.org.id, team.project.id, 0, 1000).await.unwrap();
        let last = events.iter().map(|event| event.seq).max();
        let events = events.iter().filter(|event| event.topic == Topic::Asset).count();
        assert_eq!(assets.items.len(), events, "an asset and its event are one write");
        assert!(assets.items.len() >= finished, "{finished} were promised");
        assert_eq!(Some(*world.meta.outbox_signal().borrow()), last, "watchers were told of the last one");
        println!("{finished} of 151 callers stayed; {events} writes were kept");
    })
    .await;
}

#[tokio::test]
async fn many_readers_wait_for_their_turn() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let readers = (0..64).map(|_| {
            let (meta, org) = (world.meta.clone(), team.org.id);
            tokio::spawn(async move {
                let mut read = meta.read().await.unwrap();
                tokio::task::yield_now().await;
                read.org(org).await.unwrap().is_some()
            })
        });
        for reader in readers.collect::<Vec<_>>() {
            assert!(reader.await.unwrap());
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_ends_its_connections_is_found_again() {
    let Ok(server) = std::env::var("TANDEM_TEST_POSTGRES_URL") else {
        println!("skipped: TANDEM_TEST_POSTGRES_URL is not set");
        return;
    };
    let world = World::postgres(&server).await;
    let team = world.team("acme").await;
    let mut tx = world.meta.begin().await.unwrap();
    tx.create_asset(team.org.id, team.new_dataset("lost")).await.unwrap();
    world
        .raw(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    let lost = tx.create_asset(team.org.id, team.new_dataset("lost too")).await.unwrap_err();
    assert_eq!(lost.code().as_str(), "unavailable", "{lost:?}");
    assert!(tx.commit().await.is_err());
    let mut read = world.meta.read().await.unwrap();
    let assets = read.assets(team.org.id, &AssetFilter::default(), &first_page(5), |_| true).await.unwrap();
    assert!(assets.items.is_empty());
    drop(read);
    world.dataset(&team, "kept").await;
}
