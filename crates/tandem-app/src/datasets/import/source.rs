//! Where rows come from: checked and sealed when an import is asked for,
//! opened when a worker gets to it.

use std::path::PathBuf;

use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{ProjectId, UploadId},
};
use tandem_ingest::{
    ColumnType, Context, ImportOptions, Limits, Reader, ResolvedOptions, Sniffed,
    source::{
        database::{DatabaseKind, DatabaseSource},
        folder::AllowedFile,
        s3::S3Source,
    },
};

use super::{SniffRequest, stage};
use crate::{
    App,
    runs::{DatabaseRead, ImportSpec, SourceSpec, Task},
};

/// What sealed addresses and keys of sources are for.
const PURPOSE: &str = "import source";

/// A source as it was named, with its secrets in the clear.
#[derive(Clone)]
pub enum NewSource {
    /// A file that was uploaded.
    Upload(UploadId),
    /// A file in one of the folders that may be read.
    Folder {
        /// Which, counted from 0.
        folder: usize,
        /// The path inside it.
        path: String,
    },
    /// An object in S3-compatible storage.
    S3 {
        /// `s3://bucket/key`.
        url: String,
        /// The service's address, where it isn't AWS.
        endpoint: Option<String>,
        /// The region.
        region: Option<String>,
        /// The key's name.
        access_key: Option<String>,
        /// The key.
        secret_key: Option<String>,
    },
    /// A table or query of a database.
    Database {
        /// Which kind of database.
        kind: DatabaseKind,
        /// Its address with the password.
        url: String,
        /// What to read.
        what: DatabaseRead,
    },
}

impl std::fmt::Debug for NewSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Upload(_) => "Upload",
            Self::Folder { .. } => "Folder",
            Self::S3 { .. } => "S3",
            Self::Database { .. } => "Database",
        })
    }
}

/// A source, opened.
pub(crate) struct Opened {
    pub(crate) reader: Reader,
    /// What to call it for people.
    pub(crate) label: String,
    /// Keeps the file until its rows are read.
    pub(crate) keep: Held,
}

