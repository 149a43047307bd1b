//! Setting schedules, and what the one who attends to them writes.

use chrono::{DateTime, Utc};
use tandem_core::{
    Error, ErrorCode, Result,
    id::{OrgId, ScheduleId},
};

use super::{NewFiring, NewSchedule, Schedule, Watched};
use crate::{sql::params, tx::Tx};

impl Tx {
    /// Writes a schedule: the first, or with `before` the one in the place of
    /// that revision. As it is now.
    ///
    /// # Errors
    /// `version_conflict` where somebody else was first: nothing of this
    /// transaction may be kept then. `not_found`, and those of the database.
    pub async fn put_schedule(&mut self, org: OrgId, new: NewSchedule, before: Option<i64>) -> Result<Schedule> {
        self.project_of(org, new.asset_id).await?;
        let written = match before {
            None => {
                let params = params![
                    new.id,
                    org,
                    new.asset_id,
                    new.owner_id,
                    new.state,
                    new.settings,
                    new.standing,
                    new.wake_at,
                    new.watched_seq,
                    new.set_at
                ];
                self.execute(
                    "INSERT INTO schedule (id, org_id, asset_id, owner_id, state, settings, standing, wake_at, \
                     watched_seq, revision, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10) \
                     ON CONFLICT DO NOTHING",
                    params,
                )
                .await?
            }
            Some(revision) => {
                let params = params![
                    new.owner_id,
                    new.state,
                    new.settings,
                    new.standing,
                    new.wake_at,
                    new.watched_seq,
                    new.set_at,
                    org,
                    new.id,
                    revision
                ];
                self.execute(
                    "UPDATE schedule SET owner_id = $1, state = $2, settings = $3, standing = $4, wake_at = $5, \
                     watched_seq = $6, set_at = $7, revision = revision + 1 \
                     WHERE org_id = $8 AND id = $9 AND revision = $10",
                    params,
                )
                .await?
            }
        };
        if written == 0 {
            self.refuse();
            return Err(Error::new(
                ErrorCode::VersionConflict,
                "The schedule was changed at the same moment. Read it again and repeat your change.",
            ));
        }
        self.schedule(org, new.id).await?.ok_or_else(|| Error::not_found("schedule"))
    }

    /// Takes a schedule away, with what became of it; files that it wrote stay, and are nobody's.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn delete_schedule(&mut self, org: OrgId, id: impl Into<ScheduleId>) -> Result<()> {
        let id = id.into();
        for table in ["schedule_firing", "schedule_input", "delivered_file"] {
            let sql = format!("DELETE FROM {table} WHERE org_id = $1 AND schedule_id = $2");
            self.execute(sql, params![org, id]).await?;
        }
        let sql = "DELETE FROM schedule WHERE org_id = $1 AND id = $2";
        match self.execute(sql, params![org, id]).await? {
            0 => Err(Error::not_found("schedule")),
            _ => Ok(()),
        }
    }

    /// The datasets that a schedule waits for from now on, in the place of
    /// those before.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn set_schedule_inputs(
        &mut self,
        org: OrgId,
        id: impl Into<ScheduleId>,
        inputs: &[Watched],
    ) -> Result<()> {
        let id = id.into();
        self.has_schedule(org, id).await?;
        self.execute("DELETE FROM schedule_input WHERE org_id = $1 AND schedule_id = $2", params![org, id]).await?;
        for input in inputs {
            let params = params![org, id, input.dataset, input.seen];
            self.execute(
                "INSERT INTO schedule_input (org_id, schedule_id, dataset_id, seen_seq) VALUES ($1, $2, $3, $4)",
                params,
            )
            .await?;
        }
        Ok(())
    }

    /// Notes what something that was due came to.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn add_firing(&mut self, org: OrgId, id: impl Into<ScheduleId>, new: NewFiring) -> Result<()> {
        let id = id.into();
        self.has_schedule(org, id).await?;
        let open = new.run.is_some();
        let params =
            params![org, id, new.cause, new.outcome, new.due_at, new.run, new.chain, new.message, open, self.now()];
        self.execute(
            "INSERT INTO schedule_firing (org_id, schedule_id, number, cause, outcome, due_at, run_id, chain, message, \
             open, created_at) SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10 \
             FROM schedule_firing WHERE org_id = $1 AND schedule_id = $2",
            params,
        )
        .await
        .map(drop)
    }

    /// Forgets what came to be due before `before` and has ended; how many there
    /// were. Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_firings(&mut self, before: DateTime<Utc>) -> Result<u64> {
        self.execute("DELETE FROM schedule_firing WHERE open = 0 AND created_at < $1", params![before]).await
    }

    /// Notes that the end of a firing's run was seen.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn close_firing(&mut self, org: OrgId, id: impl Into<ScheduleId>, number: i64) -> Result<()> {
        let sql = "UPDATE schedule_firing SET open = 0 WHERE org_id = $1 AND schedule_id = $2 AND number = $3";
        match self.execute(sql, params![org, id.into(), number]).await? {
            0 => Err(Error::not_found("firing")),
            _ => Ok(()),
        }
    }

    pub(super) async fn has_schedule(&mut self, org: OrgId, id: ScheduleId) -> Result<()> {
        self.schedule(org, id).await?.map(drop).ok_or_else(|| Error::not_found("schedule"))
    }
}
