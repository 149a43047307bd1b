use chrono::TimeDelta;
use serde_json::json;
use tandem_core::id::{OrgId, UserId};
use tandem_meta::{AuditCheck, AuditEntry, AuditFilter, Decision, Topic};

use crate::harness::{World, at, code, first_page, on_each};

fn entry(world: &World, org: OrgId, who: UserId, action: &str, decision: Decision) -> AuditEntry {
    AuditEntry {
        org_id: org,
        at: at(&world.clock),
        who: Some(who),
        via: "session".to_owned(),
        action: action.to_owned(),
        kind: "dataset".to_owned(),
        object: "a1".to_owned(),
        decision,
        reason: "role analyst".to_owned(),
        request_id: None,
    }
}

#[tokio::test]
async fn events_come_in_the_order_of_commits_without_gaps() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, project) = (team.org.id, team.project.id);
        let start = world.meta.read().await.unwrap().outbox_seq().await.unwrap();
        let mut signal = world.meta.outbox_signal();
        assert_eq!(*signal.borrow_and_update(), start);

        // The transaction that began first commits last.
        let mut slow = world.meta.begin().await.unwrap().acting_for(team.member.id);
        slow.emit(org, Some(project), Topic::Asset, json!({"n": 2}));
        if world.folder().is_some() {
            slow.commit().await.unwrap();
        } else {
            let mut quick = world.meta.begin().await.unwrap();
            quick.emit(org, None, Topic::Member, json!({"n": 1}));
            quick.commit().await.unwrap();
            slow.commit().await.unwrap();
        }
        let mut read = world.meta.read().await.unwrap();
        let events = read.events_after(start, 10).await.unwrap();
        let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
        let last = start + i64::try_from(events.len()).unwrap();
        assert_eq!(numbers, (start + 1..=last).collect::<Vec<_>>());
        let payloads: Vec<_> = events.iter().map(|event| event.payload["n"].as_i64().unwrap()).collect();
        assert!(payloads.is_sorted(), "{payloads:?}");
        assert_eq!(events.last().unwrap().actor_id, Some(team.member.id));
        assert!(signal.has_changed().unwrap());
        assert_eq!(*signal.borrow_and_update(), last);
        assert_eq!(read.outbox_seq().await.unwrap(), last);

        let of_project = read.project_events_after(org, project, start, 10).await.unwrap();
        assert_eq!(of_project.iter().map(|e| e.topic).collect::<Vec<_>>(), [Topic::Asset]);
        let activity = read.activity(org, project, &first_page(1), |e| e.topic != Topic::Member).await.unwrap();
        assert_eq!(activity.items[0].seq, of_project[0].seq, "newest first");
        drop(read);
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.prune_events(at(&world.clock)).await.unwrap(), 0);
        assert!(tx.prune_events(at(&world.clock) + TimeDelta::seconds(1)).await.unwrap() > 0);
        assert_eq!(tx.outbox_seq().await.unwrap(), last, "numbers are not used again");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_reader_of_the_outbox_misses_nothing_while_many_write() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let start = world.meta.read().await.unwrap().outbox_seq().await.unwrap();
        let other = world.other_process().await;
        let writers: Vec<_> = (0..6)
            .map(|number| {
                let meta = if number % 2 == 0 { world.meta.clone() } else { other.clone() };
                let org = team.org.id;
                tokio::spawn(async move {
                    for _ in 0..10 {
                        let mut tx = meta.begin().await.unwrap();
                        tx.emit(org, None, Topic::Asset, json!({}));
                        tx.emit(org, None, Topic::Version, json!({}));
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        let (mut after, mut seen) = (start, 0);
        while seen < 120 {
            for event in world.meta.read().await.unwrap().events_after(after, 7).await.unwrap() {
                assert_eq!(event.seq, after + 1, "a lower number may not show up later");
                after = event.seq;
                seen += 1;
            }
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(world.meta.read().await.unwrap().outbox_seq().await.unwrap(), start + 120);
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_undone_leaves_no_event_and_no_audit_row() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let start = world.meta.read().await.unwrap().outbox_seq().await.unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        tx.create_asset(team.org.id, team.new_dataset("x")).await.unwrap();
        tx.audit(entry(&world, team.org.id, team.owner.id, "create", Decision::Allow));
        drop(tx);
        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.outbox_seq().await.unwrap(), start);
        let log = read.audit_log(team.org.id, &AuditFilter::default(), &first_page(5)).await.unwrap();
        assert!(log.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_filtered_and_its_chain_holds() {
    on_each(|world: World| async move {
        let (acme, other) = (world.team("acme").await, world.team("other").await);
        let (org, owner, member) = (acme.org.id, acme.owner.id, acme.member.id);
        let mut tx = world.meta.begin().await.unwrap();
        tx.audit(entry(&world, org, owner, "use", Decision::Allow));
        tx.audit(entry(&world, other.org.id, other.owner.id, "use", Decision::Allow));
        tx.audit(entry(&world, org, member, "download", Decision::Deny));
        tx.commit().await.unwrap();
        world.later(TimeDelta::hours(1));
        world.meta.audit_soon(entry(&world, org, member, "use", Decision::Allow));
        world.meta.audit_waits().await;
        world.meta.flush_audit().await.unwrap();
        world.meta.flush_audit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let mut find = async |filter: AuditFilter| {
            let page = read.audit_log(org, &filter, &first_page(10)).await.unwrap();
            page.items.iter().map(|row| row.seq).collect::<Vec<_>>()
        };
        assert_eq!(find(AuditFilter::default()).await, [3, 2, 1]);
        assert_eq!(find(AuditFilter { who: Some(member), ..Default::default() }).await, [3, 2]);
        assert_eq!(find(AuditFilter { action: Some("use".to_owned()), ..Default::default() }).await, [3, 1]);
        assert_eq!(find(AuditFilter { decision: Some(Decision::Deny), ..Default::default() }).await, [2]);
        let now = at(&world.clock);
        assert_eq!(find(AuditFilter { from: Some(now), ..Default::default() }).await, [3]);
        assert_eq!(find(AuditFilter { to: Some(now), ..Default::default() }).await, [2, 1]);
        assert_eq!(find(AuditFilter { object: Some("a2".to_owned()), ..Default::default() }).await, [0; 0]);
        assert_eq!(read.verify_audit(org).await.unwrap(), AuditCheck { rows: 3, broken_at: None });
        assert_eq!(read.verify_audit(other.org.id).await.unwrap(), AuditCheck { rows: 1, broken_at: None });
    })
    .await;
}

#[tokio::test]
async fn tampering_with_the_audit_log_shows() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        for _ in 0..5 {
            let mut tx = world.meta.begin().await.unwrap();
            tx.audit(entry(&world, org, team.owner.id, "use", Decision::Deny));
            tx.commit().await.unwrap();
        }
        let check = async || world.meta.read().await.unwrap().verify_audit(org).await.unwrap().broken_at;
        assert_eq!(check().await, None);
        world.raw("UPDATE audit SET decision = 'allow' WHERE seq = 3").await;
        assert_eq!(check().await, Some(3));
        world.raw("UPDATE audit SET decision = 'deny' WHERE seq = 3").await;
        assert_eq!(check().await, None);
        world.raw("DELETE FROM audit WHERE seq = 5").await;
        assert_eq!(check().await, Some(5), "cut off");
        world.raw("DELETE FROM audit WHERE seq = 2").await;
        assert_eq!(check().await, Some(2), "missing");
        world.raw("DELETE FROM audit").await;
        assert_eq!(check().await, Some(1));
    })
    .await;
}

#[tokio::test]
async fn audit_rows_that_could_not_be_written_go_on_waiting() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        world.meta.audit_soon(entry(&world, team.org.id, team.owner.id, "use", Decision::Allow));
        world.raw("ALTER TABLE audit RENAME TO audit_away").await;
        assert_eq!(code(world.meta.flush_audit().await), "internal");
        world.raw("ALTER TABLE audit_away RENAME TO audit").await;
        world.meta.flush_audit().await.unwrap();
        let checked = world.meta.read().await.unwrap().verify_audit(team.org.id).await.unwrap();
        assert_eq!(checked, AuditCheck { rows: 1, broken_at: None });
    })
    .await;
}
