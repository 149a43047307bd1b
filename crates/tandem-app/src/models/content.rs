//! What a version of a model holds, and its file.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result};
use tandem_meta::Version;
use tandem_science::model::{Signature, Trained};

use crate::App;

/// The document of a version that has the pages of its training.
pub(crate) const TRAINING: &str = "training";

/// The content of a version of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelContent {
    /// The name of its file: the digest of what it holds.
    pub file: String,
    /// The size of the file.
    pub bytes: u64,
    /// What kind of model it is: `boosting`, `linear`, `k_means`, `components` or `isolation`.
    pub learner: String,
    /// The columns that it needs and gives.
    pub signature: Signature,
    /// How good it is, in the order in which that was measured.
    pub metrics: Vec<Metric>,
    /// The component that trained it; absent where that isn't known.
    pub component: Option<String>,
    /// The parameters of its training.
    pub params: Map<String, Value>,
    /// Rows that it learned from.
    pub rows: u64,
    /// Rows left out because their target is not known.
    pub unlabelled: u64,
    /// The workflow and version that made it, for people.
    pub origin: String,
}

/// A measure of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Its stable name, such as `auc`.
    pub name: String,
    /// Its value; absent where it has none.
    pub value: Option<f64>,
}

impl ModelContent {
    /// The content of a version.
    ///
    /// # Errors
    /// `internal` where it is something else.
    pub fn of(version: &Version) -> Result<Self> {
        serde_json::from_value(version.content.clone()).map_err(Error::internal)
    }
}

/// The name of the file whose lock is held by who keeps a model or throws one away.
const LOCK: &str = ".lock";

/// What the names of files begin with that are being written.
pub(super) const DRAFT: &str = ".draft-";

pub(super) fn folder(app: &App) -> PathBuf {
    app.config.data_dir.join("models")
}

/// Waits until nobody else keeps or throws away a model in this folder; until the file is dropped.
pub(super) fn alone(folder: &Path) -> Result<fs::File> {
    let lock = fs::File::options().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// Keeps a model in a file; its name and size. The file is whole and durable when
/// this returns, and the same model is kept once. Until a version names it, it is
/// as young as this call.
pub(crate) fn keep(app: &App, trained: &Trained) -> Result<(String, u64)> {
    let bytes = serde_json::to_vec(trained).map_err(Error::internal)?;
    let name = blake3::hash(&bytes).to_hex().to_string();
    let folder = folder(app);
    fs::create_dir_all(&folder)?;
    let path = folder.join(&name);
    let _alone = alone(&folder)?;
    if path.exists() {
        // A run that failed may have left it long ago; nobody is to throw it away now.
        fs::File::options().write(true).open(&path)?.set_modified(app.clock.now().into())?;
    } else {
        let mut draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(&folder)?;
        draft.write_all(&bytes)?;
        draft.as_file().sync_all()?;
        draft.persist(&path).map_err(|error| Error::from(error.error))?;
        fs::File::open(&folder)?.sync_all()?;
    }
    Ok((name, bytes.len() as u64))
}

/// Where a model is kept.
pub(crate) fn file(app: &App, content: &ModelContent) -> PathBuf {
    folder(app).join(&content.file)
}

/// The bytes of a model's file.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>> {
    match fs::read(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::new(
            ErrorCode::NotFound,
            "The file of this model is not there any more. Run the workflow that trained it again.",
        )
        .with_source(error)),
        read => Ok(read?),
    }
}

/// A model as it was kept.
pub(crate) fn load(file: &Path) -> Result<Trained> {
    serde_json::from_slice(&bytes(file)?).map_err(Error::internal)
}
