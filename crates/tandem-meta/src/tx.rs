//! What is read and written through: [`Snapshot`] and [`Tx`].

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use tandem_core::{Error, ErrorCode, Result, id::UserId};

use crate::{
    meta::Meta,
    repo::{audit::AuditEntry, outbox::NewEvent},
    sql::{Conn, Param, Row, db_error},
};

/// A view of the metadata at one moment. The look-ups are in the modules of
/// [`crate::repo`]; each answers `Ok(None)` where there is no such row in that
/// organization.
pub struct Snapshot {
    conn: Conn,
    now: DateTime<Utc>,
    failed: bool,
}

impl Snapshot {
    pub(crate) const fn new(conn: Conn, now: DateTime<Utc>) -> Self {
        Self { conn, now, failed: false }
    }

    /// The time of this transaction, in whole microseconds.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        self.conn.is_postgres()
    }

    /// The rows of a statement.
    pub(crate) async fn fetch(&mut self, sql: impl Statement, params: Vec<Param>) -> Result<Vec<Row>> {
        self.check(&params)?;
        let rows = self.conn.fetch(sql.statement(), params).await;
        self.noted(rows)
    }

    /// The first row of a statement that has one at the most.
    pub(crate) async fn fetch_one(&mut self, sql: impl Statement, params: Vec<Param>) -> Result<Option<Row>> {
        Ok(self.fetch(sql, params).await?.pop())
    }

    /// The rows of a statement, read by `read`.
    pub(crate) async fn list<T>(
        &mut self,
        sql: impl Statement,
        params: Vec<Param>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.fetch(sql, params).await?.iter().map(read).collect()
    }

    /// The row of a statement that has one at the most, read by `read`.
    pub(crate) async fn find<T>(
        &mut self,
        sql: impl Statement,
        params: Vec<Param>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        self.fetch_one(sql, params).await?.as_ref().map(read).transpose()
    }

    async fn execute(&mut self, sql: impl Statement, params: Vec<Param>) -> Result<u64> {
        self.check(&params)?;
        let changed = self.conn.execute(sql.statement(), params).await;
        self.noted(changed)
    }

    /// PostgreSQL has no NUL in text, and SQLite's functions end there: neither
    /// is given any. And after an error nothing more is run: PostgreSQL refuses
    /// it, while SQLite may have undone the transaction and would keep what
    /// follows at once.
    fn check(&self, params: &[Param]) -> Result<()> {
        if self.failed {
            return Err(partly_failed());
        }
        let nul = |param: &Param| matches!(param, Param::Text(Some(text)) if text.contains('\0'));
        if params.iter().any(nul) {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                "A text holds the character NUL, which can't be kept. Remove it and retry.",
            ));
        }
        Ok(())
    }

    /// Remembers a failure: what has failed in part can't be committed.
    fn noted<T>(&mut self, result: sqlx::Result<T>) -> Result<T> {
        result.map_err(|error| {
            self.failed = true;
            db_error(error)
        })
    }
}

/// A write: all of it becomes visible and durable with [`Tx::commit`], or
/// nothing does. Dropped without it, it is undone. It can read what a
/// [`Snapshot`] can, its own writes included.
pub struct Tx {
    snapshot: Snapshot,
    meta: Meta,
    actor: Option<UserId>,
    events: Vec<NewEvent>,
    audit: Vec<AuditEntry>,
    work: bool,
}

impl Deref for Tx {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}

impl Tx {
    pub(crate) const fn new(snapshot: Snapshot, meta: Meta) -> Self {
        Self { snapshot, meta, actor: None, events: Vec::new(), audit: Vec::new(), work: false }
    }

    /// Names the person on whose behalf this is written; the events that it
    /// causes carry the name.
    #[must_use]
    pub const fn acting_for(mut self, user: UserId) -> Self {
        self.actor = Some(user);
        self
    }

    pub(crate) const fn actor(&self) -> Option<UserId> {
        self.actor
    }

    pub(crate) fn clock(&self) -> &dyn tandem_core::Clock {
        &*self.meta.inner.clock
    }

    pub(crate) fn push_event(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Adds a row to the organization's audit log, in this transaction.
    pub fn audit(&mut self, entry: AuditEntry) {
        self.audit.push(entry);
    }

    /// Forbids the commit: what was written so far breaks a rule.
    pub(crate) const fn refuse(&mut self) {
        self.snapshot.failed = true;
    }

    /// Notes that there is work for a worker once this is committed.
    pub(crate) const fn left_work(&mut self) {
        self.work = true;
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: impl Statement, params: Vec<Param>) -> Result<u64> {
        self.snapshot.execute(sql, params).await
    }

    /// Runs several statements of ours that have no parameters.
    pub(crate) async fn script(&mut self, sql: String) -> Result<()> {
        let done = self.snapshot.conn.script(AssertSqlSafe(sql).into_sql_str()).await;
        self.snapshot.noted(done)
    }

    /// Makes everything durable, then tells the watchers of the outbox and the
    /// workers.
    ///
    /// # Errors
    /// `state_conflict` where an earlier statement of this transaction failed
    /// (nothing is written), and those of the database.
    pub async fn commit(mut self) -> Result<()> {
        if self.snapshot.failed {
            return Err(partly_failed());
        }
        // Both logs are numbered in the order of commits, which takes a lock
        // until the commit; so they are written last, always in this order.
        let events = std::mem::take(&mut self.events);
        let last = self.write_events(&events).await?;
        let entries = std::mem::take(&mut self.audit);
        self.write_audit(entries).await?;
        let Self { snapshot, meta, work, .. } = self;
        // A caller who goes away now must not leave watchers untold of what
        // was committed all the same.
        let finish = async move {
            snapshot.conn.commit().await.map_err(db_error)?;
            meta.tell(last, work);
            Ok(())
        };
        tokio::spawn(finish).await.map_err(Error::internal)?
    }

    /// Undoes everything now, rather than some time after the drop.
    ///
    /// # Errors
    /// Those of the database; it is undone all the same.
    pub async fn rollback(self) -> Result<()> {
        self.snapshot.conn.rollback().await.map_err(db_error)
    }
}

/// A statement of this crate: a literal, or literals put together.
pub(crate) trait Statement {
    fn statement(self) -> SqlStr;
}

impl Statement for &'static str {
    fn statement(self) -> SqlStr {
        self.into_sql_str()
    }
}

impl Statement for String {
    fn statement(self) -> SqlStr {
        AssertSqlSafe(self).into_sql_str()
    }
}

fn partly_failed() -> Error {
    Error::new(ErrorCode::StateConflict, "A part of this change failed, so none of it was kept. Read again and retry.")
}
