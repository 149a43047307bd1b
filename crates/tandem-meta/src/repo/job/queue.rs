//! Putting work in, taking work out, and taking over what was lost.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::{
    Error, Result,
    id::{JobId, OrgId},
};

use super::{Job, JobState, NewJob, rest};
use crate::{
    meta::Meta,
    repo::run::RunEnd,
    sql::{Row, params},
    tx::Tx,
};

impl Meta {
    /// Takes the next job that may begin, for the worker named `owner`, until
    /// `lease` from now; takes over what was lost before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim_job(&self, owner: &str, lease: Duration) -> Result<Option<Job>> {
        // A look first: an idle worker must not keep the writers waiting.
        if !self.read().await?.has_work().await? {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        tx.reap_jobs().await?;
        let job = tx.claim_job(owner, lease).await?;
        tx.commit().await?;
        Ok(job)
    }
}

impl Tx {
    /// Enqueues work. It becomes visible to workers with the commit.
    ///
    /// # Errors
    /// `not_found` where the organization or the run in it is not there, and
    /// those of the database.
    pub async fn enqueue_job(&mut self, org: OrgId, new: NewJob) -> Result<Job> {
        let id = JobId::generate(self.clock());
        let now = self.now();
        let run_after = new.run_after.map_or(now, crate::sql::micros);
        let added = self
            .execute(
                "INSERT INTO job (id, org_id, run_id, kind, dedupe_key, payload, state, attempts, max_attempts, \
                 run_after, cancel_requested, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7, $8, 0, $9) ON CONFLICT DO NOTHING",
                params![
                    id,
                    org,
                    new.run_id,
                    new.kind,
                    new.dedupe_key,
                    new.payload,
                    new.max_attempts.max(1),
                    run_after,
                    now
                ],
            )
            .await?;
        let found = if added > 0 {
            self.left_work();
            self.job(org, id).await?
        } else {
            let sql = format!(
                "SELECT {} FROM job WHERE org_id = $1 AND kind = $2 AND dedupe_key = $3 \
                 AND state IN ('queued', 'running')",
                Job::COLUMNS
            );
            self.find(sql, params![org, new.kind, new.dedupe_key], Job::read).await?
        };
        found.ok_or_else(|| Error::internal("the job that was enqueued is not there"))
    }

    /// Takes the next job that may begin, of any organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim_job(&mut self, owner: &str, lease: Duration) -> Result<Option<Job>> {
        // SQLite has one writer at a time; on PostgreSQL a row that another
        // worker is taking is stepped over.
        let lock = if self.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_owner = $1, lease_until = $2, \
             started_at = COALESCE(started_at, $3), progress = NULL \
             WHERE state = 'queued' AND id = (SELECT id FROM job WHERE state = 'queued' AND run_after <= $3 \
             ORDER BY run_after, id LIMIT 1{lock}) RETURNING {}",
            Job::COLUMNS
        );
        let now = self.now();
        let params = params![owner, now + delta(lease), now];
        self.find(sql, params, Job::read).await
    }

    /// Takes over the jobs whose worker has not been heard of until the end of
    /// its lease: back into the queue, a while later where it happened before;
    /// after twice as many times as it may fail they end, and their runs with
    /// them. Those that ended.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn reap_jobs(&mut self) -> Result<Vec<Job>> {
        let now = self.now();
        // A row that its worker is changing at this moment is not lost.
        let lock = if self.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let lost = format!(
            "SELECT id, lost FROM job WHERE state = 'running' AND lease_until < $1 \
             AND cancel_requested = 0 AND lost + 1 < 2 * max_attempts ORDER BY id{lock}"
        );
        let read = |row: &Row| Ok((row.get::<JobId>("id")?, row.get::<i64>("lost")? + 1));
        for (job, lost) in self.list(lost, params![now], read).await? {
            let sql = "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = NULL, lost = $1, \
                       run_after = $2 WHERE id = $3";
            self.execute(sql, params![lost, now + rest(lost), job]).await?;
            self.left_work();
        }
        let lost = json!({
            "code": "unavailable",
            "message": "The worker stopped several times while it was at this; nothing half-made was kept. \
                        Run it again, and look at the log if it stops again.",
        });
        let sql = format!(
            "UPDATE job SET state = CASE WHEN cancel_requested = 1 THEN 'cancelled' ELSE 'failed' END, \
             last_error = CASE WHEN cancel_requested = 1 THEN last_error ELSE $1 END, \
             lease_owner = NULL, lease_until = NULL, finished_at = $2 \
             WHERE state = 'running' AND id IN (SELECT id FROM job WHERE state = 'running' AND lease_until < $2 \
             AND (cancel_requested = 1 OR lost + 1 >= 2 * max_attempts) ORDER BY id{lock}) RETURNING {}",
            Job::COLUMNS
        );
        let ended = self.list(sql, params![lost, now], Job::read).await?;
        for job in &ended {
            self.end_run_of(job).await?;
        }
        Ok(ended)
    }

    /// Ends the leases of a worker that is known to be gone, so that the next
    /// [`Tx::reap_jobs`] takes its jobs over without waiting. How many there
    /// were.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn expire_leases(&mut self, owner: &str) -> Result<u64> {
        let gone = self.now() - TimeDelta::seconds(1);
        let expired = self
            .execute(
                "UPDATE job SET lease_until = $1 WHERE state = 'running' AND lease_owner = $2",
                params![gone, owner],
            )
            .await?;
        if expired > 0 {
            self.left_work();
        }
        Ok(expired)
    }

    /// Puts the jobs of a worker that shuts down back into the queue; the
    /// attempt doesn't count. How many there were.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn release_jobs(&mut self, owner: &str) -> Result<u64> {
        let params = params![self.now(), owner];
        let released = self
            .execute(
                "UPDATE job SET state = 'queued', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL, \
                 run_after = $1 WHERE state = 'running' AND lease_owner = $2 AND cancel_requested = 0",
                params,
            )
            .await?;
        if released > 0 {
            self.left_work();
        }
        Ok(released)
    }

    /// Ends the run of a job that ended without its worker.
    pub(super) async fn end_run_of(&mut self, job: &Job) -> Result<()> {
        let Some(run) = job.run_id else { return Ok(()) };
        let end = match job.state {
            JobState::Cancelled => RunEnd::Cancelled,
            _ => RunEnd::Failed(job.last_error.clone().unwrap_or_default()),
        };
        let open = self.run(job.org_id, run).await?.is_some_and(|view| !view.run.state.is_final());
        if open { self.finish_run(job.org_id, run, end).await.map(drop) } else { Ok(()) }
    }
}

/// A span as the databases keep it.
pub(super) fn delta(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}
