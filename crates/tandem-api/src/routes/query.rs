//! SQL.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    query::{self, limits},
};
use tandem_core::id::{ProjectId, RequestId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::rows::{self, ColumnDto, FileFormat, RowsDto};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
};

/// What asks for rows as an Arrow IPC stream.
const ARROW: &str = "application/vnd.apache.arrow.stream";

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(catalog))
        .routes(routes!(execute))
        .routes(routes!(export))
        .routes(routes!(cancel))
}

/// The tables one may use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogDto {
    items: Vec<CatalogTableDto>,
    next_cursor: Option<String>,
}

/// A table for SQL.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogTableDto {
    /// The dataset's name, as SQL writes it; `name@v3` is its third version.
    name: String,
    /// Number of its newest version.
    seq: i64,
    /// Its rows; null for whom some rows or columns are kept from.
    #[schema(required)]
    rows: Option<u64>,
    columns: Vec<ColumnDto>,
}

/// List the tables of a project that one may use, with their columns.
#[utoipa::path(get, path = "/projects/{project_id}/catalog", tag = "query", operation_id = "get_catalog",
    params(("project_id" = Uuid, Path), Paging), responses((status = 200, body = CatalogDto), Errors))]
async fn catalog(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<CatalogDto>> {
    let page = query::catalog(&app, &who, project, &paging.request()?).await?;
    let page = page.map(|table| CatalogTableDto {
        name: table.name,
        seq: table.seq,
        rows: table.rows,
        columns: table.columns.into_iter().map(|c| ColumnDto { name: c.name, kind: c.kind }).collect(),
    });
    Ok(Json(CatalogDto { items: page.items, next_cursor: page.next_cursor }))
}

/// A query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryBody {
    /// One SELECT over the project's datasets.
    #[schema(min_length = 1, max_length = 200_000)]
    sql: String,
    /// The most rows to return; 10,000 without it, and never more than the role allows.
    #[schema(minimum = 1)]
    limit: Option<u64>,
    /// Chosen by the client, so that it can cancel before the first row has come.
    query_id: Option<Uuid>,
}

/// The rows of a query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryDto {
    query_id: Uuid,
    #[serde(flatten)]
    rows: RowsDto,
    /// From the question to the last row, in milliseconds.
    elapsed_ms: u64,
}

/// Ask the project's datasets. With `Accept: application/vnd.apache.arrow.stream`
/// the rows come as an Arrow IPC stream.
#[utoipa::path(post, path = "/projects/{project_id}/query", tag = "query", operation_id = "run_query",
    params(("project_id" = Uuid, Path)), request_body = QueryBody,
    responses((status = 200, content(
        (QueryDto = "application/json"), (Vec<u8> = "application/vnd.apache.arrow.stream"))), Errors))]
async fn execute(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    headers: HeaderMap,
    Body(body): Body<QueryBody>,
) -> ApiResult<Response> {
    let started = tokio::time::Instant::now();
    let id = body.query_id.map(RequestId::from_uuid);
    let limit = body.limit.unwrap_or(limits::DEFAULT_ROWS);
    let answer = query::execute(&app, &who, project, &body.sql, Some(limit), id).await?;
    let query_id = *answer.id.as_uuid();
    let arrow = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(ARROW));
    if arrow {
        return rows::arrow(answer.stream, answer.ticket, query_id);
    }
    let rows = RowsDto::collect(answer.stream, None).await?;
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Json(QueryDto { query_id, rows, elapsed_ms }).into_response())
}

/// A query whose rows leave as a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportBody {
    #[schema(min_length = 1, max_length = 200_000)]
    sql: String,
    /// The kind of file; `csv` without it.
    #[serde(default)]
    format: FileFormat,
}

/// Take the rows of a query away as a file; needs `download` on every dataset read.
#[utoipa::path(post, path = "/projects/{project_id}/query/export", tag = "query", operation_id = "export_query",
    params(("project_id" = Uuid, Path)), request_body = ExportBody,
    responses((status = 200, content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.apache.parquet"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"), (String = "application/x-ndjson"))), Errors))]
async fn export(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<ExportBody>,
) -> ApiResult<Response> {
    let answer = query::export(&app, &who, project, &body.sql).await?;
    rows::file_of(answer.stream, body.format, "query", answer.ticket)
}

/// Cancel a query of one's own.
#[utoipa::path(delete, path = "/queries/{query_id}", tag = "query", operation_id = "cancel_query",
    params(("query_id" = Uuid, Path)), responses((status = 204), Errors))]
async fn cancel(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RequestId>) -> ApiResult<StatusCode> {
    query::cancel(&app, &who, id)?;
    Ok(StatusCode::NO_CONTENT)
}
