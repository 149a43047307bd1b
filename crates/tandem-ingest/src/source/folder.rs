//! Folders of this machine that imports may read, and nothing outside them.
//!
//! The kernel resolves each path below the folder's own handle
//! (`openat2(2)`, `RESOLVE_BENEATH`), so that neither `..` nor a link leads
//! out, not even one that is swapped in between. The file is then read
//! through the handle that was checked.

use std::{
    fs::File,
    os::fd::{AsRawFd as _, OwnedFd},
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags, ResolveFlags, open, openat2},
    io::Errno,
};
use serde::Serialize;
use tandem_core::{Error, ErrorCode, Result};

/// The folders, by their place in the configuration.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    roots: Vec<PathBuf>,
}

/// A file that may be read, held open.
#[derive(Debug)]
pub struct AllowedFile {
    file: File,
    path: PathBuf,
    name: String,
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Its size in bytes; 0 for a folder.
    pub bytes: u64,
}

impl Folders {
    /// These folders and what is below them.
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots }
    }

    /// The folders' names, for people to choose from.
    pub fn names(&self) -> Vec<String> {
        let name = |root: &PathBuf| {
            root.file_name().map_or_else(|| root.display().to_string(), |n| n.to_string_lossy().into())
        };
        self.roots.iter().map(name).collect()
    }

    /// The file at `path` below folder number `folder`.
    ///
    /// # Errors
    /// `path_not_allowed` where it leads out, `not_found`, `unsupported_format`
    /// where it is no ordinary file.
    pub fn file(&self, folder: usize, path: &str) -> Result<AllowedFile> {
        // A pipe would otherwise wait for somebody to write.
        let handle = self.resolve(folder, path, OFlags::RDONLY | OFlags::NONBLOCK)?;
        let file = File::from(handle);
        if !file.metadata()?.is_file() {
            return Err(Error::new(ErrorCode::UnsupportedFormat, "This is no ordinary file. Choose a file."));
        }
        let name = Path::new(path).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(AllowedFile { path: PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())), file, name })
    }

    /// What is in the folder at `path` (empty for the folder itself), folders
    /// first, by name. What leads out of it, and what can't be read, is left
    /// out, and so is what is neither a file nor a folder.
    ///
    /// # Errors
    /// As [`Folders::file`].
    pub fn list(&self, folder: usize, path: &str) -> Result<Vec<Entry>> {
        let handle = self.resolve(folder, path, OFlags::RDONLY | OFlags::DIRECTORY)?;
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(format!("/proc/self/fd/{}", handle.as_raw_fd()))? {
            let name = entry?.file_name();
            let Some(name) = name.to_str().filter(|n| !n.starts_with('.')) else { continue };
            let below = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            let Ok(found) = self.resolve(folder, &below, OFlags::PATH) else { continue };
            let Ok(metadata) = File::from(found).metadata() else { continue };
            if metadata.is_dir() || metadata.is_file() {
                let bytes = if metadata.is_dir() { 0 } else { metadata.len() };
                entries.push(Entry { name: name.to_owned(), folder: metadata.is_dir(), bytes });
            }
        }
        entries.sort_by(|a, b| (!a.folder, &a.name).cmp(&(!b.folder, &b.name)));
        Ok(entries)
    }

    fn resolve(&self, folder: usize, path: &str, flags: OFlags) -> Result<OwnedFd> {
        let root = self.roots.get(folder).ok_or_else(|| Error::not_found("folder"))?;
        let relative = Path::new(path);
        if path.contains('\0') || !relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir))
        {
            return Err(not_allowed());
        }
        let relative = if path.is_empty() { Path::new(".") } else { relative };
        let root = open(root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).map_err(unreadable)?;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match openat2(&root, relative, flags | OFlags::CLOEXEC, Mode::empty(), beneath) {
            // Older kernels, and some sandboxes.
            Err(Errno::NOSYS | Errno::PERM) => resolve_by_name(&root, relative, flags),
            Err(error) => Err(unreadable(error)),
            Ok(found) => Ok(found),
        }
    }
}

