//! The queue against a model of a few lines, over random histories.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use tandem_core::{Clock, id::JobId};
use tandem_meta::{JobState, Lease, NewJob, Retry, backoff, rest};

use crate::harness::{Team, World, failure, new_job, on_each};

const LEASE: Duration = Duration::from_secs(10);
const MAX_ATTEMPTS: i64 = 3;

#[derive(Debug, Clone)]
enum Step {
    Enqueue { delay: i64 },
    Claim { worker: usize },
    Heartbeat { claim: usize },
    Complete { claim: usize },
    Fail { claim: usize, again: bool },
    Stop { claim: usize },
    Cancel { job: usize },
    Release { worker: usize },
    Wait { seconds: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_i64..8).prop_map(|delay| Step::Enqueue { delay }),
        5 => (0_usize..2).prop_map(|worker| Step::Claim { worker }),
        2 => (0_usize..16).prop_map(|claim| Step::Heartbeat { claim }),
        2 => (0_usize..16).prop_map(|claim| Step::Complete { claim }),
        3 => (0_usize..16, any::<bool>()).prop_map(|(claim, again)| Step::Fail { claim, again }),
        1 => (0_usize..16).prop_map(|claim| Step::Stop { claim }),
        1 => (0_usize..16).prop_map(|job| Step::Cancel { job }),
        1 => (0_usize..2).prop_map(|worker| Step::Release { worker }),
        4 => (1_i64..15).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

#[derive(Debug, Clone)]
struct Model {
    id: JobId,
    state: JobState,
    attempts: i64,
    lost: i64,
    run_after: DateTime<Utc>,
    /// Owner and end.
    lease: Option<(String, DateTime<Utc>)>,
    cancel: bool,
}

impl Model {
    fn holds(&self, lease: &Lease) -> bool {
        self.id == lease.job
            && self.state == JobState::Running
            && self.attempts == lease.attempt
            && self.lease.as_ref().is_some_and(|(owner, _)| *owner == lease.owner)
    }

    fn end(&mut self, state: JobState) {
        self.state = state;
        self.lease = None;
    }

