//! Which nodes of a workflow are no longer what their last run made of them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::Serialize;
use tandem_app::{
    App,
    workflows::{self, Marks, NodeMark, StaleReason},
};
use tandem_core::id::AssetId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::At,
    routes::shape::AssetRef,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get))
}

/// How the nodes of a draft stand to their last runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaleMarks {
    /// By node.
    nodes: BTreeMap<String, StaleMark>,
}

/// How a node stands to its last run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaleMark {
    /// `fresh`, `stale`, or `none` where none of the last runs has made it.
    #[schema(example = "stale")]
    mark: &'static str,
    /// The run that last made it.
    #[schema(required)]
    run_id: Option<Uuid>,
    /// Why it is stale.
    reasons: Vec<StaleWhy>,
}

/// Why a node is stale.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct StaleWhy {
    /// `input`, `component`, `params`, `connections` or `upstream`.
    #[schema(example = "input")]
    kind: &'static str,
    /// Of `input`: what is newer; null where the caller may not know of it.
    #[schema(required)]
    dataset: Option<AssetRef>,
    /// Of `input`: the version that the run used.
    #[schema(required)]
    used: Option<i64>,
    /// Of `input`: the newest version.
    #[schema(required)]
    latest: Option<i64>,
    /// Of `params`: those that were changed.
    params: Vec<String>,
    /// Of `upstream`: the stale nodes before it.
    nodes: Vec<String>,
}

impl From<StaleReason> for StaleWhy {
    fn from(reason: StaleReason) -> Self {
        let of = |kind| Self { kind, ..Self::default() };
        match reason {
            StaleReason::Input { dataset, used, latest } => {
                let known = dataset.is_some();
                Self {
                    dataset: dataset.map(|dataset| AssetRef::new(dataset, None)),
                    used: known.then_some(used),
                    latest: known.then_some(latest),
                    ..of("input")
                }
            }
            StaleReason::Component => of("component"),
            StaleReason::Params(params) => Self { params, ..of("params") },
            StaleReason::Connections => of("connections"),
            StaleReason::Upstream(nodes) => {
                Self { nodes: nodes.iter().map(ToString::to_string).collect(), ..of("upstream") }
            }
        }
    }
}

impl From<Marks> for StaleMarks {
    fn from(marks: Marks) -> Self {
        let mark = |mark: NodeMark| StaleMark {
            mark: mark.mark.as_str(),
            run_id: mark.run.map(|id| *id.as_uuid()),
            reasons: mark.reasons.into_iter().map(StaleWhy::from).collect(),
        };
        Self { nodes: marks.into_iter().map(|(id, one)| (id.to_string(), mark(one))).collect() }
    }
}

/// Which nodes of the draft are no longer what their last run made of them: an
/// input has a newer version, or they were changed; and why.
#[utoipa::path(get, path = "/workflows/{workflow_id}/stale", tag = "workflows", operation_id = "get_workflow_stale",
    params(("workflow_id" = Uuid, Path)), responses((status = 200, body = StaleMarks), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<StaleMarks>> {
    Ok(Json(workflows::stale(&app, &who, id).await?.into()))
}
