//! What nodes made, kept by digest: a folder for each node, a note for each of
//! its ports, and the rows, model or page that the note names.
//!
//! A note is there only when all that it names is; it is put in place by a
//! rename. Notes are never changed, so that who reads never waits for who writes.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_components::Output;
use tandem_core::{Error, Result};
use tandem_engine::{Batches, TableSource, encode};
use tandem_flow::{Column, Digest};
use tandem_report::Section;
use tandem_science::model::Trained;
use uuid::Uuid;

use crate::Fingerprint;

/// What came out of a port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stored {
    /// Rows.
    Table {
        /// The file beside the note.
        file: String,
        /// Its columns.
        columns: Vec<Column>,
        /// What it holds.
        fingerprint: Fingerprint,
        /// Its size.
        bytes: u64,
    },
    /// Something learned.
    Model {
        /// The file beside the note.
        file: String,
    },
    /// A page.
    Report {
        /// It.
        section: Section,
    },
    /// A value.
    Value {
        /// It.
        value: Value,
    },
    /// The port is closed: what it feeds does not run.
    Closed,
}

/// A port's note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is.
    #[serde(flatten)]
    pub stored: Stored,
    /// How long the node took, in milliseconds.
    pub elapsed_ms: u64,
}

/// A folder of results. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Results {
    folder: Arc<PathBuf>,
}

/// A table that is being written.
pub(crate) struct Writing {
    folder: PathBuf,
    file: String,
    out: std::io::BufWriter<fs::File>,
    bytes: u64,
}

impl Results {
    /// Results in this folder, which is made where it is missing.
    ///
    /// # Errors
    /// `storage_full` or `internal` where it can't be used.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: Arc::new(folder.to_owned()) })
    }

    fn of(&self, digest: &Digest) -> PathBuf {
        let name = digest.as_str().trim_start_matches("blake3:");
        self.folder.join(name.get(..2).unwrap_or("00")).join(name)
    }

    /// What is known of a node, by output port.
    pub fn known(&self, digest: &Digest) -> BTreeMap<String, Kept> {
        let folder = self.of(digest);
        let Ok(entries) = fs::read_dir(&folder) else { return BTreeMap::new() };
        let ports = entries.flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let port = name.strip_suffix(".json")?.to_owned();
            Some((port.clone(), self.get(digest, &port)?))
        });
        ports.collect()
    }

    /// What came out of a port of a node, where it is known and all there.
    pub fn get(&self, digest: &Digest, port: &str) -> Option<Kept> {
        let folder = self.of(digest);
        let kept: Kept = serde_json::from_slice(&fs::read(folder.join(format!("{port}.json"))).ok()?).ok()?;
        let there = match &kept.stored {
            Stored::Table { file, bytes, .. } => fs::metadata(folder.join(file)).is_ok_and(|data| data.len() == *bytes),
            Stored::Model { file } => folder.join(file).exists(),
            _ => true,
        };
        there.then_some(kept)
    }

    /// The rows of a kept table, for the engine.
    pub fn table(&self, digest: &Digest, file: &str) -> TableSource {
        TableSource::Parquet { paths: vec![self.of(digest).join(file)], schema: None }
    }

    /// A kept model.
    ///
    /// # Errors
    /// `internal` where it can't be read.
    pub fn model(&self, digest: &Digest, file: &str) -> Result<Trained> {
        let bytes = fs::read(self.of(digest).join(file))?;
        serde_json::from_slice(&bytes).map_err(Error::internal)
    }

    /// Forgets what was made of a node before a moment, so that it is computed
    /// again; what another attempt of the same work made since then stays.
    ///
    /// # Errors
    /// `internal` where its folder can't be removed.
    pub fn forget(&self, digest: &Digest, before: SystemTime) -> Result<()> {
        let folder = self.of(digest);
        let made = fs::metadata(&folder).and_then(|data| data.modified());
        if made.is_ok_and(|made| made >= before) {
            return Ok(());
        }
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Forgets whatever was made longer than `age` ago; how many nodes' results these were.
    ///
    /// # Errors
    /// `internal` where a folder can't be read or removed.
    pub fn forget_older(&self, age: Duration) -> Result<u64> {
        let mut forgotten = 0;
        for shelf in fs::read_dir(&*self.folder)?.flatten() {
            let Ok(nodes) = fs::read_dir(shelf.path()) else { continue };
            for node in nodes.flatten() {
                let made = node.metadata().and_then(|data| data.modified());
                if made.is_ok_and(|made| made.elapsed().is_ok_and(|since| since > age)) {
                    fs::remove_dir_all(node.path())?;
                    forgotten += 1;
                }
            }
        }
        Ok(forgotten)
    }

    pub(crate) fn write(&self, digest: &Digest, port: &str) -> Result<Writing> {
        let folder = self.of(digest);
        fs::create_dir_all(&folder)?;
        let file = format!("{port}-{}.parquet", Uuid::new_v4().simple());
        let out = std::io::BufWriter::with_capacity(1 << 20, fs::File::create_new(folder.join(&file))?);
        Ok(Writing { folder, file, out, bytes: 0 })
    }

    /// Keeps what a function gave.
    pub(crate) async fn keep(&self, digest: &Digest, port: &str, output: Output, elapsed_ms: u64) -> Result<Kept> {
        let stored = match output {
            Output::Table { schema, batches } => {
                let mut fingerprint = Fingerprint::new(schema.fields().iter().map(|field| field.name().as_str()));
                for batch in &batches {
                    fingerprint.add(batch)?;
                }
                let columns = tandem_components::columns::columns_of(&schema);
                let mut writing = self.write(digest, port)?;
                let mut chunks = Box::pin(encode::encode(Batches::from_vec(schema, batches), encode::Format::Parquet));
                while let Some(chunk) = futures::StreamExt::next(&mut chunks).await {
                    writing.add(&chunk?)?;
                }
                writing.finish(columns, fingerprint)?
            }
            Output::Model(trained) => {
                let file = format!("{port}-{}.model.json", Uuid::new_v4().simple());
                let folder = self.of(digest);
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(&file), serde_json::to_vec(&*trained).map_err(Error::internal)?)?;
                Stored::Model { file }
            }
            Output::Report(section) => Stored::Report { section },
            Output::Value(value) => Stored::Value { value },
        };
        self.note(digest, port, Kept { stored, elapsed_ms })
    }

    /// Puts a note in its place, and gives it back.
    pub(crate) fn note(&self, digest: &Digest, port: &str, kept: Kept) -> Result<Kept> {
        let folder = self.of(digest);
        fs::create_dir_all(&folder)?;
        let draft = folder.join(format!("{port}-{}.draft", Uuid::new_v4().simple()));
        fs::write(&draft, serde_json::to_vec(&kept).map_err(Error::internal)?)?;
        fs::rename(&draft, folder.join(format!("{port}.json")))?;
        Ok(kept)
    }
}

impl Writing {
    pub(crate) fn add(&mut self, chunk: &[u8]) -> Result<()> {
        self.bytes += chunk.len() as u64;
        Ok(self.out.write_all(chunk)?)
    }

    pub(crate) fn finish(mut self, columns: Vec<Column>, fingerprint: Fingerprint) -> Result<Stored> {
        self.out.flush()?;
        Ok(Stored::Table { file: std::mem::take(&mut self.file), columns, fingerprint, bytes: self.bytes })
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.file.is_empty() {
            let _ = fs::remove_file(self.folder.join(&self.file));
        }
    }
}
