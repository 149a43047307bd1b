//! Asking for access, and deciding on it.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    assets::{self, RequestFilter, RequestSummary},
    records::access::AccessState,
};
use tandem_core::{
    Action,
    id::{AssetId, GrantId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::shape::{AssetRef, Listed, User, asset_action, request_state},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(list)).routes(routes!(decide))
}

/// A request for access.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessRequest {
    #[schema(value_type = Uuid)]
    id: GrantId,
    asset: AssetRef,
    /// Who asks.
    user: User,
    #[schema(schema_with = asset_action)]
    action: Action,
    /// Why, in their words.
    reason: String,
    #[schema(schema_with = request_state)]
    state: AccessState,
    created_at: DateTime<Utc>,
    #[schema(required)]
    decided_by: Option<User>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
}

impl From<RequestSummary> for AccessRequest {
    fn from(summary: RequestSummary) -> Self {
        let RequestSummary { request, asset, person, decided_by } = summary;
        Self {
            id: request.id,
            asset: AssetRef::new(asset, None),
            user: person.into(),
            action: request.action,
            reason: request.reason,
            state: request.state,
            created_at: request.created_at,
            decided_by: decided_by.map(User::from),
            decided_at: request.decided_at,
        }
    }
}

/// What is asked for, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessAsk {
    #[schema(schema_with = asset_action)]
    action: Action,
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

/// The decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessDecision {
    /// Whether to grant what is asked for.
    approve: bool,
}

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestsQuery {
    /// The caller's own requests, rather than those that wait for their
    /// decision.
    mine: Option<bool>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// Ask for access to an asset. Asking twice is asking once.
#[utoipa::path(post, path = "/assets/{asset_id}/access-requests", tag = "assets", operation_id = "ask_for_access",
    params(("asset_id" = Uuid, Path)), request_body = AccessAsk,
    responses((status = 201, body = AccessRequest), Errors))]
async fn ask(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<AccessAsk>,
) -> ApiResult<(StatusCode, Json<AccessRequest>)> {
    let request = assets::ask(&app, &who, id, body.action, &body.reason).await?;
    Ok((StatusCode::CREATED, Json(request.into())))
}

/// Requests that wait for the caller's decision, or their own; newest first.
#[utoipa::path(get, path = "/org/access-requests", tag = "assets", operation_id = "list_access_requests",
    params(RequestsQuery), responses((status = 200, body = Listed<AccessRequest>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Params(query): Params<RequestsQuery>,
) -> ApiResult<Json<Listed<AccessRequest>>> {
    let filter = if query.mine.unwrap_or(false) { RequestFilter::Own } else { RequestFilter::Waiting };
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    Ok(Json(assets::requests(&app, &who, filter, &page).await?.into()))
}

/// Approve a request, which grants what it asks for, or turn it down. For who
/// manages the asset.
#[utoipa::path(post, path = "/access-requests/{request_id}", tag = "assets",
    operation_id = "decide_access_request", params(("request_id" = Uuid, Path)), request_body = AccessDecision,
    responses((status = 200, body = AccessRequest), Errors))]
async fn decide(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<GrantId>,
    Body(body): Body<AccessDecision>,
) -> ApiResult<Json<AccessRequest>> {
    Ok(Json(assets::decide(&app, &who, id, body.approve).await?.into()))
}