/// Without the kernel's help: opens the file, then looks where it really is.
fn resolve_by_name(root: &OwnedFd, relative: &Path, flags: OFlags) -> Result<OwnedFd> {
    let real = |handle: &OwnedFd| std::fs::read_link(format!("/proc/self/fd/{}", handle.as_raw_fd()));
    let found = rustix::fs::openat(root, relative, flags | OFlags::CLOEXEC, Mode::empty()).map_err(unreadable)?;
    if real(&found)?.starts_with(real(root)?) { Ok(found) } else { Err(not_allowed()) }
}

fn unreadable(error: Errno) -> Error {
    match error {
        Errno::XDEV | Errno::LOOP => not_allowed().with_source(error),
        Errno::NOENT | Errno::NOTDIR => {
            Error::new(ErrorCode::NotFound, "There is no such file or folder. List the folder again.")
                .with_source(error)
        }
        Errno::ACCESS | Errno::PERM => {
            Error::new(ErrorCode::PathNotAllowed, "The server may not read this. Ask who runs it to change the rights.")
                .with_source(error)
        }
        other => Error::from(std::io::Error::from(other)),
    }
}

fn not_allowed() -> Error {
    Error::new(
        ErrorCode::PathNotAllowed,
        "The path leads out of the folders that imports may read. Choose a file inside them.",
    )
}

impl AllowedFile {
    /// Where to read it, as long as this lives.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size in bytes.
    ///
    /// # Errors
    /// `internal` where the disk fails.
    pub fn bytes(&self) -> Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn nothing_outside_is_read() {
        let top = tempfile::tempdir().unwrap();
        let root = top.path().join("nas");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(top.path().join("secret.csv"), "a\n1\n").unwrap();
        fs::write(root.join("ok.csv"), "a\n1\n").unwrap();
        fs::write(root.join("sub/in.csv"), "a\n2\n").unwrap();
        symlink("../secret.csv", root.join("out.csv")).unwrap();
        symlink(top.path(), root.join("up")).unwrap();
        symlink("sub/in.csv", root.join("inside.csv")).unwrap();
        symlink(root.join("ok.csv"), root.join("absolute.csv")).unwrap();
        let folders = Folders::new(vec![root]);

        let file = folders.file(0, "ok.csv").unwrap();
        assert_eq!((file.name(), file.bytes().unwrap()), ("ok.csv", 4));
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "a\n1\n");
        assert_eq!(fs::read_to_string(folders.file(0, "inside.csv").unwrap().path()).unwrap(), "a\n2\n");
        let secret = top.path().join("secret.csv");
        for path in [
            "../secret.csv",
            "sub/../../secret.csv",
            "out.csv",
            "up/secret.csv",
            "absolute.csv",
            "up",
            "a\0b",
            secret.to_str().unwrap(),
        ] {
            assert_eq!(folders.file(0, path).unwrap_err().code(), ErrorCode::PathNotAllowed, "{path}");
        }
        assert_eq!(folders.list(0, "up").unwrap_err().code(), ErrorCode::PathNotAllowed);
        assert_eq!(folders.file(0, "none.csv").unwrap_err().code(), ErrorCode::NotFound);
        assert_eq!(folders.file(1, "ok.csv").unwrap_err().code(), ErrorCode::NotFound);
        assert_eq!(folders.file(0, "sub").unwrap_err().code(), ErrorCode::UnsupportedFormat);
        let names: Vec<_> = folders.list(0, "").unwrap().into_iter().map(|e| (e.name, e.folder, e.bytes)).collect();
        let expected = [("sub", true, 0), ("inside.csv", false, 4), ("ok.csv", false, 4)];
        assert_eq!(names, expected.map(|(n, f, b)| (n.to_owned(), f, b)));
        assert_eq!(folders.list(0, "sub").unwrap().len(), 1);
    }

    #[test]
    fn what_was_checked_is_what_is_read() {
        let top = tempfile::tempdir().unwrap();
        let root = top.path().join("nas");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("a.csv"), "good").unwrap();
        fs::write(top.path().join("secret"), "bad").unwrap();
        let file = Folders::new(vec![root.clone()]).file(0, "a.csv").unwrap();
        fs::remove_file(root.join("a.csv")).unwrap();
        symlink("../secret", root.join("a.csv")).unwrap();
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "good");
    }
}
