//! What is in a dataset: rows, profile, quality, rejected rows, differences,
//! and the file that takes rows away.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{App, datasets};
use tandem_core::{Error, ErrorCode, Principal, id::AssetId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::rows::{self, FileFormat, RowsDto};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
    malformed,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(profile))
        .routes(routes!(page))
        .routes(routes!(rejects))
        .routes(routes!(quality))
        .routes(routes!(compare))
        .routes(routes!(download))
        .routes(routes!(restore))
        .routes(routes!(quality_rules, put_quality_rules))
        .routes(routes!(policies, put_policies))
}

/// The profile of a version: counts, nulls, distinct values, quantiles,
/// histograms, top values, key candidates and warnings of every column.
#[utoipa::path(get, path = "/datasets/{asset_id}/versions/{seq}/profile", tag = "datasets",
    operation_id = "get_profile", params(("asset_id" = Uuid, Path), ("seq" = u64, Path)),
    responses((status = 200, body = Object), Errors))]
async fn profile(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, u64)>,
) -> ApiResult<Json<Value>> {
    Ok(Json(datasets::profile(&app, &who, id, seq).await?))
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowsQuery {
    /// How many rows to leave out at the start.
    offset: Option<u64>,
    /// How many rows, 1 to 1000; 100 without it.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

impl RowsQuery {
    fn range(&self) -> Result<(u64, u64), Error> {
        let limit = self.limit.unwrap_or(100);
        if limit == 0 || limit > 1000 {
            return Err(Error::new(ErrorCode::InvalidParameter, "limit must be between 1 and 1000."));
        }
        Ok((self.offset.unwrap_or(0), limit))
    }
}

/// Rows of a version, in their order.
#[utoipa::path(get, path = "/datasets/{asset_id}/versions/{seq}/rows", tag = "datasets",
    operation_id = "list_rows", params(("asset_id" = Uuid, Path), ("seq" = u64, Path), RowsQuery),
    responses((status = 200, body = RowsDto), Errors))]
async fn page(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, u64)>,
    Params(query): Params<RowsQuery>,
) -> ApiResult<Json<RowsDto>> {
    let (offset, limit) = query.range()?;
    let found = datasets::rows(&app, &who, id, seq, offset, limit).await?;
    Ok(Json(RowsDto::collect(found.stream, found.total).await?))
}

/// Rows that the import of a version could not read, each with its reason.
#[utoipa::path(get, path = "/datasets/{asset_id}/versions/{seq}/rejects", tag = "datasets",
    operation_id = "list_rejects", params(("asset_id" = Uuid, Path), ("seq" = u64, Path), RowsQuery),
    responses((status = 200, body = RowsDto), Errors))]
async fn rejects(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, u64)>,
    Params(query): Params<RowsQuery>,
) -> ApiResult<Json<RowsDto>> {
    let (offset, limit) = query.range()?;
    Ok(Json(match datasets::rejects(&app, &who, id, seq, offset, limit).await? {
        Some(stream) => RowsDto::collect(stream, None).await?,
        None => RowsDto::empty(),
    }))
}

/// Whether the quality rules held for a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualityDto {
    /// One for each rule: `{rule, passed, failing_rows, examples}`.
    #[schema(value_type = Vec<Object>)]
    items: Value,
}

/// How the quality rules held for a version.
#[utoipa::path(get, path = "/datasets/{asset_id}/versions/{seq}/quality", tag = "datasets",
    operation_id = "get_quality", params(("asset_id" = Uuid, Path), ("seq" = u64, Path)),
    responses((status = 200, body = QualityDto), Errors))]
async fn quality(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, u64)>,
) -> ApiResult<Json<QualityDto>> {
    Ok(Json(QualityDto { items: datasets::quality(&app, &who, id, seq).await? }))
}

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareQuery {
    /// The earlier version.
    from: u64,
    /// The later version.
    to: u64,
    /// Columns that tell rows apart, separated by commas; without them no rows are compared.
    #[param(max_length = 2000)]
    key: Option<String>,
}

/// Compare two versions: columns, counts, and rows by key.
#[utoipa::path(get, path = "/datasets/{asset_id}/compare", tag = "datasets", operation_id = "compare_versions",
    params(("asset_id" = Uuid, Path), CompareQuery), responses((status = 200, body = Object), Errors))]
async fn compare(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<CompareQuery>,
) -> ApiResult<Json<Value>> {
    let key = query.key.as_deref().unwrap_or_default();
    let key = key.split(',').map(str::trim).filter(|k| !k.is_empty()).map(str::to_owned).collect();
    let found = datasets::compare(&app, &who, id, query.from, query.to, key).await?;
    Ok(Json(serde_json::to_value(found).map_err(Error::internal)?))
}

/// In which format.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DownloadQuery {
    /// The kind of file; `csv` without it.
    #[param(inline)]
    pub(crate) format: Option<FileFormat>,
}

