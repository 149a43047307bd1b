//! A component of a person's own: its signature, and where its function is.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::{
    Signature,
    signature::{Kind, PortKind},
};
use walkdir::WalkDir;

use crate::{Environment, Limits, embedded};

/// A component that is a function in a file.
#[derive(Debug, Clone)]
pub struct Own {
    /// What it takes, what may be set, what it gives.
    pub signature: Signature,
    /// Where `component.py` is; nothing for one whose code is a parameter.
    pub folder: Option<PathBuf>,
    /// The digest of all that decides what it does, but for the environment.
    pub content: String,
    /// What it runs in, or why that is not to be had.
    pub(crate) environment: Result<Environment, Missing>,
    /// How much it may take.
    pub(crate) limits: Limits,
}

/// Why an environment is not to be had.
#[derive(Debug, Clone)]
pub(crate) struct Missing(pub(crate) ErrorCode, pub(crate) String);

/// What `component.json` says beside the signature.
#[derive(Debug, Deserialize)]
struct Beside {
    /// The environment, by name.
    #[serde(default = "default_name")]
    environment: String,
    /// Less than what it might take otherwise.
    #[serde(default)]
    limits: Wanted,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    seconds: Option<u64>,
    memory_mb: Option<u64>,
}

fn default_name() -> String {
    "default".to_owned()
}

impl Own {
    /// Reads a component's folder; `environments` is where lock files are.
    ///
    /// # Errors
    /// `malformed_file` and `invalid_request`, which name the file and the place in it.
    pub(crate) fn read(folder: &Path, environments: &Path, most: Limits) -> Result<Self> {
        let path = folder.join("component.json");
        let wrong = |code, what: String| Error::new(code, format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| wrong(ErrorCode::NotFound, "it can't be read.".to_owned()).with_source(error))?;
        let mut json: Value = serde_json::from_str(&text)
            .map_err(|error| wrong(ErrorCode::MalformedFile, format!("it is no JSON: {error}. Put that right.")))?;
        let beside = Beside::deserialize(&json)
            .map_err(|error| wrong(ErrorCode::InvalidRequest, format!("{error}. Put that right.")))?;
        if let Some(map) = json.as_object_mut() {
            map.remove("environment");
            map.remove("limits");
        }
        let signature =
            Signature::parse(&json.to_string()).map_err(|error| wrong(error.code(), error.message().to_owned()))?;
        if signature.kind != Kind::Python {
            return Err(wrong(ErrorCode::InvalidRequest, "its kind must be “python”.".to_owned()));
        }
        let odd = signature.inputs.iter().find(|port| port.kind != PortKind::Table);
        let odd = odd
            .or_else(|| signature.outputs.iter().find(|port| matches!(port.kind, PortKind::Model | PortKind::Report)));
        if let Some(port) = odd {
            let what = format!(
                "“{}” is a {}. Python components read tables, and give tables and values.",
                port.name,
                port.kind.words().en
            );
            return Err(wrong(ErrorCode::InvalidRequest, what));
        }
        if !folder.join("component.py").is_file() {
            return Err(wrong(
                ErrorCode::NotFound,
                "there is no component.py beside it. Write one with a function “run”.".to_owned(),
            ));
        }
        let limits = Limits {
            time: beside
                .limits
                .seconds
                .map_or(most.time, |seconds| most.time.min(std::time::Duration::from_secs(seconds))),
            memory: beside.limits.memory_mb.map_or(most.memory, |mb| most.memory.min(mb << 20)),
            ..most
        };
        let environment = find(environments, &beside.environment);
        Ok(Self { signature, content: content(folder)?, folder: Some(folder.to_owned()), environment, limits })
    }

    /// What it runs in.
    ///
    /// # Errors
    /// Why that is not to be had.
    pub fn environment(&self) -> Result<&Environment> {
        self.environment.as_ref().map_err(|missing| Error::new(missing.0, missing.1.clone()))
    }
}

/// The environment of a name.
pub(crate) fn find(environments: &Path, name: &str) -> Result<Environment, Missing> {
    Environment::look(&environments.join(format!("{name}.lock")))
        .map_err(|error| Missing(error.code(), error.message().to_owned()))
}

/// The digest of every file of a folder, by its name.
fn content(folder: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(embedded::digest().as_bytes());
    let hidden = |name: &str| name == "__pycache__" || name.starts_with('.');
    let files = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !hidden(&entry.file_name().to_string_lossy()));
    for file in files {
        let file = file.map_err(Error::internal)?;
        if file.file_type().is_file() {
            let name = file.path().strip_prefix(folder).unwrap_or(file.path());
            hasher.update(blake3::hash(name.as_os_str().as_encoded_bytes()).as_bytes());
            hasher.update(blake3::hash(&std::fs::read(file.path())?).as_bytes());
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}
