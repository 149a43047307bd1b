use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::id::RunId;
use tandem_meta::{Job, JobFilter, JobState, NewJob, Retry, RunState, backoff, rest};

use crate::harness::{Team, World, at, code, failure, first_page, new_job, on_each};

const LEASE: Duration = Duration::from_secs(30);

async fn enqueue(world: &World, team: &Team, new: NewJob) -> Job {
    let mut tx = world.meta.begin().await.unwrap();
    let job = tx.enqueue_job(team.org.id, new).await.unwrap();
    tx.commit().await.unwrap();
    job
}

async fn run_with_job(world: &World, team: &Team) -> (RunId, Job) {
    let mut tx = world.meta.begin().await.unwrap();
    let run = tx.create_run(team.org.id, team.new_run()).await.unwrap().run.id;
    let job = tx.enqueue_job(team.org.id, NewJob { run_id: Some(run), ..new_job("scenario") }).await.unwrap();
    tx.commit().await.unwrap();
    (run, job)
}

async fn run_state(world: &World, team: &Team, run: RunId) -> RunState {
    world.meta.read().await.unwrap().run(team.org.id, run).await.unwrap().unwrap().run.state
}

#[tokio::test]
async fn work_is_claimed_in_order_and_not_before_its_time() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let claim = async || world.meta.claim_job("w1", LEASE).await.unwrap().map(|job| job.kind);
        assert_eq!(claim().await, None);
        let later = at(&world.clock) + TimeDelta::minutes(1);
        enqueue(&world, &team, NewJob { run_after: Some(later), ..new_job("later") }).await;
        enqueue(&world, &team, new_job("first")).await;
        world.later(TimeDelta::seconds(1));
        enqueue(&world, &team, new_job("second")).await;
        assert_eq!(world.meta.read().await.unwrap().count_jobs(JobState::Queued).await.unwrap(), 3);
        assert_eq!(claim().await.as_deref(), Some("first"));
        assert_eq!(claim().await.as_deref(), Some("second"));
        assert_eq!(claim().await, None);
        assert_eq!(world.meta.read().await.unwrap().next_job_at().await.unwrap(), Some(later));
        // The clock passes both the start of one and the end of the others' leases.
        world.later(TimeDelta::seconds(58));
        assert_eq!(claim().await.as_deref(), Some("first"), "taken over from a worker that is gone");
        assert_eq!(claim().await.as_deref(), Some("second"));
        world.later(TimeDelta::seconds(1));
        assert_eq!(claim().await.as_deref(), Some("later"));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_enqueued_without_what_caused_it() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let signal = world.meta.job_signal();
        let mut tx = world.meta.begin().await.unwrap();
        tx.enqueue_job(team.org.id, new_job("import")).await.unwrap();
        drop(tx);
        assert_eq!(world.meta.claim_job("w", LEASE).await.unwrap(), None);
        assert!(!signal.has_changed().unwrap());
        enqueue(&world, &team, new_job("import")).await;
        assert!(signal.has_changed().unwrap());
        assert!(world.meta.claim_job("w", LEASE).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_key_keeps_live_work_from_being_enqueued_twice() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let other = world.team("other").await;
        let keyed = || NewJob { dedupe_key: Some("asset-1".to_owned()), ..new_job("profile") };
        let first = enqueue(&world, &team, keyed()).await;
        assert_eq!(enqueue(&world, &team, keyed()).await.id, first.id);
        world.later(TimeDelta::seconds(1));
        assert_ne!(enqueue(&world, &other, keyed()).await.id, first.id);
        let job = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
        assert_eq!(job.id, first.id);
        assert_eq!(enqueue(&world, &team, keyed()).await.id, first.id, "running is live too");
        let mut tx = world.meta.begin().await.unwrap();
        tx.complete_job(&job.lease()).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(enqueue(&world, &team, keyed()).await.id, first.id);
    })
    .await;
}

