//! Components that people make: of a workflow's nodes or as a Python function,
//! catalogued, compared, shared, withdrawn.

mod python;
mod shape;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_app::{
    App,
    components::{self, Choice, Made, MakeRequest, Replace},
    workflows::NodeId,
};
use tandem_core::{
    Error, Text,
    id::{AssetId, ProjectId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
    malformed,
    routes::{assets::Asset, shape::DONE},
};
use shape::{Catalogue, ComponentPageDto};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(changes))
        .routes(routes!(star, unstar))
        .routes(routes!(suggest))
        .routes(routes!(make))
        .routes(routes!(withdraw))
        .routes(routes!(share))
        .merge(python::router())
}

/// Which components to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CatalogueQuery {
    /// With these words in the name, title or description, in either language.
    q: Option<String>,
    /// Only those that the caller has starred.
    #[serde(default)]
    starred: bool,
}

/// The components that can be used in a project: what ships, the project's
/// own, and what others share, in the order of the palette.
#[utoipa::path(get, path = "/projects/{project_id}/components", tag = "components",
    operation_id = "list_project_components", params(("project_id" = Uuid, Path), CatalogueQuery),
    responses((status = 200, body = Catalogue), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(query): Params<CatalogueQuery>,
) -> ApiResult<Json<Catalogue>> {
    let found = components::catalogue(&app, &who, project, query.q.as_deref(), query.starred).await?;
    Ok(Json(Catalogue::new(found)?))
}

/// Which version of a component.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// The version; the newest that was not withdrawn without it.
    #[param(minimum = 1)]
    version: Option<i64>,
}

/// One component with its page; of a packaged one its versions, and for who may
/// see that what is inside.
#[utoipa::path(get, path = "/projects/{project_id}/components/{component}", tag = "components",
    operation_id = "get_project_component",
    params(("project_id" = Uuid, Path), ("component" = String, Path), VersionQuery),
    responses((status = 200, body = ComponentPageDto), Errors))]
async fn one(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
    Params(query): Params<VersionQuery>,
) -> ApiResult<Json<ComponentPageDto>> {
    let found = components::one(&app, &who, project, &name, query.version).await?;
    Ok(Json(ComponentPageDto::new(found)?))
}

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesQuery {
    /// The version that is used.
    #[param(minimum = 1)]
    from: i64,
    /// The other one; the newest that was not withdrawn without it.
    #[param(minimum = 1)]
    to: Option<i64>,
}

/// What changes with a newer version of a component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangesDto {
    from: i64,
    to: i64,
    /// Whether a node that was right may be wrong with it.
    breaking: bool,
    /// `{part, name, change, breaking, before, after, message: {en, zh-CN}}`: `part` is `input`, `output`, `parameter`,
    /// `words` or `inside`, `change` is `added`, `removed` or `changed`.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<components::Change>,
}

/// What is different between two versions of a packaged component.
#[utoipa::path(get, path = "/projects/{project_id}/components/{component}/changes", tag = "components",
    operation_id = "compare_component",
    params(("project_id" = Uuid, Path), ("component" = String, Path), ChangesQuery),
    responses((status = 200, body = ChangesDto), Errors))]
async fn changes(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
    Params(query): Params<ChangesQuery>,
) -> ApiResult<Json<ChangesDto>> {
    let (to, changes) = components::differences(&app, &who, project, &name, query.from, query.to).await?;
    let breaking = changes.iter().any(|change| change.breaking);
    Ok(Json(ChangesDto { from: query.from, to, breaking, changes }))
}

/// Keep a component at hand.
#[utoipa::path(put, path = "/projects/{project_id}/components/{component}/star", tag = "components",
    operation_id = "star_component", params(("project_id" = Uuid, Path), ("component" = String, Path)),
    responses((status = 204), Errors))]
async fn star(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
) -> ApiResult<StatusCode> {
    components::star(&app, &who, project, &name, true).await?;
    Ok(DONE)
}

/// No longer keep a component at hand.
#[utoipa::path(delete, path = "/projects/{project_id}/components/{component}/star", tag = "components",
    operation_id = "unstar_component", params(("project_id" = Uuid, Path), ("component" = String, Path)),
    responses((status = 204), Errors))]
async fn unstar(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((project, name)): At<(ProjectId, String)>,
) -> ApiResult<StatusCode> {
    components::star(&app, &who, project, &name, false).await?;
    Ok(DONE)
}

/// Nodes to make a component of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestBody {
    /// Their ids.
    #[schema(value_type = Vec<String>, min_items = 1)]
    nodes: BTreeSet<NodeId>,
    /// What it will be called: `{en, zh-CN}`.
    #[schema(value_type = Object)]
    title: Text,
    /// The component of which it will be the next version.
    #[schema(value_type = Option<Uuid>)]
    component_id: Option<AssetId>,
}

