//! Apps: workflows and packaged components that somebody runs by a form.

mod outputs;

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_app::{
    App,
    apps::{self, AppRequest, AppView, Candidate},
};
use tandem_core::{
    Error, Page, Text,
    id::{AssetId, ProjectId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::{
        rows::ColumnDto,
        runs::{RunDto, RunPage},
        shape::{AssetRef, DONE, User},
    },
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, publish, unpublish))
        .routes(routes!(datasets))
        .routes(routes!(run, runs))
        .merge(outputs::router())
}

/// An app.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppDto {
    /// That of the asset.
    #[schema(value_type = Uuid)]
    id: AssetId,
    asset: AssetRef,
    #[schema(value_type = Uuid)]
    project_id: ProjectId,
    /// The version that is run.
    seq: i64,
    /// The asset's newest version.
    newest_seq: i64,
    /// What it takes, what may be set, what it gives; texts are `{en, zh-CN}`.
    #[schema(value_type = Object)]
    signature: Value,
    /// Its page as Markdown, by language.
    pages: BTreeMap<&'static str, String>,
    /// Who published it.
    author: User,
    /// When.
    updated_at: DateTime<Utc>,
    /// What the caller may do: `run`, `edit`.
    rights: Vec<&'static str>,
}

impl AppDto {
    fn new(view: AppView) -> Result<Self, Error> {
        let rights = [("run", view.may_run), ("edit", view.may_edit)];
        Ok(Self {
            id: view.asset.id,
            project_id: view.asset.project_id,
            seq: view.seq,
            newest_seq: view.asset.latest_seq,
            signature: serde_json::to_value(&view.signature).map_err(Error::internal)?,
            pages: BTreeMap::from([("en", view.en), ("zh-CN", view.zh)]),
            author: view.author.into(),
            updated_at: view.published_at,
            rights: rights.into_iter().filter_map(|(name, may)| may.then_some(name)).collect(),
            asset: AssetRef::new(view.asset, Some(view.seq)),
        })
    }
}

/// The apps of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppList {
    items: Vec<AppDto>,
}

/// Which apps to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppsQuery {
    /// With these words in the name or title, in either language.
    q: Option<String>,
}

/// The apps of a project that the caller may use, by name.
#[utoipa::path(get, path = "/projects/{project_id}/apps", tag = "apps", operation_id = "list_apps",
    params(("project_id" = Uuid, Path), AppsQuery), responses((status = 200, body = AppList), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(query): Params<AppsQuery>,
) -> ApiResult<Json<AppList>> {
    let found = apps::list(&app, &who, project, query.q.as_deref()).await?;
    Ok(Json(AppList { items: found.into_iter().map(AppDto::new).collect::<Result<_, _>>()? }))
}

/// One app, with what its form is made from.
#[utoipa::path(get, path = "/apps/{app_id}", tag = "apps", operation_id = "get_app",
    params(("app_id" = Uuid, Path)), responses((status = 200, body = AppDto), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<AppDto>> {
    Ok(Json(AppDto::new(apps::get(&app, &who, id).await?)?))
}

/// A version to publish as an app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppBody {
    /// The version that is run from now on.
    #[schema(minimum = 1)]
    seq: i64,
    /// What it is called: `{en, zh-CN}`.
    #[schema(value_type = Object)]
    title: Text,
    /// What it is for: `{en, zh-CN}`.
    #[schema(value_type = Object)]
    summary: Text,
    /// How it is used, as Markdown: `{en, zh-CN}`.
    #[schema(value_type = Option<Object>)]
    help: Option<Text>,
}

/// Publish a version of a workflow or a packaged component as an app.
#[utoipa::path(put, path = "/apps/{app_id}", tag = "apps", operation_id = "publish_app",
    params(("app_id" = Uuid, Path)), request_body = AppBody, responses((status = 200, body = AppDto), Errors))]
async fn publish(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<AppBody>,
) -> ApiResult<Json<AppDto>> {
    let help = body.help.unwrap_or_else(|| Text::new("", ""));
    Ok(Json(AppDto::new(apps::publish(&app, &who, id, body.seq, body.title, body.summary, help).await?)?))
}

/// End an app; the workflow stays as it is.
#[utoipa::path(delete, path = "/apps/{app_id}", tag = "apps", operation_id = "unpublish_app",
    params(("app_id" = Uuid, Path)), responses((status = 204), Errors))]
