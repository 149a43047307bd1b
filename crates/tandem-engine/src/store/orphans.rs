//! Files that no version names: what crashed writes left behind.

use std::collections::HashSet;

use chrono::TimeDelta;
use deltalake_core::kernel::Action;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use tandem_core::{Error, Result, id::AssetId};

use super::{Store, log_failed, store_failed};
use crate::Vacuumed;

impl Store {
    /// Removes files that no version of the dataset names and that were last
    /// written at least `age` ago (another process may still be writing the
    /// younger ones). Files of writes in this process are left alone.
    pub(crate) async fn vacuum_orphans(&self, dataset: AssetId, age: TimeDelta) -> Result<Vacuumed> {
        let table = self.table(dataset)?;
        if !self.folder.join(dataset.to_string()).is_dir() {
            return Ok(Vacuumed::default());
        }
        let store = table.log.object_store(None);
        let before = self.clock.now() - age;
        // Files first, log after: a file that is named meanwhile is seen to be.
        let listed: Vec<_> = store.list(None).try_collect().await.map_err(store_failed)?;
        let named =
            self.named(&listed.iter().map(|meta| meta.location.clone()).collect::<Vec<_>>(), store.as_ref()).await?;
        let writing: Vec<String> = {
            let writing = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            writing.iter().map(|id| id.simple().to_string()).collect()
        };
        let mut vacuumed = Vacuumed::default();
        for meta in listed {
            let path = meta.location.to_string();
            let left_over = path.ends_with(".tmp") || (path.ends_with(".parquet") && !path.starts_with("_delta_log/"));
            let in_use = named.contains(&path) || writing.iter().any(|id| path.contains(id.as_str()));
            if !left_over || in_use || meta.last_modified > before {
                continue;
            }
            match store.delete(&meta.location).await {
                Ok(()) => {
                    vacuumed.files += 1;
                    vacuumed.bytes += meta.size;
                }
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(store_failed(error)),
            }
        }
        Ok(vacuumed)
    }

    /// Every file that any version names. The log is never cut, so that all of
    /// its entries are there.
    async fn named(&self, files: &[Path], store: &dyn ObjectStore) -> Result<HashSet<String>> {
        let mut named = HashSet::new();
        let entries = files.iter().filter(|path| {
            let path = path.as_ref();
            path.starts_with("_delta_log/") && path.ends_with(".json")
        });
        for entry in entries {
            let bytes = store.get(entry).await.map_err(store_failed)?.bytes().await.map_err(store_failed)?;
            for action in deltalake_core::logstore::get_actions(0, &bytes).map_err(log_failed)? {
                if let Action::Add(add) = action {
                    named.insert(Path::from_url_path(&add.path).map_err(Error::internal)?.to_string());
                    named.insert(add.path);
                }
            }
        }
        Ok(named)
    }
}
