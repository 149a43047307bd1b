//! Dashboards: the document, what a page shows, templates, and files.

mod choices;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_app::{
    App, FileFormat,
    dashboards::{self, Answer, Binding, Dashboard, DashboardDetail as Detail, Reading},
};
use tandem_core::{
    Cancel, Error, Lang,
    id::{AssetId, ProjectId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::assets::Asset;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
    malformed,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(save))
        .routes(routes!(answer))
        .routes(routes!(preview))
        .routes(routes!(roles))
        .routes(routes!(bind))
        .routes(routes!(export))
        .merge(choices::router())
}

/// A dashboard with its document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardDetail {
    asset: Asset,
    /// The version read.
    seq: i64,
    /// The document: `{format, sources, filters, pages}`.
    #[schema(value_type = Object)]
    dashboard: Value,
}

impl DashboardDetail {
    fn new(detail: Detail) -> Result<Self, Error> {
        let dashboard = serde_json::to_value(&detail.dashboard).map_err(Error::internal)?;
        Ok(Self { asset: detail.asset.into(), seq: detail.seq, dashboard })
    }
}

/// A dashboard to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DashboardBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Its document.
    #[schema(value_type = Object)]
    dashboard: Value,
}

/// Make a dashboard.
#[utoipa::path(post, path = "/projects/{project_id}/dashboards", tag = "dashboards",
    operation_id = "create_dashboard", params(("project_id" = Uuid, Path)), request_body = DashboardBody,
    responses((status = 201, body = DashboardDetail), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<DashboardBody>,
) -> ApiResult<(StatusCode, Json<DashboardDetail>)> {
    let document = Dashboard::read(&body.dashboard)?;
    let made = dashboards::create(&app, &who, project, &body.name, &body.description, &document).await?;
    Ok((StatusCode::CREATED, Json(DashboardDetail::new(made)?)))
}

/// Which version to read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeqQuery {
    /// A version; the newest without it.
    #[param(minimum = 1)]
    seq: Option<i64>,
}

/// A dashboard, or one of its versions.
#[utoipa::path(get, path = "/dashboards/{dashboard_id}", tag = "dashboards", operation_id = "get_dashboard",
    params(("dashboard_id" = Uuid, Path), SeqQuery), responses((status = 200, body = DashboardDetail), Errors))]
async fn get(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<SeqQuery>,
) -> ApiResult<Json<DashboardDetail>> {
    Ok(Json(DashboardDetail::new(dashboards::get(&app, &who, id, query.seq).await?)?))
}

/// A version to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveDashboardBody {
    /// The version that was edited.
    #[schema(minimum = 1)]
    base: i64,
    /// The document.
    #[schema(value_type = Object)]
    dashboard: Value,
    /// What to say about it.
    #[serde(default)]
    #[schema(max_length = 4000)]
    message: String,
}

/// Save a dashboard as its next version. Where somebody else saved one since
/// `base`, nothing is changed.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/versions", tag = "dashboards",
    operation_id = "save_dashboard", params(("dashboard_id" = Uuid, Path)), request_body = SaveDashboardBody,
    responses((status = 201, body = DashboardDetail), Errors))]
async fn save(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<SaveDashboardBody>,
) -> ApiResult<(StatusCode, Json<DashboardDetail>)> {
    let document = Dashboard::read(&body.dashboard)?;
    let saved = dashboards::save(&app, &who, id, body.base, &document, &body.message).await?;
    Ok((StatusCode::CREATED, Json(DashboardDetail::new(saved)?)))
}

/// What a reader asks of a dashboard.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReadingBody {
    /// A version; the newest without it.
    #[schema(minimum = 1)]
    seq: Option<i64>,
    /// The page; the first one without it.
    #[schema(max_length = 64)]
    page: Option<String>,
    /// What holds instead of a filter's own conditions: filter → `[{operator, value}]`.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
    /// The values that were pointed at, from the coarsest: block → `[value]`.
    #[schema(value_type = Option<Object>)]
    drill: Option<Value>,
}

fn reading(filters: Option<Value>, drill: Option<Value>) -> Result<Reading, Error> {
    let wrong = |what: &'static str| move |error: serde_json::Error| malformed::field(what, &error);
    Ok(Reading {
        filters: filters.map(serde_json::from_value).transpose().map_err(wrong("filters"))?.unwrap_or_default(),
        drill: drill.map(serde_json::from_value).transpose().map_err(wrong("drill"))?.unwrap_or_default(),
    })
}

/// What a page shows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardAnswer {
    /// Its figures: `{block, section}`, or `{block, error: {code, message: {en, zh-CN}}}`.
    #[schema(value_type = Vec<Object>)]
    blocks: Vec<Value>,
    /// What was read.
    used: Vec<UsedVersionDto>,
}

/// A version of a dataset that figures were made from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsedVersionDto {
    /// The source that it is of the dashboard.
    source: String,
    dataset_id: Uuid,
    name: String,
    seq: i64,
    /// Its rows; null for whom some rows or columns are kept from.
    #[schema(required)]
    rows: Option<u64>,
}

impl DashboardAnswer {
    fn new(answer: Answer) -> Result<Self, Error> {
        let block = |one: dashboards::Answered| {
            Ok::<_, Error>(match one.section {
                Ok(section) => {
                    let section = serde_json::to_value(section).map_err(Error::internal)?;
                    json!({ "block": one.block, "section": section })
                }
                Err((code, message)) => {
                    json!({ "block": one.block, "error": { "code": code.as_str(), "message": message } })
                }
            })
        };
        let used = answer.used.into_iter().map(|used| UsedVersionDto {
            source: used.source,
            dataset_id: *used.dataset.as_uuid(),
            name: used.name,
            seq: used.seq,
            rows: used.rows,
        });
        Ok(Self { blocks: answer.blocks.into_iter().map(block).collect::<Result<_, _>>()?, used: used.collect() })
    }
}

