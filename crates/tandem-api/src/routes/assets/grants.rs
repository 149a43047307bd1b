//! Who may do what with an asset, beyond what their role allows.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    assets::{self, GrantSummary},
};
use tandem_core::{
    Action,
    id::{AssetId, GrantId, UserId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
    routes::shape::{DONE, Listed, User, asset_action},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, grant)).routes(routes!(revoke))
}

/// An action that a person may take on an asset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Grant {
    #[schema(value_type = Uuid)]
    id: GrantId,
    user: User,
    #[schema(schema_with = asset_action)]
    action: Action,
    granted_by: User,
    created_at: DateTime<Utc>,
}

impl From<GrantSummary> for Grant {
    fn from(summary: GrantSummary) -> Self {
        let GrantSummary { grant, person, granted_by } = summary;
        Self {
            id: grant.id,
            user: person.into(),
            action: grant.action,
            granted_by: granted_by.into(),
            created_at: grant.created_at,
        }
    }
}

/// What to grant to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantRequest {
    /// A member of the asset's project.
    #[schema(value_type = Uuid)]
    user_id: UserId,
    #[schema(schema_with = asset_action)]
    action: Action,
}

/// The grants on an asset, oldest first; all on one page. For who manages it.
#[utoipa::path(get, path = "/assets/{asset_id}/grants", tag = "assets", operation_id = "list_grants",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Listed<Grant>), Errors))]
async fn list(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Listed<Grant>>> {
    let grants = assets::grants(&app, &who, id).await?;
    Ok(Json(Listed::whole(grants.into_iter().map(Grant::from).collect())))
}

/// Grant an action to a member of the asset's project.
#[utoipa::path(post, path = "/assets/{asset_id}/grants", tag = "assets", operation_id = "grant",
    params(("asset_id" = Uuid, Path)), request_body = GrantRequest,
    responses((status = 201, body = Grant), Errors))]
async fn grant(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<GrantRequest>,
) -> ApiResult<(StatusCode, Json<Grant>)> {
    let made = assets::grant(&app, &who, id, body.user_id, body.action).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Take a grant back.
#[utoipa::path(delete, path = "/assets/{asset_id}/grants/{grant_id}", tag = "assets", operation_id = "revoke_grant",
    params(("asset_id" = Uuid, Path), ("grant_id" = Uuid, Path)),
    responses((status = 204, description = "Taken back."), Errors))]
async fn revoke(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, grant)): At<(AssetId, GrantId)>,
) -> ApiResult<StatusCode> {
    assets::revoke(&app, &who, id, grant).await?;
    Ok(DONE)
}
