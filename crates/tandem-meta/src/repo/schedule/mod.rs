//! Schedules: when a workflow runs by itself or a dashboard is delivered, and
//! what became of it.
//!
//! A schedule is changed by who read it last: every write names the revision
//! that was read, and fails where somebody else was first. So a time that is
//! due fires once, however many servers look.

mod file;
mod write;

pub use file::Claim;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{
    Page, PageRequest, Result,
    id::{AssetId, OrgId, ProjectId, RunId, ScheduleId, UserId},
};

use super::run::RunState;
use crate::{
    page::List,
    sql::{Kind, Row, Sql, params, record, text_enum},
    tx::Snapshot,
};

text_enum! {
    /// Where a schedule stands.
    pub enum ScheduleState("state of a schedule") {
        /// It starts runs.
        Active = "active",
        /// A person has turned it off.
        Off = "off",
        /// Its runs failed too often.
        Paused = "paused",
        /// It can't run any more.
        Stopped = "stopped",
    }
}

text_enum! {
    /// Why a run was due.
    pub enum Cause("cause") {
        /// The time had come.
        Cron = "cron",
        /// Data had come.
        Data = "data",
        /// A person asked for it.
        Person = "person",
    }
}

text_enum! {
    /// What a time that was due came to.
    pub enum Outcome("outcome") {
        /// A run.
        Started = "started",
        /// Nothing: it had passed already.
        Skipped = "skipped",
        /// Nothing: the workflow had caused it itself.
        HeldBack = "held_back",
        /// Nothing: the schedule had to be stopped.
        Stopped = "stopped",
    }
}

record! {
    /// When something happens by itself.
    pub struct Schedule from "schedule" {
        /// Its id; of a workflow's, the workflow's.
        pub id: ScheduleId,
        /// The workflow, or the dashboard.
        pub asset_id: AssetId,
        /// The organization.
        pub org_id: OrgId,
        /// As whom it runs.
        pub owner_id: UserId,
        /// Where it stands.
        pub state: ScheduleState,
        /// What a person has set.
        pub settings: Value,
        /// What it waits for and remembers.
        pub standing: Value,
        /// When it is to be looked at next.
        pub wake_at: Option<DateTime<Utc>>,
        /// The version of the asset whose inputs are watched.
        pub watched_seq: i64,
        /// How often it was changed.
        pub revision: i64,
        /// When a person has set it.
        pub set_at: DateTime<Utc>,
    }
}

record! {
    /// What a time that was due came to.
    pub struct Firing from "schedule_firing" {
        /// Its number at this schedule; later ones are higher.
        pub number: i64,
        /// The schedule.
        pub schedule_id: ScheduleId,
        /// Why it was due.
        pub cause: Cause,
        /// What it came to.
        pub outcome: Outcome,
        /// When it was due.
        pub due_at: DateTime<Utc>,
        /// The run, where there is one.
        pub run_id: Option<RunId>,
        /// The workflows that led to it, near or far, itself among them.
        pub chain: Value,
        /// What there is to say of it, by language.
        pub message: Option<Value>,
        /// Whether the end of its run is still to be noted.
        pub open: bool,
        /// When it was attended to.
        pub created_at: DateTime<Utc>,
    }
}

/// A dataset that a schedule waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// The dataset.
    pub dataset: AssetId,
    /// Its newest version that was taken note of.
    pub seen: i64,
}

/// How the run of a firing ended.
#[derive(Debug, Clone)]
pub struct FiringEnd {
    /// The firing.
    pub number: i64,
    /// As whom it ran.
    pub started_by: UserId,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What there is to say of it.
    pub result: Option<Value>,
    /// Why it failed.
    pub error: Option<Value>,
}

/// Something that came to be due.
#[derive(Debug, Clone)]
pub struct NewFiring {
    /// Why.
    pub cause: Cause,
    /// What it came to.
    pub outcome: Outcome,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// The run.
    pub run: Option<RunId>,
    /// The workflows that led to it.
    pub chain: Value,
    /// What there is to say of it, by language.
    pub message: Option<Value>,
}

/// A schedule as it is to be.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Its id.
    pub id: ScheduleId,
    /// The workflow, or the dashboard.
    pub asset_id: AssetId,
    /// As whom it runs.
    pub owner_id: UserId,
    /// Where it stands.
    pub state: ScheduleState,
    /// What a person has set.
    pub settings: Value,
    /// What it waits for and remembers.
    pub standing: Value,
    /// When it is to be looked at next.
    pub wake_at: Option<DateTime<Utc>>,
    /// The version of the asset whose inputs are watched.
    pub watched_seq: i64,
    /// When a person has set it.
    pub set_at: DateTime<Utc>,
}

