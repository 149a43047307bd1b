//! Projects.

mod activity;
mod events;
mod members;
mod search;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    projects::{self, NewProject, ProjectChange, ProjectSummary},
};
use tandem_core::{Action, ProjectRole, id::ProjectId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::shape::{DONE, Listed, project_actions, project_role_or_null};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, archive))
        .merge(members::router())
        .merge(activity::router())
        .merge(events::router())
        .merge(search::router())
}

/// A project, as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Project {
    #[schema(value_type = Uuid)]
    id: ProjectId,
    name: String,
    description: String,
    /// The caller's role; null for an owner of the organization who is not in
    /// the project.
    #[schema(schema_with = project_role_or_null, required)]
    role: Option<ProjectRole>,
    /// What the caller may do.
    #[schema(schema_with = project_actions)]
    actions: BTreeSet<Action>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// When it was put away.
    #[schema(required)]
    archived_at: Option<DateTime<Utc>>,
}

impl From<ProjectSummary> for Project {
    fn from(summary: ProjectSummary) -> Self {
        let ProjectSummary { project, role, actions } = summary;
        Self {
            id: project.id,
            name: project.name,
            description: project.description,
            role,
            actions,
            created_at: project.created_at,
            updated_at: project.updated_at,
            archived_at: project.archived_at,
        }
    }
}

/// A project to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectRequest {
    /// One of a kind among the organization's projects.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
}

/// What to change; what isn't given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectPatch {
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// Whether it is put away; for its owners.
    archived: Option<bool>,
}

/// Which projects to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProjectsQuery {
    /// Those that were put away, rather than the live ones.
    archived: Option<bool>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// The projects that the caller is in, by name.
#[utoipa::path(get, path = "/projects", tag = "projects", operation_id = "list_projects", params(ProjectsQuery),
    responses((status = 200, body = Listed<Project>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Params(query): Params<ProjectsQuery>,
) -> ApiResult<Json<Listed<Project>>> {
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    Ok(Json(projects::list(&app, &who, query.archived.unwrap_or(false), &page).await?.into()))
}

/// Make a project; who makes it owns it.
#[utoipa::path(post, path = "/projects", tag = "projects", operation_id = "create_project",
    request_body = ProjectRequest, responses((status = 201, body = Project), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Body(body): Body<ProjectRequest>,
) -> ApiResult<(StatusCode, Json<Project>)> {
    let new = NewProject { name: body.name, description: body.description };
    Ok((StatusCode::CREATED, Json(projects::create(&app, &who, &new).await?.into())))
}

/// A project.
#[utoipa::path(get, path = "/projects/{project_id}", tag = "projects", operation_id = "get_project",
    params(("project_id" = Uuid, Path)), responses((status = 200, body = Project), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<ProjectId>) -> ApiResult<Json<Project>> {
    Ok(Json(projects::get(&app, &who, id).await?.into()))
}

/// Rename or describe a project, put it away or take it out again.
#[utoipa::path(patch, path = "/projects/{project_id}", tag = "projects", operation_id = "change_project",
    params(("project_id" = Uuid, Path)), request_body = ProjectPatch,
    responses((status = 200, body = Project), Errors))]
async fn change(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    Body(body): Body<ProjectPatch>,
) -> ApiResult<Json<Project>> {
    let change = ProjectChange { name: body.name, description: body.description, archived: body.archived };
    Ok(Json(projects::change(&app, &who, id, &change).await?.into()))
}

/// Put a project away. Nothing in it is lost: `PATCH` it with `archived: false`.
#[utoipa::path(delete, path = "/projects/{project_id}", tag = "projects", operation_id = "archive_project",
    params(("project_id" = Uuid, Path)), responses((status = 204, description = "Put away."), Errors))]
async fn archive(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<ProjectId>) -> ApiResult<StatusCode> {
    projects::archive(&app, &who, id).await?;
    Ok(DONE)
}
