//! The workers: they take jobs, do them, and write what came of them.

use std::{fs, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tandem_core::{Cancel, Error, ErrorClass, ErrorCode, Principal, Result, id::OrgId, principal::Via};
use tandem_meta::repo::{
    job::{Job, JobState, Lease, Retry},
    run::{Run, RunEnd},
};
use tokio::{sync::watch, task::JoinSet};

use super::{Done, RunSpec, Task, task::Latest};
use crate::{App, datasets, deliveries, house, schedule, workflows};

/// How long a job stays a worker's without a sign of life. Short, since after a
/// crash the job waits for it.
const LEASE: Duration = Duration::from_secs(10);
/// How often a worker gives a sign of life and writes down its progress.
const BEAT: Duration = Duration::from_millis(700);
/// How often an idle worker looks for work that nothing told it of.
const LOOK: Duration = Duration::from_secs(2);

/// The worker's name where one process alone may have the data folder.
const ALONE: &str = "alone";

/// The background work of one process.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    app: Arc<App>,
    owner: String,
    /// Held while this process may write; the system lets go of it when the
    /// process ends, however it ends.
    _lock: fs::File,
}

/// Starts the workers of this process, as many as the configuration says, the
/// writer of the audit log, and what attends to schedules.
///
/// # Errors
/// `state_conflict` where another server has the data folder; those of the
/// database.
pub async fn start_workers(app: &Arc<App>) -> Result<Workers> {
    let lock = fs::File::create(app.config.data_dir.join("server.lock"))?;
    let alone = app.meta.backend() == "sqlite";
    let owner = if alone {
        lock.try_lock().map_err(|error| {
            Error::new(
                ErrorCode::StateConflict,
                "Another server has this data folder. Stop it first, or put the metadata on PostgreSQL.",
            )
            .with_source(error)
        })?;
        // Whoever held leases under this name is gone: it had the lock.
        let mut tx = app.meta.begin().await?;
        tx.expire_leases(ALONE).await?;
        tx.commit().await?;
        ALONE.to_owned()
    } else {
        format!("{}-{}", std::process::id(), tandem_core::id::RequestId::generate(&*app.clock))
    };
    let (stop, _) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for _ in 0..app.config.workers.max(1) {
        tasks.spawn(work(app.clone(), owner.clone(), stop.subscribe()));
    }
    tasks.spawn(write_audit(app.clone(), stop.subscribe()));
    tasks.spawn(house::keep(app.clone(), stop.subscribe()));
    tasks.spawn(schedule::keep(app.clone(), stop.subscribe()));
    Ok(Workers { stop, tasks, app: app.clone(), owner, _lock: lock })
}

impl Workers {
    /// Stops taking jobs, puts those under way back into the queue, and writes
    /// what waits.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn stop(mut self) -> Result<()> {
        let _ = self.stop.send(true);
        self.tasks.shutdown().await;
        let mut tx = self.app.meta.begin().await?;
        tx.release_jobs(&self.owner).await?;
        tx.commit().await?;
        self.app.meta.flush_audit().await
    }
}

