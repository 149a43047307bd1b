//! The engine: one for each data folder and process.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arrow::datatypes::{Schema, SchemaRef};
use chrono::TimeDelta;
use tandem_core::{Cancel, Clock, Error, Result, id::AssetId};
use uuid::Uuid;

use crate::{
    AccessPlan, Batches, CompareRequest, Comparison, QueryStream, ScalarFunction, Scan, TableColumns, TableRef,
    TableSource, Vacuumed, VersionInfo, WriteOptions, WrittenVersion, catalog, compare,
    govern::Rows,
    page,
    query::query,
    runtime::Runtime,
    scan::FileTable,
    session::Sessions,
    store::{ReadOptions, Store},
};

/// How an engine is set up.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The data folder: tables are in `tables/`, spilled parts of queries in
    /// `tmp/engine/`.
    pub folder: PathBuf,
    /// Memory for all queries together, in bytes; beyond it they spill.
    pub memory_bytes: u64,
    /// Threads that compute, as many as there are cores where 0.
    pub threads: usize,
}

/// Versioned tables and the one way to read them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) store: Arc<Store>,
    pub(crate) sessions: Sessions,
    _spill: SpillFolder,
}

impl Inner {
    /// The rows of a source.
    pub(crate) async fn rows(&self, source: &TableSource) -> Result<Rows> {
        Ok(match source {
            TableSource::Version { dataset, delta_version } => {
                Rows::Files(FileTable::of_version(self.store.snapshot(*dataset, *delta_version).await?.as_ref()))
            }
            TableSource::Memory { schema, batches } => {
                Rows::Memory { schema: schema.clone(), batches: batches.clone() }
            }
            TableSource::Parquet { paths, schema } => {
                let (paths, schema) = (paths.clone(), schema.clone());
                let table = tokio::task::spawn_blocking(move || FileTable::of_paths(&paths, schema));
                Rows::Files(table.await.map_err(Error::internal)??)
            }
        })
    }

    /// The columns of a source.
    pub(crate) async fn source_schema(&self, source: &TableSource) -> Result<SchemaRef> {
        Ok(self.rows(source).await?.schema())
    }
}

impl Engine {
    /// Opens the tables in a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// `storage_full` or `internal` where the folder can't be used.
    pub fn open(options: &EngineOptions, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(options, clock, &[])
    }