#[tokio::test]
async fn many_workers_at_once_never_share_a_job() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        for _ in 0..40 {
            enqueue(&world, &team, new_job("n")).await;
        }
        let other = world.other_process().await;
        let workers = (0..8).map(|number| {
            let meta = if number % 2 == 0 { world.meta.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(job) = meta.claim_job(&format!("w{number}"), LEASE).await.unwrap() {
                    let mut tx = meta.begin().await.unwrap();
                    tx.complete_job(&job.lease()).await.unwrap();
                    tx.commit().await.unwrap();
                    mine.push(job.id);
                }
                mine
            })
        });
        let mut all = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            all.extend(worker.await.unwrap());
        }
        // A worker may find nothing while the last rows are being taken, so
        // some may be left; none may be there twice.
        let once: HashSet<_> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len());
        let mut read = world.meta.read().await.unwrap();
        let done = read.count_jobs(JobState::Succeeded).await.unwrap();
        assert_eq!(usize::try_from(done).unwrap(), all.len());
        assert_eq!(read.count_jobs(JobState::Queued).await.unwrap(), 0);
        drop(read);
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_can_keep_nothing() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let asset = world.dataset(&team, "out").await;
        enqueue(&world, &team, new_job("n")).await;
        let slow = world.meta.claim_job("slow", LEASE).await.unwrap().unwrap();
        world.later(TimeDelta::seconds(20));
        let mut tx = world.meta.begin().await.unwrap();
        let beat = tx.heartbeat_job(&slow.lease(), LEASE, Some(&json!({"done": 1}))).await.unwrap();
        assert!(!beat.cancel_requested);
        tx.commit().await.unwrap();
        world.later(TimeDelta::seconds(20));
        assert_eq!(world.meta.claim_job("quick", LEASE).await.unwrap(), None, "it was heard of");
        world.later(TimeDelta::seconds(20));
        let quick = world.meta.claim_job("quick", LEASE).await.unwrap().unwrap();
        assert_eq!((quick.id, quick.attempts, quick.progress.clone()), (slow.id, 2, None));

        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.heartbeat_job(&slow.lease(), LEASE, None).await), "state_conflict");
        tx.append_version(team.org.id, asset.id, 0, team.new_version("by slow")).await.unwrap();
        assert_eq!(code(tx.complete_job(&slow.lease()).await), "state_conflict");
        assert_eq!(code(tx.commit().await), "state_conflict");

        let mut tx = world.meta.begin().await.unwrap();
        tx.append_version(team.org.id, asset.id, 0, team.new_version("by quick")).await.unwrap();
        let done = tx.complete_job(&quick.lease()).await.unwrap();
        assert_eq!((done.state, done.lease_owner), (JobState::Succeeded, None));
        tx.commit().await.unwrap();
        let versions = world.meta.read().await.unwrap().versions(team.org.id, asset.id, &first_page(5)).await.unwrap();
        assert_eq!(versions.items.iter().map(|v| v.message.as_str()).collect::<Vec<_>>(), ["by quick"]);
    })
    .await;
}

#[tokio::test]
async fn failures_are_tried_again_ever_later_and_then_no_more() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        enqueue(&world, &team, new_job("n")).await;
        for attempt in 1..=3 {
            let job = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
            assert_eq!(job.attempts, attempt);
            let mut tx = world.meta.begin().await.unwrap();
            let job = tx.fail_job(&job.lease(), &failure(), Retry::Backoff).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(job.last_error, Some(failure()));
            if attempt < 3 {
                assert_eq!(job.state, JobState::Queued);
                assert_eq!(job.run_after, at(&world.clock) + backoff(attempt));
                assert_eq!(world.meta.claim_job("w", LEASE).await.unwrap(), None);
                world.later(backoff(attempt));
            } else {
                assert_eq!((job.state, job.finished_at), (JobState::Failed, Some(at(&world.clock))));
            }
        }
        enqueue(&world, &team, new_job("hopeless")).await;
        let job = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        let job = tx.fail_job(&job.lease(), &failure(), Retry::Never).await.unwrap();
        assert_eq!((job.state, job.attempts), (JobState::Failed, 1));
        assert_eq!(tx.prune_jobs(at(&world.clock) + TimeDelta::seconds(1)).await.unwrap(), 2);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_workers_keep_dying_ends_and_its_run_with_it() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (run, job) = run_with_job(&world, &team).await;
        for lost in 0..6 {
            let claimed = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
            assert_eq!((claimed.id, claimed.lost), (job.id, lost));
            world.later(TimeDelta::seconds(31));
            if lost < 5 && lost > 0 {
                assert_eq!(world.meta.claim_job("w", LEASE).await.unwrap(), None, "others go first");
                world.later(rest(lost + 1));
            }
        }
        assert_eq!(world.meta.claim_job("w", LEASE).await.unwrap(), None);
        let mut read = world.meta.read().await.unwrap();
        let job = read.job(team.org.id, job.id).await.unwrap().unwrap();
        assert_eq!((job.state, job.attempts), (JobState::Failed, 6));
        let run = read.run(team.org.id, run).await.unwrap().unwrap().run;
        assert_eq!((run.state, run.error), (RunState::Failed, job.last_error));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_was_killed_is_no_failure_of_its_job() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        enqueue(&world, &team, new_job("n")).await;
        for _ in 0..2 {
            assert_eq!(world.meta.claim_job("killed", LEASE).await.unwrap().unwrap().kind, "n");
            let mut tx = world.meta.begin().await.unwrap();
            assert_eq!(tx.expire_leases("killed").await.unwrap(), 1);
            tx.reap_jobs().await.unwrap();
            tx.commit().await.unwrap();
        }
        enqueue(&world, &team, new_job("other")).await;
        let next = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
        assert_eq!(next.kind, "other", "what was lost twice waits behind the others");
        let mut tx = world.meta.begin().await.unwrap();
        tx.complete_job(&next.lease()).await.unwrap();
        tx.commit().await.unwrap();
        for failed in 1..=3 {
            world.later(backoff(failed));
            let job = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
            assert_eq!((job.kind.as_str(), job.attempts, job.lost), ("n", failed + 2, 2));
            let mut tx = world.meta.begin().await.unwrap();
            let job = tx.fail_job(&job.lease(), &failure(), Retry::Backoff).await.unwrap();
            tx.commit().await.unwrap();
            let state = if failed < 3 { JobState::Queued } else { JobState::Failed };
            assert_eq!(job.state, state, "it may fail three times, whoever was killed");
            world.later(TimeDelta::seconds(60));
        }
    })
    .await;
}

