//! The tables, and how a database gets from one version of them to the next.
//!
//! One set of SQL is written for both databases. `TEXT` and `BIGINT` are the
//! only types; PostgreSQL's text is compared byte by byte as SQLite's is, so
//! that lists have one order on both.

use tandem_core::{Error, ErrorCode, Result};

use crate::{
    meta::Meta,
    sql::{Row, params},
    tx::{Snapshot, Tx},
};

/// A step that is applied once.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal,)+) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        },)+]
    };
}

/// Every step, in order. A step that was released is never changed: add one.
const MIGRATIONS: &[Migration] = migrations![
    1 "0001_people",
    2 "0002_assets_and_runs",
    3 "0003_jobs_and_logs",
    4 "0004_workflows",
    5 "0005_schedules",
    6 "0006_threads",
    7 "0007_deliveries",
    8 "0008_digests",
];

/// Where a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaState {
    /// The version of its tables; 0 where there are none yet.
    pub found: i64,
    /// The version that this binary works with.
    pub wanted: i64,
}

impl SchemaState {
    /// Whether there is nothing to migrate.
    pub const fn is_current(self) -> bool {
        self.found == self.wanted
    }
}

impl Meta {
    /// Where the database stands.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let mut read = self.read().await?;
        let applied = if has_tables(&mut read).await? { read_applied(&mut read).await? } else { Vec::new() };
        Ok(SchemaState { found: applied.last().map_or(0, |last| last.version), wanted: wanted() })
    }

    /// Brings the tables to the version of this binary; a database that is
    /// there already is left alone. Safe when several processes start at once.
    ///
    /// # Errors
    /// `state_conflict` where the database was written by a newer Tandem, or
    /// by one whose steps are not ours; nothing is changed then.
    pub async fn migrate(&self) -> Result<SchemaState> {
        let state = self.schema_state().await?;
        let mut tx = self.begin().await?;
        if tx.is_postgres() {
            // Held until the commit: one process migrates, the others wait.
            tx.fetch("SELECT CAST(pg_advisory_xact_lock(7235914850123) AS TEXT)", params![]).await?;
        }
        let applied = if has_tables(&mut tx).await? {
            read_applied(&mut tx).await?
        } else {
            let create = "CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, \
                          digest TEXT NOT NULL, applied_at BIGINT NOT NULL)";
            tx.script(render(create, tx.is_postgres())).await?;
            Vec::new()
        };
        check(&applied)?;
        let pending = MIGRATIONS.get(applied.len()..).unwrap_or_default();
        for migration in pending {
            tx.apply(migration).await?;
        }
        if pending.is_empty() {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
            tracing::info!(from = state.found, to = wanted(), "metadata tables migrated");
        }
        let seq = self.read().await?.outbox_seq().await?;
        self.inner.outbox.send_replace(seq);
        Ok(SchemaState { found: wanted(), wanted: wanted() })
    }

    /// Whether the database answers and its tables are those of this binary;
    /// for readiness checks.
    ///
    /// # Errors
    /// `unavailable` where it doesn't answer, `state_conflict` where the
    /// tables are of another version.
    pub async fn check(&self) -> Result<()> {
        let state = self.schema_state().await?;
        if state.found > state.wanted {
            return Err(too_new(state.found));
        }
        if !state.is_current() {
            return Err(Error::new(
                ErrorCode::StateConflict,
                format!(
                    "The metadata tables are of version {}, and this Tandem works with {}. Run tandem migrate.",
                    state.found, state.wanted
                ),
            ));
        }
        Ok(())
    }
}

impl Tx {
    async fn apply(&mut self, migration: &Migration) -> Result<()> {
        self.script(render(migration.sql, self.is_postgres())).await?;
        self.execute(
            "INSERT INTO schema_migration (version, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
            params![migration.version, migration.name, digest(migration), self.now()],
        )
        .await?;
        Ok(())
    }
}

/// The version that this binary works with.
pub(crate) fn wanted() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// The digest over all steps: names the template databases of tests.
#[doc(hidden)]
pub fn schema_digest() -> String {
    let mut hash = blake3::Hasher::new();
    for migration in MIGRATIONS {
        hash.update(migration.sql.as_bytes());
    }
    hash.finalize().to_hex().as_str().chars().take(16).collect()
}

fn digest(migration: &Migration) -> String {
    blake3::hash(migration.sql.as_bytes()).to_hex().to_string()
}

/// The words of one database for the types written in the steps.
fn render(sql: &str, postgres: bool) -> String {
    if postgres { sql.replace(" TEXT", " TEXT COLLATE \"C\"") } else { sql.replace(" BIGINT", " INTEGER") }
}

async fn has_tables(read: &mut Snapshot) -> Result<bool> {
    let sql = if read.is_postgres() {
        "SELECT table_name FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_name = 'schema_migration'"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'"
    };
    Ok(!read.fetch(sql, params![]).await?.is_empty())
}

struct Applied {
    version: i64,
    name: String,
    digest: String,
}

async fn read_applied(read: &mut Snapshot) -> Result<Vec<Applied>> {
    let applied =
        |row: &Row| Ok(Applied { version: row.get("version")?, name: row.get("name")?, digest: row.get("digest")? });
    read.list("SELECT version, name, digest FROM schema_migration ORDER BY version", params![], applied).await
}

/// Whether what was applied is the beginning of our own list.
fn check(applied: &[Applied]) -> Result<()> {
    if let Some(last) = applied.last().filter(|last| last.version > wanted()) {
        return Err(too_new(last.version));
    }
    for (applied, ours) in applied.iter().zip(MIGRATIONS) {
        if applied.version != ours.version || applied.digest != digest(ours) {
            return Err(Error::new(
                ErrorCode::StateConflict,
                format!(
                    "The metadata tables were made by another build of Tandem (step {} “{}” differs); nothing was \
                     changed. Start the build that made them, or restore a backup.",
                    applied.version, applied.name
                ),
            ));
        }
    }
    Ok(())
}

pub(crate) fn too_new(found: i64) -> Error {
    Error::new(
        ErrorCode::StateConflict,
        format!(
            "The metadata tables are of version {found}, and this Tandem knows versions up to {}; nothing was \
             changed. Start the newer Tandem, or restore a backup of this one.",
            wanted()
        ),
    )
}
