//! Python and SQL components: pushed, and the environments that they run in.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App,
    components::{self, PushRequest},
    python,
};
use tandem_core::id::{AssetId, ProjectId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::PackageDto;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(update)).routes(routes!(environments))
}

/// A Python or SQL component, as its folder has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushBody {
    /// `component.json`: the signature, the name of the environment and limits.
    #[schema(value_type = Object)]
    manifest: Value,
    /// `component.py`: text with a function `run`. For the kind `sql` it is `component.sql`: a statement over the names of the inputs, with
    /// `{{name}}` for a parameter.
    #[schema(max_length = 1_048_576)]
    code: String,
    /// What to say about the version.
    #[serde(default)]
    #[schema(max_length = 4000)]
    message: String,
}

impl From<PushBody> for PushRequest {
    fn from(body: PushBody) -> Self {
        Self { manifest: body.manifest, code: body.code, message: body.message }
    }
}

/// Make a Python or SQL component, which is called what its manifest says. Its code is not run.
#[utoipa::path(post, path = "/projects/{project_id}/components", tag = "components",
    operation_id = "push_component", params(("project_id" = Uuid, Path)), request_body = PushBody,
    responses((status = 201, body = PackageDto), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<PushBody>,
) -> ApiResult<(StatusCode, Json<PackageDto>)> {
    let made = components::push(&app, &who, project, body.into()).await?;
    Ok((StatusCode::CREATED, Json(PackageDto::new(made, None)?)))
}

/// Make the next version of a Python or SQL component.
#[utoipa::path(post, path = "/components/{component_id}/versions", tag = "components",
    operation_id = "push_component_version", params(("component_id" = Uuid, Path)), request_body = PushBody,
    responses((status = 201, body = PackageDto), Errors))]
async fn update(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<PushBody>,
) -> ApiResult<(StatusCode, Json<PackageDto>)> {
    let made = components::push_version(&app, &who, id, body.into()).await?;
    Ok((StatusCode::CREATED, Json(PackageDto::new(made, None)?)))
}

/// The environments that Python components run in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Environments {
    items: Vec<EnvironmentDto>,
}

/// An environment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnvironmentDto {
    /// The name by which manifests name it.
    name: String,
    /// Whether it is there to be used.
    ready: bool,
    packages: Vec<PinnedDto>,
}

/// A package of an environment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PinnedDto {
    name: String,
    version: String,
}

/// The environments that Python components run in on this server. Whoever runs it makes them, from lock files.
#[utoipa::path(get, path = "/environments", tag = "components", operation_id = "list_environments",
    responses((status = 200, body = Environments), Errors))]
async fn environments(State(app): State<Arc<App>>, Caller(who): Caller) -> ApiResult<Json<Environments>> {
    let dto = |one: python::Environment| EnvironmentDto {
        name: one.name,
        ready: one.ready,
        packages: one.packages.into_iter().map(|(name, version)| PinnedDto { name, version }).collect(),
    };
    let items = python::environments(&app, &who).await?.into_iter().map(dto).collect();
    Ok(Json(Environments { items }))
}
