//! Batches → files → version.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use deltalake_core::kernel::Add;
use futures::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result, id::AssetId};
use tokio::sync::mpsc;

use super::{
    Snapshot, Store, Table, Writing,
    commit::{Change, Committed, Kind, conflict},
    encoder::{Encoded, Outcome, Piece, encode},
    schema::{Conform, find, merge, storable},
    snapshot::{FileEntry, tags},
    store_failed,
};
use crate::{Batches, WriteMode, WriteOptions, WrittenVersion, session::Sessions};

/// Appends that lost the race are tried this often.
const APPEND_ATTEMPTS: usize = 20;
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
}

impl Store {
    /// An empty first version.
    ///
    /// # Errors
    /// `already_exists` where the dataset has a version.
    pub(crate) async fn create(self: &Arc<Self>, dataset: AssetId, schema: &Schema) -> Result<WrittenVersion> {
        let table = self.table(dataset)?;
        let schema = storable(schema)?;
        let change = Change {
            parent: None,
            schema: &schema,
            add: Vec::new(),
            remove: Vec::new(),
            kind: Kind::Create,
            write_id: None,
            rows_in: 0,
        };
        let exists = || Error::new(ErrorCode::AlreadyExists, "The dataset has a first version already.");
        if self.load(&table, None).await?.is_some() {
            return Err(exists());
        }
        match self.commit(&table, &change).await? {
            Committed::Version(version) => self.written(&table, version, 0, false).await,
            Committed::Conflict => Err(exists()),
        }
    }

    /// The next version of a dataset, or its first.
    pub(crate) async fn write(
        self: &Arc<Self>,
        dataset: AssetId,
        input: Batches,
        options: WriteOptions,
        sessions: &Sessions,
        cancel: &Cancel,
    ) -> Result<WrittenVersion> {
        let table = self.table(dataset)?;
        let parent = self.load(&table, None).await?;
        if let (Some(id), Some(latest)) = (&options.write_id, &parent)
            && let Some(before) = self.repeated(&table, id, latest).await?
        {
            return Ok(before);
        }
        expect_parent(options.expected_parent, parent.as_deref())?;
        let schema = target_schema(parent.as_deref(), &input.schema(), &options)?;
        let sort_columns = columns_of(&schema, &options.sorted_by)?;
        let write = self.begin_write();
        let key = match &options.mode {
            WriteMode::Upsert { key } => columns_of_key(&schema, &input.schema(), key)?,
            _ => Vec::new(),
        };
        let plan =
            FilePlan { schema: schema.clone(), next: next(parent.as_deref()), part: Part::New, sort_columns, key };
        let outcome = self.write_files(&table, &write, input, plan, options.progress.clone(), cancel).await?;
        let mut made: Vec<String> = outcome.files.iter().map(|file| file.path.clone()).collect();
        let result = self.finish(&table, parent, &schema, &options, outcome, &write, sessions, cancel, &mut made).await;
        if result.as_ref().map_or(true, |written| written.repeated) {
            self.discard(&table, &made).await;
        }
        result
    }

    #[expect(clippy::too_many_arguments, reason = "the second half of `write`, apart so that it can clean up after it")]
    async fn finish(
        self: &Arc<Self>,
        table: &Table,
        parent: Option<Arc<Snapshot>>,
        schema: &SchemaRef,
        options: &WriteOptions,
        outcome: Outcome,
        write: &Writing,
        sessions: &Sessions,
        cancel: &Cancel,
        made: &mut Vec<String>,
    ) -> Result<WrittenVersion> {
        let mut parent = parent;
        let alone = matches!(options.mode, WriteMode::Replace) || parent.as_ref().is_none_or(|p| p.files.is_empty());
        let sorted = outcome.sorted && alone;
        let mut add = self.actions(&outcome.files, write, sorted.then_some(options.sorted_by.as_slice()))?;
        let mut gone: Vec<String> = Vec::new();
        match (&options.mode, &parent) {
            (WriteMode::Replace, Some(parent)) => gone.extend(parent.files.iter().map(|f| f.file.path.clone())),
            (WriteMode::Upsert { key }, _) => {
                let key = columns_of_key(schema, schema, key)?;
                let kept = self.keep_others(table, parent.as_deref(), schema, &key, &outcome, write, sessions, cancel);
                let kept = kept.await?;
                made.extend(kept.files.iter().map(|file| file.path.clone()));
                add.extend(self.actions(&kept.files, write, None)?);
                gone.extend(kept.gone);
            }
            _ => {}
        }
        let mut schema = schema.clone();
        for _ in 0..APPEND_ATTEMPTS {
            cancel.check()?;
            let remove = parent
                .iter()
                .flat_map(|parent| &parent.files)
                .filter(|entry| gone.contains(&entry.file.path))
                .map(|entry| &entry.add)
                .collect();
            let change = Change {
                parent: parent.as_deref(),
                schema: &schema,
                add: add.clone(),
                remove,
                kind: Kind::Write(&options.mode),
                write_id: options.write_id.as_deref(),
                rows_in: outcome.rows,
            };
            match self.commit(table, &change).await? {
                Committed::Version(version) => {
                    self.checkpoint(table, version).await;
                    return self.written(table, version, outcome.rows, sorted).await;
                }
                Committed::Conflict => {}
            }
            // Somebody was first. Appended rows may follow theirs; all else was
            // decided by looking at a version that is no longer the newest.
            let latest = self.load(table, None).await?;
            if let (Some(id), Some(latest)) = (&options.write_id, &latest)
                && let Some(before) = self.repeated(table, id, latest).await?
            {
                return Ok(before);
            }
            if options.expected_parent.is_some() || !matches!(options.mode, WriteMode::Append) {
                return Err(conflict());
            }
            let merged = target_schema(latest.as_deref(), &schema, options)?;
            // Files lack columns that another writer added, which reads as null.
            if !merged.fields().iter().zip(schema.fields()).all(|(a, b)| a == b) {
                return Err(conflict());
            }
            schema = merged;
            // Their rows come before ours, and may not be in our order.
            add = self.actions(&outcome.files, write, None)?;
            parent = latest;
        }
        Err(conflict())
    }

