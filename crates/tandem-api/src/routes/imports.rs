//! Bringing data in: uploads, folders of the server, a look at a source, and
//! the import itself.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
};
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App, DatabaseKind,
    datasets::import::{self, ImportRequest, NewSource, SniffRequest},
    runs::{self, DatabaseRead, ImportMode},
};
use tandem_core::{
    Error, ErrorCode,
    id::{AssetId, ProjectId, UploadId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::runs::RunDto;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body as JsonBody, Params},
    malformed,
};

/// Bytes of a refused upload that are read and thrown away, at most.
const HEARD: usize = 32 << 20;
/// How long a refused upload is read on, at most.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    let uploads = OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(folders))
        .routes(routes!(browse))
        .routes(routes!(sniff))
        .routes(routes!(start))
}

/// A file on its way in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadDto {
    id: Uuid,
    name: String,
    bytes: u64,
    /// When it is thrown away if it was not imported.
    expires_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// The file's own name; its ending helps to tell the format.
    #[param(min_length = 1, max_length = 1000)]
    name: String,
}

/// Upload a file: its bytes are the body, written to disk as they come.
#[utoipa::path(post, path = "/projects/{project_id}/uploads", tag = "imports", operation_id = "upload_file",
    params(("project_id" = Uuid, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = UploadDto), Errors))]
async fn upload(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(query): Params<UploadQuery>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<(StatusCode, Json<UploadDto>)> {
    let expected = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let mut stream = body.into_data_stream().map_err(std::io::Error::other);
    let made = import::upload(&app, &who, project, &query.name, expected, &mut stream).await;
    if made.is_err() {
        hear_out(stream).await;
    }
    let upload = made?;
    let dto =
        UploadDto { id: *upload.id.as_uuid(), name: upload.name, bytes: upload.bytes, expires_at: upload.expires_at };
    Ok((StatusCode::CREATED, Json(dto)))
}

/// Reads on for a moment what is refused: who is still sending when the server
/// hangs up sees a broken connection in the place of the answer.
async fn hear_out(mut rest: impl Stream<Item = std::io::Result<Bytes>> + Unpin) {
    let read = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = rest.next().await {
            bytes += chunk.len();
            if bytes > HEARD {
                return;
            }
        }
    };
    // Who sends without end is cut off.
    let _ = tokio::time::timeout(PATIENCE, read).await;
}

/// Folders of the server that imports may read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderList {
    /// Their paths; an import names one by its place in this list, from 0.
    items: Vec<String>,
}

/// List the folders of the server that imports may read.
#[utoipa::path(get, path = "/import/folders", tag = "imports", operation_id = "list_folders",
    responses((status = 200, body = FolderList), Errors))]
async fn folders(State(app): State<Arc<App>>, Caller(who): Caller) -> ApiResult<Json<FolderList>> {
    Ok(Json(FolderList { items: import::folders(&app, &who).await? }))
}

/// What is in a folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderContent {
    items: Vec<FolderEntryDto>,
}

/// A file or folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderEntryDto {
    name: String,
    /// Whether it is a folder.
    folder: bool,
    bytes: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BrowseQuery {
    /// The path inside the folder; its top without it.
    #[param(max_length = 4096)]
    path: Option<String>,
}

/// List what is in a folder of the server.
#[utoipa::path(get, path = "/import/folders/{index}", tag = "imports", operation_id = "browse_folder",
    params(("index" = u32, Path), BrowseQuery), responses((status = 200, body = FolderContent), Errors))]
async fn browse(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(index): At<u32>,
    Params(query): Params<BrowseQuery>,
) -> ApiResult<Json<FolderContent>> {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    let entries = import::browse(&app, &who, index, query.path.as_deref().unwrap_or_default()).await?;
    let items = entries
        .into_iter()
        .map(|entry| FolderEntryDto { name: entry.name, folder: entry.folder, bytes: entry.bytes })
        .collect();
    Ok(Json(FolderContent { items }))
}

/// Where data comes from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SourceDto {
    /// A file that was uploaded.
    Upload {
        /// Its identifier.
        upload_id: Uuid,
    },
    /// A file in a folder of the server.
    Folder {
        /// The folder's place in the list of folders, from 0.
        folder: u32,
        /// The path inside it.
        #[schema(min_length = 1, max_length = 4096)]
        path: String,
    },
    /// An object in S3-compatible storage.
    S3 {
        /// `s3://bucket/key`.
        #[schema(max_length = 4096)]
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
    /// A PostgreSQL table or query.
    Postgres(DatabaseDto),
    /// A MySQL or MariaDB table or query.
    Mysql(DatabaseDto),
    /// A table or query of a SQLite file in a folder of the server.
    Sqlite(DatabaseDto),
}

/// A table or query of a database; one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseDto {
    /// `postgres://user:password@host/database`, `mysql://…`, or the path of a SQLite file.
    #[schema(max_length = 4096)]
    url: String,
    /// All rows of this table.
    table: Option<String>,
    /// The rows of this query, in the database's own SQL.
    query: Option<String>,
}