#[tokio::test]
async fn waiting_work_is_cancelled_at_once_and_running_work_is_asked_to_stop() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let (waiting, _) = run_with_job(&world, &team).await;
        let mut tx = world.meta.begin().await.unwrap();
        assert!(tx.cancel_run(org, waiting).await.unwrap());
        assert_eq!(code(tx.cancel_run(org, waiting).await), "state_conflict");
        tx.commit().await.unwrap();
        assert_eq!(run_state(&world, &team, waiting).await, RunState::Cancelled);
        assert_eq!(world.meta.claim_job("w", LEASE).await.unwrap(), None);

        let (running, _) = run_with_job(&world, &team).await;
        let job = world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        tx.start_run(org, running).await.unwrap();
        assert!(!tx.cancel_run(org, running).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(run_state(&world, &team, running).await, RunState::Running);
        let mut tx = world.meta.begin().await.unwrap();
        assert!(tx.heartbeat_job(&job.lease(), LEASE, None).await.unwrap().cancel_requested);
        let stopped = tx.stop_job(&job.lease()).await.unwrap();
        assert_eq!(stopped.state, JobState::Cancelled);
        tx.finish_run(org, running, tandem_meta::RunEnd::Cancelled).await.unwrap();
        tx.commit().await.unwrap();

        // Its worker dies before it hears of it.
        let (lost, job) = run_with_job(&world, &team).await;
        world.meta.claim_job("w", LEASE).await.unwrap().unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        tx.cancel_run(org, lost).await.unwrap();
        tx.commit().await.unwrap();
        world.later(TimeDelta::seconds(31));
        assert_eq!(world.meta.claim_job("w2", LEASE).await.unwrap(), None);
        assert_eq!(run_state(&world, &team, lost).await, RunState::Cancelled);
        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.job(org, job.id).await.unwrap().unwrap().state, JobState::Cancelled);
        let cancelled = JobFilter { state: Some(JobState::Cancelled), run: Some(lost) };
        assert_eq!(read.jobs(org, &cancelled, &first_page(5)).await.unwrap().items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_shuts_down_gives_its_work_back() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        enqueue(&world, &team, NewJob { max_attempts: 1, ..new_job("n") }).await;
        world.meta.claim_job("leaving", LEASE).await.unwrap().unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.release_jobs("staying").await.unwrap(), 0);
        assert_eq!(tx.release_jobs("leaving").await.unwrap(), 1);
        tx.commit().await.unwrap();
        let job = world.meta.claim_job("staying", LEASE).await.unwrap().unwrap();
        assert_eq!(job.attempts, 1, "the attempt did not count");
    })
    .await;
}
