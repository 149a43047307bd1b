//! Threads: what was said stays in its order, and what is taken back leaves its place.

use tandem_core::id::RunId;
use tandem_meta::{NewThread, ThreadCount, ThreadFilter, ThreadState, Topic};

use crate::harness::{Team, World, first_page, on_each};

fn about(team: &Team, asset: tandem_core::id::AssetId, run: Option<RunId>, node: Option<&str>) -> NewThread {
    NewThread {
        project_id: team.project.id,
        asset_id: Some(asset),
        seq: None,
        run_id: run,
        element: node.map(|node| ("node".to_owned(), node.to_owned())),
        feedback: run.is_some(),
        created_by: team.owner.id,
    }
}

#[tokio::test]
async fn threads_are_answered_resolved_counted_and_emptied() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, me, ann) = (team.org.id, team.owner.id, team.member.id);
        let asset = world.dataset(&team, "flow").await.id;
        let run = world.ran(&team, &[], &[]).await;
        assert_eq!(world.meta.read().await.unwrap().threads_mark(org, asset).await.unwrap(), None);
        let mut tx = world.meta.begin().await.unwrap();
        let thread = tx.create_thread(org, about(&team, asset, None, Some("a"))).await.unwrap().id;
        let first = tx.add_comment(org, thread, me, "one", &[ann]).await.unwrap().id;
        let of_run = tx.create_thread(org, about(&team, asset, Some(run), None)).await.unwrap().id;
        tx.add_comment(org, of_run, ann, "two", &[]).await.unwrap();
        tx.set_thread_state(org, thread, ThreadState::Resolved, ann).await.unwrap();
        tx.commit().await.unwrap();
        let mark = world.meta.read().await.unwrap().threads_mark(org, asset).await.unwrap();
        assert!(mark.is_some_and(|(many, _)| many == 2));

        let mut read = world.meta.read().await.unwrap();
        let count = |element: Option<&str>, open, resolved| ThreadCount {
            element: element.map(|id| ("node".to_owned(), id.to_owned())),
            open,
            resolved,
        };
        let mut counts = read.count_threads(org, asset, None).await.unwrap();
        counts.sort_by_key(|one| one.element.clone());
        assert_eq!(counts, [count(None, 1, 0), count(Some("a"), 0, 1)]);
        // The run is the owner's: to nobody else is it counted who may know of their own runs alone.
        assert_eq!(read.count_threads(org, asset, Some(ann)).await.unwrap(), [count(Some("a"), 0, 1)]);
        assert_eq!(read.count_threads(org, asset, Some(me)).await.unwrap().len(), 2);
        let of = |of| ThreadFilter { of: Some(of), ..ThreadFilter::default() };
        let mentioned = read.threads(org, &of(ann), &first_page(9)).await.unwrap().items;
        assert_eq!(mentioned.len(), 2, "mentioned in one, the author of the other");
        let open = ThreadFilter { state: Some(ThreadState::Open), ..ThreadFilter::default() };
        assert_eq!(read.threads(org, &open, &first_page(9)).await.unwrap().items[0].id, of_run);
        drop(read);

        let mut tx = world.meta.begin().await.unwrap();
        tx.add_comment(org, thread, me, "three", &[]).await.unwrap();
        let again = tx.thread(org, thread).await.unwrap().unwrap();
        assert_eq!((again.state, again.resolved_by, again.resolved_at), (ThreadState::Open, None, None));
        tx.edit_comment(org, thread, first, "uno", &[]).await.unwrap();
        assert_eq!(tx.mentions(org, &[thread]).await.unwrap(), []);
        tx.delete_comment(org, thread, first).await.unwrap();
        assert!(tx.delete_comment(org, thread, first).await.is_err(), "once");
        tx.rollback().await.unwrap();

        let mut tx = world.meta.begin().await.unwrap();
        tx.delete_comment(org, thread, first).await.unwrap();
        assert!(tx.thread(org, thread).await.unwrap().is_none(), "nothing is left in it");
        tx.commit().await.unwrap();
        let events = world.meta.read().await.unwrap().events_after(0, 100).await.unwrap();
        let changes: Vec<&str> =
            events.iter().filter(|e| e.topic == Topic::Thread).map(|e| e.payload["change"].as_str().unwrap()).collect();
        assert_eq!(changes, ["created", "commented", "created", "commented", "resolved", "deleted"]);
    })
    .await;
}
