//! Durable work. A job is enqueued in the transaction of what caused it, is
//! leased to one worker at a time, retried with back-off, and taken over where
//! its worker is gone.
//!
//! A worker does the work, then in *one* transaction writes what came of it
//! and completes the job under its [`Lease`]. Where the lease was lost
//! meanwhile, that transaction fails and nothing of it is kept: whatever the
//! crashes, the effects of a job are there once. End the job before its run:
//! whoever takes over lost work locks them in this order too.

mod queue;
mod state;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tandem_core::{
    Page, PageRequest, Result,
    id::{JobId, OrgId, RunId},
};

use crate::{
    page::List,
    sql::{Kind, Sql, params, record, text_enum},
    tx::Snapshot,
};

text_enum! {
    /// Where a job stands.
    pub enum JobState("state of a job") {
        /// Waits for a worker, perhaps until a later time.
        Queued = "queued",
        /// Leased to a worker.
        Running = "running",
        /// Done.
        Succeeded = "succeeded",
        /// Given up.
        Failed = "failed",
        /// Stopped by request.
        Cancelled = "cancelled",
    }
}

record! {
    /// A unit of durable work.
    pub struct Job from "job" {
        /// Its identifier.
        pub id: JobId,
        /// The organization.
        pub org_id: OrgId,
        /// The run that it works on.
        pub run_id: Option<RunId>,
        /// What to do.
        pub kind: String,
        /// At most one live job of an organization and kind has this key.
        pub dedupe_key: Option<String>,
        /// What to do it with.
        pub payload: Value,
        /// Where it stands.
        pub state: JobState,
        /// How often a worker has begun.
        pub attempts: i64,
        /// How often it may fail; and its workers may be gone twice as often.
        pub max_attempts: i64,
        /// How many of the attempts ended because their worker was gone.
        pub lost: i64,
        /// Not before this time.
        pub run_after: DateTime<Utc>,
        /// Until when the lease holds.
        pub lease_until: Option<DateTime<Utc>>,
        /// Who holds it.
        pub lease_owner: Option<String>,
        /// How far it is, as far as was noted.
        pub progress: Option<Value>,
        /// Whether it was asked to stop.
        pub cancel_requested: bool,
        /// Why it last failed: `{code, message}`.
        pub last_error: Option<Value>,
        /// When it was enqueued.
        pub created_at: DateTime<Utc>,
        /// When a worker first began.
        pub started_at: Option<DateTime<Utc>>,
        /// When it ended.
        pub finished_at: Option<DateTime<Utc>>,
    }
}

impl Job {
    /// The lease under which a job that was just claimed is worked on.
    pub fn lease(&self) -> Lease {
        Lease { job: self.id, owner: self.lease_owner.clone().unwrap_or_default(), attempt: self.attempts }
    }
}

/// The right to work on a job: who, and in which attempt. A worker whose lease
/// was taken over has an older attempt and can change nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The worker's name, one of a kind among all that run.
    pub owner: String,
    /// Which attempt it is.
    pub attempt: i64,
}

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// The run that it works on.
    pub run_id: Option<RunId>,
    /// What to do.
    pub kind: String,
    /// Where a live job of the organization and kind has this key, that one is
    /// meant and none is added.
    pub dedupe_key: Option<String>,
    /// What to do it with.
    pub payload: Value,
    /// How often it may fail before it is given up; and its workers may be gone
    /// twice as often.
    pub max_attempts: i64,
    /// Not before this time; `None` is at once.
    pub run_after: Option<DateTime<Utc>>,
}

/// What a worker learns when it says that it is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// Whether it should stop.
    pub cancel_requested: bool,
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Try again later, as often as the job allows: the cause may go away.
    Backoff,
    /// Give up: the same again would fail the same.
    Never,
}

/// Which jobs to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct JobFilter {
    /// In this state only.
    pub state: Option<JobState>,
    /// For this run only.
    pub run: Option<RunId>,
}

/// How long to wait before the attempt after number `attempt`: 2, 4, 8, …
/// seconds, at most 5 minutes.
pub fn backoff(attempt: i64) -> TimeDelta {
    let doublings = attempt.clamp(1, 9).unsigned_abs();
    TimeDelta::seconds((1 << doublings).min(300))
}

/// How long a job waits whose worker was gone for the `lost`th time: not at
/// all, then 2, 4, 8, 16, and at most 30 seconds. Nobody can tell whether the
/// job ended its worker or somebody else did. While it waits, other work is
/// done, so that what ends every worker doesn't end them all, and what was
/// unlucky isn't first again when the next worker is ended as soon.
pub fn rest(lost: i64) -> TimeDelta {
    match lost {
        ..=1 => TimeDelta::zero(),
        2..=5 => TimeDelta::seconds(1 << (lost - 1)),
        _ => TimeDelta::seconds(30),
    }
}

impl Snapshot {
    /// The job.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn job(&mut self, org: OrgId, id: JobId) -> Result<Option<Job>> {
        let sql = format!("SELECT {} FROM job WHERE org_id = $1 AND id = $2", Job::COLUMNS);
        self.find(sql, params![org, id], Job::read).await
    }

    /// The organization's jobs, newest first.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn jobs(&mut self, org: OrgId, filter: &JobFilter, page: &PageRequest) -> Result<Page<Job>> {
        let list = List {
            name: "jobs",
            columns: Job::COLUMNS.to_owned(),
            from: Sql::new(" FROM job WHERE org_id = ?", params![org])
                .push_some(" AND state = ?", filter.state)
                .push_some(" AND run_id = ?", filter.run),
            keys: &[("job.created_at", Kind::Int), ("job.id", Kind::Text)],
            descending: true,
        };
        self.page(list, page, Job::read).await
    }

    /// How many jobs of all organizations are in a state, for monitoring.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count_jobs(&mut self, state: JobState) -> Result<i64> {
        let row = self.fetch_one("SELECT COUNT(*) AS number FROM job WHERE state = $1", params![state]).await?;
        row.map_or(Ok(0), |row| row.get("number"))
    }

    /// When the next queued job of any organization may begin; perhaps long
    /// ago.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next_job_at(&mut self) -> Result<Option<DateTime<Utc>>> {
        let sql = "SELECT run_after FROM job WHERE state = 'queued' ORDER BY run_after, id LIMIT 1";
        self.find(sql, params![], |row| row.get("run_after")).await
    }

    /// Whether there is anything for [`Tx::claim_job`] or [`Tx::reap_jobs`].
    async fn has_work(&mut self) -> Result<bool> {
        let now = self.now();
        let queued = "SELECT id FROM job WHERE state = 'queued' AND run_after <= $1 LIMIT 1";
        let lost = "SELECT id FROM job WHERE state = 'running' AND lease_until < $1 LIMIT 1";
        Ok(!self.fetch(queued, params![now]).await?.is_empty() || !self.fetch(lost, params![now]).await?.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_five_minutes() {
        let waits: Vec<i64> = (0..=20).map(|attempt| backoff(attempt).num_seconds()).collect();
        assert_eq!(waits.get(..11), Some(&[2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300][..]));
        assert!(waits.iter().skip(9).all(|wait| *wait == 300));
    }

    #[test]
    fn what_was_lost_once_does_not_wait_and_then_ever_longer() {
        let rests: Vec<i64> = (0..=8).map(|lost| rest(lost).num_seconds()).collect();
        assert_eq!(rests, [0, 0, 2, 4, 8, 16, 30, 30, 30]);
    }
}
