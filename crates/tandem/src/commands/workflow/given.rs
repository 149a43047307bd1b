//! Which workflow a command is about: that of a file, or one of a server.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use tandem_core::{Error, ErrorCode, Result};

use crate::commands::client::Remote;

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(super) struct Which {
    /// The workflow's document, or the name or identifier of a workflow of the server that was signed in to.
    #[arg(value_name = "FILE|NAME")]
    pub(super) file: PathBuf,
    /// Of a server: the project's name or identifier; not needed where there is only one.
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// Of a server: a saved version, by its number; the draft without it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub(super) seq: Option<i64>,
}

impl Which {
    /// The workflow of the server that is meant; none where it is a file.
    ///
    /// # Errors
    /// `invalid_request` for a file with what is for a server alone, or a workflow of a server with files for its
    /// `inputs`; those of [`Remote::find`].
    pub(super) async fn remote(&self, inputs: &[(String, String)]) -> Result<Option<Remote>> {
        let wrong = |message: &str| Err(Error::new(ErrorCode::InvalidRequest, message));
        if is_file(&self.file) {
            return match self.project.is_some() || self.seq.is_some() {
                true => wrong("--project and --seq are for a workflow of a server. Leave them out for a file."),
                false => Ok(None),
            };
        }
        if !inputs.is_empty() {
            return wrong("--input is for the workflow of a file; one of a server reads its datasets. Leave it out.");
        }
        Remote::find(&self.file.to_string_lossy(), self.project.as_deref()).await.map(Some)
    }
}

/// Whether a file is meant, be it there or not.
fn is_file(path: &Path) -> bool {
    path.is_file() || path.components().count() > 1 || path.extension().is_some_and(|ending| ending == "json")
}