async fn unpublish(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<StatusCode> {
    apps::unpublish(&app, &who, id).await?;
    Ok(DONE)
}

/// A dataset that may be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateDto {
    asset: AssetRef,
    /// Its rows; null for whom some rows or columns are kept from.
    #[schema(required)]
    rows: Option<u64>,
    /// Its columns, without those that are hidden from the caller.
    columns: Vec<ColumnDto>,
    /// Whether it fits.
    fits: bool,
    /// Why not: `{code, message: {en, zh-CN}}`.
    #[schema(value_type = Vec<Object>)]
    problems: Vec<Value>,
}

impl From<Candidate> for CandidateDto {
    fn from(candidate: Candidate) -> Self {
        let seq = candidate.asset.latest_seq;
        let problems = candidate.problems.into_iter();
        let problems: Vec<Value> =
            problems.map(|one| serde_json::json!({ "code": one.code, "message": one.message })).collect();
        Self {
            asset: AssetRef::new(candidate.asset, Some(seq)),
            rows: candidate.rows,
            columns: candidate.columns.into_iter().map(|c| ColumnDto { name: c.name, kind: c.kind }).collect(),
            fits: problems.is_empty(),
            problems,
        }
    }
}

/// Datasets that may be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateList {
    items: Vec<CandidateDto>,
}

/// The datasets that the caller may choose for an input, and whether they fit.
#[utoipa::path(get, path = "/apps/{app_id}/inputs/{input}/datasets", tag = "apps", operation_id = "list_app_datasets",
    params(("app_id" = Uuid, Path), ("input" = String, Path), AppsQuery),
    responses((status = 200, body = CandidateList), Errors))]
async fn datasets(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, input)): At<(AssetId, String)>,
    Params(query): Params<AppsQuery>,
) -> ApiResult<Json<CandidateList>> {
    let found = apps::datasets(&app, &who, id, &input, query.q.as_deref()).await?;
    Ok(Json(CandidateList { items: found.into_iter().map(CandidateDto::from).collect() }))
}

/// A dataset for an input.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InputChoice {
    #[schema(value_type = Uuid)]
    dataset_id: AssetId,
    /// A version of it; the newest without it.
    #[schema(minimum = 1)]
    version: Option<i64>,
}

pub(crate) fn chosen(inputs: BTreeMap<String, InputChoice>) -> BTreeMap<String, (AssetId, Option<i64>)> {
    inputs.into_iter().map(|(name, choice)| (name, (choice.dataset_id, choice.version))).collect()
}

/// An app's form, filled in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppRunBody {
    /// The data, by input.
    #[serde(default)]
    inputs: BTreeMap<String, InputChoice>,
    /// The parameters, of the types that the signature says.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
    /// The seed of its randomness.
    #[schema(maximum = 9007199254740991_u64)]
    seed: Option<u64>,
}

/// Run an app. What is wrong with a parameter or an input is `invalid_parameter`,
/// and the message begins with its place: `params.rate`, `inputs.orders`.
#[utoipa::path(post, path = "/apps/{app_id}/runs", tag = "apps", operation_id = "run_app",
    params(("app_id" = Uuid, Path)), request_body = AppRunBody, responses((status = 202, body = RunDto), Errors))]
async fn run(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<AppRunBody>,
) -> ApiResult<(StatusCode, Json<RunDto>)> {
    let request = AppRequest { inputs: chosen(body.inputs), params: body.params.unwrap_or_default(), seed: body.seed };
    Ok((StatusCode::ACCEPTED, Json(RunDto::new(apps::run(&app, &who, id, request).await?))))
}

/// Whose runs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppRunsQuery {
    /// Everybody's, for who may edit it; one's own without it.
    #[serde(default)]
    everyone: bool,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended.
    cursor: Option<String>,
}

/// One's earlier runs of an app, newest first.
#[utoipa::path(get, path = "/apps/{app_id}/runs", tag = "apps", operation_id = "list_app_runs",
    params(("app_id" = Uuid, Path), AppRunsQuery), responses((status = 200, body = RunPage), Errors))]
async fn runs(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<AppRunsQuery>,
) -> ApiResult<Json<RunPage>> {
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    let Page { items, next_cursor } = apps::runs(&app, &who, id, query.everyone, &page).await?.map(RunDto::new);
    Ok(Json(RunPage { items, next_cursor }))
}