    /// The version that an earlier write with this name made.
    async fn repeated(&self, table: &Table, id: &str, latest: &Snapshot) -> Result<Option<WrittenVersion>> {
        let Some((version, rows_in)) = self.written_before(table, id, latest).await? else { return Ok(None) };
        let mut written = self.written(table, version, rows_in, false).await?;
        written.sorted = !written.version.sorted_by.is_empty();
        written.repeated = true;
        Ok(Some(written))
    }

    async fn written(&self, table: &Table, version: u64, rows_in: u64, sorted: bool) -> Result<WrittenVersion> {
        let snapshot = self.load(table, Some(version)).await?;
        let snapshot = snapshot.ok_or_else(|| Error::internal("a version that was just written can't be read"))?;
        Ok(WrittenVersion { version: snapshot.info(), rows_in, sorted, repeated: false })
    }

    /// A new version with the rows and columns of an older one.
    pub(crate) async fn restore(
        self: &Arc<Self>,
        dataset: AssetId,
        version: u64,
        expected_parent: Option<u64>,
        write_id: Option<&str>,
    ) -> Result<WrittenVersion> {
        let table = self.table(dataset)?;
        let parent = self.load(&table, None).await?;
        if let (Some(id), Some(latest)) = (write_id, &parent)
            && let Some(before) = self.repeated(&table, id, latest).await?
        {
            return Ok(before);
        }
        expect_parent(expected_parent, parent.as_deref())?;
        let (old, parent) = (self.snapshot(dataset, version).await?, parent.ok_or_else(conflict)?);
        let holds = |snapshot: &Snapshot, path: &str| snapshot.files.iter().any(|f| f.file.path == path);
        let back: Vec<&FileEntry> = old.files.iter().filter(|f| !holds(&parent, &f.file.path)).collect();
        let change = Change {
            parent: Some(&parent),
            schema: &old.schema,
            add: back.iter().map(|entry| entry.add.clone()).collect(),
            remove: parent.files.iter().filter(|f| !holds(&old, &f.file.path)).map(|f| &f.add).collect(),
            kind: Kind::Restore(version),
            write_id,
            rows_in: back.iter().map(|entry| entry.file.rows).sum(),
        };
        match self.commit(&table, &change).await? {
            Committed::Version(version) => {
                self.checkpoint(&table, version).await;
                self.written(&table, version, change.rows_in, !old.sorted_by.is_empty()).await
            }
            Committed::Conflict => Err(conflict()),
        }
    }

    pub(super) fn actions(&self, files: &[Encoded], write: &Writing, sorted_by: Option<&[String]>) -> Result<Vec<Add>> {
        let modification_time = self.clock.now().timestamp_millis();
        files
            .iter()
            .map(|file| {
                let tags = tags(&file.digest, &write.id.to_string(), sorted_by)?;
                Ok(Add {
                    path: file.path.clone(),
                    partition_values: HashMap::new(),
                    size: i64::try_from(file.bytes).map_err(Error::internal)?,
                    modification_time,
                    data_change: true,
                    stats: Some(file.stats.clone()),
                    tags: Some(tags.into_iter().map(|(name, value)| (name, Some(value))).collect()),
                    deletion_vector: None,
                    base_row_id: None,
                    default_row_commit_version: None,
                    clustering_provider: None,
                })
            })
            .collect()
    }

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
            (_, _, Err(error)) => Err(crate::runtime::stopped(error)),
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

pub(super) fn next(parent: Option<&Snapshot>) -> u64 {
    parent.map_or(0, |parent| parent.version + 1)
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

fn expect_parent(expected: Option<u64>, parent: Option<&Snapshot>) -> Result<()> {
    match expected {
        Some(version) if parent.map(|parent| parent.version) != Some(version) => Err(conflict()),
        _ => Ok(()),
    }
}

fn target_schema(parent: Option<&Snapshot>, input: &Schema, options: &WriteOptions) -> Result<SchemaRef> {
    match (parent, &options.mode) {
        (None, _) | (_, WriteMode::Replace) => storable(input),
        (Some(parent), _) => merge(&parent.schema, input, options.allow_new_columns),
    }
}

fn columns_of(schema: &Schema, names: &[String]) -> Result<Vec<usize>> {
    names
        .iter()
        .map(|name| {
            find(schema, name)
                .ok_or_else(|| Error::new(ErrorCode::UnknownColumn, format!("There is no column “{name}” to sort by.")))
        })
        .collect()
}

fn columns_of_key(schema: &Schema, input: &Schema, key: &[String]) -> Result<Vec<usize>> {
    if key.is_empty() {
        return Err(Error::new(ErrorCode::InvalidKey, "An upsert needs a key. Name at least one column."));
    }
    key.iter()
        .map(|name| {
            find(input, name).and_then(|_| find(schema, name)).ok_or_else(|| {
                Error::new(ErrorCode::InvalidKey, format!("The key column “{name}” is not in the input."))
            })
        })
        .collect()
}
