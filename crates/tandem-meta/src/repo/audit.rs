//! The audit log: who asked to do what on what, and what was decided. Each
//! row's hash covers the row before it, so that a change or a gap shows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Page, PageRequest, Result,
    id::{OrgId, RequestId, UserId},
};

use crate::{
    meta::Meta,
    page::List,
    sql::{Kind, Row, Sql, micros, params, record, text_enum},
    tx::{Snapshot, Tx},
};

text_enum! {
    /// What was decided.
    pub enum Decision("decision") {
        /// It was done.
        Allow = "allow",
        /// It was refused.
        Deny = "deny",
    }
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The organization.
    pub org_id: OrgId,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// Who asked, where that is known.
    pub who: Option<UserId>,
    /// How they came: `session`, `token:ID`, `local`, an address, …
    pub via: String,
    /// What they asked to do.
    pub action: String,
    /// The kind of thing that they asked to do it on.
    pub kind: String,
    /// Which one.
    pub object: String,
    /// What was decided.
    pub decision: Decision,
    /// On what ground.
    pub reason: String,
    /// The request that it was part of.
    pub request_id: Option<RequestId>,
}

record! {
    /// A row of the log.
    pub struct AuditRow from "audit" {
        /// The organization.
        pub org_id: OrgId,
        /// Its number in the organization: 1, 2, 3, … without a gap.
        pub seq: i64,
        /// When it was decided.
        pub at: DateTime<Utc>,
        /// Who asked, where that is known.
        pub who: Option<UserId>,
        /// How they came.
        pub via: String,
        /// What they asked to do.
        pub action: String,
        /// The kind of thing that they asked to do it on.
        pub kind: String,
        /// Which one.
        pub object: String,
        /// What was decided.
        pub decision: Decision,
        /// On what ground.
        pub reason: String,
        /// The request that it was part of.
        pub request_id: Option<RequestId>,
        /// The hash over the row before and this one, BLAKE3 in hexadecimal.
        pub hash: String,
    }
}

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this person only.
    pub who: Option<UserId>,
    /// Of this action only.
    pub action: Option<String>,
    /// Decided this way only.
    pub decision: Option<Decision>,
    /// On this thing only.
    pub object: Option<String>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// What checking an organization's log has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many rows there are.
    pub rows: i64,
    /// The number of the first row that is missing, changed or cut off.
    pub broken_at: Option<i64>,
}

impl AuditRow {
    fn new(entry: AuditEntry, seq: i64, previous: &str) -> Self {
        let mut row = Self {
            org_id: entry.org_id,
            seq,
            at: micros(entry.at),
            who: entry.who,
            via: entry.via,
            action: entry.action,
            kind: entry.kind,
            object: entry.object,
            decision: entry.decision,
            reason: entry.reason,
            request_id: entry.request_id,
            hash: String::new(),
        };
        row.hash = row.hash_after(previous);
        row
    }

    /// The hash of this row behind one whose hash is `previous`.
    fn hash_after(&self, previous: &str) -> String {
        let facts = json!([
            previous,
            self.org_id,
            self.seq,
            self.at.timestamp_micros(),
            self.who,
            self.via,
            self.action,
            self.kind,
            self.object,
            self.decision,
            self.reason,
            self.request_id,
        ]);
        blake3::hash(facts.to_string().as_bytes()).to_hex().to_string()
    }
}

/// The hash that an organization's first row follows.
pub(crate) fn first_hash(org: OrgId) -> String {
    blake3::hash(org.as_uuid().as_bytes()).to_hex().to_string()
}