/// Compute a page of a dashboard, as the caller may see its datasets.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/answer", tag = "dashboards",
    operation_id = "answer_dashboard", params(("dashboard_id" = Uuid, Path)), request_body = ReadingBody,
    responses((status = 200, body = DashboardAnswer), Errors))]
async fn answer(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<ReadingBody>,
) -> ApiResult<Json<DashboardAnswer>> {
    let reading = reading(body.filters, body.drill)?;
    let cancel = Cancel::new();
    let answer = dashboards::answer(&app, &who, id, body.seq, body.page.as_deref(), &reading, &cancel).await?;
    Ok(Json(DashboardAnswer::new(answer)?))
}

/// A page of a document that was not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The document.
    #[schema(value_type = Object)]
    dashboard: Value,
    /// The page; the first one without it.
    #[schema(max_length = 64)]
    page: Option<String>,
    /// As of `answer`.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
    /// As of `answer`.
    #[schema(value_type = Option<Object>)]
    drill: Option<Value>,
}

/// Compute a page of a dashboard that was not saved yet.
#[utoipa::path(post, path = "/projects/{project_id}/dashboards/answer", tag = "dashboards",
    operation_id = "preview_dashboard", params(("project_id" = Uuid, Path)), request_body = PreviewBody,
    responses((status = 200, body = DashboardAnswer), Errors))]
async fn preview(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<PreviewBody>,
) -> ApiResult<Json<DashboardAnswer>> {
    let (document, reading) = (Dashboard::read(&body.dashboard)?, reading(body.filters, body.drill)?);
    let cancel = Cancel::new();
    let answer = dashboards::preview(&app, &who, project, &document, body.page.as_deref(), &reading, &cancel).await?;
    Ok(Json(DashboardAnswer::new(answer)?))
}

/// What the sources of a dashboard must bring.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardRoles {
    items: Vec<SourceRolesDto>,
}

/// What one of them must bring.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceRolesDto {
    source: String,
    /// What it holds: `{en, zh-CN}`.
    #[schema(value_type = Option<Object>)]
    label: Option<Value>,
    columns: Vec<RoleColumnDto>,
}

/// A column that figures use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleColumnDto {
    name: String,
    /// Its type in the data that the dashboard was made over, where the caller may see that.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// List the columns that a dashboard's figures and filters use, to bind it to other data.
#[utoipa::path(get, path = "/dashboards/{dashboard_id}/roles", tag = "dashboards",
    operation_id = "list_dashboard_roles", params(("dashboard_id" = Uuid, Path)),
    responses((status = 200, body = DashboardRoles), Errors))]
async fn roles(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
) -> ApiResult<Json<DashboardRoles>> {
    let items = dashboards::roles(&app, &who, id).await?.into_iter().map(|one| SourceRolesDto {
        source: one.source,
        label: one.label.map(|label| json!(label)),
        columns: one.columns.into_iter().map(|c| RoleColumnDto { name: c.name, kind: c.kind }).collect(),
    });
    Ok(Json(DashboardRoles { items: items.collect() }))
}

/// A dashboard over other data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BindBody {
    /// The dashboard whose pages it takes.
    template_id: Uuid,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Source → `{dataset, columns}`, where `columns` says which column goes under a name that figures use.
    #[schema(value_type = Object)]
    sources: BTreeMap<String, Binding>,
}

/// Make a dashboard with the pages of another over other data.
#[utoipa::path(post, path = "/projects/{project_id}/dashboards/bind", tag = "dashboards",
    operation_id = "bind_dashboard", params(("project_id" = Uuid, Path)), request_body = BindBody,
    responses((status = 201, body = DashboardDetail), Errors))]
async fn bind(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<BindBody>,
) -> ApiResult<(StatusCode, Json<DashboardDetail>)> {
    let template = AssetId::from_uuid(body.template_id);
    let made = dashboards::bind(&app, &who, template, project, &body.name, &body.sources).await?;
    Ok((StatusCode::CREATED, Json(DashboardDetail::new(made)?)))
}

/// A file to make of a dashboard.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DashboardExport {
    /// `html`: one self-contained page; `xlsx`: a workbook; `pdf`: sheets of paper.
    format: ExportFormat,
    /// In which language: `en` or `zh-CN`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "zh-CN")]
    lang: Lang,
    /// As of `answer`.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
}

/// The kinds of file that a dashboard leaves as.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportFormat {
    /// A web page.
    Html,
    /// An Excel workbook.
    Xlsx,
    /// Sheets of paper.
    Pdf,
}

impl From<ExportFormat> for FileFormat {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Html => Self::Html,
            ExportFormat::Xlsx => Self::Xlsx,
            ExportFormat::Pdf => Self::Pdf,
        }
    }
}

/// Take every page of a dashboard away as a file; needs `download` on every dataset that it reads.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/export", tag = "dashboards",
    operation_id = "export_dashboard", params(("dashboard_id" = Uuid, Path)), request_body = DashboardExport,
    responses((status = 200, content((String = "text/html"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf"))), Errors))]
async fn export(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<DashboardExport>,
) -> ApiResult<Response> {
    let (reading, cancel) = (reading(body.filters, None)?, Cancel::new());
    let format = FileFormat::from(body.format);
    let bytes = dashboards::file(&app, &who, id, &reading, format, body.lang, &cancel).await?;
    let name = format!("attachment; filename=\"dashboard-{id}.{}\"", format.extension());
    Ok(([(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}
