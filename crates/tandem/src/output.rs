//! Where results go: standard output, and files that are there whole or not at
//! all.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

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
    let mut sink = Sink::open(path)?;
    sink.write(bytes)?;
    sink.finish()
}

/// A file that is written part by part, as [`write()`] writes one at once. Left unfinished, it never appears.
pub(crate) struct Sink {
    path: PathBuf,
    to: To,
}

enum To {
    Stdout,
    /// Devices and pipes, such as /dev/stdout, are written as they are.
    Device(File),
    New(NamedTempFile),
}

impl Sink {
    /// # Errors
    /// Those of [`write()`].
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |error| failed(path, error);
        let to = if path.as_os_str() == "-" {
            To::Stdout
        } else if std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
            To::Device(File::options().write(true).open(path).map_err(failed)?)
        } else {
            To::New(tempfile::Builder::new().prefix(".tandem-").tempfile_in(folder_of(path)).map_err(failed)?)
        };
        Ok(Self { path: path.to_owned(), to })
    }

    /// # Errors
    /// Those of [`write()`].
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.to {
            To::Stdout => print(bytes),
            To::Device(file) => file.write_all(bytes).map_err(|error| failed(&self.path, error)),
            To::New(file) => file.write_all(bytes).map_err(|error| failed(&self.path, error)),
        }
    }

    /// Puts the whole file where it belongs.
    ///
    /// # Errors
    /// Those of [`write()`].
    pub(crate) fn finish(self) -> Result<()> {
        let Self { path, to } = self;
        let To::New(file) = to else { return Ok(()) };
        let failed = |error| failed(&path, error);
        file.as_file().sync_all().map_err(failed)?;
        open_to_others(file.path(), &path).map_err(failed)?;
        file.persist(&path).map_err(|e| failed(e.error))?;
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn failed(path: &Path, error: io::Error) -> Error {
    let (code, message) = match error.kind() {
        io::ErrorKind::NotFound => {
            (ErrorCode::NotFound, format!("There is no folder {} to write into.", folder_of(path).display()))
        }
        io::ErrorKind::PermissionDenied => {
            (ErrorCode::Forbidden, format!("{} may not be written by this user.", path.display()))
        }
        io::ErrorKind::IsADirectory => {
            (ErrorCode::InvalidRequest, format!("{} is a folder; name a file.", path.display()))
        }
        _ => return Error::from(error),
    };
    Error::new(code, message).with_source(error)
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
    fn what_is_left_in_the_middle_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        write(&path, b"before").unwrap();
        let mut sink = Sink::open(&path).unwrap();
        sink.write(b"half").unwrap();
        drop(sink);
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut sink = Sink::open(&path).unwrap();
        sink.write(b"one ").unwrap();
        sink.write(b"two").unwrap();
        sink.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one two");
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("no/such/out.json"), b"x").unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound);
        assert_eq!(write(folder.path(), b"x").unwrap_err().code(), ErrorCode::InvalidRequest);
    }
}
