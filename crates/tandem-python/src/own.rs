//! A component of a person's own: its signature, and where its function is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::{
    Signature,
    signature::{Kind, PortKind},
};
use walkdir::WalkDir;

use crate::{Environment, Limits, embedded};

/// A component that is a function or a statement in a file.
#[derive(Debug, Clone)]
pub struct Own {
    /// What it takes, what may be set, what it gives.
    pub signature: Signature,
    /// Where its function is.
    pub(crate) code: Code,
    /// The digest of all that decides what it does, but for the environment.
    pub content: String,
    /// The name of what it runs in.
    pub runs_in: String,
    /// What it runs in, or why that is not to be had.
    pub(crate) environment: Result<Environment, Missing>,
    /// How much it may take.
    pub(crate) limits: Limits,
}

/// Where a function is.
#[derive(Debug, Clone)]
pub(crate) enum Code {
    /// In the `component.py` of a folder.
    Folder(PathBuf),
    /// Here, as the text of a `component.py`.
    Text(String),
    /// In the parameter `code`.
    Parameter,
}

/// Why an environment is not to be had.
#[derive(Debug, Clone)]
pub(crate) struct Missing(pub(crate) ErrorCode, pub(crate) String);

/// What `component.json` says.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The signature.
    pub signature: Signature,
    /// The environment, by name.
    pub environment: String,
    /// Less than what it might take otherwise.
    pub limits: Wanted,
}

/// What `component.json` says beside the signature.
#[derive(Debug, Deserialize)]
struct Beside {
    #[serde(default = "default_name")]
    environment: String,
    #[serde(default)]
    limits: Wanted,
}

/// Limits that a component sets itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The longest that it may work, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// The most memory that it may have, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u64>,
}

impl Wanted {
    /// These, and no more than `most`.
    fn within(self, most: Limits) -> Limits {
        let time = self.seconds.map_or(most.time, |seconds| most.time.min(std::time::Duration::from_secs(seconds)));
        let memory = self.memory_mb.map_or(most.memory, |mb| most.memory.min(mb.saturating_mul(1 << 20)));
        Limits { time, memory, ..most }
    }
}

fn default_name() -> String {
    "default".to_owned()
}

impl Manifest {
    /// Reads the text of a `component.json`.
    ///
    /// # Errors
    /// `malformed_file` for what is no JSON, `invalid_request` for what is no signature of a Python component.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |message: String| Error::new(ErrorCode::InvalidRequest, message);
        let mut json: Value = serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorCode::MalformedFile, format!("it is no JSON: {error}. Put that right."))
        })?;
        let beside = Beside::deserialize(&json).map_err(|error| wrong(format!("{error}. Put that right.")))?;
        if let Some(map) = json.as_object_mut() {
            map.remove("environment");
            map.remove("limits");
        }
        let signature = Signature::parse(&json.to_string())?;
        if signature.kind != Kind::Python {
            return Err(wrong("its kind must be “python”.".to_owned()));
        }
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if beside.environment.is_empty() || !beside.environment.chars().all(plain) {
            return Err(wrong(format!(
                "“{}” is no name of an environment: letters, digits, hyphens and underscores.",
                beside.environment
            )));
        }
        let odd = signature.inputs.iter().find(|port| port.kind != PortKind::Table);
        let odd = odd
            .or_else(|| signature.outputs.iter().find(|port| matches!(port.kind, PortKind::Model | PortKind::Report)));
        if let Some(port) = odd {
            return Err(wrong(format!(
                "“{}” is a {}. Python components read tables, and give tables and values.",
                port.name,
                port.kind.words().en
            )));
        }
        Ok(Self { signature, environment: beside.environment, limits: beside.limits })
    }
}

/// The signature of a SQL component: the text of its `component.json`, with that of its `component.sql`.
///
/// # Errors
/// `malformed_file` for what is no JSON, `invalid_request` for what is no signature of a SQL component.
pub fn read_statement(manifest: &str, sql: &str) -> Result<Signature> {
    let mut json: Value = serde_json::from_str(manifest)
        .map_err(|error| Error::new(ErrorCode::MalformedFile, format!("it is no JSON: {error}. Put that right.")))?;
    if let Some(map) = json.as_object_mut() {
        map.insert("sql".to_owned(), Value::from(sql));
    }
    let signature = Signature::parse(&json.to_string())?;
    if signature.kind != Kind::Sql {
        return Err(Error::new(ErrorCode::InvalidRequest, "its kind must be “sql”."));
    }
    Ok(signature)
}

impl Own {
    /// A SQL component of a folder.
    fn read_statement(folder: &Path, manifest: &str) -> Result<Self> {
        let place = folder.join("component.sql");
        let sql = std::fs::read_to_string(&place).map_err(|error| {
            let message = "there is no component.sql beside it. Write one with a SELECT over the names of its inputs.";
            Error::new(ErrorCode::NotFound, message).with_source(error)
        })?;
        Ok(Self {
            content: blake3::hash(sql.as_bytes()).to_hex().to_string(),
            signature: read_statement(manifest, &sql)?,
            code: Code::Folder(folder.to_owned()),
            environment: Err(Missing(ErrorCode::Internal, "a statement runs in the engine".to_owned())),
            runs_in: String::new(),
            limits: Limits::default(),
        })
    }

    /// Reads a component's folder; `environments` is where lock files are.
    ///
    /// # Errors
    /// `malformed_file` and `invalid_request`, which name the file and the place in it.
    pub(crate) fn read(folder: &Path, environments: &Path, most: Limits) -> Result<Self> {
        let path = folder.join("component.json");
        let wrong = |code, what: String| Error::new(code, format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| wrong(ErrorCode::NotFound, "it can't be read.".to_owned()).with_source(error))?;
        let kind = serde_json::from_str::<Value>(&text).ok().and_then(|json| json["kind"].as_str().map(str::to_owned));
        if kind.as_deref() == Some("sql") {
            return Self::read_statement(folder, &text)
                .map_err(|error| wrong(error.code(), error.message().to_owned()));
        }
        let manifest = Manifest::parse(&text).map_err(|error| wrong(error.code(), error.message().to_owned()))?;
        if !folder.join("component.py").is_file() {
            return Err(wrong(
                ErrorCode::NotFound,
                "there is no component.py beside it. Write one with a function “run”.".to_owned(),
            ));
        }
        Ok(Self {
            signature: manifest.signature,
            content: content(folder)?,
            code: Code::Folder(folder.to_owned()),
            environment: find(environments, &manifest.environment),
            runs_in: manifest.environment,
            limits: manifest.limits.within(most),
        })
    }

    /// A component whose function is this text; `environments` is where lock files are.
    pub fn of(manifest: Manifest, code: String, environments: &Path, most: Limits) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(embedded::digest().as_bytes());
        hasher.update(blake3::hash(code.as_bytes()).as_bytes());
        Self {
            content: hasher.finalize().to_hex().to_string(),
            code: Code::Text(code),
            environment: find(environments, &manifest.environment),
            runs_in: manifest.environment,
            limits: manifest.limits.within(most),
            signature: manifest.signature,
        }
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