/// Take the rows of a version away as a file; needs `download`.
#[utoipa::path(get, path = "/datasets/{asset_id}/versions/{seq}/download", tag = "datasets",
    operation_id = "download_dataset", params(("asset_id" = Uuid, Path), ("seq" = u64, Path), DownloadQuery),
    responses((status = 200, content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.apache.parquet"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"), (String = "application/x-ndjson"))), Errors))]
async fn download(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, u64)>,
    Params(query): Params<DownloadQuery>,
) -> ApiResult<Response> {
    let (name, stream) = datasets::download(&app, &who, id, seq).await?;
    rows::file_of(stream, query.format.unwrap_or_default(), &format!("{name}-v{seq}"), ())
}

/// A version that was made by going back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestoredDto {
    /// The number of the new version.
    seq: i64,
}

/// Make an earlier version the newest one again, as a new version.
#[utoipa::path(post, path = "/assets/{asset_id}/versions/{seq}/restore", tag = "assets",
    operation_id = "restore_version", params(("asset_id" = Uuid, Path), ("seq" = i64, Path)),
    responses((status = 201, body = RestoredDto), Errors))]
async fn restore(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
) -> ApiResult<(axum::http::StatusCode, Json<RestoredDto>)> {
    let version = datasets::restore(&app, &who, id, seq).await?;
    Ok((axum::http::StatusCode::CREATED, Json(RestoredDto { seq: version.seq })))
}

/// Rules about a dataset.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesDto {
    /// The rules, each an object.
    #[schema(value_type = Vec<Object>)]
    rules: Value,
}

/// Who sees what of a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PoliciesDto {
    /// The rules, each an object.
    #[schema(value_type = Vec<Object>)]
    rules: Value,
    /// Rules that name columns which the newest version doesn't have: it is closed
    /// to whom they are for, until the rules are brought up to date.
    outdated: Vec<OutdatedRule>,
}

/// A rule that names columns which aren't there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutdatedRule {
    /// What the rule is called.
    rule: String,
    /// The columns.
    columns: Vec<String>,
}

async fn policies_dto(app: &App, who: &Principal, id: AssetId) -> Result<Json<PoliciesDto>, Error> {
    let mut policies = serde_json::to_value(datasets::policies(app, who, id).await?).map_err(Error::internal)?;
    let outdated = datasets::outdated(app, who, id).await?.into_iter();
    let outdated = outdated.map(|one| OutdatedRule { rule: one.rule, columns: one.columns }).collect();
    Ok(Json(PoliciesDto { rules: policies["rules"].take(), outdated }))
}

fn read<T: serde::de::DeserializeOwned>(rules: RulesDto) -> Result<T, Error> {
    serde_json::from_value(serde_json::json!({ "rules": rules.rules }))
        .map_err(|error| malformed::field("rules", &error))
}

fn write<T: Serialize>(rules: &T) -> Result<Json<RulesDto>, Error> {
    let mut value = serde_json::to_value(rules).map_err(Error::internal)?;
    Ok(Json(RulesDto { rules: value["rules"].take() }))
}

/// The quality rules of a dataset.
#[utoipa::path(get, path = "/datasets/{asset_id}/quality-rules", tag = "datasets",
    operation_id = "get_quality_rules", params(("asset_id" = Uuid, Path)),
    responses((status = 200, body = RulesDto), Errors))]
async fn quality_rules(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
) -> ApiResult<Json<RulesDto>> {
    Ok(write(&datasets::quality_rules(&app, &who, id).await?)?)
}

/// Set the quality rules of a dataset; they are checked from the next version on.
#[utoipa::path(put, path = "/datasets/{asset_id}/quality-rules", tag = "datasets",
    operation_id = "put_quality_rules", params(("asset_id" = Uuid, Path)), request_body = RulesDto,
    responses((status = 200, body = RulesDto), Errors))]
async fn put_quality_rules(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<RulesDto>,
) -> ApiResult<Json<RulesDto>> {
    let rules = read(body)?;
    datasets::put_quality_rules(&app, &who, id, &rules).await?;
    Ok(write(&rules)?)
}

/// Who sees which rows and values of a dataset; needs `manage`.
#[utoipa::path(get, path = "/datasets/{asset_id}/policies", tag = "datasets", operation_id = "get_policies",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = PoliciesDto), Errors))]
async fn policies(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
) -> ApiResult<Json<PoliciesDto>> {
    Ok(policies_dto(&app, &who, id).await?)
}

/// Set who sees which rows and values of a dataset; needs `manage`.
#[utoipa::path(put, path = "/datasets/{asset_id}/policies", tag = "datasets", operation_id = "put_policies",
    params(("asset_id" = Uuid, Path)), request_body = RulesDto,
    responses((status = 200, body = PoliciesDto), Errors))]
async fn put_policies(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<RulesDto>,
) -> ApiResult<Json<PoliciesDto>> {
    let rules = read(body)?;
    datasets::put_policies(&app, &who, id, &rules).await?;
    Ok(policies_dto(&app, &who, id).await?)
}
