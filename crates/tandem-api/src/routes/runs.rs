//! Runs: what is being computed, what was, and how far it is.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use chrono::{DateTime, Utc};
use futures::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App,
    records::run::{RunFilter, RunLink},
    runs::{self, RunDetail},
};
use tandem_core::{
    Page, Principal,
    id::{AssetId, ProjectId, RunId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::shape::User;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Paging, Params},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(cancel))
        .routes(routes!(reproduce))
        .routes(routes!(events))
}

/// Something that is or was computed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunDto {
    id: Uuid,
    project_id: Uuid,
    /// What kind of work it is.
    #[schema(example = "import")]
    kind: String,
    /// What is run: the scenario's name, or the dataset's.
    name: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    #[schema(example = "running")]
    state: String,
    progress: Option<ProgressDto>,
    /// Of a workflow: where each node stands, as `GET /runs/{run_id}/nodes` says.
    #[schema(value_type = Option<Object>)]
    nodes: Option<Value>,
    /// The parameters that were chosen.
    #[schema(value_type = Object)]
    params: Value,
    inputs: Vec<RunInputDto>,
    outputs: Vec<RunLinkDto>,
    /// Equal for runs with equal results.
    digest: Option<String>,
    /// Whether the outputs were served from an earlier run with the same digest.
    cached: bool,
    /// Whether an input has a newer version than the one that went in.
    stale: bool,
    /// The run that this one repeats.
    reproduces: Option<Uuid>,
    /// The seed of its randomness.
    seed: i64,
    /// What it ran in.
    environment: String,
    /// What there is to say of it once it is done.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    error: Option<RunErrorDto>,
    /// What its results are called, for a scenario.
    output_name: Option<String>,
    /// Who started it.
    created_by: Uuid,
    author: User,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

/// How far a run is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ProgressDto {
    /// What it is at, a stable word.
    phase: String,
    /// Rows or bytes done.
    done: u64,
    /// Of how many, where that is known.
    total: Option<u64>,
}

/// Why a run failed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RunErrorDto {
    code: String,
    message: String,
}

/// A version that went into a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunInputDto {
    #[serde(flatten)]
    link: RunLinkDto,
    /// Role → column, for a scenario; absent where the caller may not know of the asset.
    mapping: Option<BTreeMap<String, String>>,
}

/// A version at one end of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunLinkDto {
    /// What it is to the run.
    #[schema(example = "transactions")]
    role: String,
    /// The asset; absent where the caller may not know of it.
    asset: Option<LinkedAssetDto>,
    /// The version's number.
    seq: i64,
}

/// An asset, named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedAssetDto {
    id: Uuid,
    kind: String,
    name: String,
}

impl RunDto {
    pub(crate) fn new(detail: RunDetail) -> Self {
        let scenario = detail.scenario();
        let RunDetail { view, assets, author, inside } = detail;
        let link = |link: &RunLink| RunLinkDto {
            role: link.role.clone(),
            asset: assets.get(&link.asset_id).map(|asset| LinkedAssetDto {
                id: uuid(asset.id),
                kind: asset.kind.as_str().to_owned(),
                name: asset.name.clone(),
            }),
            seq: link.seq,
        };
        // Names of columns and of results tell of what went in.
        let known = view.inputs.iter().all(|link| assets.contains_key(&link.asset_id));
        let mapping = |link: &RunLink| {
            let input = scenario.as_ref()?.inputs.get(&link.role)?;
            assets.contains_key(&link.asset_id).then(|| input.map.clone())
        };
        let inputs = view.inputs.iter().map(|l| RunInputDto { link: link(l), mapping: mapping(l) }).collect();
        let outputs = view.outputs.iter().map(link).collect();
        let run = view.run;
        Self {
            id: *run.id.as_uuid(),
            project_id: *run.project_id.as_uuid(),
            kind: run.kind.as_str().to_owned(),
            name: run.name,
            state: run.state.as_str().to_owned(),
            nodes: run.progress.as_ref().filter(|_| inside).and_then(|progress| progress.get("nodes").cloned()),
            progress: run.progress.and_then(|p| serde_json::from_value(p).ok()),
            params: run.params,
            inputs,
            outputs,
            digest: run.digest,
            cached: run.cached_from.is_some(),
            stale: view.stale,
            reproduces: run.reproduces.map(|id| *id.as_uuid()),
            seed: run.seed,
            environment: run.environment,
            result: run.result.filter(|_| inside),
            error: run.error.and_then(|e| serde_json::from_value(e).ok()),
            output_name: scenario.filter(|_| known).map(|spec| spec.output_name),
            created_by: *run.created_by.as_uuid(),
            author: author.into(),
            created_at: run.created_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }
    }
}

