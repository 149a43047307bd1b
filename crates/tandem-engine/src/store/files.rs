//! Batches → durable files that no version names yet.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use futures::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tokio::sync::mpsc;

use super::{
    Store, Table, Writing,
    encoder::{Outcome, Piece, encode},
    schema::Conform,
    store_failed,
};
use crate::{Batches, runtime::stopped};

/// Parts of a file that are on their way to the store at once.
const PARTS_AHEAD: usize = 4;
const PART_BYTES: usize = 8 << 20;

/// Which rows of a new version the files hold; they sort in this order.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Rows of the parent that an upsert keeps.
    Kept,
    /// Rows that came in.
    New,
    /// Rows that came in without all columns; no version ever names them.
    Staged,
}

/// How files are to be written.
pub(super) struct FilePlan {
    pub(super) schema: SchemaRef,
    /// The version they are meant for.
    pub(super) next: u64,
    pub(super) part: Part,
    /// Columns whose order is checked.
    pub(super) sort_columns: Vec<usize>,
    /// Columns that may not be null.
    pub(super) key: Vec<usize>,
}

impl Store {
    /// Writes what `input` brings into files that no version names yet. They
    /// are durable when this returns; where it fails they are removed.
    pub(super) async fn write_files(
        &self,
        table: &Table,
        write: &Writing,
        input: Batches,
        plan: FilePlan,
        progress: Arc<dyn Progress>,
        cancel: &Cancel,
    ) -> Result<Outcome> {
        let (to_encoder, from_feeder) = mpsc::channel(2);
        let (to_store, from_encoder) = mpsc::channel(4);
        let prefix = format!(
            "{:010}-{}-{}",
            plan.next,
            write.id.simple(),
            match plan.part {
                Part::Kept => "a",
                Part::New => "b",
                Part::Staged => "s",
            }
        );
        let (schema, threads, sort_columns) = (plan.schema.clone(), self.threads, plan.sort_columns);
        let encoder = tokio::task::spawn_blocking(move || {
            let names = |at: usize| format!("{prefix}{at:05}.parquet");
            encode(schema, threads, &sort_columns, names, from_feeder, to_store)
        });
        let mut made = Vec::new();
        let conform = Conform::new(&input.schema(), plan.schema.clone());
        let feed = feed(input, conform, &plan.schema, &plan.key, to_encoder, progress, cancel);
        let store = upload(table.log.object_store(None), from_encoder, &mut made);
        let (fed, stored, encoded) = futures::join!(feed, store, encoder);
        let result = match (fed, stored, encoded) {
            // What fed the encoder knows best why it stopped, then the store.
            (Err(Feed::Failed(error)), _, _) | (_, Err(error), _) | (_, _, Ok(Err(error))) => Err(error),
            (_, _, Err(error)) => Err(stopped(error)),
            (Err(Feed::Refused), _, Ok(Ok(_))) => Err(Error::internal("the encoder stopped before the input did")),
            (Ok(()), Ok(()), Ok(Ok(outcome))) => Ok(outcome),
        };
        if result.is_err() {
            self.discard(table, &made).await;
        }
        result
    }

    /// Removes files that no version names. What can't be removed now is an
    /// orphan, found later.
    pub(super) async fn discard(&self, table: &Table, paths: &[String]) {
        let store = table.log.object_store(None);
        for path in paths {
            if let Err(error) = store.delete(&path.as_str().into()).await {
                tracing::debug!(dataset = %table.dataset, path, %error, "a file of a failed write stays as an orphan");
            }
        }
    }
}

/// Why feeding stopped before the input did.
enum Feed {
    Failed(Error),
    /// The encoder takes no more; it says why.
    Refused,
}

async fn feed(
    mut input: Batches,
    conform: Conform,
    schema: &Schema,
    key: &[usize],
    encoder: mpsc::Sender<RecordBatch>,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<(), Feed> {
    let mut rows = 0;
    while let Some(batch) = input.next().await {
        cancel.check().map_err(Feed::Failed)?;
        let batch = batch.and_then(|batch| conform.apply(&batch)).map_err(Feed::Failed)?;
        no_nulls(&batch, schema, key, rows).map_err(Feed::Failed)?;
        rows += batch.num_rows() as u64;
        encoder.send(batch).await.map_err(|_| Feed::Refused)?;
        progress.report("write", rows, None);
    }
    Ok(())
}

fn no_nulls(batch: &RecordBatch, schema: &Schema, key: &[usize], before: u64) -> Result<()> {
    for at in key {
        let column = batch.column(*at);
        if column.logical_null_count() > 0 {
            let row = (0..batch.num_rows()).find(|row| column.is_null(*row)).unwrap_or(0) as u64;
            return Err(Error::new(
                ErrorCode::InvalidKey,
                format!(
                    "The key column “{}” is empty in row {}; nothing was written. Fill it in, or choose another key.",
                    schema.field(*at).name(),
                    before + row + 1
                ),
            ));
        }
    }
    Ok(())
}

/// Puts pieces into files, as they come. `made` names every file that was begun.
async fn upload(store: Arc<dyn ObjectStore>, mut pieces: mpsc::Receiver<Piece>, made: &mut Vec<String>) -> Result<()> {
    let mut open: Option<WriteMultipart> = None;
    while let Some(piece) = pieces.recv().await {
        match (piece, &mut open) {
            (Piece::Open(path), open) => {
                let upload = store.put_multipart(&path.as_str().into()).await.map_err(store_failed)?;
                made.push(path);
                *open = Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES));
            }
            (Piece::Bytes(bytes), Some(file)) => {
                file.wait_for_capacity(PARTS_AHEAD).await.map_err(store_failed)?;
                file.put(bytes);
            }
            (Piece::Close, open) => {
                if let Some(file) = open.take() {
                    file.finish().await.map_err(store_failed)?;
                }
            }
            (Piece::Bytes(_), None) => return Err(Error::internal("bytes of no file")),
        }
    }
    match open {
        // The encoder failed in the middle of a file; it says why.
        Some(file) => file.abort().await.map_err(store_failed),
        None => Ok(()),
    }
}
