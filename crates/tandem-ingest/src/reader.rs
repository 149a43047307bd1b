//! What every source ends in: a schema and a stream of chunks.

use std::sync::Arc;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use tandem_core::{Cancel, Progress, Result};

use crate::{limits::Limits, reject::Reject};

/// What a reader needs from whoever runs it.
#[derive(Clone)]
pub struct Context {
    /// Asked between chunks.
    pub cancel: Cancel,
    /// Told the phase `read`: bytes of a text file, rows of Parquet, both of a
    /// known total; rows of a sheet, bytes of a database.
    pub progress: Arc<dyn Progress>,
    /// Bounds.
    pub limits: Limits,
}

impl Default for Context {
    fn default() -> Self {
        Self { cancel: Cancel::new(), progress: Arc::new(()), limits: Limits::default() }
    }
}

/// Some rows of the source, in its order.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The rows that could be read; may be empty.
    pub batch: RecordBatch,
    /// The rows among them that could not.
    pub rejects: Vec<Reject>,
}

/// A source being read: an iterator of chunks that ends after the first error.
/// Dropping it stops the threads behind it.
pub struct Reader {
    schema: SchemaRef,
    chunks: Box<dyn Iterator<Item = Result<Chunk>> + Send>,
    failed: bool,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader of chunks of `schema`.
    pub(crate) fn new(schema: SchemaRef, chunks: impl Iterator<Item = Result<Chunk>> + Send + 'static) -> Self {
        Self { schema, chunks: Box::new(chunks), failed: false }
    }

    /// The schema of every batch.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// All the batches and rejects: for small sources and tests.
    ///
    /// # Errors
    /// The first error of the source.
    pub fn collect_all(self) -> Result<(Vec<RecordBatch>, Vec<Reject>)> {
        let mut batches = Vec::new();
        let mut rejects = Vec::new();
        for chunk in self {
            let chunk = chunk?;
            if chunk.batch.num_rows() > 0 {
                batches.push(chunk.batch);
            }
            rejects.extend(chunk.rejects);
        }
        Ok((batches, rejects))
    }
}

impl Iterator for Reader {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.chunks.next();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}
