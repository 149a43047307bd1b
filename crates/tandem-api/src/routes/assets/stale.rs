//! Whether an asset is what it would be if it were made now.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use tandem_app::{App, assets};
use tandem_core::id::AssetId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::At,
    routes::shape::AssetRef,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Whether what an asset was made from is newer by now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Staleness {
    stale: bool,
    /// What is newer.
    reasons: Vec<NewerSource>,
}

/// Something that the newest version was made from and that has a newer version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewerSource {
    /// Null where the caller may not know of it.
    #[schema(required)]
    asset: Option<AssetRef>,
    /// The version that went in; null where the caller may not know of the asset.
    #[schema(required)]
    used: Option<i64>,
    /// The newest.
    #[schema(required)]
    latest: Option<i64>,
    /// Whether it went in itself, and not into what went in.
    direct: bool,
}

impl From<assets::NewerSource> for NewerSource {
    fn from(source: assets::NewerSource) -> Self {
        let known = source.asset.is_some();
        Self {
            asset: source.asset.map(|asset| AssetRef::new(asset, None)),
            used: known.then_some(source.used),
            latest: known.then_some(source.latest),
            direct: source.direct,
        }
    }
}

/// Whether what the newest version of an asset was made from, near or far, has
/// a newer version by now.
#[utoipa::path(get, path = "/assets/{asset_id}/stale", tag = "assets", operation_id = "get_staleness",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Staleness), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Staleness>> {
    let newer = assets::newer_sources(&app, &who, id).await?;
    Ok(Json(Staleness { stale: !newer.is_empty(), reasons: newer.into_iter().map(NewerSource::from).collect() }))
}