impl Snapshot {
    /// A schedule.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedule(&mut self, org: OrgId, id: impl Into<ScheduleId>) -> Result<Option<Schedule>> {
        let sql = format!("SELECT {} FROM schedule WHERE org_id = $1 AND id = $2", Schedule::COLUMNS);
        self.find(sql, params![org, id.into()], Schedule::read).await
    }

    /// The schedules of an asset, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedules_of(&mut self, org: OrgId, asset: AssetId) -> Result<Vec<Schedule>> {
        let sql = format!("SELECT {} FROM schedule WHERE org_id = $1 AND asset_id = $2 ORDER BY id", Schedule::COLUMNS);
        self.list(sql, params![org, asset], Schedule::read).await
    }

    /// The schedules of a project, but for deliveries of dashboards, by their ids. `keep`
    /// leaves out those that the reader may not know of.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn schedules(
        &mut self,
        org: OrgId,
        project: ProjectId,
        page: &PageRequest,
        keep: impl FnMut(&Schedule) -> bool,
    ) -> Result<Page<Schedule>> {
        let list = List {
            name: "schedules",
            columns: Schedule::COLUMNS.to_owned(),
            from: Sql::new(
                " FROM schedule JOIN asset AS a ON a.id = schedule.asset_id \
                 WHERE schedule.org_id = ? AND a.project_id = ? AND a.kind <> 'dashboard' AND a.deleted_at IS NULL",
                params![org, project],
            ),
            keys: &[("schedule.id", Kind::Text)],
            descending: false,
        };
        self.page_where(list, page, Schedule::read, keep).await
    }

    /// The schedules of all organizations for which there is something to do:
    /// a time has come, a dataset has a new version, the asset has one or
    /// was deleted, or a run has ended. At most `limit`, the longest due first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedules_to_attend(&mut self, limit: u32) -> Result<Vec<Schedule>> {
        let sql = format!(
            "SELECT {} FROM schedule WHERE (schedule.state = 'active' AND (schedule.wake_at <= $1 \
             OR EXISTS (SELECT 1 FROM schedule_input AS i JOIN asset AS d ON d.id = i.dataset_id \
             WHERE i.schedule_id = schedule.id AND d.latest_seq > i.seen_seq) \
             OR EXISTS (SELECT 1 FROM asset AS w WHERE w.id = schedule.asset_id \
             AND (w.latest_seq <> schedule.watched_seq OR w.deleted_at IS NOT NULL)))) \
             OR EXISTS (SELECT 1 FROM schedule_firing AS f JOIN run AS r ON r.id = f.run_id \
             WHERE f.schedule_id = schedule.id AND f.open = 1 \
             AND r.state IN ('succeeded', 'failed', 'cancelled')) \
             ORDER BY schedule.wake_at, schedule.id LIMIT $2",
            Schedule::COLUMNS
        );
        let params = params![self.now(), i64::from(limit)];
        self.list(sql, params, Schedule::read).await
    }

    /// The datasets that a schedule waits for.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedule_inputs(&mut self, org: OrgId, id: impl Into<ScheduleId>) -> Result<Vec<Watched>> {
        let sql = "SELECT dataset_id, seen_seq FROM schedule_input WHERE org_id = $1 AND schedule_id = $2 \
                   ORDER BY dataset_id";
        let read = |row: &Row| Ok(Watched { dataset: row.get("dataset_id")?, seen: row.get("seen_seq")? });
        self.list(sql, params![org, id.into()], read).await
    }

    /// What the last times of a schedule came to, newest first, each with the
    /// state of its run.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn firings(
        &mut self,
        org: OrgId,
        id: impl Into<ScheduleId>,
        limit: u32,
    ) -> Result<Vec<(Firing, Option<RunState>)>> {
        self.firings_where(org, id.into(), "", limit).await
    }

    /// Those whose run had not been seen to end, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_firings(
        &mut self,
        org: OrgId,
        id: impl Into<ScheduleId>,
    ) -> Result<Vec<(Firing, Option<RunState>)>> {
        let mut open = self.firings_where(org, id.into(), " AND schedule_firing.open = 1", 1000).await?;
        open.reverse();
        Ok(open)
    }

    async fn firings_where(
        &mut self,
        org: OrgId,
        id: ScheduleId,
        more: &str,
        limit: u32,
    ) -> Result<Vec<(Firing, Option<RunState>)>> {
        let sql = format!(
            "SELECT {}, r.state AS run_state FROM schedule_firing LEFT JOIN run AS r ON r.id = schedule_firing.run_id \
             WHERE schedule_firing.org_id = $1 AND schedule_firing.schedule_id = $2{more} \
             ORDER BY schedule_firing.number DESC LIMIT $3",
            Firing::COLUMNS
        );
        let read = |row: &Row| Ok((Firing::read(row)?, row.get("run_state")?));
        self.list(sql, params![org, id, i64::from(limit)], read).await
    }

    /// How the runs of firings ended, as far as they have.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ends_of_firings(&mut self, org: OrgId, id: ScheduleId, limit: u32) -> Result<Vec<FiringEnd>> {
        let sql = "SELECT f.number, r.created_by, r.finished_at, r.result, r.error FROM schedule_firing AS f \
                   JOIN run AS r ON r.id = f.run_id WHERE f.org_id = $1 AND f.schedule_id = $2 \
                   ORDER BY f.number DESC LIMIT $3";
        let read = |row: &Row| {
            Ok(FiringEnd {
                number: row.get("number")?,
                started_by: row.get("created_by")?,
                finished_at: row.get("finished_at")?,
                result: row.get("result")?,
                error: row.get("error")?,
            })
        };
        self.list(sql, params![org, id, i64::from(limit)], read).await
    }

    /// The firing that started a run.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn firing_of_run(&mut self, org: OrgId, run: RunId) -> Result<Option<Firing>> {
        let sql = format!("SELECT {} FROM schedule_firing WHERE org_id = $1 AND run_id = $2", Firing::COLUMNS);
        self.find(sql, params![org, run], Firing::read).await
    }
}