/// What must not be dropped while a file is read.
pub(crate) enum Held {
    Nothing,
    Fetched(#[expect(dead_code, reason = "held, not read")] tempfile::TempPath),
    Allowed(#[expect(dead_code, reason = "held, not read")] AllowedFile),
}

/// A file of this machine to read, with the name that people gave it.
struct Staged {
    path: PathBuf,
    name: String,
    keep: Held,
}

/// Looks at a source.
///
/// # Errors
/// Those of the project and the source; those of the file.
pub async fn sniff(app: &App, principal: &Principal, project: ProjectId, request: SniffRequest) -> Result<Sniffed> {
    app.require_project(principal, Action::Create, project).await?;
    let spec = settle(app, principal, project, request.source).await?;
    look(app, principal, project, &spec, request.options).await
}

async fn look(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    spec: &SourceSpec,
    options: ImportOptions,
) -> Result<Sniffed> {
    if let SourceSpec::Database { .. } = spec {
        let (source, keep) = database(app, spec)?;
        return blocking(move || {
            let _keep = keep;
            source.sniff(&options, &Limits::default())
        })
        .await;
    }
    let staged = stage_file(app, principal, project, spec, &Context::default()).await?;
    blocking(move || tandem_ingest::sniff(&staged.path, &staged.name, &options)).await
}

/// How the source will be read, as it is found now. Nothing where that can't
/// be told, which the job finds out again and says; and nothing for an object,
/// which would have to be fetched as a whole.
pub(super) async fn settle_options(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    spec: &SourceSpec,
    options: &ImportOptions,
) -> Option<ResolvedOptions> {
    if matches!(spec, SourceSpec::S3 { .. }) {
        return None;
    }
    look(app, principal, project, spec, options.clone()).await.ok().map(|found| found.options)
}

/// Checks that a source may be read, and seals its secrets.
pub(super) async fn settle(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    source: NewSource,
) -> Result<SourceSpec> {
    let spec = match source {
        NewSource::Upload(upload_id) => {
            stage::find(app, principal, project, upload_id).await?;
            SourceSpec::Upload { upload_id }
        }
        NewSource::Folder { folder, path } => {
            stage::folders_of(app).file(folder, &path)?;
            SourceSpec::Folder { folder, path }
        }
        NewSource::S3 { url, endpoint, region, access_key, secret_key } => {
            let secret_key = secret_key.map(|key| app.sealer.seal(PURPOSE, &key)).transpose()?;
            let spec = SourceSpec::S3 { url, endpoint, region, access_key, secret_key };
            refused(object(app, &spec)?.check_host().await)?;
            spec
        }
        NewSource::Database { kind, url, what } => {
            let label = label(&url, &what);
            let spec = SourceSpec::Database { database: kind, url: app.sealer.seal(PURPOSE, &url)?, what, label };
            refused(database(app, &spec)?.0.check_host().await)?;
            spec
        }
    };
    Ok(spec)
}

/// Whether a source may not be read at all. What is merely out of reach now is
/// for the worker to find.
fn refused(checked: Result<()>) -> Result<()> {
    checked.or_else(|error| if error.code() == ErrorCode::SourceUnavailable { Ok(()) } else { Err(error) })
}

/// An object of a store as it is read.
fn object(app: &App, spec: &SourceSpec) -> Result<S3Source> {
    let SourceSpec::S3 { url, endpoint, region, access_key, secret_key } = spec else {
        return Err(Error::internal("this source is no object"));
    };
    Ok(S3Source {
        url: url.clone(),
        endpoint: endpoint.clone(),
        region: region.clone(),
        access_key: access_key.clone(),
        secret_key: secret_key.as_ref().map(|sealed| app.sealer.open_sealed(PURPOSE, sealed)).transpose()?,
        hosts: app.config.source_hosts.clone(),
    })
}

/// A database as it is read. A SQLite file is a file of this machine: it must
/// lie in a folder that may be read.
fn database(app: &App, spec: &SourceSpec) -> Result<(DatabaseSource, Held)> {
    let SourceSpec::Database { database, url, what, .. } = spec else {
        return Err(Error::internal("a file is no database"));
    };
    let (table, query) = match what {
        DatabaseRead::Table(table) => (Some(table.clone()), None),
        DatabaseRead::Query(query) => (None, Some(query.clone())),
    };
    let (url, hosts) = (app.sealer.open_sealed(PURPOSE, url)?, app.config.source_hosts.clone());
    let source = DatabaseSource { kind: *database, url, table, query, hosts };
    let Some(path) = source.sqlite_path() else { return Ok((source, Held::Nothing)) };
    for (number, root) in app.config.import_folders.iter().enumerate() {
        let Ok(inside) = path.strip_prefix(root) else { continue };
        let file = stage::folders_of(app).file(number, &inside.to_string_lossy())?;
        return Ok((source.with_sqlite_path(file.path()), Held::Allowed(file)));
    }
    Err(Error::new(
        ErrorCode::PathNotAllowed,
        "A SQLite file must lie in one of the folders that imports may read, named with its full path.",
    ))
}

/// The address without user and password, and what is read.
fn label(url: &str, what: &DatabaseRead) -> String {
    let place = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let place = place.split('?').next().unwrap_or_default();
    match what {
        DatabaseRead::Table(table) => format!("{place} · {table}"),
        DatabaseRead::Query(_) => format!("{place} · SQL"),
    }
}

/// Opens the source of an import, as was settled on or else as found.
/// Columns named in `types` are read as those.
pub(super) async fn open(
    task: &Task,
    spec: &ImportSpec,
    context: Context,
    types: Vec<(String, ColumnType)>,
) -> Result<Opened> {
    let (options, settled) = (spec.options.clone(), spec.settled.clone());
    if let SourceSpec::Database { label, .. } = &spec.source {
        let (source, keep) = database(&task.app, &spec.source)?;
        let reader = blocking(move || {
            let options = match settled {
                Some(settled) => *settled,
                None => source.sniff(&options, &context.limits)?.options,
            };
            source.open(&typed(options, &types), &context)
        })
        .await?;
        return Ok(Opened { reader, label: label.clone(), keep });
    }
    let staged = stage_file(&task.app, &task.principal, task.run.project_id, &spec.source, &context).await?;
    let (path, name, label) = (staged.path.clone(), staged.name.clone(), staged.name);
    let reader = blocking(move || {
        if let Some(settled) = settled {
            return tandem_ingest::open_settled(&path, &name, &typed(*settled, &types), &context);
        }
        let sniffed = tandem_ingest::sniff(&path, &name, &options)?;
        tandem_ingest::open(&path, &typed(sniffed.options, &types), &context)
    })
    .await?;
    Ok(Opened { reader, label, keep: staged.keep })
}

fn typed(mut options: ResolvedOptions, types: &[(String, ColumnType)]) -> ResolvedOptions {
    for column in &mut options.columns {
        if let Some((_, wanted)) = types.iter().find(|(name, _)| *name == column.name) {
            column.column_type = *wanted;
        }
    }
    options
}

/// The source as a file of this machine.
async fn stage_file(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    spec: &SourceSpec,
    context: &Context,
) -> Result<Staged> {
    match spec {
        SourceSpec::Upload { upload_id } => {
            let upload = stage::find(app, principal, project, *upload_id).await?;
            Ok(Staged { path: app.config.data_dir.join(&upload.path), name: upload.name, keep: Held::Nothing })
        }
        SourceSpec::Folder { folder, path } => {
            let file = stage::folders_of(app).file(*folder, path)?;
            Ok(Staged { path: file.path().to_path_buf(), name: file.name().to_owned(), keep: Held::Allowed(file) })
        }
        SourceSpec::S3 { .. } => {
            let source = object(app, spec)?;
            let fetched = tempfile::Builder::new().prefix("s3-").tempfile_in(app.temp_dir())?.into_temp_path();
            let limit = app.config.max_upload_bytes;
            source.fetch(&fetched, limit, &context.cancel, &*context.progress).await?;
            Ok(Staged { path: fetched.to_path_buf(), name: source.file_name()?, keep: Held::Fetched(fetched) })
        }
        SourceSpec::Database { .. } => Err(Error::internal("a database is no file")),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
