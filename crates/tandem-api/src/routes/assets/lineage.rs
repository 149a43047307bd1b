//! What an asset was made from, and what was made from it.

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tandem_app::{
    App,
    assets::{self, NodeKind},
};
use tandem_core::id::{AssetId, RunId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::At,
    routes::shape::{AssetRef, node_kind},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Versions and runs, and how one led to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lineage {
    nodes: Vec<LineageNode>,
    edges: Vec<LineageEdge>,
    /// Whether there is more than one answer shows.
    truncated: bool,
}

/// A version of an asset, or a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineageNode {
    /// Its name in this graph.
    id: String,
    #[schema(schema_with = node_kind)]
    kind: &'static str,
    /// What the asset or run is called; empty where the caller may not know.
    name: String,
    /// The asset and the number of the version.
    #[schema(required)]
    asset: Option<AssetRef>,
    #[schema(required)]
    run: Option<RunRef>,
    /// Whether something that it was made from has a newer version by now.
    stale: bool,
    /// Whether the caller may not know what this is.
    hidden: bool,
}

/// A run, named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunRef {
    #[schema(value_type = Uuid)]
    id: RunId,
    /// What kind of work it is.
    kind: &'static str,
    name: String,
    state: &'static str,
    created_at: DateTime<Utc>,
}

/// One step: a run read a version, or made one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineageEdge {
    from: String,
    to: String,
    /// What the version is to the run; empty where the caller may not know.
    #[schema(example = "transactions")]
    role: String,
}

impl From<assets::LineageNode> for LineageNode {
    fn from(node: assets::LineageNode) -> Self {
        let (kind, name, asset, run, hidden) = match node.what {
            NodeKind::Version(asset, seq) => {
                ("asset", asset.name.clone(), Some(AssetRef::new(asset, Some(seq))), None, false)
            }
            NodeKind::Run(run) => {
                let run_ref = RunRef {
                    id: run.id,
                    kind: run.kind.as_str(),
                    name: run.name.clone(),
                    state: run.state.as_str(),
                    created_at: run.created_at,
                };
                ("run", run.name, None, Some(run_ref), false)
            }
            NodeKind::HiddenVersion => ("asset", String::new(), None, None, true),
            NodeKind::HiddenRun => ("run", String::new(), None, None, true),
        };
        Self { id: node.id, kind, name, asset, run, stale: node.stale, hidden }
    }
}

impl From<assets::LineageEdge> for LineageEdge {
    fn from(edge: assets::LineageEdge) -> Self {
        Self { from: edge.from, to: edge.to, role: edge.role }
    }
}

/// The lineage of all versions of an asset. What the caller may not know of
/// keeps its place, without a name.
#[utoipa::path(get, path = "/assets/{asset_id}/lineage", tag = "assets", operation_id = "get_lineage",
    params(("asset_id" = Uuid, Path)), responses((status = 200, body = Lineage), Errors))]
async fn get(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<Lineage>> {
    let view = assets::lineage(&app, &who, id).await?;
    Ok(Json(Lineage {
        nodes: view.nodes.into_iter().map(LineageNode::from).collect(),
        edges: view.edges.into_iter().map(LineageEdge::from).collect(),
        truncated: view.truncated,
    }))
}
