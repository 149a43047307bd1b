//! Workflows that run by themselves, and refreshing one by hand.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_app::{
    App,
    records::{run::RunState, schedule::Firing},
    schedule::{self, ScheduleReason, When},
    workflows::{self, ScheduleSettings, ScheduleView},
};
use tandem_core::id::{AssetId, ProjectId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::{
        runs::RunDto,
        shape::{AssetRef, DONE, Listed, User},
        when::{Cron, OnData},
    },
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get, put, remove))
        .routes(routes!(list))
        .routes(routes!(upcoming))
        .routes(routes!(refresh))
}

/// A schedule to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleBody {
    /// Whether it starts runs.
    enabled: bool,
    /// At which times; without it at none.
    #[serde(default)]
    cron: Option<Cron>,
    /// On arrival of data; without it on none.
    #[serde(default)]
    on_data: Option<OnData>,
    /// The workflow's parameters.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
}

/// When a workflow runs by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Schedule {
    workflow: AssetRef,
    enabled: bool,
    #[schema(required)]
    cron: Option<Cron>,
    #[schema(required)]
    on_data: Option<OnData>,
    #[schema(value_type = Object)]
    params: Map<String, Value>,
    /// `active`, `off`, `paused` (its runs failed too often) or `stopped` (it can't run any more).
    #[schema(example = "active")]
    state: &'static str,
    /// Why it is paused or stopped: `{code, message: {en, zh-CN}}`.
    #[schema(required, value_type = Option<Object>)]
    reason: Option<ScheduleReason>,
    /// When its cron is next due.
    #[schema(required)]
    next_at: Option<DateTime<Utc>>,
    /// When data that has come starts a run, unless more comes.
    #[schema(required)]
    waits_until: Option<DateTime<Utc>>,
    /// Runs in a row that failed.
    failures: u32,
    #[schema(required)]
    held_back: Option<HeldBack>,
    /// As whom it runs.
    owner: User,
    updated_at: DateTime<Utc>,
}

/// Data that came and started nothing, since the workflow had caused it itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldBack {
    at: DateTime<Utc>,
    /// Of what; null where the caller may not know.
    #[schema(required)]
    dataset: Option<AssetRef>,
}

impl From<ScheduleView> for Schedule {
    fn from(view: ScheduleView) -> Self {
        let ScheduleSettings { when: When { cron, on_data }, params } = view.settings;
        Self {
            workflow: AssetRef::new(view.workflow, None),
            enabled: view.state.as_str() != "off",
            cron: cron.map(Cron::from),
            on_data: on_data.map(OnData::from),
            params,
            state: view.state.as_str(),
            reason: view.reason,
            next_at: view.next_at,
            waits_until: view.waits_until,
            failures: view.failures,
            held_back: view.held_back.map(|held| HeldBack {
                at: held.at,
                dataset: held.dataset.map(|dataset| AssetRef::new(dataset, None)),
            }),
            owner: view.owner.into(),
            updated_at: view.set_at,
        }
    }
}

/// What a time that was due came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fired {
    at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    /// `cron` or `data`.
    #[schema(example = "cron")]
    cause: &'static str,
    /// `started`, `skipped`, `held_back` or `stopped`.
    #[schema(example = "started")]
    outcome: &'static str,
    #[schema(required)]
    run_id: Option<Uuid>,
    /// The state of the run.
    #[schema(required)]
    run_state: Option<&'static str>,
    /// What there is to say of it: `{en, zh-CN}`.
    #[schema(required, value_type = Option<Object>)]
    message: Option<Value>,
}

impl From<(Firing, Option<RunState>)> for Fired {
    fn from((firing, state): (Firing, Option<RunState>)) -> Self {
        Self {
            at: firing.created_at,
            due_at: firing.due_at,
            cause: firing.cause.as_str(),
            outcome: firing.outcome.as_str(),
            run_id: firing.run_id.map(|id| *id.as_uuid()),
            run_state: state.map(RunState::as_str),
            message: firing.message,
        }
    }
}

