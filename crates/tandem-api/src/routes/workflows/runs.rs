//! Running a workflow, and where its nodes stand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_app::{
    App,
    workflows::{self, NodeId, NodeState, WorkflowRequest},
};
use tandem_core::{
    Error,
    id::{AssetId, RunId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
    routes::{
        apps::{InputChoice, chosen},
        runs::RunDto,
    },
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(states)).routes(routes!(nodes))
}

/// A run of a workflow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkflowRunBody {
    /// A saved version; without it the draft as it stands, which is saved first.
    #[schema(minimum = 1)]
    seq: Option<i64>,
    /// The workflow's parameters.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
    /// The seed of its randomness.
    #[schema(maximum = 9007199254740991_u64)]
    seed: Option<u64>,
    /// Run these nodes and what they need; all without it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    until: BTreeSet<NodeId>,
    /// Compute everything again, whatever is known.
    #[serde(default)]
    again: bool,
    /// The data for declared inputs, by name.
    #[serde(default)]
    inputs: BTreeMap<String, InputChoice>,
}

/// Run a workflow. Nodes whose results are known are not computed again.
#[utoipa::path(post, path = "/workflows/{workflow_id}/runs", tag = "workflows", operation_id = "run_workflow",
    params(("workflow_id" = Uuid, Path)), request_body = WorkflowRunBody,
    responses((status = 202, body = RunDto), Errors))]
async fn start(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<WorkflowRunBody>,
) -> ApiResult<(StatusCode, Json<RunDto>)> {
    let request = WorkflowRequest {
        seq: body.seq,
        params: body.params.unwrap_or_default(),
        seed: body.seed,
        until: body.until,
        again: body.again,
        inputs: chosen(body.inputs),
        app: false,
    };
    let run = workflows::start(&app, &who, id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(RunDto::new(run))))
}

/// Where nodes stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NodeStates {
    /// By node: `{state, reason, cached, rows: {port: n}, progress, started_at, finished_at, elapsed_ms, error,
    /// curve: [{series, points: [[x, y]]}]}`; `state` is `waiting`, `running`, `succeeded`, `failed`, `skipped` or `cancelled`.
    #[schema(value_type = Object)]
    nodes: Value,
    /// The run that goes on, where one does.
    run_id: Option<Uuid>,
}

impl NodeStates {
    fn new(nodes: &BTreeMap<NodeId, NodeState>, run: Option<RunId>) -> Result<Self, Error> {
        let nodes = serde_json::to_value(nodes).map_err(Error::internal)?;
        Ok(Self { nodes, run_id: run.map(|id| *id.as_uuid()) })
    }
}

/// What is known of the draft's nodes now: results that are there, and the run
/// that goes on.
#[utoipa::path(get, path = "/workflows/{workflow_id}/states", tag = "workflows", operation_id = "get_workflow_states",
    params(("workflow_id" = Uuid, Path)), responses((status = 200, body = NodeStates), Errors))]
async fn states(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<NodeStates>> {
    let states = workflows::states(&app, &who, id).await?;
    Ok(Json(NodeStates::new(&states.nodes, states.run)?))
}

/// Where the nodes of a workflow's run stand.
#[utoipa::path(get, path = "/runs/{run_id}/nodes", tag = "workflows", operation_id = "get_run_nodes",
    params(("run_id" = Uuid, Path)), responses((status = 200, body = NodeStates), Errors))]
async fn nodes(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<RunId>) -> ApiResult<Json<NodeStates>> {
    let nodes = workflows::of_run(&app, &who, id).await?;
    Ok(Json(NodeStates::new(&nodes, None)?))
}
