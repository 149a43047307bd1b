//! The values that a filter of a dashboard can be set to.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App,
    dashboards::{self, Asked, Choices, Dashboard},
};
use tandem_core::id::{AssetId, ProjectId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::reading;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(choices)).routes(routes!(preview))
}

/// Which values are looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoicesBody {
    /// A version; the newest without it.
    #[schema(minimum = 1)]
    seq: Option<i64>,
    /// The filter's id.
    #[schema(max_length = 64)]
    filter: String,
    /// A part of the value, in whatever case.
    #[serde(default)]
    #[schema(max_length = 200)]
    search: String,
    /// How many values at the most; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// What the reader has set of the filters, as of `answer`: values of rows that the others leave.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
}

/// The values that a filter can be set to, the commonest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoicesDto {
    values: Vec<ChoiceDto>,
    /// Whether there are others.
    more: bool,
}

/// A value, and how many rows have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoiceDto {
    #[schema(value_type = Object)]
    value: Value,
    rows: u64,
}

impl From<Choices> for ChoicesDto {
    fn from(choices: Choices) -> Self {
        let values = choices.values.into_iter().map(|(value, rows)| ChoiceDto { value, rows });
        Self { values: values.collect(), more: choices.more }
    }
}

/// Find values that a filter of a dashboard can be set to, as the caller may see its datasets.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/choices", tag = "dashboards",
    operation_id = "find_dashboard_choices", params(("dashboard_id" = Uuid, Path)), request_body = ChoicesBody,
    responses((status = 200, body = ChoicesDto), Errors))]
async fn choices(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<ChoicesBody>,
) -> ApiResult<Json<ChoicesDto>> {
    let reading = reading(body.filters, None)?;
    let asked = Asked { filter: body.filter, search: body.search, limit: body.limit };
    Ok(Json(dashboards::choices(&app, &who, id, body.seq, &asked, &reading).await?.into()))
}

/// Which values of a document that was not saved are looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewChoicesBody {
    /// The document.
    #[schema(value_type = Object)]
    dashboard: Value,
    /// The filter's id.
    #[schema(max_length = 64)]
    filter: String,
    /// A part of the value, in whatever case.
    #[serde(default)]
    #[schema(max_length = 200)]
    search: String,
    /// How many values at the most; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// As of `choices`.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
}

/// Find values that a filter of a dashboard can be set to that was not saved yet.
#[utoipa::path(post, path = "/projects/{project_id}/dashboards/choices", tag = "dashboards",
    operation_id = "preview_dashboard_choices", params(("project_id" = Uuid, Path)),
    request_body = PreviewChoicesBody, responses((status = 200, body = ChoicesDto), Errors))]
async fn preview(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<PreviewChoicesBody>,
) -> ApiResult<Json<ChoicesDto>> {
    let (document, reading) = (Dashboard::read(&body.dashboard)?, reading(body.filters, None)?);
    let asked = Asked { filter: body.filter, search: body.search, limit: body.limit };
    Ok(Json(dashboards::preview_choices(&app, &who, project, &document, &asked, &reading).await?.into()))
}
