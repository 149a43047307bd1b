//! Who is in a project.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    projects::{self, ProjectPerson},
};
use tandem_core::{
    ProjectRole,
    id::{ProjectId, UserId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::shape::{DONE, Listed, User, project_role},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put, remove))
}

/// Somebody in a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectMember {
    user: User,
    #[schema(schema_with = project_role)]
    role: ProjectRole,
    /// Since when.
    created_at: DateTime<Utc>,
}

impl From<ProjectPerson> for ProjectMember {
    fn from(member: ProjectPerson) -> Self {
        Self { user: member.person.into(), role: member.role, created_at: member.since }
    }
}

/// Which role to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectMemberRequest {
    #[schema(schema_with = project_role)]
    role: ProjectRole,
}

/// The members of a project.
#[utoipa::path(get, path = "/projects/{project_id}/members", tag = "projects",
    operation_id = "list_project_members", params(("project_id" = Uuid, Path), Paging),
    responses((status = 200, body = Listed<ProjectMember>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<Listed<ProjectMember>>> {
    Ok(Json(projects::members(&app, &who, id, &paging.request()?).await?.into()))
}

/// Put a member of the organization into a project, or change their role.
/// Nobody gives more than their own role.
#[utoipa::path(put, path = "/projects/{project_id}/members/{user_id}", tag = "projects",
    operation_id = "put_project_member", params(("project_id" = Uuid, Path), ("user_id" = Uuid, Path)),
    request_body = ProjectMemberRequest, responses((status = 200, body = ProjectMember), Errors))]
async fn put(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, user)): At<(ProjectId, UserId)>,
    Body(body): Body<ProjectMemberRequest>,
) -> ApiResult<Json<ProjectMember>> {
    Ok(Json(projects::put_member(&app, &who, id, user, body.role).await?.into()))
}

/// Take somebody out of a project; what they made stays.
#[utoipa::path(delete, path = "/projects/{project_id}/members/{user_id}", tag = "projects",
    operation_id = "remove_project_member", params(("project_id" = Uuid, Path), ("user_id" = Uuid, Path)),
    responses((status = 204, description = "Removed."), Errors))]
async fn remove(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, user)): At<(ProjectId, UserId)>,
) -> ApiResult<StatusCode> {
    projects::remove_member(&app, &who, id, user).await?;
    Ok(DONE)
}
