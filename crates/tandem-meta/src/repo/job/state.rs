//! What becomes of a job once it is claimed, and stopping it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{
    Error, ErrorCode, Result,
    id::{JobId, OrgId, RunId},
};

use super::{Heartbeat, Job, JobState, Lease, Retry, backoff, queue::delta};
use crate::{repo::run::RunEnd, sql::params, tx::Tx};

/// The condition that a lease still holds; `$1` to `$3` are its parameters.
const HELD: &str = "id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'running'";

impl Tx {
    /// Says that the worker is still there and how far it is; the lease holds
    /// until `lease` from now.
    ///
    /// # Errors
    /// `state_conflict` where the lease was lost (stop working), and those of
    /// the database.
    pub async fn heartbeat_job(
        &mut self,
        held: &Lease,
        lease: Duration,
        progress: Option<&Value>,
    ) -> Result<Heartbeat> {
        let sql = format!(
            "UPDATE job SET lease_until = $4, progress = COALESCE($5, progress) WHERE {HELD} \
             RETURNING cancel_requested"
        );
        let until = self.now() + delta(lease);
        let params = params![held.job, held.owner, held.attempt, until, progress];
        let cancel_requested = self.find(sql, params, |row| row.get("cancel_requested")).await?;
        Ok(Heartbeat { cancel_requested: cancel_requested.ok_or_else(lease_lost)? })
    }

    /// The work is done; its effects are in this transaction.
    ///
    /// # Errors
    /// `state_conflict` where the lease was lost: the transaction can't be
    /// committed any more. And those of the database.
    pub async fn complete_job(&mut self, held: &Lease) -> Result<Job> {
        let now = self.now();
        self.end_job(held, JobState::Succeeded, None, now).await
    }

    /// The work was stopped because that was asked for.
    ///
    /// # Errors
    /// As [`Tx::complete_job`].
    pub async fn stop_job(&mut self, held: &Lease) -> Result<Job> {
        let now = self.now();
        self.end_job(held, JobState::Cancelled, None, now).await
    }

    /// The work failed, with `{code, message}`. The job that comes back is
    /// queued again, or failed (then end its run in this transaction). Work
    /// that was asked to stop is not tried again.
    ///
    /// # Errors
    /// As [`Tx::complete_job`].
    pub async fn fail_job(&mut self, held: &Lease, error: &Value, retry: Retry) -> Result<Job> {
        let now = self.now();
        let again = "attempts - lost < max_attempts AND cancel_requested = 0";
        if retry == Retry::Backoff {
            let sql = format!(
                "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = NULL, last_error = $4, \
                 run_after = $5 WHERE {HELD} AND {again} RETURNING {}",
                Job::COLUMNS
            );
            let params = params![held.job, held.owner, held.attempt, error, now + backoff(held.attempt)];
            if let Some(job) = self.find(sql, params, Job::read).await? {
                self.left_work();
                return Ok(job);
            }
        }
        self.end_job(held, JobState::Failed, Some(error), now).await
    }

    async fn end_job(
        &mut self,
        held: &Lease,
        state: JobState,
        error: Option<&Value>,
        now: DateTime<Utc>,
    ) -> Result<Job> {
        let sql = format!(
            "UPDATE job SET state = $4, lease_owner = NULL, lease_until = NULL, finished_at = $5, \
             last_error = COALESCE($6, last_error) WHERE {HELD} RETURNING {}",
            Job::COLUMNS
        );
        let params = params![held.job, held.owner, held.attempt, state, now, error];
        match self.find(sql, params, Job::read).await? {
            Some(job) => Ok(job),
            None => {
                // What this transaction holds was made under the lost lease.
                self.refuse();
                Err(lease_lost())
            }
        }
    }

    /// Stops a job of the organization: at once while it waits, otherwise its
    /// worker is asked to. One that has ended is left as it is.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn cancel_job(&mut self, org: OrgId, id: JobId) -> Result<Job> {
        let sql = format!(
            "UPDATE job SET cancel_requested = 1, \
             finished_at = CASE WHEN state = 'queued' THEN $1 ELSE finished_at END, \
             state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END \
             WHERE org_id = $2 AND id = $3 AND state IN ('queued', 'running') RETURNING {}",
            Job::COLUMNS
        );
        let params = params![self.now(), org, id];
        match self.find(sql, params, Job::read).await? {
            Some(job) => {
                if job.state == JobState::Cancelled {
                    self.end_run_of(&job).await?;
                }
                Ok(job)
            }
            None => self.job(org, id).await?.ok_or_else(|| Error::not_found("job")),
        }
    }

    /// Stops a run of the organization and its jobs: at once where no worker
    /// has begun, otherwise the worker is asked to. Whether it has ended now.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where the run had ended already; and
    /// those of the database.
    pub async fn cancel_run(&mut self, org: OrgId, run: RunId) -> Result<bool> {
        let view = self.run(org, run).await?.ok_or_else(|| Error::not_found("run"))?;
        if view.run.state.is_final() {
            return Err(Error::new(
                ErrorCode::StateConflict,
                format!("The run is {} already; there is nothing to stop.", view.run.state.as_str()),
            ));
        }
        let sql = "SELECT id FROM job WHERE org_id = $1 AND run_id = $2 AND state IN ('queued', 'running')";
        let jobs: Vec<JobId> = self.list(sql, params![org, run], |row| row.get("id")).await?;
        let mut working = false;
        for job in jobs {
            working |= self.cancel_job(org, job).await?.state == JobState::Running;
        }
        let open = self.run(org, run).await?.is_some_and(|view| !view.run.state.is_final());
        if open && !working {
            self.finish_run(org, run, RunEnd::Cancelled).await?;
        }
        Ok(!working)
    }

    /// Forgets jobs that ended before `before`; how many there were.
    /// Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_jobs(&mut self, before: DateTime<Utc>) -> Result<u64> {
        self.execute(
            "DELETE FROM job WHERE finished_at < $1 AND state IN ('succeeded', 'failed', 'cancelled')",
            params![before],
        )
        .await
    }
}

fn lease_lost() -> Error {
    Error::new(
        ErrorCode::StateConflict,
        "Another worker has taken this over; nothing of this attempt was kept. There is nothing to do.",
    )
}
