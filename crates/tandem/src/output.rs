//! Where results go: standard output, and files that are there whole or not at
//! all.

use std::{
    io::{self, Write},
    path::Path,
};

use tandem_core::{Error, ErrorCode, Result};

/// Writes to standard output.
///
/// # Errors
/// `internal` with the cause; a closed pipe is told apart when the command ends.
pub(crate) fn print(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}

/// A message on standard error.
pub(crate) fn say(message: &str) {
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Writes a file, or to standard output where `path` is `-`. The file appears
/// only when it is complete; one that is there is replaced.
///
/// # Errors
/// `not_found` where the folder is not there; `forbidden`; `storage_full`; `internal`.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.as_os_str() == "-" {
        return print(bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new(ErrorCode::NotFound, format!("There is no folder {} to write into.", folder.display()))
                .with_source(error)
        }
        io::ErrorKind::PermissionDenied => {
            Error::new(ErrorCode::Forbidden, format!("{} may not be written by this user.", path.display()))
                .with_source(error)
        }
        io::ErrorKind::IsADirectory => {
            Error::new(ErrorCode::InvalidRequest, format!("{} is a folder; name a file.", path.display()))
                .with_source(error)
        }
        _ => Error::from(error),
    };
    // Devices and pipes, such as /dev/stdout, are written as they are.
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(bytes)).map_err(failed);
    }
    let mut file = tempfile::Builder::new().prefix(".tandem-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    open_to_others(file.path(), path).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// A temporary file is its owner's alone; a result has the rights of the file
/// it replaces, or those that a new file would have.
fn open_to_others(temporary: &Path, target: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = match std::fs::metadata(target) {
        Ok(there) => there.permissions().mode() & 0o777,
        Err(_) => 0o644,
    };
    std::fs::set_permissions(temporary, std::fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("no/such/out.json"), b"x").unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound);
        assert_eq!(write(folder.path(), b"x").unwrap_err().code(), ErrorCode::InvalidRequest);
    }
}