fn uuid(id: AssetId) -> Uuid {
    *id.as_uuid()
}

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunPage {
    pub(crate) items: Vec<RunDto>,
    pub(crate) next_cursor: Option<String>,
}

/// Which runs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Of this kind only: `import`, `scenario` or `workflow`.
    kind: Option<String>,
    /// In this state only.
    state: Option<String>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended.
    cursor: Option<String>,
}

/// Runs of a project, newest first.
#[utoipa::path(get, path = "/projects/{project_id}/runs", tag = "runs", operation_id = "list_runs",
    params(("project_id" = Uuid, Path), RunsQuery), responses((status = 200, body = RunPage), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(query): Params<RunsQuery>,
) -> ApiResult<Json<RunPage>> {
    let filter = RunFilter {
        kind: query.kind.map(|kind| kind.parse()).transpose()?,
        state: query.state.map(|state| state.parse()).transpose()?,
        ..RunFilter::default()
    };
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    let Page { items, next_cursor } = runs::list(&app, &who, project, filter, &page).await?.map(RunDto::new);
    Ok(Json(RunPage { items, next_cursor }))
}

/// One run.
#[utoipa::path(get, path = "/runs/{run_id}", tag = "runs", operation_id = "get_run",
    params(("run_id" = Uuid, Path)), responses((status = 200, body = RunDto), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RunId>) -> ApiResult<Json<RunDto>> {
    Ok(Json(RunDto::new(runs::get(&app, &who, id).await?)))
}

/// Stop a run: at once while it waits, otherwise at its next look.
#[utoipa::path(post, path = "/runs/{run_id}/cancel", tag = "runs", operation_id = "cancel_run",
    params(("run_id" = Uuid, Path)), responses((status = 200, body = RunDto), Errors))]
async fn cancel(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RunId>) -> ApiResult<Json<RunDto>> {
    Ok(Json(RunDto::new(runs::cancel(&app, &who, id).await?)))
}

/// Do a run again from exactly what went in; its result says whether the same
/// came out.
#[utoipa::path(post, path = "/runs/{run_id}/reproduce", tag = "runs", operation_id = "reproduce_run",
    params(("run_id" = Uuid, Path)), responses((status = 202, body = RunDto), Errors))]
async fn reproduce(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
) -> ApiResult<(axum::http::StatusCode, Json<RunDto>)> {
    let run = runs::reproduce(&app, &who, id).await?;
    Ok((axum::http::StatusCode::ACCEPTED, Json(RunDto::new(run))))
}

/// Follow a run (server-sent events `run`, each a whole run); ends when the run
/// has ended.
#[utoipa::path(get, path = "/runs/{run_id}/events", tag = "runs", operation_id = "follow_run",
    params(("run_id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String), Errors))]
async fn events(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let first = runs::get(&app, &who, id).await?;
    Ok(Sse::new(follow(app, who, first)).keep_alive(KeepAlive::default()))
}

/// How often progress is looked up: a worker writes it down about as often.
const LOOK: Duration = Duration::from_millis(500);

fn follow(app: Arc<App>, who: Principal, first: RunDetail) -> impl Stream<Item = Result<Event, Infallible>> {
    let id = first.view.run.id;
    let state = (app, who, Some(first), None::<String>);
    futures::stream::unfold(state, move |(app, who, next, mut sent)| async move {
        let mut next = next;
        loop {
            let detail = match next.take() {
                Some(detail) => detail,
                None => {
                    tokio::time::sleep(LOOK).await;
                    // Who lost the right meanwhile is told no more.
                    runs::refresh(&app, &who, id).await.ok()?
                }
            };
            if sent.as_deref() == Some("end") {
                return None;
            }
            let ended = detail.view.run.state.is_final();
            let json = serde_json::to_string(&RunDto::new(detail)).ok()?;
            if sent.as_deref() == Some(json.as_str()) {
                continue;
            }
            let event = Event::default().event("run").data(&json);
            sent = Some(if ended { "end".to_owned() } else { json });
            return Some((Ok(event), (app, who, None, sent)));
        }
    })
}
