//! The metadata database, opened.

use std::{
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sqlx::{
    Connection, PgPool, SqliteConnection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tandem_core::{Clock, Error, ErrorCode, Result};
use tokio::sync::{Notify, watch};

use crate::{
    repo::audit::AuditEntry,
    sql::{Conn, db_error, micros},
    tx::{Snapshot, Tx},
};

/// How long a writer waits for its turn before `unavailable`.
const WRITE_WAIT: Duration = Duration::from_secs(30);
/// How long one waits before a file is opened again that another process held.
const OPEN_AGAIN: Duration = Duration::from_millis(20);
/// Connections that read at once on SQLite; opened when first needed.
const READERS: u32 = 8;
/// Connections at once to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// The metadata of one installation. Cheap to clone; all clones share one set
/// of connections and one set of signals.
#[derive(Clone)]
pub struct Meta {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    /// The last outbox row that this process has committed or heard of.
    pub(crate) outbox: watch::Sender<i64>,
    /// Counts the transactions of this process that left work to do.
    pub(crate) jobs: watch::Sender<u64>,
    /// Audit rows that wait for the next transaction.
    pub(crate) audit: Mutex<Vec<AuditEntry>>,
    pub(crate) audit_waits: Notify,
}

/// The connections.
pub(crate) enum Db {
    Sqlite {
        /// One connection: SQLite has one writer, and waiting for it here is
        /// fair where waiting on its file lock is not.
        writer: SqlitePool,
        readers: SqlitePool,
        /// For a connection of its own to copy everything through.
        copying: Box<SqliteConnectOptions>,
    },
    Postgres(PgPool),
}

impl std::fmt::Debug for Meta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Meta").field(&self.backend()).finish()
    }
}

