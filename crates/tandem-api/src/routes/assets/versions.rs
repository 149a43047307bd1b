//! The versions of an asset.

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{App, assets};
use tandem_core::id::{AssetId, RunId, VersionId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::shape::{Listed, User, given},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, change))
}

/// A version, without its content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionSummary {
    #[schema(value_type = Uuid)]
    id: VersionId,
    /// Its number: 1, 2, 3, …
    seq: i64,
    /// What its author said about it.
    message: String,
    /// A name for it.
    #[schema(required)]
    label: Option<String>,
    author: User,
    created_at: DateTime<Utc>,
    /// The run that made it.
    #[schema(value_type = Option<Uuid>, required)]
    run_id: Option<RunId>,
    /// Rows, of a dataset; null for whom some rows or columns are kept from.
    #[schema(required)]
    rows: Option<u64>,
    /// Columns, of a dataset, that exist for the caller.
    #[schema(required)]
    columns: Option<usize>,
    /// Bytes on disk, of a dataset; null as `rows` is.
    #[schema(required)]
    bytes: Option<u64>,
    /// Rows that could not be read, of a dataset; null as `rows` is.
    #[schema(required)]
    rejected: Option<u64>,
}

impl From<assets::VersionSummary> for VersionSummary {
    fn from(summary: assets::VersionSummary) -> Self {
        let (version, facts) = (summary.version, summary.facts.unwrap_or_default());
        Self {
            id: version.id,
            seq: version.seq,
            message: version.message,
            label: version.label,
            author: summary.author.into(),
            created_at: version.created_at,
            run_id: version.run_id,
            rows: facts.rows,
            columns: facts.columns.map(|columns| columns.len()),
            bytes: facts.bytes,
            rejected: facts.rejected,
        }
    }
}

/// What to change; what isn't given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionPatch {
    #[schema(max_length = 4000)]
    message: Option<String>,
    /// Null takes the label away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 120)]
    label: Option<Option<String>>,
}

/// The versions, newest first.
#[utoipa::path(get, path = "/assets/{asset_id}/versions", tag = "assets", operation_id = "list_versions",
    params(("asset_id" = Uuid, Path), Paging), responses((status = 200, body = Listed<VersionSummary>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<Listed<VersionSummary>>> {
    Ok(Json(assets::versions(&app, &who, id, &paging.request()?).await?.into()))
}

/// A version.
#[utoipa::path(get, path = "/assets/{asset_id}/versions/{seq}", tag = "assets", operation_id = "get_version",
    params(("asset_id" = Uuid, Path), ("seq" = i64, Path, minimum = 1)),
    responses((status = 200, body = VersionSummary), Errors))]
async fn get(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
) -> ApiResult<Json<VersionSummary>> {
    Ok(Json(assets::version(&app, &who, id, seq).await?.into()))
}

/// Change what is said about a version; its content never changes.
#[utoipa::path(patch, path = "/assets/{asset_id}/versions/{seq}", tag = "assets",
    operation_id = "change_version", params(("asset_id" = Uuid, Path), ("seq" = i64, Path, minimum = 1)),
    request_body = VersionPatch, responses((status = 200, body = VersionSummary), Errors))]
async fn change(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
    Body(body): Body<VersionPatch>,
) -> ApiResult<Json<VersionSummary>> {
    let label = body.label.as_ref().map(|label| label.as_deref().unwrap_or_default());
    Ok(Json(assets::annotate(&app, &who, id, seq, body.message.as_deref(), label).await?.into()))
}
