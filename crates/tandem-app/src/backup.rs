//! A whole installation copied to a folder and back: metadata, tables, keys,
//! uploads that wait.
//!
//! The metadata are snapshotted first and the tables copied after: files of a
//! table never change once written, so whatever the snapshot names is there,
//! and what came later is named by nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tandem_core::{Clock, Error, ErrorCode, Result, config::Config};
use tandem_meta::Meta;

use crate::App;

/// What was copied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Copied {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

const META: &str = "meta.sqlite";
const FOLDERS: [&str; 4] = ["keys", "uploads", "tables", "models"];

/// Of environments only the lock files, from which they are made again.
const ENVIRONMENTS: &str = "environments";

/// Copies the installation of `config` into a new folder.
///
/// # Errors
/// `not_found` where there is no installation; `already_exists` where the folder is there; `invalid_parameter` for
/// metadata on PostgreSQL, which `pg_dump` backs up; those of the disk.
pub async fn backup(config: Config, clock: Arc<dyn Clock>, into: &Path) -> Result<Copied> {
    App::require_installed(&config)?;
    let partial = begin(into)?;
    let meta = Meta::open(&config.database_url(), clock).await?;
    let info = meta.backup(&partial.join(META)).await?;
    meta.close().await?;
    let mut copied = Copied { files: 1, bytes: info.bytes };
    for folder in FOLDERS {
        copy(&config.data_dir.join(folder), &partial.join(folder), &mut copied)?;
    }
    locks(&config.data_dir.join(ENVIRONMENTS), &partial.join(ENVIRONMENTS), &mut copied)?;
    fs::rename(&partial, into)?;
    Ok(copied)
}

/// Makes a data folder from a backup.
///
/// # Errors
/// `already_exists` where the data folder is there and not empty; `not_found`
/// where `from` is no backup; those of the disk.
pub fn restore(from: &Path, data: &Path) -> Result<Copied> {
    if !from.join(META).is_file() {
        return Err(Error::new(ErrorCode::NotFound, format!("{} is not a backup of Tandem.", from.display())));
    }
    let partial = begin(data)?;
    let mut copied = Copied::default();
    copy(from, &partial, &mut copied)?;
    fs::rename(&partial, data)?;
    Ok(copied)
}

/// The folder under its working name: half a copy is never taken for a whole.
fn begin(target: &Path) -> Result<PathBuf> {
    // What is there and empty is replaced by the whole at the end.
    if target.exists() && !fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none()) {
        return Err(Error::new(
            ErrorCode::AlreadyExists,
            format!(
                "{} is there already; nothing was copied. Name a folder that isn't, or is empty.",
                target.display()
            ),
        ));
    }
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    Ok(partial)
}

fn locks(from: &Path, to: &Path, copied: &mut Copied) -> Result<()> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "lock") {
            fs::create_dir_all(to)?;
            copied.bytes += fs::copy(&path, to.join(path.file_name().unwrap_or_default()))?;
            copied.files += 1;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, copied: &mut Copied) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, copied)?;
        } else {
            match fs::copy(entry.path(), &target) {
                Ok(bytes) => {
                    copied.files += 1;
                    copied.bytes += bytes;
                }
                // A file that was on its way when we looked, and is gone.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}
