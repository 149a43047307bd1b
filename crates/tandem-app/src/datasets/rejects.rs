//! Rows that an import could not read, kept in a table of their own.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use tandem_core::{
    Cancel, Error, ErrorCode, Result,
    id::{AssetId, RunId},
};
use tandem_engine::{Batches, Engine, WriteMode, WriteOptions};
use tandem_ingest::Reject;

/// The most rejected rows of one import that are kept; the others are counted.
const KEPT: usize = 100_000;

/// Collects rejected rows while an import runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct RejectSink(Arc<Mutex<Collected>>);

#[derive(Debug, Default)]
struct Collected {
    rows: u64,
    kept: Vec<Reject>,
}

/// What became of the rejected rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rejected {
    pub(crate) rows: u64,
    /// The table that keeps them, where there are any.
    pub(crate) table: Option<AssetId>,
}

impl RejectSink {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Collected> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds rows; how many there are now.
    pub(crate) fn add(&self, rejects: Vec<Reject>) -> u64 {
        let mut collected = self.lock();
        collected.rows += rejects.len() as u64;
        let room = KEPT - collected.kept.len();
        collected.kept.extend(rejects.into_iter().take(room));
        collected.rows
    }

    pub(crate) fn rows(&self) -> u64 {
        self.lock().rows
    }

    /// Why the import fails, with the first reasons.
    pub(crate) fn too_many(&self, good: u64) -> Error {
        let collected = self.lock();
        let first: Vec<String> = collected
            .kept
            .iter()
            .take(3)
            .map(|r| format!("row {}: {}", r.row_number, r.message.trim_end_matches('.')))
            .collect();
        Error::new(
            ErrorCode::TooManyRejects,
            format!(
                "{} of {} rows could not be read, more than this import allows; nothing was changed. First: {}. \
                 Correct the column types or the file, or allow more rejected rows.",
                collected.rows,
                good + collected.rows,
                first.join("; ")
            ),
        )
    }

    /// Writes them to a table named after the run, so that a second attempt
    /// finds it.
    pub(crate) async fn finish(self, engine: &Engine, run: RunId) -> Result<Rejected> {
        let (rows, kept) = {
            let mut collected = self.lock();
            (collected.rows, std::mem::take(&mut collected.kept))
        };
        if kept.is_empty() {
            return Ok(Rejected { rows, table: None });
        }
        let table = AssetId::from_uuid(*run.as_uuid());
        let mut options = WriteOptions::new(WriteMode::Replace);
        options.write_id = Some(run.to_string());
        let rows_kept = Batches::from_vec(schema(), vec![batch(&kept)?]);
        engine.write(table, rows_kept, options, &Cancel::new()).await?;
        Ok(Rejected { rows, table: Some(table) })
    }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("row_number", DataType::Int64, false),
        Field::new("line", DataType::Int64, true),
        Field::new("column", DataType::Utf8, true),
        Field::new("code", DataType::Utf8, false),
        Field::new("message", DataType::Utf8, false),
        Field::new("raw", DataType::Utf8, false),
    ]))
}

fn batch(rejects: &[Reject]) -> Result<RecordBatch> {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rejects.iter().map(|r| i64::try_from(r.row_number).ok()).collect::<Int64Array>()),
        Arc::new(rejects.iter().map(|r| r.line.and_then(|l| i64::try_from(l).ok())).collect::<Int64Array>()),
        Arc::new(rejects.iter().map(|r| r.column.as_deref()).collect::<StringArray>()),
        Arc::new(rejects.iter().map(|r| Some(r.code.as_str())).collect::<StringArray>()),
        Arc::new(rejects.iter().map(|r| Some(r.message.as_str())).collect::<StringArray>()),
        Arc::new(rejects.iter().map(|r| Some(r.raw.as_str())).collect::<StringArray>()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(Error::internal)
}
