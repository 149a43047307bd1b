//! Schedules: whoever is second changes nothing, and what there is to do is found.

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::id::{AssetId, ScheduleId};
use tandem_meta::{
    Cause, Claim, NewFiring, NewSchedule, Outcome, RunEnd, RunInput, RunState, Schedule, ScheduleState, Watched,
};

use crate::harness::{Team, World, at, code, first_page, on_each};

fn schedule(world: &World, team: &Team, asset: AssetId, wake_in: Option<i64>) -> NewSchedule {
    NewSchedule {
        id: asset.into(),
        asset_id: asset,
        owner_id: team.owner.id,
        state: ScheduleState::Active,
        settings: json!({"cron": "x"}),
        standing: json!({}),
        wake_at: wake_in.map(|seconds| at(&world.clock) + TimeDelta::seconds(seconds)),
        watched_seq: 1,
        set_at: at(&world.clock),
    }
}

async fn put(world: &World, team: &Team, new: NewSchedule, before: Option<i64>) -> Schedule {
    let mut tx = world.meta.begin().await.unwrap();
    let put = tx.put_schedule(team.org.id, new, before).await.unwrap();
    tx.commit().await.unwrap();
    put
}

async fn to_attend(world: &World) -> usize {
    world.meta.read().await.unwrap().schedules_to_attend(10).await.unwrap().len()
}

#[tokio::test]
async fn of_two_servers_one_writes() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let flow = world.dataset(&team, "flow").await.id;
        assert_eq!(put(&world, &team, schedule(&world, &team, flow, None), None).await.revision, 1);
        let mut tx = world.meta.begin().await.unwrap();
        let again = schedule(&world, &team, flow, None);
        assert_eq!(code(tx.put_schedule(org, again.clone(), None).await), "version_conflict");
        assert_eq!(code(tx.commit().await), "state_conflict", "nothing of it can be kept");

        // Both have read revision 1; the second finds that it is gone.
        let other = world.other_process().await;
        let mut first = world.meta.begin().await.unwrap();
        first.put_schedule(org, again.clone(), Some(1)).await.unwrap();
        let second = tokio::spawn({
            let again = again.clone();
            async move {
                let mut tx = other.begin().await.unwrap();
                tx.put_schedule(org, again, Some(1)).await.map(drop)
            }
        });
        first.commit().await.unwrap();
        assert_eq!(code(second.await.unwrap()), "version_conflict");
        let now = world.meta.read().await.unwrap().schedule(org, flow).await.unwrap().unwrap();
        assert_eq!(now.revision, 2);
    })
    .await;
}