/// A schedule with what it will do and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleDetail {
    /// Null where the workflow has none.
    #[schema(required)]
    schedule: Option<Schedule>,
    /// The next times of its cron.
    upcoming: Vec<DateTime<Utc>>,
    /// What the last times came to, newest first.
    history: Vec<Fired>,
}

impl From<workflows::ScheduleDetail> for ScheduleDetail {
    fn from(detail: workflows::ScheduleDetail) -> Self {
        Self {
            schedule: detail.schedule.map(Schedule::from),
            upcoming: detail.upcoming,
            history: detail.history.into_iter().map(Fired::from).collect(),
        }
    }
}

/// When a workflow runs by itself, when it will, and what came of it.
#[utoipa::path(get, path = "/workflows/{workflow_id}/schedule", tag = "workflows", operation_id = "get_schedule",
    params(("workflow_id" = Uuid, Path)), responses((status = 200, body = ScheduleDetail), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<ScheduleDetail>> {
    Ok(Json(workflows::schedule(&app, &who, id).await?.into()))
}

/// Let a workflow run by itself, at times, when data comes, or both. It runs as
/// the caller, with the rights that they have then.
#[utoipa::path(put, path = "/workflows/{workflow_id}/schedule", tag = "workflows", operation_id = "set_schedule",
    params(("workflow_id" = Uuid, Path)), request_body = ScheduleBody,
    responses((status = 200, body = ScheduleDetail), Errors))]
async fn put(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<ScheduleBody>,
) -> ApiResult<Json<ScheduleDetail>> {
    let when = When { cron: body.cron.map(Into::into), on_data: body.on_data.map(Into::into) };
    let settings = ScheduleSettings { when, params: body.params.unwrap_or_default() };
    Ok(Json(workflows::set_schedule(&app, &who, id, body.enabled, settings).await?.into()))
}

/// Take the schedule of a workflow away.
#[utoipa::path(delete, path = "/workflows/{workflow_id}/schedule", tag = "workflows",
    operation_id = "delete_schedule", params(("workflow_id" = Uuid, Path)), responses((status = 204), Errors))]
async fn remove(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<StatusCode> {
    workflows::remove_schedule(&app, &who, id).await?;
    Ok(DONE)
}

/// The schedules of a project, those that don't run any more among them.
#[utoipa::path(get, path = "/projects/{project_id}/schedules", tag = "workflows", operation_id = "list_schedules",
    params(("project_id" = Uuid, Path), Paging), responses((status = 200, body = Listed<Schedule>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<Listed<Schedule>>> {
    Ok(Json(workflows::schedules(&app, &who, project, &paging.request()?).await?.into()))
}

/// A cron to look ahead with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CronQuery {
    /// Minute, hour, day of the month, month and day of the week.
    cron: String,
    /// A name of the IANA database.
    time_zone: String,
}

/// The next times of a cron.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upcoming {
    upcoming: Vec<DateTime<Utc>>,
}

/// The next five times of a cron, or why it is none.
#[utoipa::path(get, path = "/schedules/upcoming", tag = "workflows", operation_id = "get_upcoming",
    params(CronQuery), responses((status = 200, body = Upcoming), Errors))]
async fn upcoming(
    State(app): State<Arc<App>>,
    Caller(_who): Caller,
    Params(query): Params<CronQuery>,
) -> ApiResult<Json<Upcoming>> {
    Ok(Json(Upcoming { upcoming: schedule::upcoming(&app, &query.cron, &query.time_zone)? }))
}

/// A refresh.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshBody {
    /// The workflow's parameters; without them those of the schedule, or else of one's last run.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
}

/// Run the latest saved version of a workflow with its inputs as they are now.
/// Only what has changed is computed.
#[utoipa::path(post, path = "/workflows/{workflow_id}/refresh", tag = "workflows", operation_id = "refresh_workflow",
    params(("workflow_id" = Uuid, Path)), request_body = RefreshBody,
    responses((status = 202, body = RunDto), Errors))]
async fn refresh(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<RefreshBody>,
) -> ApiResult<(StatusCode, Json<RunDto>)> {
    let run = workflows::refresh(&app, &who, id, body.params).await?;
    Ok((StatusCode::ACCEPTED, Json(RunDto::new(run))))
}
