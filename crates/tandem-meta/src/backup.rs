//! A copy of the whole metadata database in one file, and back.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tandem_core::{Error, ErrorCode, Result};

use crate::{
    meta::{Db, Meta, bad_url},
    migrate,
    sql::db_error,
};

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupInfo {
    /// The version of its tables.
    pub schema: i64,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Meta {
    /// Writes a copy of one moment to `file`, while people go on working. The
    /// copy is checked and durable when this returns; until then it has
    /// another name.
    ///
    /// # Errors
    /// `already_exists` where `file` is there; `storage_full`;
    /// `unsupported_format` on PostgreSQL, which has `pg_dump` for it.
    pub async fn backup(&self, file: &Path) -> Result<BackupInfo> {
        let Db::Sqlite { copying, .. } = &self.inner.db else {
            return Err(Error::new(
                ErrorCode::UnsupportedFormat,
                "The metadata is on PostgreSQL, which has its own tools: run pg_dump --format=custom on that database, \
                 and pg_restore to bring it back.",
            ));
        };
        must_be_free(file)?;
        let partial = partial(file);
        remove_if_there(&partial)?;
        let path = path_text(&partial)?;
        let mut conn = copying.connect().await.map_err(db_error)?;
        let copied = sqlx::query("VACUUM INTO $1").bind(path).execute(&mut conn).await;
        conn.close().await.map_err(db_error)?;
        let checked = match copied {
            Ok(_) => check(&partial).await,
            Err(error) => Err(db_error(error)),
        };
        match checked {
            Ok(info) => publish(&partial, file).map(|()| info),
            Err(error) => {
                remove_if_there(&partial)?;
                Err(error)
            }
        }
    }
}

/// The file of a metadata database by its address; none where it is on a
/// server.
///
/// # Errors
/// `invalid_parameter` where the address is of neither kind.
pub fn database_file(url: &str) -> Result<Option<PathBuf>> {
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme {
        "sqlite" => {
            let options = SqliteConnectOptions::from_str(url).map_err(|e| bad_url(scheme).with_source(e))?;
            Ok(Some(options.get_filename().to_path_buf()))
        }
        "postgres" | "postgresql" => Ok(None),
        _ => Err(bad_url(scheme)),
    }
}

/// Makes a new SQLite database at `target` from a copy that
/// [`Meta::backup`] wrote. What was in the copy's tables of an older version
/// is migrated when the database is next opened and migrated.
///
/// # Errors
/// `already_exists` where there is a database at `target`; `malformed_file`
/// where `file` is not a whole copy; `state_conflict` where it is of a newer
/// Tandem; `storage_full`.
pub async fn restore(file: &Path, target: &Path) -> Result<BackupInfo> {
    must_be_free(target)?;
    let partial = partial(target);
    remove_if_there(&partial)?;
    let (from, to) = (file.to_path_buf(), partial.clone());
    let copied = tokio::task::spawn_blocking(move || std::fs::copy(from, to)).await.map_err(Error::internal)?;
    let checked = match copied {
        Ok(_) => check(&partial).await,
        Err(error) => Err(unreadable(file, error)),
    };
    match checked {
        Ok(info) => publish(&partial, target).map(|()| info),
        Err(error) => {
            remove_if_there(&partial)?;
            Err(error)
        }
    }
}

/// Looks through every page of a copy, and at the version of its tables.
async fn check(file: &Path) -> Result<BackupInfo> {
    let options =
        SqliteConnectOptions::from_str("sqlite:").map_err(db_error)?.filename(file).read_only(true).immutable(true);
    let mut conn = options.connect().await.map_err(db_error)?;
    let found = check_pages(&mut conn).await;
    conn.close().await.map_err(db_error)?;
    let schema = found?;
    if schema > migrate::wanted() {
        return Err(migrate::too_new(schema));
    }
    let bytes = std::fs::metadata(file)?.len();
    Ok(BackupInfo { schema, bytes })
}

async fn check_pages(conn: &mut SqliteConnection) -> Result<i64> {
    let damaged = |what: String| {
        Error::new(
            ErrorCode::MalformedFile,
            "The copy of the metadata is damaged or is not one; nothing was changed. Use another copy.",
        )
        .with_source(what)
    };
    let rows = sqlx::query("PRAGMA integrity_check").fetch_all(&mut *conn).await;
    let rows = rows.map_err(|error| damaged(error.to_string()))?;
    let said: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    if said != ["ok"] {
        return Err(damaged(said.join("; ")));
    }
    let version = sqlx::query("SELECT MAX(version) AS version FROM schema_migration").fetch_one(conn).await;
    let version = version.and_then(|row| row.try_get::<Option<i64>, _>("version"));
    version.map_err(|error| damaged(error.to_string()))?.ok_or_else(|| damaged("no version".to_owned()))
}

fn must_be_free(file: &Path) -> Result<()> {
    if file.try_exists()? {
        return Err(Error::new(
            ErrorCode::AlreadyExists,
            format!("There is a file at {} already; nothing was changed. Choose another place.", file.display()),
        ));
    }
    Ok(())
}

/// The name that a copy has until it is whole.
fn partial(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    file.with_file_name(name)
}

fn remove_if_there(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Gives a whole copy its name, once its bytes are on the disk.
fn publish(partial: &Path, file: &Path) -> Result<()> {
    std::fs::File::open(partial)?.sync_all()?;
    std::fs::rename(partial, file)?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn path_text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| {
        Error::new(ErrorCode::InvalidParameter, "The path is not text in UTF-8. Choose another place for the copy.")
    })
}

fn unreadable(file: &Path, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Error::new(ErrorCode::NotFound, format!("There is no file at {}.", file.display())).with_source(error);
    }
    error.into()
}
