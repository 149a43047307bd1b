//! Scenarios: what there is, which columns fit, starting one, and its report.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_app::{
    App, FileFormat,
    runs::{
        report,
        scenario::{self, ScenarioRequest},
    },
    scenarios,
};
use tandem_core::{
    Error, ErrorCode, Lang, Principal,
    id::{AssetId, ProjectId, RunId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::runs::RunDto;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(suggest))
        .routes(routes!(start))
        .routes(routes!(report_json))
        .routes(routes!(report_html))
        .routes(routes!(report_xlsx))
        .routes(routes!(report_pdf))
}

/// The scenarios there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScenarioList {
    /// Each with its signature: `name`, `title`, `summary`, `inputs` with roles, `params` as JSON Schema, `outputs`;
    /// texts are `{en, zh-CN}`.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// List the scenarios.
#[utoipa::path(get, path = "/scenarios", tag = "scenarios", operation_id = "list_scenarios",
    responses((status = 200, body = ScenarioList), Errors))]
async fn list(Caller(_who): Caller) -> ApiResult<Json<ScenarioList>> {
    let items = scenarios::list()?.into_iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(Json(ScenarioList { items: items.map_err(Error::internal)? }))
}

/// One scenario with its signature.
#[utoipa::path(get, path = "/scenarios/{name}", tag = "scenarios", operation_id = "get_scenario",
    params(("name" = String, Path)), responses((status = 200, body = Object), Errors))]
async fn get(Caller(_who): Caller, At(name): At<String>) -> ApiResult<Json<Value>> {
    Ok(Json(serde_json::to_value(scenarios::find(&name)?).map_err(Error::internal)?))
}

/// For which dataset columns are suggested.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestBody {
    dataset_id: Uuid,
}

/// Columns that may play the roles of a scenario.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionList {
    items: Vec<SuggestionDto>,
}

/// A column for a role.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionDto {
    role: String,
    column: String,
    /// How well it fits, 0 to 1.
    score: f64,
    /// Why, in both languages: `{en, zh-CN}`.
    #[schema(value_type = Object)]
    reason: Value,
}

/// Suggest which columns of a dataset play the roles of a scenario.
#[utoipa::path(post, path = "/projects/{project_id}/scenarios/{name}/suggest", tag = "scenarios",
    operation_id = "suggest_mapping", params(("project_id" = Uuid, Path), ("name" = String, Path)),
    request_body = SuggestBody, responses((status = 200, body = SuggestionList), Errors))]
async fn suggest(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
    Body(body): Body<SuggestBody>,
) -> ApiResult<Json<SuggestionList>> {
    let found = report::suggest(&app, &who, project, &name, AssetId::from_uuid(body.dataset_id)).await?;
    let dto = |s: scenarios::suggest::Suggestion| {
        let reason = serde_json::to_value(s.reason).map_err(Error::internal)?;
        Ok::<_, Error>(SuggestionDto { role: s.role, column: s.column, score: s.score, reason })
    };
    Ok(Json(SuggestionList { items: found.into_iter().map(dto).collect::<Result<_, _>>()? }))
}

/// A scenario to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioBody {
    /// What goes in, by the name of the input.
    inputs: BTreeMap<String, ScenarioInputDto>,
    /// Parameters by name; what is absent takes its default.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
    /// The seed of its randomness.
    seed: Option<i64>,
    /// What its results are called.
    #[schema(min_length = 1, max_length = 120)]
    output_name: Option<String>,
}

/// One input of a scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioInputDto {
    dataset_id: Uuid,
    /// Its version; the newest without it.
    version: Option<u64>,
    /// Role → column.
    map: BTreeMap<String, String>,
}

/// Run a scenario. A run with equal inputs and parameters is served from the
/// cache at once.
#[utoipa::path(post, path = "/projects/{project_id}/scenarios/{name}/runs", tag = "scenarios",
    operation_id = "run_scenario", params(("project_id" = Uuid, Path), ("name" = String, Path)),
    request_body = ScenarioBody, responses((status = 202, body = RunDto), Errors))]