    fn queue(&mut self, run_after: DateTime<Utc>) {
        self.state = JobState::Queued;
        self.lease = None;
        self.run_after = run_after;
    }
}

fn reap(jobs: &mut [Model], now: DateTime<Utc>) {
    for job in jobs {
        if job.state == JobState::Running && job.lease.as_ref().is_some_and(|(_, until)| *until < now) {
            match (job.cancel, job.lost + 1 < 2 * MAX_ATTEMPTS) {
                (true, _) => job.end(JobState::Cancelled),
                (false, true) => {
                    job.lost += 1;
                    job.queue(now + rest(job.lost));
                }
                (false, false) => job.end(JobState::Failed),
            }
        }
    }
}

async fn play(world: &World, team: &Team, steps: &[Step]) {
    world.raw("DELETE FROM job").await;
    let mut jobs: Vec<Model> = Vec::new();
    let mut claims: Vec<Lease> = Vec::new();
    for step in steps {
        let now = world.clock.now();
        let pick = |claim: usize| (!claims.is_empty()).then(|| claims[claim % claims.len()].clone());
        match *step {
            Step::Wait { seconds } => world.later(TimeDelta::seconds(seconds)),
            Step::Enqueue { delay } => {
                let run_after = now + TimeDelta::seconds(delay);
                let new = NewJob { run_after: Some(run_after), max_attempts: MAX_ATTEMPTS, ..new_job("n") };
                let mut tx = world.meta.begin().await.unwrap();
                let id = tx.enqueue_job(team.org.id, new).await.unwrap().id;
                tx.commit().await.unwrap();
                let state = JobState::Queued;
                jobs.push(Model { id, state, attempts: 0, lost: 0, run_after, lease: None, cancel: false });
            }
            Step::Claim { worker } => {
                let owner = format!("w{worker}");
                reap(&mut jobs, now);
                let ready = jobs.iter_mut().filter(|job| job.state == JobState::Queued && job.run_after <= now);
                let next = ready.min_by_key(|job| (job.run_after, job.id));
                let claimed = world.meta.claim_job(&owner, LEASE).await.unwrap();
                assert_eq!(claimed.as_ref().map(|job| job.id), next.as_ref().map(|job| job.id));
                if let (Some(model), Some(job)) = (next, claimed) {
                    model.state = JobState::Running;
                    model.attempts += 1;
                    model.lease = Some((owner, now + TimeDelta::from_std(LEASE).unwrap()));
                    claims.push(job.lease());
                }
            }
            Step::Heartbeat { claim } => {
                let Some(lease) = pick(claim) else { continue };
                let mut tx = world.meta.begin().await.unwrap();
                let beat = tx.heartbeat_job(&lease, LEASE, None).await;
                match jobs.iter_mut().find(|job| job.holds(&lease)) {
                    Some(job) => {
                        assert_eq!(beat.unwrap().cancel_requested, job.cancel);
                        tx.commit().await.unwrap();
                        job.lease = Some((lease.owner, now + TimeDelta::from_std(LEASE).unwrap()));
                    }
                    None => assert!(beat.is_err()),
                }
            }
            Step::Complete { claim } | Step::Fail { claim, .. } | Step::Stop { claim } => {
                let Some(lease) = pick(claim) else { continue };
                let mut tx = world.meta.begin().await.unwrap();
                let ended = match *step {
                    Step::Complete { .. } => tx.complete_job(&lease).await,
                    Step::Stop { .. } => tx.stop_job(&lease).await,
                    _ => {
                        let again = matches!(step, Step::Fail { again: true, .. });
                        let retry = if again { Retry::Backoff } else { Retry::Never };
                        tx.fail_job(&lease, &failure(), retry).await
                    }
                };
                let Some(job) = jobs.iter_mut().find(|job| job.holds(&lease)) else {
                    assert!(ended.is_err());
                    assert!(tx.commit().await.is_err());
                    continue;
                };
                tx.commit().await.unwrap();
                match *step {
                    Step::Complete { .. } => job.end(JobState::Succeeded),
                    Step::Stop { .. } => job.end(JobState::Cancelled),
                    Step::Fail { again: true, .. } if job.attempts - job.lost < MAX_ATTEMPTS && !job.cancel => {
                        job.queue(now + backoff(job.attempts));
                    }
                    _ => job.end(JobState::Failed),
                }
                assert_eq!(ended.unwrap().state, job.state);
            }
            Step::Cancel { job } => {
                if jobs.is_empty() {
                    continue;
                }
                let number = job % jobs.len();
                let job = &mut jobs[number];
                let mut tx = world.meta.begin().await.unwrap();
                let cancelled = tx.cancel_job(team.org.id, job.id).await.unwrap();
                tx.commit().await.unwrap();
                match job.state {
                    JobState::Queued => {
                        job.cancel = true;
                        job.end(JobState::Cancelled);
                    }
                    JobState::Running => job.cancel = true,
                    _ => {}
                }
                assert_eq!((cancelled.state, cancelled.cancel_requested), (job.state, job.cancel));
            }
            Step::Release { worker } => {
                let owner = format!("w{worker}");
                let mut tx = world.meta.begin().await.unwrap();
                let released = tx.release_jobs(&owner).await.unwrap();
                tx.commit().await.unwrap();
                let mut expected = 0;
                for job in &mut jobs {
                    let mine = job.lease.as_ref().is_some_and(|(holder, _)| *holder == owner);
                    if mine && !job.cancel {
                        job.attempts -= 1;
                        job.queue(now);
                        expected += 1;
                    }
                }
                assert_eq!(released, expected);
            }
        }
    }
    let mut read = world.meta.read().await.unwrap();
    for job in &jobs {
        let found = read.job(team.org.id, job.id).await.unwrap().unwrap();
        let lease = found.lease_owner.zip(found.lease_until);
        assert_eq!((found.state, found.attempts, lease), (job.state, job.attempts, job.lease.clone()));
        assert_eq!((found.cancel_requested, found.run_after), (job.cancel, job.run_after));
        assert_eq!(found.finished_at.is_some(), !matches!(job.state, JobState::Queued | JobState::Running));
        assert_eq!(found.lost, job.lost);
        assert!(found.attempts - found.lost <= MAX_ATTEMPTS);
    }
}

#[test]
fn the_queue_does_what_its_model_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(on_each(|world: World| async move {
        let team = world.team("acme").await;
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
            proptest!(config, |(steps in prop::collection::vec(step(), 1..50))| {
                handle.block_on(play(&world, &team, &steps));
            });
        })
        .await
        .unwrap();
    }));
}
