//! A local folder as an object store that survives a power cut: what has been
//! reported as written is on the disk, and what hasn't is not half there.
//!
//! `object_store`'s own local store never calls `fsync`, so it is used for
//! reading and listing, and writing is done here.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path as FsPath, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt, TryFutureExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart, local::LocalFileSystem,
    path::Path,
};
use uuid::Uuid;

/// The folder of a table that holds its log; files there appear whole or not
/// at all. Elsewhere a file counts only once the log names it.
const LOG_FOLDER: &str = "_delta_log";

/// A local folder, written durably.
#[derive(Debug, Clone)]
pub(crate) struct DurableFolder {
    inner: Arc<LocalFileSystem>,
}

impl DurableFolder {
    /// An existing folder; paths are relative to it.
    pub(crate) fn within(folder: &FsPath) -> Result<Self> {
        Ok(Self { inner: Arc::new(LocalFileSystem::new_with_prefix(folder)?) })
    }
}

impl fmt::Display for DurableFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DurableFolder")
    }
}

fn in_log(path: &Path) -> bool {
    path.parts().any(|part| part.as_ref() == LOG_FOLDER)
}

fn generic(source: io::Error) -> Error {
    Error::Generic { store: "DurableFolder", source: Box::new(source) }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await?
}

/// Makes the entries of a folder durable.
fn sync_folder(path: &FsPath) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn create_parent(path: &FsPath) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.is_dir() => {
            std::fs::create_dir_all(folder)?;
            sync_folder(folder)
        }
        _ => Ok(()),
    }
}

/// Writes beside `path`, then gives the bytes their name in one step.
fn put_whole(path: &FsPath, location: &Path, payload: &PutPayload, mode: &PutMode) -> Result<()> {
    create_parent(path).map_err(generic)?;
    let mut staged = path.as_os_str().to_owned();
    staged.push(format!(".{}.tmp", Uuid::new_v4().simple()));
    let staged = PathBuf::from(staged);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&staged)?;
        payload.iter().try_for_each(|bytes| file.write_all(bytes))?;
        file.sync_all()?;
        match mode {
            PutMode::Create => std::fs::hard_link(&staged, path),
            _ => std::fs::rename(&staged, path),
        }
    })();
    let renamed = written.is_ok() && !matches!(mode, PutMode::Create);
    if !renamed {
        let _ = std::fs::remove_file(&staged);
    }
    match written {
        Ok(()) => sync_folder(path).map_err(generic),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Error::AlreadyExists { path: location.to_string(), source: Box::new(error) })
        }
        Err(error) => Err(generic(error)),
    }
}

/// A file that is written where it will stay, part after part.
#[derive(Debug)]
struct Upload {
    path: PathBuf,
    file: Arc<File>,
    offset: u64,
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let mut at = self.offset;
        self.offset += data.content_length() as u64;
        let file = self.file.clone();
        Box::pin(blocking(move || {
            for bytes in data.iter() {
                file.write_all_at(bytes, at).map_err(generic)?;
                at += bytes.len() as u64;
            }
            Ok(())
        }))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (file, path) = (self.file.clone(), self.path.clone());
        blocking(move || {
            file.sync_all().and_then(|()| sync_folder(&path)).map_err(generic)?;
            Ok(PutResult { e_tag: None, version: None })
        })
        .await
    }

    async fn abort(&mut self) -> Result<()> {
        let path = self.path.clone();
        blocking(move || std::fs::remove_file(path).map_err(generic)).await
    }
}

/// Entries by their names, as object stores list them and readers of the log expect.
fn sorted(entries: BoxStream<'static, Result<ObjectMeta>>) -> BoxStream<'static, Result<ObjectMeta>> {
    let entries = entries.try_collect::<Vec<_>>().map_ok(|mut entries| {
        entries.sort_by(|a, b| a.location.cmp(&b.location));
        stream::iter(entries.into_iter().map(Ok))
    });
    entries.try_flatten_stream().boxed()
}

#[async_trait]
impl ObjectStore for DurableFolder {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if matches!(options.mode, PutMode::Update(_)) {
            return Err(Error::NotImplemented {
                operation: "a put that updates".into(),
                implementer: self.to_string(),
            });
        }
        let (path, location) = (self.inner.path_to_filesystem(location)?, location.clone());
        blocking(move || {
            put_whole(&path, &location, &payload, &options.mode)?;
            Ok(PutResult { e_tag: None, version: None })
        })
        .await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if in_log(location) {
            return self.inner.put_multipart_opts(location, options).await;
        }
        let path = self.inner.path_to_filesystem(location)?;
        let upload = blocking(move || {
            create_parent(&path).map_err(generic)?;
            let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(generic)?;
            Ok(Upload { path, file: Arc::new(file), offset: 0 })
        })
        .await?;
        Ok(Box::new(upload))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        sorted(self.inner.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        sorted(self.inner.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}
