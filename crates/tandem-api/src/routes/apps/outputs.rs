//! What came out of a run, by the names that its workflow declares.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App, FileFormat,
    apps::{self, RunOutput},
};
use tandem_core::{Error, Lang, id::RunId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Params},
    routes::{dashboards::ExportFormat, datasets::DownloadQuery, rows, workflows::look::LookDto},
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(look)).routes(routes!(download)).routes(routes!(report))
}

/// An output of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutputDto {
    name: String,
    /// `{en, zh-CN}`.
    #[schema(value_type = Object)]
    label: Value,
    /// `{en, zh-CN}`.
    #[schema(value_type = Option<Object>, required)]
    help: Option<Value>,
    /// `table`, `model`, `report` or `value`.
    kind: Value,
    /// `ready`, `waiting`, `failed`, `skipped`, or `gone`: run again.
    state: &'static str,
    /// How many rows a table has, where that is known.
    #[schema(required)]
    rows: Option<u64>,
    /// `{code, message}`.
    #[schema(value_type = Option<Object>, required)]
    error: Option<Value>,
    /// Whether the caller may take it away as a file.
    download: bool,
}

impl OutputDto {
    fn new(output: RunOutput) -> Result<Self, Error> {
        Ok(Self {
            name: output.name,
            label: serde_json::to_value(output.label).map_err(Error::internal)?,
            help: output.help.map(serde_json::to_value).transpose().map_err(Error::internal)?,
            kind: serde_json::to_value(output.kind).map_err(Error::internal)?,
            state: output.state.as_str(),
            rows: output.rows,
            error: output.error,
            download: output.download,
        })
    }
}

/// The outputs of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutputList {
    items: Vec<OutputDto>,
}

/// What the declared outputs of a workflow's or app's run are, and where they stand.
#[utoipa::path(get, path = "/runs/{run_id}/outputs", tag = "apps", operation_id = "list_run_outputs",
    params(("run_id" = Uuid, Path)), responses((status = 200, body = OutputList), Errors))]
async fn list(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RunId>) -> ApiResult<Json<OutputList>> {
    let found = apps::outputs(&app, &who, id).await?;
    Ok(Json(OutputList { items: found.into_iter().map(OutputDto::new).collect::<Result<_, _>>()? }))
}

/// Which rows of an output.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OutputQuery {
    /// Rows to leave out at the start.
    #[serde(default)]
    offset: u32,
    /// How many rows at the most, 1 to 1000; 100 without it.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Look at an output of a run: rows, a report, a model or a value, as the caller
/// may see what it was made from.
#[utoipa::path(get, path = "/runs/{run_id}/outputs/{output}", tag = "apps", operation_id = "get_run_output",
    params(("run_id" = Uuid, Path), ("output" = String, Path), OutputQuery),
    responses((status = 200, body = LookDto), Errors))]
async fn look(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, output)): At<(RunId, String)>,
    Params(query): Params<OutputQuery>,
) -> ApiResult<Json<LookDto>> {
    let limit = u64::from(query.limit.unwrap_or(100));
    let looked = apps::look(&app, &who, id, &output, query.offset.into(), limit).await?;
    Ok(Json(LookDto::new(looked)?))
}

/// Take the rows of an output away as a file; needs `download` on every dataset
/// that the run read.
#[utoipa::path(get, path = "/runs/{run_id}/outputs/{output}/download", tag = "apps",
    operation_id = "download_run_output",
    params(("run_id" = Uuid, Path), ("output" = String, Path), DownloadQuery),
    responses((status = 200, content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.apache.parquet"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"), (String = "application/x-ndjson"))), Errors))]
async fn download(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, output)): At<(RunId, String)>,
    Params(query): Params<DownloadQuery>,
) -> ApiResult<Response> {
    let (name, stream) = apps::download(&app, &who, id, &output).await?;
    rows::file_of(stream, query.format.unwrap_or_default(), &name, ())
}

/// As what a page leaves.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `html`: one self-contained page; `pdf`: sheets of paper; `xlsx`: a workbook.
    #[param(inline)]
    format: ExportFormat,
    /// `en` or `zh-CN`; `en` without it.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "zh-CN")]
    lang: Lang,
}

/// Take an output that is a page away as a file; needs `download` on every
/// dataset that the run read.
#[utoipa::path(get, path = "/runs/{run_id}/outputs/{output}/report", tag = "apps",
    operation_id = "export_run_output",
    params(("run_id" = Uuid, Path), ("output" = String, Path), PageQuery),
    responses((status = 200, content((String = "text/html"), (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), Errors))]
async fn report(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, output)): At<(RunId, String)>,
    Params(query): Params<PageQuery>,
) -> ApiResult<Response> {
    let format = FileFormat::from(query.format);
    let bytes = apps::report_file(&app, &who, id, &output, format, query.lang).await?;
    let name = format!("attachment; filename=\"output-{id}.{}\"", format.extension());
    let kind = format.media_type().to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