    /// Opens them with functions for SQL beside the engine's own.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open_with(options: &EngineOptions, clock: Arc<dyn Clock>, functions: &[ScalarFunction]) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if options.threads == 0 { cores } else { options.threads };
        let store = Arc::new(Store::open(&options.folder.join("tables"), clock.clone(), threads)?);
        let spill = SpillFolder::new(&options.folder.join("tmp").join("engine"))?;
        let memory = usize::try_from(options.memory_bytes).unwrap_or(usize::MAX);
        let sessions = Sessions::new(store.object_store(), &spill.path, memory, threads, clock, functions)?;
        let runtime = Arc::new(Runtime::new(threads)?);
        Ok(Self { inner: Arc::new(Inner { runtime, store, sessions, _spill: spill }) })
    }

    /// Makes a dataset with these columns and no rows: its version 0.
    ///
    /// # Errors
    /// `already_exists`, `schema_mismatch` where the columns can't be stored.
    pub async fn create(&self, dataset: AssetId, schema: SchemaRef) -> Result<WrittenVersion> {
        let store = self.inner.store.clone();
        self.inner.runtime.run(async move { store.create(dataset, &schema).await }).await
    }

    /// Writes the next version of a dataset, or its first. Rows keep their
    /// order. Memory stays bounded whatever comes; nothing is changed where it
    /// fails or the process dies.
    ///
    /// # Errors
    /// `version_conflict`, `schema_mismatch`, `invalid_key`, `cancelled`,
    /// `storage_full`, and the first error of the input.
    pub async fn write(
        &self,
        dataset: AssetId,
        input: Batches,
        options: WriteOptions,
        cancel: &Cancel,
    ) -> Result<WrittenVersion> {
        let (inner, cancel) = (self.inner.clone(), cancel.clone());
        let work = async move { inner.store.write(dataset, input, options, &inner.sessions, &cancel).await };
        self.inner.runtime.run(work).await
    }

    /// Makes a new version with the rows and columns of an older one.
    /// `expected_parent` and `write_id` are as in [`WriteOptions`].
    ///
    /// # Errors
    /// `not_found`, `version_conflict`.
    pub async fn restore(
        &self,
        dataset: AssetId,
        delta_version: u64,
        expected_parent: Option<u64>,
        write_id: Option<String>,
    ) -> Result<WrittenVersion> {
        let store = self.inner.store.clone();
        let work = async move { store.restore(dataset, delta_version, expected_parent, write_id.as_deref()).await };
        self.inner.runtime.run(work).await
    }

    /// The newest version of a dataset, where it has one.
    ///
    /// # Errors
    /// `internal` where the log can't be read.
    pub async fn latest(&self, dataset: AssetId) -> Result<Option<VersionInfo>> {
        let store = self.inner.store.clone();
        let work = async move { Ok(store.latest(dataset).await?.map(|snapshot| snapshot.info())) };
        self.inner.runtime.run(work).await
    }

    /// One version of a dataset: its columns, files, counts and digest.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn version(&self, dataset: AssetId, delta_version: u64) -> Result<VersionInfo> {
        let store = self.inner.store.clone();
        self.inner.runtime.run(async move { Ok(store.snapshot(dataset, delta_version).await?.info()) }).await
    }

    /// Full paths of a version's files, in the order of its rows, for tools that
    /// read Parquet but not Delta Lake.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn files_at(&self, dataset: AssetId, delta_version: u64) -> Result<Vec<PathBuf>> {
        let store = self.inner.store.clone();
        let work = async move {
            let snapshot = store.snapshot(dataset, delta_version).await?;
            Ok(snapshot.files.iter().map(|entry| store.path_of(&snapshot, &entry.file)).collect())
        };
        self.inner.runtime.run(work).await
    }

    /// A version's rows in their order, unrestricted: for the product's own
    /// work (reports, exports that were authorized), not for showing.
    ///
    /// # Errors
    /// `not_found`, `unknown_column`.
    pub async fn read_at(&self, dataset: AssetId, delta_version: u64, columns: Option<Vec<String>>) -> Result<Batches> {
        let inner = self.inner.clone();
        let work = async move {
            let snapshot = inner.store.snapshot(dataset, delta_version).await?;
            inner.store.read(&snapshot, &ReadOptions { columns, ..ReadOptions::default() })
        };
        let rows = self.inner.runtime.run(work).await?;
        page::on_runtime(&self.inner.runtime, rows)
    }

    /// A version's rows in parts that can be read at the same time, in no
    /// order, unrestricted: for the profiler.
    ///
    /// # Errors
    /// `not_found`, `unknown_column`.
    pub async fn scan(&self, dataset: AssetId, delta_version: u64, columns: Option<Vec<String>>) -> Result<Scan> {
        page::scan(self.inner.clone(), dataset, delta_version, columns).await
    }

    /// Some rows of a table of the plan, in the order of the version, as the plan
    /// lets them be seen.
    ///
    /// # Errors
    /// `unknown_table`, `time_limit`, `cancelled`, …
    pub async fn page(
        &self,
        plan: &AccessPlan,
        table: &TableRef,
        offset: u64,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<QueryStream> {
        page::page(self.inner.clone(), plan.clone(), table.clone(), offset, limit, cancel.clone()).await
    }

    /// Runs one statement that only reads. Its tables are those of the plan and
    /// no others.
    ///
    /// # Errors
    /// `invalid_sql`, `sql_not_allowed`, `unknown_table`, `unknown_column`,
    /// `compute_failed`, `memory_limit`, `time_limit`, `row_limit`, `cancelled`;
    /// those that come while rows are computed come in the stream.
    pub async fn query(&self, plan: &AccessPlan, sql: &str, cancel: &Cancel) -> Result<QueryStream> {
        query(self.inner.clone(), plan.clone(), sql.to_owned(), cancel.clone()).await
    }

    /// The tables of a plan with the columns that it lets through.
    ///
    /// # Errors
    /// `not_found` where a version is gone.
    pub async fn describe(&self, plan: &AccessPlan) -> Result<Vec<TableColumns>> {
        let (inner, plan) = (self.inner.clone(), plan.clone());
        self.inner.runtime.run(async move { catalog::describe(&inner, &plan).await }).await
    }

    /// How two tables of the plan differ.
    ///
    /// # Errors
    /// `unknown_table`, `invalid_key`, and those of a query.
    pub async fn compare(&self, plan: &AccessPlan, request: &CompareRequest, cancel: &Cancel) -> Result<Comparison> {
        compare::compare(self.inner.clone(), plan.clone(), request.clone(), cancel.clone()).await
    }

    /// Removes files of a dataset that no version names and that are at least
    /// `age` old: what crashed writes left. Younger ones may belong to a write
    /// of another process.
    ///
    /// # Errors
    /// `internal` where the folder can't be read.
    pub async fn vacuum_orphans(&self, dataset: AssetId, age: Duration) -> Result<Vacuumed> {
        let store = self.inner.store.clone();
        let age = TimeDelta::from_std(age).map_err(Error::internal)?;
        self.inner.runtime.run(async move { store.vacuum_orphans(dataset, age).await }).await
    }

    /// Removes a dataset with all its versions.
    ///
    /// # Errors
    /// `internal` where its folder can't be removed.
    pub async fn remove(&self, dataset: AssetId) -> Result<()> {
        let store = self.inner.store.clone();
        self.inner.runtime.run(async move { store.remove(dataset).await }).await
    }

    /// Bytes of memory that queries hold now.
    pub fn memory_taken(&self) -> u64 {
        self.inner.sessions.memory_taken() as u64
    }
}

/// The columns as they would be stored: what a caller's schema becomes.
///
/// # Errors
/// `schema_mismatch` where a column can't be stored.
pub fn storable_schema(schema: &Schema) -> Result<SchemaRef> {
    crate::store::storable(schema)
}

/// A folder for what this process spills, removed with it; those of processes
/// that died are removed on the way.
#[derive(Debug)]
struct SpillFolder {
    path: PathBuf,
    _lock: File,
}

impl SpillFolder {
    fn new(parent: &Path) -> Result<Self> {
        std::fs::create_dir_all(parent)?;
        for entry in std::fs::read_dir(parent)?.flatten() {
            let free = File::open(lock_of(&entry.path())).is_ok_and(|lock| lock.try_lock().is_ok());
            if free {
                let _ = std::fs::remove_dir_all(entry.path());
                let _ = std::fs::remove_file(lock_of(&entry.path()));
            }
        }
        let path = parent.join(Uuid::new_v4().simple().to_string());
        let lock = File::create(lock_of(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) => return Err(Error::internal("a new lock is taken")),
        }
        std::fs::create_dir(&path)?;
        Ok(Self { path, _lock: lock })
    }
}

/// The lock beside a spill folder: taken before the folder is there.
fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}

impl Drop for SpillFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
        let _ = std::fs::remove_file(lock_of(&self.path));
    }
}