async fn start(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
    Body(mut body): Body<ScenarioBody>,
) -> ApiResult<(StatusCode, Json<RunDto>)> {
    let manifest = scenarios::find(&name)?;
    let mut chosen = None;
    for input in &manifest.inputs {
        chosen = chosen.or(body.inputs.remove(&input.name));
    }
    if let Some(unknown) = body.inputs.keys().next() {
        return Err(Error::new(ErrorCode::InvalidParameter, format!("The scenario has no input “{unknown}”.")).into());
    }
    let input = chosen.ok_or_else(|| {
        Error::new(ErrorCode::InvalidRequest, "Name the dataset that the scenario runs on under its input's name.")
    })?;
    let request = ScenarioRequest {
        scenario: name,
        dataset: AssetId::from_uuid(input.dataset_id),
        seq: input.version,
        map: input.map,
        params: body.params.unwrap_or_default(),
        seed: body.seed,
        output_name: body.output_name,
    };
    let run = scenario::start(&app, &who, project, request).await?;
    Ok((StatusCode::ACCEPTED, Json(RunDto::new(run))))
}

/// The report of a run, as a document that pages draw.
#[utoipa::path(get, path = "/runs/{run_id}/report", tag = "scenarios", operation_id = "get_report",
    params(("run_id" = Uuid, Path)), responses((status = 200, body = Object), Errors))]
async fn report_json(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RunId>) -> ApiResult<Json<Value>> {
    let document = report::report(&app, &who, id).await?;
    Ok(Json(serde_json::to_value(document).map_err(Error::internal)?))
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LangQuery {
    /// `en` or `zh-CN`; `en` without it.
    lang: Option<String>,
}

impl LangQuery {
    fn lang(&self) -> Result<Lang, Error> {
        match self.lang.as_deref() {
            None | Some("en") => Ok(Lang::En),
            Some("zh-CN" | "zh") => Ok(Lang::Zh),
            Some(_) => Err(Error::new(ErrorCode::InvalidParameter, "lang is en or zh-CN.")),
        }
    }
}

/// The report of a run as one self-contained HTML file.
#[utoipa::path(get, path = "/runs/{run_id}/report.html", tag = "scenarios", operation_id = "export_report_html",
    params(("run_id" = Uuid, Path), LangQuery),
    responses((status = 200, content_type = "text/html", body = String), Errors))]
async fn report_html(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Params(query): Params<LangQuery>,
) -> ApiResult<Response> {
    file(&app, &who, id, FileFormat::Html, &query).await
}

/// The report of a run as a workbook.
#[utoipa::path(get, path = "/runs/{run_id}/report.xlsx", tag = "scenarios", operation_id = "export_report_xlsx",
    params(("run_id" = Uuid, Path), LangQuery),
    responses((status = 200,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), Errors))]
async fn report_xlsx(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Params(query): Params<LangQuery>,
) -> ApiResult<Response> {
    file(&app, &who, id, FileFormat::Xlsx, &query).await
}

/// The report of a run as a PDF document.
#[utoipa::path(get, path = "/runs/{run_id}/report.pdf", tag = "scenarios", operation_id = "export_report_pdf",
    params(("run_id" = Uuid, Path), LangQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), Errors))]
async fn report_pdf(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Params(query): Params<LangQuery>,
) -> ApiResult<Response> {
    file(&app, &who, id, FileFormat::Pdf, &query).await
}

async fn file(app: &App, who: &Principal, id: RunId, format: FileFormat, query: &LangQuery) -> ApiResult<Response> {
    let bytes = report::file(app, who, id, format, query.lang()?).await?;
    let name = format!("attachment; filename=\"report-{id}.{}\"", format.extension());
    let kind = format.media_type().to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
