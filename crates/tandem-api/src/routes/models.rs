//! Models: what a version needs, gives and is worth, and how two differ.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_app::{App, models};
use tandem_core::{Error, id::AssetId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Params},
    routes::shape::AssetRef,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(compare)).routes(routes!(download))
}

/// A version of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelVersion {
    model: AssetRef,
    /// What kind of model it is: `boosting`, `linear`, `k_means`, `components` or `isolation`.
    #[schema(example = "boosting")]
    learner: String,
    /// The columns that it needs and gives: `{inputs: [{name, data_type, kind, categories}], target, outputs: [{name, data_type}]}`.
    #[schema(value_type = Object)]
    signature: Value,
    /// How good it is.
    metrics: Vec<MetricDto>,
    /// The component that trained it.
    #[schema(required)]
    component: Option<String>,
    /// The parameters of its training.
    #[schema(value_type = Object)]
    params: Map<String, Value>,
    /// Rows that it learned from.
    rows: u64,
    /// Rows left out because their target is not known.
    unlabelled: u64,
    /// The size of its file.
    bytes: u64,
    /// The run that made it.
    #[schema(required)]
    run_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    /// The pages of its training, each a section of a report.
    #[schema(value_type = Vec<Object>)]
    training: Vec<Value>,
}

/// A measure of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetricDto {
    #[schema(example = "auc")]
    name: String,
    #[schema(required)]
    value: Option<f64>,
}

/// One version of a model.
#[utoipa::path(get, path = "/models/{asset_id}/versions/{seq}", tag = "models", operation_id = "get_model_version",
    params(("asset_id" = Uuid, Path), ("seq" = i64, Path)),
    responses((status = 200, body = ModelVersion), Errors))]
async fn get(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
) -> ApiResult<Json<ModelVersion>> {
    let models::ModelVersion { asset, version, content, training } = models::get(&app, &who, id, seq).await?;
    let metrics = content.metrics.into_iter().map(|metric| MetricDto { name: metric.name, value: metric.value });
    Ok(Json(ModelVersion {
        model: AssetRef::new(asset, Some(version.seq)),
        learner: content.learner,
        signature: serde_json::to_value(content.signature).map_err(Error::internal)?,
        metrics: metrics.collect(),
        component: content.component,
        params: content.params,
        rows: content.rows,
        unlabelled: content.unlabelled,
        bytes: content.bytes,
        run_id: version.run_id.map(|id| *id.as_uuid()),
        created_at: version.created_at,
        training,
    }))
}

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Between {
    #[param(minimum = 1)]
    from: i64,
    #[param(minimum = 1)]
    to: i64,
}

/// Two versions of a model, side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelComparison {
    /// All measures, changed or not.
    metrics: Vec<ModelChange>,
    /// Parameters of training that differ, and `component` where another one trained it.
    params: Vec<ModelChange>,
    /// Columns needed that differ, by their types.
    inputs: Vec<ModelChange>,
    /// Columns given that differ, by their types.
    outputs: Vec<ModelChange>,
}

/// Something that two versions have, or one of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelChange {
    name: String,
    /// What it was; null where it wasn't.
    from: Value,
    /// What it is; null where it isn't.
    to: Value,
}

impl From<models::Change> for ModelChange {
    fn from(change: models::Change) -> Self {
        Self { name: change.name, from: change.from, to: change.to }
    }
}

/// Compare two versions of a model: measures, parameters of training, columns.
#[utoipa::path(get, path = "/models/{asset_id}/compare", tag = "models", operation_id = "compare_models",
    params(("asset_id" = Uuid, Path), Between), responses((status = 200, body = ModelComparison), Errors))]
async fn compare(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(between): Params<Between>,
) -> ApiResult<Json<ModelComparison>> {
    let found = models::compare(&app, &who, id, between.from, between.to).await?;
    let all = |changes: Vec<models::Change>| changes.into_iter().map(ModelChange::from).collect();
    Ok(Json(ModelComparison {
        metrics: all(found.metrics),
        params: all(found.params),
        inputs: all(found.inputs),
        outputs: all(found.outputs),
    }))
}

/// A model's file as JSON; needs `download`.
#[utoipa::path(get, path = "/models/{asset_id}/versions/{seq}/download", tag = "models",
    operation_id = "download_model", params(("asset_id" = Uuid, Path), ("seq" = i64, Path)),
    responses((status = 200, content_type = "application/json", body = String), Errors))]
async fn download(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((id, seq)): At<(AssetId, i64)>,
) -> ApiResult<Response> {
    let bytes = models::download(&app, &who, id, seq).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = format!("attachment; filename=\"model-{id}-v{seq}.json\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
