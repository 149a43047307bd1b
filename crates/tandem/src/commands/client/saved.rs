//! The server that was signed in to, and the token for it.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

/// A server and what proves to it who is calling.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    /// Its address, without a slash at the end.
    pub(super) url: String,
    /// An API token.
    pub(super) token: String,
}

impl Saved {
    /// `TANDEM_URL` and `TANDEM_TOKEN` where both are set, otherwise what
    /// `tandem login` has kept.
    pub(super) fn load() -> Result<Self> {
        if let (Ok(url), Ok(token)) = (std::env::var("TANDEM_URL"), std::env::var("TANDEM_TOKEN")) {
            return Ok(Self { url: url.trim_end_matches('/').to_owned(), token });
        }
        let not_signed_in = || {
            Error::new(
                ErrorCode::Unauthenticated,
                "Not signed in to a server. Run `tandem login URL`, or set TANDEM_URL and TANDEM_TOKEN.",
            )
        };
        let text = fs::read_to_string(path()?).map_err(|e| not_signed_in().with_source(e))?;
        serde_json::from_str(&text).map_err(|e| not_signed_in().with_source(e))
    }

    /// Keeps it for this user alone.
    pub(super) fn save(&self) -> Result<PathBuf> {
        let path = path()?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let partial = path.with_extension("partial");
        let _ = fs::remove_file(&partial);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        file.write_all(serde_json::to_string(self).map_err(Error::internal)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, &path)?;
        Ok(path)
    }
}

fn path() -> Result<PathBuf> {
    let folder = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .ok_or_else(|| Error::new(ErrorCode::InvalidRequest, "There is no HOME to keep the token in."))?;
    Ok(folder.join("tandem").join("server.json"))
}