#[tokio::test]
async fn what_there_is_to_do_is_found() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let flow = world.dataset(&team, "flow").await.id;
        let data = world.dataset(&team, "data").await.id;
        let input = world.append(&team, data, 0).await.id;
        world.append(&team, flow, 0).await;
        put(&world, &team, schedule(&world, &team, flow, Some(30)), None).await;
        assert_eq!(to_attend(&world).await, 0);
        world.later(TimeDelta::seconds(30));
        assert_eq!(to_attend(&world).await, 1, "its time has come");
        put(&world, &team, schedule(&world, &team, flow, None), Some(1)).await;
        assert_eq!(to_attend(&world).await, 0);

        let mut tx = world.meta.begin().await.unwrap();
        tx.set_schedule_inputs(org, flow, &[Watched { dataset: data, seen: 1 }]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(to_attend(&world).await, 0);
        world.append(&team, data, 1).await;
        assert_eq!(to_attend(&world).await, 1, "a dataset has a new version");
        let mut tx = world.meta.begin().await.unwrap();
        tx.set_schedule_inputs(org, flow, &[Watched { dataset: data, seen: 2 }]).await.unwrap();
        let mut new = team.new_run();
        new.inputs = vec![RunInput { role: "pinned".to_owned(), version: input, pinned: true }];
        let run = tx.create_run(org, new).await.unwrap();
        assert!(!run.stale && run.inputs[0].pinned, "a version that was asked for doesn't grow old");
        let firing = NewFiring {
            cause: Cause::Data,
            outcome: Outcome::Started,
            due_at: at(&world.clock),
            run: Some(run.run.id),
            chain: json!([flow]),
            message: None,
        };
        tx.add_firing(org, flow, firing.clone()).await.unwrap();
        tx.add_firing(org, flow, NewFiring { run: None, outcome: Outcome::HeldBack, ..firing }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(to_attend(&world).await, 0, "its run goes on");

        let mut tx = world.meta.begin().await.unwrap();
        tx.finish_run(org, run.run.id, RunEnd::Cancelled).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(to_attend(&world).await, 1, "its run has ended");
        let mut tx = world.meta.begin().await.unwrap();
        let open = tx.open_firings(org, flow).await.unwrap();
        assert_eq!((open.len(), open[0].0.number, open[0].1), (1, 1, Some(RunState::Cancelled)));
        tx.close_firing(org, flow, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(to_attend(&world).await, 0);

        world.append(&team, flow, 1).await;
        assert_eq!(to_attend(&world).await, 1, "the workflow has a new version");
        put(
            &world,
            &team,
            NewSchedule { state: ScheduleState::Off, ..schedule(&world, &team, flow, Some(-1)) },
            Some(2),
        )
        .await;
        assert_eq!(to_attend(&world).await, 0, "one that is off does nothing");

        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.schedules(org, team.project.id, &first_page(9), |_| true).await.unwrap().items.len(), 1);
        let told: Vec<(i64, Outcome)> =
            read.firings(org, flow, 9).await.unwrap().iter().map(|(f, _)| (f.number, f.outcome)).collect();
        assert_eq!(told, [(2, Outcome::HeldBack), (1, Outcome::Started)]);
        assert_eq!(read.firing_of_run(org, run.run.id).await.unwrap().unwrap().chain, json!([flow]));
        drop(read);
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.prune_firings(at(&world.clock) - TimeDelta::days(1)).await.unwrap(), 0);
        assert_eq!(tx.prune_firings(at(&world.clock) + TimeDelta::days(1)).await.unwrap(), 2);
        assert!(tx.firings(org, flow, 9).await.unwrap().is_empty());
        tx.delete_schedule(org, flow).await.unwrap();
        tx.commit().await.unwrap();
        assert!(world.meta.read().await.unwrap().firings(org, flow, 9).await.unwrap().is_empty());
    })
    .await;
}

/// Each delivery of a dashboard is a schedule of its own, and a file is one delivery's.
#[tokio::test]
async fn an_asset_may_have_several_and_a_file_is_of_one() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let board = world.dataset(&team, "board").await.id;
        let ids = [1, 2].map(|n| format!("019a0000-0000-7000-8000-00000000000{n}").parse::<ScheduleId>().unwrap());
        for id in ids {
            put(&world, &team, NewSchedule { id, ..schedule(&world, &team, board, None) }, None).await;
        }
        let mut tx = world.meta.begin().await.unwrap();
        let kept: Vec<ScheduleId> = tx.schedules_of(org, board).await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(kept, ids);
        assert_eq!(tx.claim_file(org, ids[0], "reports", "a.html").await.unwrap(), Claim::New);
        assert_eq!(tx.claim_file(org, ids[0], "reports", "a.html").await.unwrap(), Claim::Own);
        assert_eq!(tx.claim_file(org, ids[1], "reports", "a.html").await.unwrap(), Claim::Taken);
        assert_eq!(tx.claim_file(org, ids[1], "other", "a.html").await.unwrap(), Claim::New);
        tx.delete_schedule(org, ids[0]).await.unwrap();
        assert_eq!(tx.claim_file(org, ids[1], "reports", "a.html").await.unwrap(), Claim::New, "nobody's any more");
        tx.commit().await.unwrap();
    })
    .await;
}
