//! Writing into a folder that other programs read: a file is there whole or not
//! at all, and no link is followed on the way to it.

use std::{fs::File, io::Write, path::Path};

use rustix::{
    fs::{
        AtFlags, FileType, Mode, OFlags, RenameFlags, fsync, open, openat, renameat, renameat_with, statat, unlinkat,
    },
    io::Errno,
};
use tandem_core::{Error, ErrorCode, Result};

/// What stands at a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    /// A folder, a link, a device.
    Other,
}

/// A folder, opened: what it is called may change, it stays the same one.
pub(super) struct Folder {
    handle: std::os::fd::OwnedFd,
    /// The operator's name of it.
    name: String,
}

impl Folder {
    /// Opens it.
    ///
    /// # Errors
    /// `unavailable` where it isn't there now; `path_not_allowed`.
    pub(super) fn open(path: &Path, name: &str) -> Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = open(path, flags, Mode::empty()).map_err(|errno| failed(name, errno))?;
        Ok(Self { handle, name: name.to_owned() })
    }

    /// What stands at a name.
    ///
    /// # Errors
    /// Those of the disk.
    pub(super) fn look(&self, name: &str) -> Result<Found> {
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => Ok(Found::File),
            Ok(_) => Ok(Found::Other),
            Err(Errno::NOENT) => Ok(Found::Nothing),
            Err(errno) => Err(failed(&self.name, errno)),
        }
    }

    /// Writes a file: beside under the name `part`, and renamed when it is on the
    /// disk. With `replace` it takes the place of the file that stands there.
    ///
    /// # Errors
    /// `already_exists`, `storage_full`, `unavailable`, `path_not_allowed`.
    pub(super) fn write(&self, name: &str, part: &str, bytes: &[u8], replace: bool) -> Result<()> {
        let failed = |errno| failed(&self.name, errno);
        // What an attempt that was killed has left behind.
        match unlinkat(&self.handle, part, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(failed(errno)),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.handle, part, flags, Mode::from_raw_mode(0o644)).map_err(failed)?;
        let done = fill(File::from(file), bytes).map_err(|error| io(&self.name, error));
        let done = done.and_then(|()| match replace {
            true => renameat(&self.handle, part, &self.handle, name).map_err(failed),
            false => self.place(name, part),
        });
        if done.is_err() {
            // The reason is what is told; what stays is hidden and taken away by the next attempt.
            let _ = unlinkat(&self.handle, part, AtFlags::empty());
        }
        done?;
        match fsync(&self.handle) {
            // Some network file systems don't know how.
            Ok(()) | Err(Errno::INVAL | Errno::NOTSUP | Errno::BADF) => Ok(()),
            Err(errno) => Err(failed(errno)),
        }
    }

    /// Renames where nothing stands.
    fn place(&self, name: &str, part: &str) -> Result<()> {
        match renameat_with(&self.handle, part, &self.handle, name, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) => Err(taken(name)),
            // Some network file systems don't know how: then looking has to do.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => match self.look(name)? {
                Found::Nothing => {
                    renameat(&self.handle, part, &self.handle, name).map_err(|errno| failed(&self.name, errno))
                }
                _ => Err(taken(name)),
            },
            Err(errno) => Err(failed(&self.name, errno)),
        }
    }
}

fn fill(mut file: File, bytes: &[u8]) -> std::io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Something of this name is there that the delivery has not written.
pub(super) fn taken(name: &str) -> Error {
    let message = format!(
        "“{name}” is in the folder already, and this delivery has not written it. Give the delivery another name, or \
         take that file away."
    );
    Error::new(ErrorCode::AlreadyExists, message)
}

fn failed(folder: &str, errno: Errno) -> Error {
    io(folder, errno.into())
}

fn io(folder: &str, error: std::io::Error) -> Error {
    use std::io::ErrorKind as K;
    let (code, message) = match error.kind() {
        K::NotFound | K::NotADirectory => {
            (ErrorCode::Unavailable, format!("The folder “{folder}” isn't there now; perhaps it isn't mounted."))
        }
        K::StorageFull | K::QuotaExceeded => (
            ErrorCode::StorageFull,
            format!("The folder “{folder}” is full; nothing was written. Free some room and send it again."),
        ),
        K::PermissionDenied | K::ReadOnlyFilesystem => (
            ErrorCode::PathNotAllowed,
            format!("The server may not write to the folder “{folder}”. Ask who runs it to change the rights."),
        ),
        _ => (ErrorCode::Unavailable, format!("The folder “{folder}” can't be written to now.")),
    };
    Error::new(code, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn a_file_is_written_beside_and_renamed() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path(), "reports").unwrap();
        fs::write(home.path().join(".part"), "half of an attempt that was killed").unwrap();
        folder.write("a.html", ".part", b"one", false).unwrap();
        folder.write("a.html", ".part", b"two", true).unwrap();
        let there: Vec<_> = fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(there, ["a.html"], "nothing is left beside it");
        assert_eq!(fs::read(home.path().join("a.html")).unwrap(), b"two");
    }

    #[test]
    fn what_another_has_written_stays() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path(), "reports").unwrap();
        fs::write(home.path().join("a.html"), "mine").unwrap();
        assert_eq!(folder.look("a.html").unwrap(), Found::File);
        let refused = folder.write("a.html", ".part", b"yours", false).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::AlreadyExists);
        assert_eq!(fs::read(home.path().join("a.html")).unwrap(), b"mine");
        assert!(!home.path().join(".part").exists());
    }

    #[test]
    fn no_link_is_followed() {
        let (home, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let secret = outside.path().join("secret");
        fs::write(&secret, "kept").unwrap();
        let folder = Folder::open(home.path(), "reports").unwrap();
        symlink(&secret, home.path().join("a.html")).unwrap();
        symlink(&secret, home.path().join(".part")).unwrap();
        assert_eq!(folder.look("a.html").unwrap(), Found::Other);
        // Even where it is told to replace, the link gives way and what it leads to stays.
        folder.write("a.html", ".part", b"new", true).unwrap();
        assert_eq!(fs::read(&secret).unwrap(), b"kept");
        assert_eq!(folder.look("a.html").unwrap(), Found::File);
    }

    #[test]
    fn a_folder_that_is_not_there_is_tried_again() {
        let home = tempfile::tempdir().unwrap();
        let missing = Folder::open(&home.path().join("gone"), "reports").err().unwrap();
        assert_eq!(missing.code(), ErrorCode::Unavailable);
        assert!(missing.message().contains("reports") && !missing.message().contains("gone"), "no path is told");
        fs::write(home.path().join("file"), "").unwrap();
        assert_eq!(Folder::open(&home.path().join("file"), "reports").err().unwrap().code(), ErrorCode::Unavailable);
    }

    #[test]
    fn a_disk_that_is_full_is_told_apart() {
        let full = Path::new("/dev/full");
        assert!(full.exists(), "this test needs Linux");
        let error = fs::OpenOptions::new().write(true).open(full).unwrap().write_all(b"x").unwrap_err();
        assert_eq!(io("reports", error).code(), ErrorCode::StorageFull);
    }
}
