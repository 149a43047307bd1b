//! What is there at the ports of a workflow.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tandem_app::{
    App,
    tables::json_rows,
    workflows::{self, Looked, NodeId},
};
use tandem_core::{
    Error,
    id::{AssetId, RunId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
    routes::rows::ColumnDto,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(of_run)).routes(routes!(profile))
}

/// A port to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookBody {
    /// The node's id.
    #[schema(value_type = String)]
    node: NodeId,
    /// The output port.
    port: String,
    /// Rows to leave out at the start.
    #[serde(default)]
    offset: u32,
    /// How many rows at the most, 1 to 1000; 100 without it.
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// What is there at a port.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum LookDto {
    /// Some rows of a table.
    Table {
        columns: Vec<ColumnDto>,
        /// Each row an array of values. Whole numbers beyond ±2⁵³ and decimals are text.
        #[schema(value_type = Vec<Vec<Value>>)]
        rows: Box<RawValue>,
        /// How many rows there are in all, where that is known.
        row_count: Option<u64>,
    },
    /// A section of a report.
    Report {
        #[schema(value_type = Object)]
        section: Value,
    },
    /// What there is to say of a model.
    Model {
        #[schema(value_type = Object)]
        model: Value,
    },
    /// A value.
    Value {
        #[schema(value_type = Object)]
        value: Value,
    },
    /// Nothing.
    None {
        /// `not_run`, or `closed` where the branch went the other way. Of a run: `waiting`, `failed`, `skipped`, or
        /// `gone` where it is no longer kept, or was made from more than the caller may see: run again.
        reason: &'static str,
    },
}

/// Look at a port of the draft: rows, a report, a model or a value, as the
/// caller may see what it was made from.
#[utoipa::path(post, path = "/workflows/{workflow_id}/preview", tag = "workflows", operation_id = "preview_workflow",
    params(("workflow_id" = Uuid, Path)), request_body = LookBody, responses((status = 200, body = LookDto), Errors))]
async fn look(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<LookBody>,
) -> ApiResult<Json<LookDto>> {
    let limit = u64::from(body.limit.unwrap_or(100));
    let looked = workflows::look(&app, &who, id, &body.node, &body.port, body.offset.into(), limit).await?;
    Ok(Json(LookDto::new(looked)?))
}

impl LookDto {
    /// What was found, as JSON.
    pub(crate) fn new(looked: Looked) -> Result<Self, Error> {
        Ok(match looked {
            Looked::Table { columns, batches, rows } => Self::Table {
                columns: columns.into_iter().map(|c| ColumnDto { name: c.name, kind: c.kind }).collect(),
                rows: RawValue::from_string(json_rows(&batches)?).map_err(Error::internal)?,
                row_count: rows,
            },
            Looked::Report(section) => {
                Self::Report { section: serde_json::to_value(&section).map_err(Error::internal)? }
            }
            Looked::Model(model) => Self::Model { model },
            Looked::Value(value) => Self::Value { value },
            Looked::NotRun => Self::None { reason: "not_run" },
            Looked::Closed => Self::None { reason: "closed" },
            Looked::Waiting => Self::None { reason: "waiting" },
            Looked::Failed => Self::None { reason: "failed" },
            Looked::Skipped => Self::None { reason: "skipped" },
            Looked::Gone => Self::None { reason: "gone" },
        })
    }
}

/// Which port of a node, and which of its rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunPortQuery {
    /// The node's id.
    node: String,
    /// The output port.
    port: String,
    /// Rows to leave out at the start.
    #[serde(default)]
    offset: u32,
    /// How many rows at the most, 1 to 1000; 100 without it.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Look at a port of a node of one run: what came out then, as the caller may
/// see now what it was made from.
#[utoipa::path(get, path = "/runs/{run_id}/preview", tag = "workflows", operation_id = "preview_run",
    params(("run_id" = Uuid, Path), RunPortQuery), responses((status = 200, body = LookDto), Errors))]
async fn of_run(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<RunId>,
    Params(query): Params<RunPortQuery>,
) -> ApiResult<Json<LookDto>> {
    let (node, limit) = (NodeId::new(query.node), u64::from(query.limit.unwrap_or(100)));
    let looked = workflows::look_at_run(&app, &who, id, &node, &query.port, query.offset.into(), limit).await?;
    Ok(Json(LookDto::new(looked)?))
}

/// Which port.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PortQuery {
    /// The node's id.
    node: String,
    /// The output port.
    port: String,
}

/// The profile of the table at a port of the draft: what each column holds.
#[utoipa::path(get, path = "/workflows/{workflow_id}/profile", tag = "workflows", operation_id = "profile_workflow",
    params(("workflow_id" = Uuid, Path), PortQuery), responses((status = 200, body = Object), Errors))]
async fn profile(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<PortQuery>,
) -> ApiResult<Json<Value>> {
    let profile = workflows::profile(&app, &who, id, &NodeId::new(query.node), &query.port).await?;
    Ok(Json(serde_json::to_value(profile).map_err(Error::internal)?))
}
