//! Assets of every kind.

mod grants;
mod lineage;
mod requests;
mod stale;
pub(crate) mod versions;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    assets::{self, AssetSummary},
    records::asset::AssetFilter,
};
use tandem_core::{
    Action,
    id::{AssetId, ProjectId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::versions::VersionSummary;
use super::shape::{AssetRef, DONE, Listed, User, asset_actions};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, change, delete))
        .routes(routes!(undelete))
        .routes(routes!(release))
        .merge(versions::router())
        .merge(lineage::router())
        .merge(stale::router())
        .merge(grants::router())
        .merge(requests::router())
}

/// An asset, as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asset {
    #[schema(value_type = Uuid)]
    id: AssetId,
    #[schema(value_type = Uuid)]
    project_id: ProjectId,
    /// What it is: `dataset`, `report`, …
    #[schema(example = "dataset")]
    kind: &'static str,
    name: String,
    description: String,
    /// Its newest version; null where there is none yet.
    #[schema(required)]
    latest: Option<VersionSummary>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    created_by: User,
    /// What the caller may do with it.
    #[schema(schema_with = asset_actions)]
    rights: BTreeSet<Action>,
    /// The assets, near or far along the lineage, whose rights it inherits.
    restricted_by: Vec<AssetRef>,
    /// How many more of those there are that the caller may not know of.
    restricted_by_hidden: usize,
    /// Whether it was deleted; it can be brought back.
    deleted: bool,
}

impl From<AssetSummary> for Asset {
    fn from(summary: AssetSummary) -> Self {
        let asset = summary.asset;
        Self {
            id: asset.id,
            project_id: asset.project_id,
            kind: asset.kind.as_str(),
            name: asset.name,
            description: asset.description,
            latest: summary.latest.map(VersionSummary::from),
            created_at: asset.created_at,
            updated_at: asset.updated_at,
            created_by: summary.created_by.into(),
            rights: summary.rights,
            restricted_by: summary.restricted_by.into_iter().map(|asset| AssetRef::new(asset, None)).collect(),
            restricted_by_hidden: summary.restricted_by_hidden,
            deleted: asset.deleted_at.is_some(),
        }
    }
}

/// Which assets to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssetsQuery {
    /// Of this kind only: `dataset`, `report`, …
    kind: Option<String>,
    /// With this text in the name or description.
    #[param(max_length = 4000)]
    q: Option<String>,
    /// Those that were deleted and the caller may bring back, rather than the
    /// live ones.
    deleted: Option<bool>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// What to change; what isn't given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetPatch {
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
    #[schema(max_length = 4000)]
    description: Option<String>,
}

/// The assets of a project, by name.
#[utoipa::path(get, path = "/projects/{project_id}/assets", tag = "assets", operation_id = "list_assets",
    params(("project_id" = Uuid, Path), AssetsQuery), responses((status = 200, body = Listed<Asset>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Params(query): Params<AssetsQuery>,
) -> ApiResult<Json<Listed<Asset>>> {
    let filter = AssetFilter {
        kind: query.kind.map(|kind| kind.parse()).transpose()?,
        text: query.q,
        deleted: query.deleted.unwrap_or(false),
        ..AssetFilter::default()
    };
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    Ok(Json(assets::list(&app, &who, project, filter, &page).await?.into()))
}

/// An asset.
#[utoipa::path(get, path = "/assets/{asset_id}", tag = "assets", operation_id = "get_asset",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Asset), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Asset>> {
    Ok(Json(assets::get(&app, &who, id).await?.into()))
}

/// Rename or describe an asset.
#[utoipa::path(patch, path = "/assets/{asset_id}", tag = "assets", operation_id = "change_asset",
    params(("asset_id" = Uuid, Path)), request_body = AssetPatch, responses((status = 200, body = Asset), Errors))]
async fn change(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<AssetPatch>,
) -> ApiResult<Json<Asset>> {
    let (name, description) = (body.name.as_deref(), body.description.as_deref());
    Ok(Json(assets::describe(&app, &who, id, name, description).await?.into()))
}

/// Delete an asset. It can be brought back; its versions stay.
#[utoipa::path(delete, path = "/assets/{asset_id}", tag = "assets", operation_id = "delete_asset",
    params(("asset_id" = Uuid, Path)), responses((status = 204, description = "Deleted."), Errors))]
async fn delete(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<StatusCode> {
    assets::delete(&app, &who, id).await?;
    Ok(DONE)
}

/// Bring a deleted asset back.
#[utoipa::path(post, path = "/assets/{asset_id}/undelete", tag = "assets", operation_id = "undelete_asset",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Asset), Errors))]
async fn undelete(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Asset>> {
    Ok(Json(assets::undelete(&app, &who, id).await?.into()))
}

/// Let a derived asset stop inheriting the rights of what it was made from.
/// For who may manage it and all of its sources.
#[utoipa::path(post, path = "/assets/{asset_id}/release", tag = "assets", operation_id = "release_asset",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Asset), Errors))]
async fn release(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Asset>> {
    Ok(Json(assets::release(&app, &who, id).await?.into()))
}
