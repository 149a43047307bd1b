//! Datasets as Delta Lake tables: a folder of Parquet files and a log that says
//! which of them make which version.
//!
//! A write puts new files beside the old ones, makes them durable, and only then
//! adds one entry to the log, which appears whole or not at all. Whatever
//! happens before that leaves files that nothing names; nothing that a version
//! names is ever changed or removed.

mod commit;
mod durable;
mod encoder;
mod encoding;
mod files;
mod fill;
mod orphans;
mod read;
mod schema;
mod snapshot;
mod sorted;
mod stats;
#[cfg(test)]
mod tests;
mod upsert;
mod write;

pub(crate) use encoder::ROW_GROUP_ROWS;
pub(crate) use encoding::properties;
pub(crate) use read::ReadOptions;
pub(crate) use schema::{find, storable};
pub(crate) use snapshot::Snapshot;
pub(crate) use sorted::ORDER;

use std::{
    collections::{HashSet, VecDeque},
    path::{Path as FsPath, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use deltalake_core::{DeltaTableBuilder, DeltaTableError, logstore::LogStoreRef};
use object_store::{ObjectStore, path::Path};
use tandem_core::{Clock, Error, ErrorCode, Result, id::AssetId};
use url::Url;
use uuid::Uuid;

use durable::DurableFolder;

/// Snapshots kept in memory.
const CACHED_SNAPSHOTS: usize = 256;

/// All datasets of one data folder.
#[derive(Debug)]
pub(crate) struct Store {
    /// The folder: paths in it begin with the dataset, whatever the folder's own name.
    object: Arc<dyn ObjectStore>,
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    threads: usize,
    cache: Mutex<VecDeque<Arc<Snapshot>>>,
    /// Writes that are under way in this process, whose files aren't orphans.
    writing: Mutex<HashSet<Uuid>>,
}

/// One dataset's table.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) dataset: AssetId,
    /// Folder of the table inside the object store.
    pub(crate) prefix: Path,
    log: LogStoreRef,
}

impl Store {
    /// The store in `folder`, which is made where it is missing.
    pub(crate) fn open(folder: &FsPath, clock: Arc<dyn Clock>, threads: usize) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        Ok(Self {
            object: Arc::new(DurableFolder::within(&folder).map_err(Error::internal)?),
            folder,
            clock,
            threads,
            cache: Mutex::default(),
            writing: Mutex::default(),
        })
    }

    /// Where files lie, by paths that begin with [`Table::prefix`].
    pub(crate) fn object_store(&self) -> Arc<dyn ObjectStore> {
        self.object.clone()
    }

    pub(crate) fn table(&self, dataset: AssetId) -> Result<Table> {
        // The log only joins this address to its own names and asks the store below for them. Its scheme for files would
        // look for the folder on the machine by itself, and mistake one with a percent sign in its name.
        let url = Url::parse(&format!("memory:///{dataset}/")).map_err(Error::internal)?;
        let prefix = Path::from(dataset.to_string());
        let log = DeltaTableBuilder::from_url(url.clone())
            .and_then(|builder| builder.with_storage_backend(self.object.clone(), url).build_storage())
            .map_err(log_failed)?;
        Ok(Table { dataset, prefix, log })
    }

    /// Where a file of a version lies on this machine.
    pub(crate) fn path_of(&self, snapshot: &Snapshot, file: &crate::DataFile) -> PathBuf {
        self.folder.join(snapshot.dataset.to_string()).join(&file.path)
    }

    fn cached(&self, dataset: AssetId, version: u64) -> Option<Arc<Snapshot>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.iter().find(|s| s.dataset == dataset && s.version == version).cloned()
    }

    /// The newest version of a dataset that is in memory, perhaps not the newest there is.
    fn newest_cached(&self, dataset: AssetId) -> Option<Arc<Snapshot>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.iter().filter(|s| s.dataset == dataset).max_by_key(|s| s.version).cloned()
    }

    fn remember(&self, snapshot: Arc<Snapshot>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|s| s.dataset != snapshot.dataset || s.version != snapshot.version);
        cache.push_front(snapshot);
        cache.truncate(CACHED_SNAPSHOTS);
    }

    fn forget(&self, dataset: AssetId) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).retain(|s| s.dataset != dataset);
    }

    /// Marks a write as under way until the guard is dropped.
    fn begin_write(self: &Arc<Self>) -> Writing {
        let id = Uuid::now_v7();
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Writing { id, store: self.clone() }
    }

    /// Removes a dataset with all its versions.
    pub(crate) async fn remove(&self, dataset: AssetId) -> Result<()> {
        self.forget(dataset);
        let folder = self.folder.join(dataset.to_string());
        tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::from(error)),
            _ => Ok(()),
        })
        .await
        .map_err(Error::internal)?
    }
}

/// A write under way.
struct Writing {
    id: Uuid,
    store: Arc<Store>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.store.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// What a failure of the log means to the caller.
fn log_failed(error: DeltaTableError) -> Error {
    match error {
        DeltaTableError::ObjectStore { source } => store_failed(source),
        other => Error::internal(other),
    }
}

/// What a failure of the disk or the object store means to the caller.
fn store_failed(error: object_store::Error) -> Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return Error::from(std::io::Error::new(io.kind(), error));
        }
        source = cause.source();
    }
    Error::internal(error)
}

fn no_such_version(version: u64) -> Error {
    Error::new(ErrorCode::NotFound, format!("The dataset has no version {version} in its table."))
}
