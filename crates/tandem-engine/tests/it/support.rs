//! An engine on a temporary folder, and short ways to make and look at rows.

use std::{sync::Arc, time::Duration};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
    util::display::array_value_to_string,
};
use tandem_core::{Cancel, Clock, Error, FixedClock, Result, SystemClock, id::AssetId};
use tandem_engine::{
    AccessPlan, Batches, Engine, EngineOptions, QueryStream, TableAccess, TableRef, VersionInfo, WriteMode,
    WriteOptions, WrittenVersion,
};
use tempfile::TempDir;

pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<FixedClock>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_memory(256 << 20)
    }

    pub(crate) fn with_memory(memory_bytes: u64) -> Self {
        let folder = TempDir::new().unwrap();
        // Near the files' own times, which come from the system.
        let clock = Arc::new(FixedClock::new(SystemClock.now()));
        let options = EngineOptions { folder: folder.path().to_owned(), memory_bytes, threads: 2 };
        let engine = Engine::open(&options, clock.clone()).unwrap();
        Self { engine, folder, clock }
    }

    pub(crate) fn dataset(&self) -> AssetId {
        AssetId::generate(&SystemClock)
    }

    pub(crate) async fn write(&self, dataset: AssetId, mode: WriteMode, rows: RecordBatch) -> Result<WrittenVersion> {
        let batches = Batches::from_vec(rows.schema(), vec![rows]);
        self.engine.write(dataset, batches, WriteOptions::new(mode), &Cancel::new()).await
    }

    /// A new dataset with these rows as its version 0.
    pub(crate) async fn table(&self, rows: RecordBatch) -> AssetId {
        let dataset = self.dataset();
        self.write(dataset, WriteMode::Append, rows).await.unwrap();
        dataset
    }

    pub(crate) async fn read(&self, dataset: AssetId, version: u64) -> Vec<String> {
        lines(&self.engine.read_at(dataset, version, None).await.unwrap().collect().await.unwrap())
    }

    pub(crate) async fn info(&self, dataset: AssetId, version: u64) -> VersionInfo {
        self.engine.version(dataset, version).await.unwrap()
    }

    /// The rows of a query as text, or its error.
    pub(crate) async fn ask(&self, plan: &AccessPlan, sql: &str) -> Result<Vec<String>> {
        let (batches, _) = self.engine.query(plan, sql, &Cancel::new()).await?.collect().await?;
        Ok(lines(&batches))
    }

    pub(crate) async fn rows(&self, plan: &AccessPlan, sql: &str) -> Vec<String> {
        self.ask(plan, sql).await.unwrap_or_else(|error| panic!("{sql}: {}", chain(&error)))
    }

    pub(crate) async fn error(&self, plan: &AccessPlan, sql: &str) -> Error {
        match self.ask(plan, sql).await {
            Ok(rows) => panic!("{sql} gave {rows:?}"),
            Err(error) => error,
        }
    }
}

/// A plan with one table, unrestricted.
pub(crate) fn plan_of(name: &str, dataset: AssetId) -> AccessPlan {
    AccessPlan::new("test").with_table(TableRef::latest(name), TableAccess::version(dataset, 0))
}

/// Each row as `value | value`.
pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let mut lines = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| match column.is_null(row) {
                true => "∅".to_owned(),
                false => array_value_to_string(column, row).unwrap(),
            });
            lines.push(cells.collect::<Vec<_>>().join(" | "));
        }
    }
    lines
}

pub(crate) fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

pub(crate) fn ints(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(crate) fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

/// `id` from `from` on, and a name that tells it.
pub(crate) fn people(from: i64, count: usize) -> RecordBatch {
    let ids = from..from + i64::try_from(count).unwrap();
    let names: Vec<String> = ids.clone().map(|id| format!("person {id}")).collect();
    batch(vec![("id", ints(ids)), ("name", texts(names.iter().map(String::as_str)))])
}

pub(crate) fn schema_names(schema: &SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// An error with all its causes.
pub(crate) fn chain(error: &Error) -> String {
    let mut text = format!("{}: {error}", error.code().as_str());
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        text.push_str(&format!("\n  because {current}"));
        cause = current.source();
    }
    text
}

pub(crate) async fn first(stream: &mut QueryStream) -> Option<Result<RecordBatch>> {
    use futures::StreamExt;
    stream.next().await
}

/// Waits until something is so; fails after a minute.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..60_000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("it never came to be that {what}");
}
