//! A write, from its input to the version.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::{Schema, SchemaRef};
use deltalake_core::kernel::Add;
use tandem_core::{Cancel, Error, ErrorCode, Result, id::AssetId};

use super::{
    Snapshot, Store, Table, Writing,
    commit::{Change, Committed, Kind, conflict},
    encoder::{Encoded, Outcome},
    files::{FilePlan, Part},
    fill::Fill,
    schema::{find, merge, storable},
    snapshot::{FileEntry, tags},
};
use crate::{Batches, WriteMode, WriteOptions, WrittenVersion, session::Sessions};

/// Appends that lost the race are tried this often.
const APPEND_ATTEMPTS: usize = 20;
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
            Committed::Unknown(error) => Err(error),
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
        let plan = FilePlan {
            schema: schema.clone(),
            next: next(parent.as_deref()),
            part: Part::New,
            sort_columns,
            key: key.clone(),
        };
        let fill = parent.as_deref().and_then(|parent| Fill::needed(parent, &schema, &input.schema(), &key));
        let filled = fill.is_some();
        let outcome = match fill {
            Some(fill) => self.write_filled(&table, &write, input, fill, plan, &options, sessions, cancel).await?,
            None => self.write_files(&table, &write, input, plan, options.progress.clone(), cancel).await?,
        };
        let mut made: Vec<String> = outcome.files.iter().map(|file| file.path.clone()).collect();
        let checked = match !key.is_empty() && !filled {
            true => self.unique_keys(&table, &schema, &key, &outcome, sessions).await,
            false => Ok(()),
        };
        let result = match checked {
            Ok(()) => {
                self.finish(&table, parent, &schema, &options, outcome, &write, sessions, cancel, &mut made).await
            }
            Err(error) => Err(error),
        };
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
                Committed::Unknown(error) => {
                    made.clear();
                    return Err(error);
                }
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
            Committed::Unknown(error) => Err(error),
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
}

/// The version that follows.
pub(super) fn next(parent: Option<&Snapshot>) -> u64 {
    parent.map_or(0, |parent| parent.version + 1)
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
