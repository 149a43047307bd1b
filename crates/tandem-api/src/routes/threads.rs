//! Threads of comments on assets, versions, elements of them, and runs.

mod shape;

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    records::thread::ThreadState,
    threads::{self, NewAssetThread, NewRunThread, ThreadQuery},
};
use tandem_core::id::{AssetId, CommentId, ProjectId, RunId, ThreadId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::shape::{DONE, Listed},
};
use shape::{ElementBody, ThreadDto, thread_state};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(of_asset))
        .routes(routes!(of_run))
        .routes(routes!(of_project))
        .routes(routes!(on_asset))
        .routes(routes!(on_run))
        .routes(routes!(get))
        .routes(routes!(change))
        .routes(routes!(answer))
        .routes(routes!(edit))
        .routes(routes!(remove))
        .routes(routes!(counts))
}

/// Which threads to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ThreadsQuery {
    /// In this state only: `open` or `resolved`.
    state: Option<String>,
    /// About elements of this kind only: `node`, `cell` or `block`.
    element_kind: Option<String>,
    /// About this element only.
    element: Option<String>,
    /// About this version only.
    seq: Option<i64>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended.
    cursor: Option<String>,
}

fn state(text: Option<&str>) -> ApiResult<Option<ThreadState>> {
    Ok(text.map(str::parse).transpose()?)
}

/// The threads about an asset, its versions, elements and runs, the last
/// changed first.
#[utoipa::path(get, path = "/assets/{asset_id}/threads", tag = "threads", operation_id = "list_asset_threads",
    params(("asset_id" = Uuid, Path), ThreadsQuery), responses((status = 200, body = Listed<ThreadDto>), Errors))]
async fn of_asset(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<ThreadsQuery>,
) -> ApiResult<Json<Listed<ThreadDto>>> {
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    let query = ThreadQuery {
        state: state(query.state.as_deref())?,
        element_kind: query.element_kind,
        element: query.element,
        seq: query.seq,
    };
    Ok(Json(threads::of_asset(&app, &who, id, query, &page).await?.into()))
}

/// Which threads of a run or a project to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StateQuery {
    /// In this state only: `open` or `resolved`.
    state: Option<String>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended.
    cursor: Option<String>,
}

/// The threads about a run, the last changed first.
#[utoipa::path(get, path = "/runs/{run_id}/threads", tag = "threads", operation_id = "list_run_threads",
    params(("run_id" = Uuid, Path), StateQuery), responses((status = 200, body = Listed<ThreadDto>), Errors))]
async fn of_run(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Params(query): Params<StateQuery>,
) -> ApiResult<Json<Listed<ThreadDto>>> {
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    Ok(Json(threads::of_run(&app, &who, id, state(query.state.as_deref())?, &page).await?.into()))
}

/// Which threads of a project to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MineQuery {
    /// Only those in which the caller wrote or is mentioned; all that they may read without it.
    #[serde(default)]
    mine: bool,
}

/// The threads of a project, the last changed first.
#[utoipa::path(get, path = "/projects/{project_id}/threads", tag = "threads", operation_id = "list_project_threads",
    params(("project_id" = Uuid, Path), MineQuery, StateQuery),
    responses((status = 200, body = Listed<ThreadDto>), Errors))]
async fn of_project(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    Params(mine): Params<MineQuery>,
    Params(query): Params<StateQuery>,
) -> ApiResult<Json<Listed<ThreadDto>>> {
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    let found = threads::mine(&app, &who, id, !mine.mine, state(query.state.as_deref())?, &page).await?;
    Ok(Json(found.into()))
}

/// A thread to begin about an asset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetThreadBody {
    /// What to say, as Markdown; `@[Name](user:UUID)` mentions a member of the project.
    #[schema(min_length = 1, max_length = 10000)]
    body: String,
    /// The version that it is about.
    #[schema(minimum = 1)]
    seq: Option<i64>,
    /// The element that it is about.
    element: Option<ElementBody>,
}

/// Begin a thread about an asset, a version of it, or an element of it.
#[utoipa::path(post, path = "/assets/{asset_id}/threads", tag = "threads", operation_id = "begin_asset_thread",
    params(("asset_id" = Uuid, Path)), request_body = AssetThreadBody,
    responses((status = 201, body = ThreadDto), Errors))]
async fn on_asset(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<AssetThreadBody>,
) -> ApiResult<(StatusCode, Json<ThreadDto>)> {
    let element = body.element.map(ElementBody::read).transpose()?;
    let new = NewAssetThread { body: body.body, seq: body.seq, element };
    Ok((StatusCode::CREATED, Json(threads::on_asset(&app, &who, id, new).await?.into())))
}

/// A thread to begin about a run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunThreadBody {
    /// What to say, as Markdown; `@[Name](user:UUID)` mentions a member of the project.
    #[schema(min_length = 1, max_length = 10000)]
    body: String,
    /// Whether it says what was wrong: whoever made what was run is mentioned.
    #[serde(default)]
    feedback: bool,
    /// The element that it is about.
    element: Option<ElementBody>,
}