impl DatabaseDto {
    fn what(self) -> Result<(String, DatabaseRead), Error> {
        match (self.table, self.query) {
            (Some(table), None) => Ok((self.url, DatabaseRead::Table(table))),
            (None, Some(query)) => Ok((self.url, DatabaseRead::Query(query))),
            _ => Err(Error::new(ErrorCode::InvalidRequest, "Name either a table or a query of the database.")),
        }
    }
}

impl SourceDto {
    fn source(self) -> Result<NewSource, Error> {
        let database = |kind, dto: DatabaseDto| {
            let (url, what) = dto.what()?;
            Ok(NewSource::Database { kind, url, what })
        };
        Ok(match self {
            Self::Upload { upload_id } => NewSource::Upload(UploadId::from_uuid(upload_id)),
            Self::Folder { folder, path } => {
                NewSource::Folder { folder: usize::try_from(folder).unwrap_or(usize::MAX), path }
            }
            Self::S3 { url, endpoint, region, access_key, secret_key } => {
                NewSource::S3 { url, endpoint, region, access_key, secret_key }
            }
            Self::Postgres(dto) => return database(DatabaseKind::Postgres, dto),
            Self::Mysql(dto) => return database(DatabaseKind::Mysql, dto),
            Self::Sqlite(dto) => return database(DatabaseKind::Sqlite, dto),
        })
    }
}

/// A look at a source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SniffBody {
    source: SourceDto,
    /// What is said about the file; whatever is absent is found out: `format`, `encoding`, `delimiter`, `quote`,
    /// `header`, `skip_rows`, `null_values`, `sheet`, `columns`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    options: Option<Value>,
}

fn options(value: Option<Value>) -> Result<tandem_app::ImportOptions, Error> {
    match value {
        None | Some(Value::Null) => Ok(tandem_app::ImportOptions::default()),
        Some(value) => serde_json::from_value(value).map_err(|error| malformed::field("options", &error)),
    }
}

fn settled(value: Option<Value>) -> Result<Option<tandem_app::ResolvedOptions>, Error> {
    let wrong =
        |e| Error::new(ErrorCode::InvalidParameter, format!("settled: {e}. Send the options of the preview's answer."));
    value.map(|value| serde_json::from_value(value).map_err(wrong)).transpose()
}

/// Look at a source: its format, columns, types and first rows as they would be
/// imported.
#[utoipa::path(post, path = "/projects/{project_id}/import/sniff", tag = "imports", operation_id = "sniff_source",
    params(("project_id" = Uuid, Path)), request_body = SniffBody,
    responses((status = 200, body = Object), Errors))]
async fn sniff(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    JsonBody(body): JsonBody<SniffBody>,
) -> ApiResult<Json<Value>> {
    let request = SniffRequest { source: body.source.source()?, options: options(body.options)? };
    let sniffed = import::sniff(&app, &who, project, request).await?;
    Ok(Json(serde_json::to_value(sniffed).map_err(Error::internal)?))
}

/// How rows join those that are there.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModeDto {
    /// They are added.
    #[default]
    Append,
    /// They take their place.
    Replace,
    /// They take the place of rows with the same key.
    Upsert,
}

/// Where the rows go: a dataset that is there, or a new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetDto {
    dataset_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
}

/// An import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportBody {
    source: SourceDto,
    /// As for the look at the source.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    options: Option<Value>,
    /// The `options` of the preview's answer: the rows are read exactly as they were shown, and of `options` above only
    /// the types that were chosen for columns matter, where rows join others. Without it the server settles the same
    /// when the import is asked for (for an object in a store: when the job begins).
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    settled: Option<Value>,
    target: TargetDto,
    #[serde(default)]
    mode: ModeDto,
    /// The columns of the key, for an upsert.
    #[serde(default)]
    key: Vec<String>,
    /// What to say about the version.
    #[serde(default)]
    #[schema(max_length = 1000)]
    message: String,
    /// The largest share of rows that may be rejected; 0.01 without it.
    #[schema(minimum = 0, maximum = 1)]
    max_rejected_ratio: Option<f64>,
}

/// Import: the rows become the next version of a dataset, or nothing changes.
#[utoipa::path(post, path = "/projects/{project_id}/import", tag = "imports", operation_id = "start_import",
    params(("project_id" = Uuid, Path)), request_body = ImportBody,
    responses((status = 202, body = RunDto), Errors))]
async fn start(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    JsonBody(body): JsonBody<ImportBody>,
) -> ApiResult<(StatusCode, Json<RunDto>)> {
    if body.message.chars().count() > 1000 {
        return Err(Error::new(ErrorCode::InvalidParameter, "A message has 1000 characters at the most.").into());
    }
    let request = ImportRequest {
        source: body.source.source()?,
        options: options(body.options)?,
        settled: settled(body.settled)?,
        dataset: body.target.dataset_id.map(AssetId::from_uuid),
        name: body.target.name,
        mode: match body.mode {
            ModeDto::Append => ImportMode::Append,
            ModeDto::Replace => ImportMode::Replace,
            ModeDto::Upsert => ImportMode::Upsert { key: body.key },
        },
        message: body.message,
        max_rejected_ratio: body.max_rejected_ratio,
    };
    let run = import::start(&app, &who, project, request).await?;
    let detail = runs::refresh(&app, &who, run.run.id).await?;
    Ok((StatusCode::ACCEPTED, Json(RunDto::new(detail))))
}
