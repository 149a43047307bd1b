//! Files on their way in: uploads, and the folders that may be read.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use chrono::TimeDelta;
use futures::{Stream, StreamExt};
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{ProjectId, UploadId},
};
use tandem_ingest::source::folder::{Entry, Folders};
use tandem_meta::repo::upload::NewUpload;
pub use tandem_meta::repo::upload::Upload;
use tokio::io::AsyncWriteExt;

use crate::App;

/// How long an upload waits to be imported.
const KEPT: TimeDelta = TimeDelta::days(7);
/// The longest file name kept, in characters.
const NAME_LENGTH: usize = 255;

/// Writes an upload to disk as it comes. `expected` is its announced length;
/// fewer bytes than that are a truncated upload, of which nothing is kept.
///
/// # Errors
/// Those of the project; `payload_too_large`, `truncated_file`, `storage_full`.
pub async fn upload(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    name: &str,
    expected: Option<u64>,
    body: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
) -> Result<Upload> {
    app.require_project(principal, Action::Create, project).await?;
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(NAME_LENGTH).collect();
    if name.trim().is_empty() {
        return Err(Error::new(ErrorCode::InvalidParameter, "The upload needs a file name: ?name=FILE."));
    }
    if expected.is_some_and(|bytes| bytes > app.config.max_upload_bytes) {
        return Err(too_large(app));
    }
    let id = UploadId::generate(&*app.clock);
    let mut half = Half { path: app.uploads_dir().join(id.to_string()), kept: false };
    let bytes = receive(app, &half.path, expected, body).await?;
    let new = NewUpload {
        id,
        project_id: project,
        user_id: principal.user,
        name,
        bytes,
        path: format!("uploads/{id}"),
        expires_at: app.clock.now() + KEPT,
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let upload = tx.create_upload(principal.org, new).await?;
    tx.commit().await?;
    half.kept = true;
    Ok(upload)
}

/// A file that nothing names yet: removed unless it is kept, also where whoever
/// sent it hung up and nobody waits for the end.
struct Half {
    path: PathBuf,
    kept: bool,
}

impl Drop for Half {
    fn drop(&mut self) {
        if !self.kept {
            // What can't be removed now, housekeeping does later.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

async fn receive(
    app: &App,
    path: &Path,
    expected: Option<u64>,
    mut body: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
) -> Result<u64> {
    let mut file = tokio::fs::File::create_new(path).await?;
    let mut bytes = 0_u64;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|e| truncated(bytes).with_source(e))?;
        bytes += chunk.len() as u64;
        if bytes > app.config.max_upload_bytes {
            return Err(too_large(app));
        }
        file.write_all(&chunk).await?;
    }
    if expected.is_some_and(|expected| bytes < expected) {
        return Err(truncated(bytes));
    }
    file.flush().await?;
    file.sync_all().await?;
    Ok(bytes)
}

fn truncated(bytes: u64) -> Error {
    Error::new(
        ErrorCode::TruncatedFile,
        format!("The upload broke off after {bytes} bytes; nothing was kept. Send the file again."),
    )
}

fn too_large(app: &App) -> Error {
    Error::new(
        ErrorCode::PayloadTooLarge,
        format!(
            "The file is larger than this server takes ({} bytes). Put it in an import folder or object storage and \
             import it from there.",
            app.config.max_upload_bytes
        ),
    )
}

/// The upload, if it is of this project and this person.
pub(super) async fn find(app: &App, principal: &Principal, project: ProjectId, id: UploadId) -> Result<Upload> {
    let upload = app.meta.read().await?.upload(principal.org, id).await?;
    upload
        .filter(|u| u.project_id == project && u.user_id == principal.user && u.expires_at > app.clock.now())
        .ok_or_else(|| Error::not_found("upload"))
}

/// Names of the folders of the server that imports may read.
///
/// # Errors
/// `forbidden` for guests of the organization.
pub async fn folders(app: &App, principal: &Principal) -> Result<Vec<String>> {
    app.require_org(principal, Action::ListMembers).await?;
    Ok(folders_of(app).names())
}

/// What is in a folder of the server, below one of those that may be read.
///
/// # Errors
/// `path_not_allowed` for a path that leads out of it, `not_found`, `forbidden`.
pub async fn browse(app: &App, principal: &Principal, folder: usize, path: &str) -> Result<Vec<Entry>> {
    app.require_org(principal, Action::ListMembers).await?;
    let (folders, path) = (folders_of(app), path.to_owned());
    tokio::task::spawn_blocking(move || folders.list(folder, &path)).await.map_err(Error::internal)?
}

/// The folders that may be read.
pub(super) fn folders_of(app: &App) -> Folders {
    Folders::new(app.config.import_folders.clone())
}