/// Begin a thread about a run; it is among those of the workflow that was run.
#[utoipa::path(post, path = "/runs/{run_id}/threads", tag = "threads", operation_id = "begin_run_thread",
    params(("run_id" = Uuid, Path)), request_body = RunThreadBody,
    responses((status = 201, body = ThreadDto), Errors))]
async fn on_run(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Body(body): Body<RunThreadBody>,
) -> ApiResult<(StatusCode, Json<ThreadDto>)> {
    let element = body.element.map(ElementBody::read).transpose()?;
    let new = NewRunThread { body: body.body, feedback: body.feedback, element };
    Ok((StatusCode::CREATED, Json(threads::on_run(&app, &who, id, new).await?.into())))
}

/// One thread, with what was said in it.
#[utoipa::path(get, path = "/threads/{thread_id}", tag = "threads", operation_id = "get_thread",
    params(("thread_id" = Uuid, Path)), responses((status = 200, body = ThreadDto), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<ThreadId>) -> ApiResult<Json<ThreadDto>> {
    Ok(Json(threads::get(&app, &who, id).await?.into()))
}

/// Whether there is something left to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateBody {
    #[schema(schema_with = thread_state)]
    state: String,
}

/// Resolve a thread, or open it again.
#[utoipa::path(patch, path = "/threads/{thread_id}", tag = "threads", operation_id = "resolve_thread",
    params(("thread_id" = Uuid, Path)), request_body = StateBody, responses((status = 200, body = ThreadDto), Errors))]
async fn change(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ThreadId>,
    Body(body): Body<StateBody>,
) -> ApiResult<Json<ThreadDto>> {
    Ok(Json(threads::set_state(&app, &who, id, body.state.parse()?).await?.into()))
}

/// Something to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentBody {
    /// As Markdown; `@[Name](user:UUID)` mentions a member of the project.
    #[schema(min_length = 1, max_length = 10000)]
    body: String,
}

/// Answer in a thread; a resolved one is open again.
#[utoipa::path(post, path = "/threads/{thread_id}/comments", tag = "threads", operation_id = "answer_thread",
    params(("thread_id" = Uuid, Path)), request_body = CommentBody,
    responses((status = 201, body = ThreadDto), Errors))]
async fn answer(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ThreadId>,
    Body(body): Body<CommentBody>,
) -> ApiResult<(StatusCode, Json<ThreadDto>)> {
    Ok((StatusCode::CREATED, Json(threads::answer(&app, &who, id, &body.body).await?.into())))
}

/// Change the words of one's own comment.
#[utoipa::path(patch, path = "/threads/{thread_id}/comments/{comment_id}", tag = "threads",
    operation_id = "edit_comment", params(("thread_id" = Uuid, Path), ("comment_id" = Uuid, Path)),
    request_body = CommentBody, responses((status = 200, body = ThreadDto), Errors))]
async fn edit(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Body(body): Body<CommentBody>,
) -> ApiResult<Json<ThreadDto>> {
    Ok(Json(threads::edit(&app, &who, thread, id, &body.body).await?.into()))
}

/// Delete one's own comment, or with `manage` anybody's. Its place stays; a
/// thread in which nothing is left goes away.
#[utoipa::path(delete, path = "/threads/{thread_id}/comments/{comment_id}", tag = "threads",
    operation_id = "delete_comment", params(("thread_id" = Uuid, Path), ("comment_id" = Uuid, Path)),
    responses((status = 204), Errors))]
async fn remove(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> ApiResult<StatusCode> {
    threads::remove(&app, &who, thread, id).await?;
    Ok(DONE)
}

/// How many threads there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadCounts {
    /// Open ones, of the asset and all its elements.
    open: i64,
    /// Resolved ones.
    resolved: i64,
    /// Of each element that has any.
    elements: Vec<ElementCount>,
}

/// How many threads there are about an element.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ElementCount {
    /// `node`, `cell` or `block`.
    kind: String,
    id: String,
    open: i64,
    resolved: i64,
}

/// How many threads there are about an asset and each of its elements.
#[utoipa::path(get, path = "/assets/{asset_id}/threads/counts", tag = "threads", operation_id = "count_threads",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = ThreadCounts), Errors))]
async fn counts(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
) -> ApiResult<Json<ThreadCounts>> {
    let found = threads::counts(&app, &who, id).await?;
    let (open, resolved) = found.iter().fold((0, 0), |(open, done), one| (open + one.open, done + one.resolved));
    let elements = found.into_iter().filter_map(|one| {
        let (kind, id) = one.element?;
        Some(ElementCount { kind, id, open: one.open, resolved: one.resolved })
    });
    Ok(Json(ThreadCounts { open, resolved, elements: elements.collect() }))
}
