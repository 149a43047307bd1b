//! The outbox: what has changed, in the order of commits. It feeds everything
//! that moves on a screen.
//!
//! Rows are numbered by a counter that is locked until the commit, not by a
//! sequence: who has read up to number n has missed nothing below it.

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{
    Page, PageRequest, Result,
    id::{OrgId, ProjectId, UserId},
};

use crate::{
    page::List,
    sql::{Kind, Sql, params, record, text_enum},
    tx::{Snapshot, Tx},
};

text_enum! {
    /// What an event is about.
    pub enum Topic("topic") {
        /// A run was made or changed its state: `{run_id, state, kind, name}`.
        Run = "run",
        /// A version was added or labelled: `{asset_id, version_id, seq, kind, name, change}`.
        Version = "version",
        /// An asset was made, changed, deleted or brought back: `{asset_id, kind, name, change}`.
        Asset = "asset",
        /// A grant, restriction or policy changed: `{asset_id, change}`.
        Access = "access",
        /// Access was asked for or decided on: `{request_id, asset_id, user_id, action, state}`.
        AccessRequest = "access_request",
        /// A draft was edited: `{asset_id, revision}`.
        Draft = "draft",
        /// Something was said or done in a thread: `{thread_id, asset_id, run_id, element, change}`.
        Thread = "thread",
        /// A project was made, changed or put away: `{project_id, change}`.
        Project = "project",
        /// Somebody joined, left or changed their role: `{user_id, change}`.
        Member = "member",
    }
}

record! {
    /// Something that has changed.
    pub struct Event from "outbox" {
        /// Its number; later commits have higher ones.
        pub seq: i64,
        /// The organization.
        pub org_id: OrgId,
        /// The project, where it is of one.
        pub project_id: Option<ProjectId>,
        /// What it is about.
        pub topic: Topic,
        /// The facts; see [`Topic`].
        pub payload: Value,
        /// On whose behalf, where that is known.
        pub actor_id: Option<UserId>,
        /// When.
        pub created_at: DateTime<Utc>,
    }
}

/// An event that waits for the commit.
#[derive(Debug)]
pub(crate) struct NewEvent {
    org: OrgId,
    project: Option<ProjectId>,
    topic: Topic,
    payload: Value,
}

impl Snapshot {
    /// The number of the last event; 0 where there has been none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn outbox_seq(&mut self) -> Result<i64> {
        let row = self.fetch_one("SELECT value FROM counter WHERE name = 'outbox'", params![]).await?;
        row.map_or(Ok(0), |row| row.get("value"))
    }

    /// Up to `limit` events of all organizations behind number `after`, oldest
    /// first: for what runs for the whole installation, never for a person.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events_after(&mut self, after: i64, limit: u32) -> Result<Vec<Event>> {
        let sql = format!("SELECT {} FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2", Event::COLUMNS);
        self.list(sql, params![after, limit], Event::read).await
    }

    /// Up to `limit` events of one project behind number `after`, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn project_events_after(
        &mut self,
        org: OrgId,
        project: ProjectId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let sql = format!(
            "SELECT {} FROM outbox WHERE org_id = $1 AND project_id = $2 AND seq > $3 ORDER BY seq LIMIT $4",
            Event::COLUMNS
        );
        self.list(sql, params![org, project, after, limit], Event::read).await
    }

    /// What has changed in a project, newest first. `keep` leaves out what the
    /// reader may not know of.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn activity(
        &mut self,
        org: OrgId,
        project: ProjectId,
        page: &PageRequest,
        keep: impl FnMut(&Event) -> bool,
    ) -> Result<Page<Event>> {
        let list = List {
            name: "activity",
            columns: Event::COLUMNS.to_owned(),
            from: Sql::new(" FROM outbox WHERE org_id = ? AND project_id = ?", params![org, project]),
            keys: &[("outbox.seq", Kind::Int)],
            descending: true,
        };
        self.page_where(list, page, Event::read, keep).await
    }
}

impl Tx {
    /// Adds an event, to be numbered at the commit.
    pub fn emit(&mut self, org: OrgId, project: Option<ProjectId>, topic: Topic, payload: Value) {
        self.push_event(NewEvent { org, project, topic, payload });
    }

    /// Numbers and writes the events of this transaction; the last number.
    pub(crate) async fn write_events(&mut self, events: &[NewEvent]) -> Result<Option<i64>> {
        if events.is_empty() {
            return Ok(None);
        }
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let sql = "UPDATE counter SET value = value + $1 WHERE name = 'outbox' RETURNING value";
        let Some(row) = self.fetch_one(sql, params![count]).await? else {
            return Err(tandem_core::Error::internal("the outbox has no counter"));
        };
        let last: i64 = row.get("value")?;
        for (seq, event) in (last - count + 1..).zip(events) {
            let params = params![seq, event.org, event.project, event.topic, event.payload, self.actor(), self.now()];
            self.execute(
                "INSERT INTO outbox (seq, org_id, project_id, topic, payload, actor_id, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                params,
            )
            .await?;
        }
        Ok(Some(last))
    }

    /// Forgets events before `before`; how many there were. Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_events(&mut self, before: DateTime<Utc>) -> Result<u64> {
        self.execute("DELETE FROM outbox WHERE created_at < $1", params![before]).await
    }
}
