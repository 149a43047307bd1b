//! Callers who go away in the middle, and servers that do.

use std::{future::Future, task::Poll, time::Duration};

use crate::harness::{World, first_page, on_each};
use tandem_core::PageRequest;
use tandem_meta::{AssetFilter, Topic};

#[tokio::test]
async fn a_caller_who_goes_away_leaves_all_or_nothing() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let mut finished = 0;
        // Dropped at each point where it waits for something, three times over.
        for attempt in 0..240_u32 {
            let mut write = Box::pin(async {
                let mut tx = world.meta.begin().await?;
                tx.create_asset(team.org.id, team.new_dataset(&format!("data {attempt}"))).await?;
                tx.commit().await
            });
            let mut patience = attempt % 80;
            let done = std::future::poll_fn(|context| {
                if patience == 0 {
                    return Poll::Ready(None);
                }
                patience -= 1;
                write.as_mut().poll(context).map(Some)
            });
            if let Some(done) = done.await {
                done.unwrap();
                finished += 1;
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
        let filter = AssetFilter::default();
        let page = read.assets(team.org.id, &filter, &first_page(200), |_| true).await.unwrap();
        let mut assets = page.items;
        if let Some(cursor) = page.next_cursor {
            let next = PageRequest::new(Some(200), Some(cursor)).unwrap();
            assets.extend(read.assets(team.org.id, &filter, &next, |_| true).await.unwrap().items);
        }
        let events = read.project_events_after(team.org.id, team.project.id, 0, 1000).await.unwrap();
        let last = events.iter().map(|event| event.seq).max();
        let events = events.iter().filter(|event| event.topic == Topic::Asset).count();
        assert_eq!(assets.len(), events, "an asset and its event are one write");
        assert!(assets.len() >= finished, "{finished} were promised");
        assert_eq!(Some(*world.meta.outbox_signal().borrow()), last, "watchers were told of the last one");
        assert!(assets.len() < 241, "some were dropped in time");
        println!("{finished} of 241 callers stayed; {events} writes were kept");
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

#[tokio::test]
async fn who_leaves_before_a_transaction_has_begun_leaves_nothing_open() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        // Dropped at each point where it waits for something, many times over;
        // whoever has the connection next can write.
        for attempt in 0..120_u32 {
            let mut read = Box::pin(world.meta.read());
            let mut waits = attempt % 4;
            std::future::poll_fn(|context| match read.as_mut().poll(context) {
                Poll::Pending if waits > 0 => {
                    waits -= 1;
                    Poll::Pending
                }
                _ => Poll::Ready(()),
            })
            .await;
            drop(read);
            let mut tx = world.meta.begin().await.unwrap();
            tx.rename_org(team.org.id, &format!("acme {attempt}")).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
}
