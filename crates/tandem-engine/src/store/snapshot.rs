//! What a version consists of, read from the log and kept: versions don't change.

use std::{collections::BTreeMap, sync::Arc};

use arrow::datatypes::{Schema, SchemaRef};
use deltalake_core::kernel::{Add, EagerSnapshot, Metadata, Protocol};
use object_store::path::Path;
use tandem_core::{Error, Result, id::AssetId};

use super::{Store, Table, log_failed, no_such_version};
use crate::{DataFile, VersionInfo};

/// Tag of a file: BLAKE3 of its bytes.
pub(super) const TAG_DIGEST: &str = "tandem.blake3";
/// Tag of a file: JSON list of the columns by which the rows of the write that
/// made it are sorted.
pub(super) const TAG_SORTED: &str = "tandem.sortedBy";
/// Tag of a file: the write that made it.
pub(super) const TAG_WRITE: &str = "tandem.write";

/// One version of one dataset.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) dataset: AssetId,
    pub(crate) version: u64,
    pub(crate) schema: SchemaRef,
    /// In the order of the rows.
    pub(crate) files: Vec<FileEntry>,
    pub(crate) sorted_by: Vec<String>,
    /// Folder of the table inside the object store.
    pub(crate) prefix: Path,
    pub(super) metadata: Metadata,
    pub(super) protocol: Protocol,
    digest: String,
}

/// A file of a version.
#[derive(Debug, Clone)]
pub(crate) struct FileEntry {
    pub(crate) file: DataFile,
    /// Milliseconds from 1970-01-01.
    pub(crate) modified: i64,
    pub(super) add: Add,
}

impl Snapshot {
    fn new(table: &Table, state: &EagerSnapshot) -> Result<Self> {
        let mut files = state
            .log_data()
            .iter()
            .map(|view| {
                #[expect(deprecated, reason = "the only public way from the log to an action that restores it")]
                let add = view.add_action();
                let rows = view.num_records().unwrap_or(0) as u64;
                FileEntry::new(add, rows)
            })
            .collect::<Vec<_>>();
        // The log doesn't keep an order; names are made to sort as they were written.
        files.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        let schema = state.arrow_schema();
        Ok(Self {
            dataset: table.dataset,
            version: state.version(),
            digest: content_digest(&schema, &files),
            sorted_by: sorted_by(&schema, &files),
            schema,
            files,
            prefix: table.prefix.clone(),
            metadata: state.metadata().clone(),
            protocol: state.protocol().clone(),
        })
    }

    pub(crate) fn rows(&self) -> u64 {
        self.files.iter().map(|entry| entry.file.rows).sum()
    }

    pub(crate) fn info(&self) -> VersionInfo {
        VersionInfo {
            delta_version: self.version,
            rows: self.rows(),
            bytes: self.files.iter().map(|entry| entry.file.bytes).sum(),
            files: self.files.iter().map(|entry| entry.file.clone()).collect(),
            schema: self.schema.clone(),
            sorted_by: self.sorted_by.clone(),
            content_digest: self.digest.clone(),
        }
    }

    /// Where a file lies in the object store.
    pub(crate) fn location(&self, file: &DataFile) -> Path {
        Path::from_iter(self.prefix.parts().chain(Path::from(file.path.as_str()).parts()))
    }
}

impl FileEntry {
    pub(super) fn new(add: Add, rows: u64) -> Self {
        let file = DataFile {
            path: add.path.clone(),
            bytes: u64::try_from(add.size).unwrap_or(0),
            rows,
            digest: tag(&add, TAG_DIGEST).unwrap_or_default().to_owned(),
        };
        Self { file, modified: add.modification_time, add }
    }
}

fn tag<'a>(add: &'a Add, name: &str) -> Option<&'a str> {
    add.tags.as_ref()?.get(name)?.as_deref()
}

/// Described at [`VersionInfo::content_digest`].
fn content_digest(schema: &Schema, files: &[FileEntry]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("tandem 2025 content of a dataset version");
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for field in schema.fields() {
        add(field.name().as_bytes());
        add(field.data_type().to_string().as_bytes());
    }
    for FileEntry { file, .. } in files {
        add(&file.rows.to_le_bytes());
        // A file that another tool added has no digest: its name stands for it,
        // as a name is never used again.
        add(if file.digest.is_empty() { file.path.as_bytes() } else { file.digest.as_bytes() });
    }
    hasher.finalize().to_hex().to_string()
}

/// The order of a whole version: known where one write made all its files.
fn sorted_by(schema: &Schema, files: &[FileEntry]) -> Vec<String> {
    let Some(first) = files.first() else { return Vec::new() };
    let (write, columns) = (tag(&first.add, TAG_WRITE), tag(&first.add, TAG_SORTED));
    let one_write =
        write.is_some() && files.iter().all(|f| tag(&f.add, TAG_WRITE) == write && tag(&f.add, TAG_SORTED) == columns);
    let columns: Vec<String> = columns.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    if one_write && columns.iter().all(|name| schema.index_of(name).is_ok()) { columns } else { Vec::new() }
}

impl Store {
    /// A version of a dataset.
    ///
    /// # Errors
    /// `not_found` where there is no such version.
    pub(crate) async fn snapshot(&self, dataset: AssetId, version: u64) -> Result<Arc<Snapshot>> {
        if let Some(snapshot) = self.cached(dataset, version) {
            return Ok(snapshot);
        }
        self.load(&self.table(dataset)?, Some(version)).await?.ok_or_else(|| no_such_version(version))
    }

    /// The newest version of a dataset, where it has one.
    pub(crate) async fn latest(&self, dataset: AssetId) -> Result<Option<Arc<Snapshot>>> {
        self.load(&self.table(dataset)?, None).await
    }

    pub(super) async fn load(&self, table: &Table, version: Option<u64>) -> Result<Option<Arc<Snapshot>>> {
        if !self.folder.join(table.dataset.to_string()).join("_delta_log").is_dir() {
            return Ok(None);
        }
        if version.is_none()
            && let Some(newest) = self.newest_cached(table.dataset)
            && table.log.read_commit_entry(newest.version + 1).await.map_err(log_failed)?.is_none()
        {
            return Ok(Some(newest));
        }
        let state = match EagerSnapshot::try_new(table.log.as_ref(), version).await {
            Ok(state) => state,
            Err(error) => {
                // Whether there is such a version, its entry in the log tells best.
                let entry = table.log.read_commit_entry(version.unwrap_or(0)).await.map_err(log_failed)?;
                return if entry.is_none() { Ok(None) } else { Err(log_failed(error)) };
            }
        };
        if version.is_some_and(|version| version != state.version()) {
            return Ok(None);
        }
        if let Some(snapshot) = self.cached(table.dataset, state.version()) {
            return Ok(Some(snapshot));
        }
        let snapshot = Arc::new(Snapshot::new(table, &state)?);
        self.remember(snapshot.clone());
        Ok(Some(snapshot))
    }
}

/// Tags of the files of one write.
pub(super) fn tags(digest: &str, write: &str, sorted_by: Option<&[String]>) -> Result<BTreeMap<String, String>> {
    let mut tags = BTreeMap::from([(TAG_DIGEST.into(), digest.into()), (TAG_WRITE.into(), write.into())]);
    if let Some(columns) = sorted_by {
        tags.insert(TAG_SORTED.into(), serde_json::to_string(columns).map_err(Error::internal)?);
    }
    Ok(tags)
}