async fn write_audit(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = app.meta.audit_waits() => {}
            _ = stop.changed() => return,
        }
        // A little later, so that the rows of many requests share a commit.
        tokio::time::sleep(Duration::from_millis(100)).await;
        if let Err(error) = app.meta.flush_audit().await {
            tracing::error!(%error, "the audit log could not be written; retrying");
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn work(app: Arc<App>, owner: String, mut stop: watch::Receiver<bool>) {
    let mut signal = app.meta.job_signal();
    while !*stop.borrow() {
        match app.meta.claim_job(&owner, LEASE).await {
            Ok(Some(job)) => {
                if let Err(error) = attend(&app, &job).await {
                    tracing::error!(%error, job = %job.id, "a job could not be ended; another worker will take it over");
                }
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the queue can't be read; retrying"),
        }
        tokio::select! {
            _ = signal.changed() => {}
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Does one job and writes its end.
async fn attend(app: &Arc<App>, job: &Job) -> Result<()> {
    let lease = job.lease();
    let Some(run_id) = job.run_id else {
        return Err(Error::internal("a job without a run"));
    };
    let mut tx = app.meta.begin().await?;
    let run = tx.start_run(job.org_id, run_id).await;
    let run = match run {
        Ok(run) => {
            tx.commit().await?;
            run
        }
        // The run has ended already: only the job was left over.
        Err(error) if error.code() == ErrorCode::StateConflict => {
            tx.rollback().await?;
            let mut tx = app.meta.begin().await?;
            tx.complete_job(&lease).await?;
            return tx.commit().await;
        }
        Err(error) => return Err(error),
    };
    let cancel = Cancel::new();
    let progress = Arc::new(Latest::default());
    let work = tokio::spawn(execute(app.clone(), run.clone(), cancel.clone(), progress.clone()));
    let outcome = tokio::select! {
        outcome = work => outcome.unwrap_or_else(|panic| Err(Error::internal(panic.to_string()))),
        error = beat(app, &lease, &run, &cancel, &progress) => {
            // The lease is lost: another worker has the job. What was begun
            // stops at its next look, and its transaction would fail.
            cancel.cancel();
            return Err(error);
        }
    };
    // What became of each node is known only now.
    if let Some(last) = progress.json().filter(|last| last.get("nodes").is_some()) {
        note(app, &lease, &run, Some(&last)).await?;
    }
    match outcome {
        Ok(done) => match finish(app, &lease, &run, done).await {
            Err(error) if error.code().class() != ErrorClass::Unavailable => {
                give_up(app, &lease, &run, error, cancel.is_cancelled()).await
            }
            ended => ended,
        },
        Err(error) => give_up(app, &lease, &run, error, cancel.is_cancelled()).await,
    }
}

async fn execute(app: Arc<App>, run: Run, cancel: Cancel, progress: Arc<Latest>) -> Result<Done> {
    let spec: RunSpec = serde_json::from_value(run.spec.clone()).map_err(Error::internal)?;
    let principal = starter(&app, &run).await?;
    let task = Task { app, run, principal, cancel, progress };
    match spec {
        RunSpec::Import(spec) => datasets::import::execute(&task, spec).await,
        RunSpec::Scenario(spec) => super::scenario::execute(&task, spec).await,
        RunSpec::Workflow(spec) => workflows::execute(task, spec).await,
        RunSpec::Delivery(spec) => deliveries::execute(&task, spec).await,
    }
}

/// The person who started a run, with the rights they have now: who was shut
/// out meanwhile gets no more results.
async fn starter(app: &App, run: &Run) -> Result<Principal> {
    let org: OrgId = run.org_id;
    let member = app.meta.read().await?.member(org, run.created_by).await?;
    let member = member
        .filter(|m| !m.disabled && !m.account.disabled)
        .ok_or_else(|| Error::new(ErrorCode::Forbidden, "The person who started this run is no longer a member."))?;
    Ok(Principal { user: run.created_by, org, role: member.role, via: Via::Run(run.id) })
}

/// Gives signs of life until the lease is lost.
async fn beat(app: &App, lease: &Lease, run: &Run, cancel: &Cancel, progress: &Latest) -> Error {
    loop {
        tokio::time::sleep(BEAT).await;
        match note(app, lease, run, progress.json().as_ref()).await {
            Ok(true) => cancel.cancel(),
            Ok(false) => {}
            Err(error) if error.code() == ErrorCode::StateConflict => return error,
            Err(error) => tracing::warn!(%error, "progress could not be written"),
        }
    }
}

/// Writes a sign of life; whether the job was asked to stop.
async fn note(app: &App, lease: &Lease, run: &Run, progress: Option<&Value>) -> Result<bool> {
    let mut tx = app.meta.begin().await?;
    let heartbeat = tx.heartbeat_job(lease, LEASE, progress).await?;
    if let Some(progress) = progress {
        tx.set_run_progress(run.org_id, run.id, progress).await?;
    }
    tx.commit().await?;
    Ok(heartbeat.cancel_requested)
}

async fn finish(app: &App, lease: &Lease, run: &Run, mut done: Done) -> Result<()> {
    let _holds = std::mem::take(&mut done.holds);
    let mut tx = app.meta.begin().await?.acting_for(run.created_by);
    // The job before its run: work that was lost is taken over in that order.
    tx.complete_job(lease).await?;
    done.write(&mut tx, run).await?;
    tx.commit().await
}

/// Writes why it failed, or puts it back for another attempt where the cause
/// may go away by itself.
async fn give_up(app: &App, lease: &Lease, run: &Run, error: Error, cancelled: bool) -> Result<()> {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    tracing::warn!(run = %run.id, code = error.code().as_str(), message = error.message(), cause, "a run failed");
    let json = json!({ "code": error.code().as_str(), "message": error.message() });
    let mut tx = app.meta.begin().await?.acting_for(run.created_by);
    if cancelled || error.code() == ErrorCode::Cancelled {
        tx.stop_job(lease).await?;
        tx.finish_run(run.org_id, run.id, RunEnd::Cancelled).await?;
        return tx.commit().await;
    }
    let retry = match error.code() {
        // Room is made by a person, who is told at once.
        ErrorCode::StorageFull => Retry::Never,
        code if code.class() == ErrorClass::Unavailable => Retry::Backoff,
        _ => Retry::Never,
    };
    let job = tx.fail_job(lease, &json, retry).await?;
    if job.state == JobState::Failed {
        tx.finish_run(run.org_id, run.id, RunEnd::Failed(json)).await?;
    }
    tx.commit().await
}