impl Meta {
    /// Opens `sqlite:PATH?mode=rwc` or `postgres://…`; all times come from
    /// `clock`. Nothing is migrated: see [`Meta::migrate`].
    ///
    /// # Errors
    /// `invalid_parameter` for an address of another kind, `unavailable` where
    /// the database can't be reached or opened.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        let db = match scheme {
            "sqlite" => {
                let options = SqliteConnectOptions::from_str(url).map_err(|e| bad_url(scheme).with_source(e))?;
                open_sqlite(options).await?
            }
            "postgres" | "postgresql" => open_postgres(url).await?,
            _ => return Err(bad_url(scheme)),
        };
        Ok(Self::new(db, clock))
    }

    /// Opens, and makes where it is missing, the SQLite database in `file`.
    ///
    /// # Errors
    /// As [`Meta::open`].
    pub async fn open_file(file: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let db = open_sqlite(options).await?;
        Ok(Self::new(db, clock))
    }

    fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        let inner = Inner {
            db,
            clock,
            outbox: watch::Sender::new(0),
            jobs: watch::Sender::new(0),
            audit: Mutex::new(Vec::new()),
            audit_waits: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Which database this is: `sqlite` or `postgres`.
    pub fn backend(&self) -> &'static str {
        match self.inner.db {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres(_) => "postgres",
        }
    }

    /// Begins to write. Every row written through it carries the same time.
    /// On SQLite there is one writer at a time: don't wait for anything slow
    /// (a file, a network, another `begin`) while holding it.
    ///
    /// # Errors
    /// `unavailable` where the database can't be reached or stays busy.
    pub async fn begin(&self) -> Result<Tx> {
        let conn = match &self.inner.db {
            Db::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await.map_err(db_error)?),
            Db::Postgres(pool) => {
                let pool = pool.clone();
                Conn::Postgres(to_its_end(async move { pool.begin().await }).await?)
            }
        };
        Ok(Tx::new(self.snapshot(conn), self.clone()))
    }

    /// Begins to read: everything read through it is of one moment. Don't hold
    /// one while waiting for another: under load all of them could be held by
    /// those who wait.
    ///
    /// # Errors
    /// `unavailable` where the database can't be reached or stays busy.
    pub async fn read(&self) -> Result<Snapshot> {
        let conn = match &self.inner.db {
            Db::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await.map_err(db_error)?),
            Db::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let pool = pool.clone();
                Conn::Postgres(to_its_end(async move { pool.begin_with(begin).await }).await?)
            }
        };
        Ok(self.snapshot(conn))
    }

    fn snapshot(&self, conn: Conn) -> Snapshot {
        Snapshot::new(conn, micros(self.inner.clock.now()))
    }

    /// Changes whenever this process has committed rows to the outbox (the
    /// value is the highest `seq` so far). Other processes' rows are found by
    /// reading now and then.
    pub fn outbox_signal(&self) -> watch::Receiver<i64> {
        self.inner.outbox.subscribe()
    }

    /// Changes whenever this process has committed work for a worker. Delayed
    /// work and other processes' work are found by claiming now and then.
    pub fn job_signal(&self) -> watch::Receiver<u64> {
        self.inner.jobs.subscribe()
    }

    /// Tells the watchers what was committed.
    pub(crate) fn tell(&self, last_event: Option<i64>, work: bool) {
        if let Some(last) = last_event {
            self.inner.outbox.send_if_modified(|seq| {
                let newer = last > *seq;
                *seq = last.max(*seq);
                newer
            });
        }
        if work {
            self.inner.jobs.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Writes what waits and closes every connection.
    ///
    /// # Errors
    /// Those of [`Meta::flush_audit`]; the connections are closed all the same.
    pub async fn close(&self) -> Result<()> {
        let flushed = self.flush_audit().await;
        match &self.inner.db {
            Db::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
        flushed
    }
}

pub(crate) fn bad_url(scheme: &str) -> Error {
    Error::new(
        ErrorCode::InvalidParameter,
        format!(
            "“{scheme}:…” is not the address of a metadata database. Write sqlite:PATH?mode=rwc or \
             postgres://USER@HOST/DATABASE."
        ),
    )
}

async fn open_sqlite(options: SqliteConnectOptions) -> Result<Db> {
    let options = options.foreign_keys(true).busy_timeout(WRITE_WAIT).statement_cache_capacity(256);
    // FULL: with WAL, NORMAL may lose the last commits when the power goes.
    let writing = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", "67108864");
    // Never `mode=ro`: a reader of a WAL file may have to recover it first.
    let reading = options.clone().pragma("query_only", "ON");
    let pool = |size| {
        SqlitePoolOptions::new()
            .max_connections(size)
            .acquire_timeout(WRITE_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .after_release(|conn, _| Box::pin(is_clean(conn)))
    };
    // Where several processes start on a new file, turning it to WAL is refused at once, whatever the time to wait.
    let began = Instant::now();
    let writer = loop {
        match pool(1).connect_with(writing.clone()).await {
            Err(error) if is_locked(&error) && began.elapsed() < WRITE_WAIT => tokio::time::sleep(OPEN_AGAIN).await,
            opened => break opened.map_err(db_error)?,
        }
    };
    let readers = pool(READERS).connect_lazy_with(reading);
    Ok(Db::Sqlite { writer, readers, copying: Box::new(options.create_if_missing(false)) })
}

/// Whether somebody else holds the file: `SQLITE_BUSY`, in the low byte of the code.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// Whether a connection may be used again. Where SQLite itself has undone a
/// transaction (a full disk), the driver's own ending of it fails and the
/// connection counts as inside one for ever.
async fn is_clean(conn: &mut SqliteConnection) -> sqlx::Result<bool> {
    if !conn.is_in_transaction() {
        return Ok(true);
    }
    // Behind the rollback that was only asked for so far.
    conn.ping().await?;
    Ok(!conn.is_in_transaction())
}

async fn open_postgres(url: &str) -> Result<Db> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|e| bad_url("postgres").with_source(e))?
        .application_name("tandem")
        .statement_cache_capacity(256);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(WRITE_WAIT)
        .connect_with(options)
        .await
        .map_err(db_error)?;
    Ok(Db::Postgres(pool))
}

/// Begins a transaction to its end, whether or not somebody still waits for it.
/// A begin that is dropped in the middle leaves its connection inside of the
/// transaction (sqlx counts it only once it is there), and who gets the
/// connection next would write into one that only reads.
async fn to_its_end<T: Send + 'static>(begin: impl Future<Output = sqlx::Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(begin).await.map_err(Error::internal)?.map_err(db_error)
}