/// A choice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// `{nodes, name, version, category, title, summary, help, params, inputs, outputs}`.
    #[schema(value_type = Object)]
    choice: Value,
}

/// A first choice of what a component of these nodes shows, for a person to change.
#[utoipa::path(post, path = "/workflows/{workflow_id}/package/suggest", tag = "components",
    operation_id = "suggest_component", params(("workflow_id" = Uuid, Path)), request_body = SuggestBody,
    responses((status = 200, body = Suggestion), Errors))]
async fn suggest(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<SuggestBody>,
) -> ApiResult<Json<Suggestion>> {
    let choice = components::suggest(&app, &who, id, body.nodes, body.title, body.component_id).await?;
    Ok(Json(Suggestion { choice: serde_json::to_value(choice).map_err(Error::internal)? }))
}

/// A component to make, or the next version of one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackageBody {
    /// What is chosen, and what shows: as suggested, and changed.
    #[schema(value_type = Object)]
    choice: Value,
    /// What the component is called among the project's assets, where it is new.
    #[serde(default)]
    #[schema(max_length = 120)]
    name: String,
    /// What to say about the version.
    #[serde(default)]
    #[schema(max_length = 4000)]
    message: String,
    /// The component of which it is the next version.
    #[schema(value_type = Option<Uuid>)]
    component_id: Option<AssetId>,
    /// Puts it into the draft, in place of the chosen nodes.
    replace: Option<ReplaceBody>,
}

/// The node that takes the place of those that were chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceBody {
    /// Its id, new.
    #[schema(value_type = String)]
    node: NodeId,
    /// Names the window in which it was asked for; it is told of the edits like all others.
    #[schema(min_length = 1, max_length = 64)]
    client: String,
}

/// A version of a component that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageDto {
    asset: Asset,
    seq: i64,
    /// As nodes name it: `{name, version}`.
    #[schema(value_type = Object)]
    component: Value,
    #[schema(value_type = Object)]
    signature: Value,
    /// `{revision, edits, refused}`, where the node took the place of others.
    #[schema(value_type = Option<Object>, required)]
    edited: Option<Value>,
}

/// Make a component of nodes of the draft, or the next version of one.
#[utoipa::path(post, path = "/workflows/{workflow_id}/package", tag = "components", operation_id = "package_component",
    params(("workflow_id" = Uuid, Path)), request_body = PackageBody,
    responses((status = 201, body = PackageDto), Errors))]
async fn make(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<PackageBody>,
) -> ApiResult<(StatusCode, Json<PackageDto>)> {
    let choice: Choice = serde_json::from_value(body.choice).map_err(|error| malformed::field("choice", &error))?;
    let request = MakeRequest {
        choice,
        name: body.name,
        message: body.message,
        component: body.component_id,
        replace: body.replace.map(|place| Replace { node: place.node, client: place.client }),
    };
    let mut made = components::make(&app, &who, id, request).await?;
    let edited = made.edited.take().map(|done| {
        let refused = done.refused.into_iter().map(|one| json!({ "index": one.index, "message": one.message }));
        json!({ "revision": done.revision, "edits": done.edits, "refused": refused.collect::<Vec<_>>() })
    });
    Ok((StatusCode::CREATED, Json(PackageDto::new(made, edited)?)))
}

impl PackageDto {
    fn new(made: Made, edited: Option<Value>) -> Result<Self, Error> {
        Ok(Self {
            asset: made.asset.into(),
            seq: i64::from(made.component.version),
            component: serde_json::to_value(&made.component).map_err(Error::internal)?,
            signature: serde_json::to_value(&made.signature).map_err(Error::internal)?,
            edited,
        })
    }
}

/// Whether a version is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawBody {
    withdrawn: bool,
    /// Why, for those who use it.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

/// Withdraw a version of a component, or bring it back. Nodes that pin it are
/// drawn as before and don't run.
#[utoipa::path(put, path = "/components/{component_id}/versions/{seq}/withdrawn", tag = "components",
    operation_id = "withdraw_component", params(("component_id" = Uuid, Path), ("seq" = i64, Path)),
    request_body = WithdrawBody, responses((status = 204), Errors))]
async fn withdraw(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
    Body(body): Body<WithdrawBody>,
) -> ApiResult<StatusCode> {
    components::withdraw(&app, &who, id, seq, body.withdrawn.then_some(body.reason.as_str())).await?;
    Ok(DONE)
}

/// Who may use a component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareBody {
    /// Every member of the organization, in projects of theirs; its own project alone without it.
    organization: bool,
}

/// Share a component with the organization, or end that.
#[utoipa::path(put, path = "/components/{component_id}/shared", tag = "components", operation_id = "share_component",
    params(("component_id" = Uuid, Path)), request_body = ShareBody, responses((status = 204), Errors))]
async fn share(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<ShareBody>,
) -> ApiResult<StatusCode> {
    components::share(&app, &who, id, body.organization).await?;
    Ok(DONE)
}