impl Snapshot {
    /// The organization's log, newest first.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn audit_log(&mut self, org: OrgId, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditRow>> {
        let list = List {
            name: "audit",
            columns: AuditRow::COLUMNS.to_owned(),
            from: Sql::new(" FROM audit WHERE org_id = ?", params![org])
                .push_some(" AND who = ?", filter.who)
                .push_some(" AND action = ?", filter.action.as_ref())
                .push_some(" AND decision = ?", filter.decision)
                .push_some(" AND object = ?", filter.object.as_ref())
                .push_some(" AND at >= ?", filter.from)
                .push_some(" AND at < ?", filter.to),
            keys: &[("audit.seq", Kind::Int)],
            descending: true,
        };
        self.page(list, page, AuditRow::read).await
    }

    /// Checks the organization's log from its first row to its last.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn verify_audit(&mut self, org: OrgId) -> Result<AuditCheck> {
        let head = "SELECT seq, hash FROM audit_head WHERE org_id = $1";
        let read = |row: &Row| Ok((row.get::<i64>("seq")?, row.get::<String>("hash")?));
        let Some((rows, end)) = self.find(head, params![org], read).await? else {
            return Ok(AuditCheck { rows: 0, broken_at: None });
        };
        let (mut seq, mut hash) = (0, first_hash(org));
        loop {
            let sql = format!(
                "SELECT {} FROM audit WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000",
                AuditRow::COLUMNS
            );
            let batch = self.list(sql, params![org, seq], AuditRow::read).await?;
            if batch.is_empty() {
                let whole = seq == rows && hash == end;
                return Ok(AuditCheck { rows, broken_at: (!whole).then_some(seq.min(rows) + 1) });
            }
            for row in batch {
                if row.seq != seq + 1 || row.hash != row.hash_after(&hash) {
                    return Ok(AuditCheck { rows, broken_at: Some(seq + 1) });
                }
                (seq, hash) = (row.seq, row.hash);
            }
        }
    }
}

impl Meta {
    /// Notes a row to be written by the next [`Meta::flush_audit`]: for reads,
    /// which have no transaction. What must not be lost with a crash goes
    /// through [`Tx::audit`].
    pub fn audit_soon(&self, entry: AuditEntry) {
        self.waiting().push(entry);
        self.inner.audit_waits.notify_one();
    }

    /// Returns once rows wait to be written.
    pub async fn audit_waits(&self) {
        while self.waiting().is_empty() {
            self.inner.audit_waits.notified().await;
        }
    }

    /// Writes the rows that wait.
    ///
    /// # Errors
    /// Those of the database; the rows go on waiting then.
    pub async fn flush_audit(&self) -> Result<()> {
        if self.waiting().is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let entries = std::mem::take(&mut *self.waiting());
        for entry in &entries {
            tx.audit(entry.clone());
        }
        let written = tx.commit().await;
        if written.is_err() {
            self.waiting().splice(0..0, entries);
        }
        written
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<AuditEntry>> {
        self.inner.audit.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Tx {
    /// Numbers, chains and writes the rows of this transaction.
    pub(crate) async fn write_audit(&mut self, entries: Vec<AuditEntry>) -> Result<()> {
        let mut by_org: BTreeMap<OrgId, Vec<AuditEntry>> = BTreeMap::new();
        for entry in entries {
            by_org.entry(entry.org_id).or_default().push(entry);
        }
        // In the order of the organizations, so that no two wait for each other.
        for (org, entries) in by_org {
            let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
            let sql = "UPDATE audit_head SET seq = seq + $1 WHERE org_id = $2 RETURNING seq, hash";
            let read = |row: &Row| Ok((row.get::<i64>("seq")?, row.get::<String>("hash")?));
            let Some((last, mut hash)) = self.find(sql, params![count, org], read).await? else {
                return Err(tandem_core::Error::not_found("organization"));
            };
            for (seq, entry) in (last - count + 1..).zip(entries) {
                let row = AuditRow::new(entry, seq, &hash);
                self.insert_audit(&row).await?;
                hash = row.hash;
            }
            self.execute("UPDATE audit_head SET hash = $1 WHERE org_id = $2", params![hash, org]).await?;
        }
        Ok(())
    }

    async fn insert_audit(&mut self, row: &AuditRow) -> Result<()> {
        self.execute(
            "INSERT INTO audit (org_id, seq, at, who, via, action, kind, object, decision, reason, request_id, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            params![
                row.org_id,
                row.seq,
                row.at,
                row.who,
                row.via,
                row.action,
                row.kind,
                row.object,
                row.decision,
                row.reason,
                row.request_id,
                row.hash
            ],
        )
        .await
        .map(drop)
    }
}
