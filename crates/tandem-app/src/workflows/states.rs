//! Where the nodes of a workflow or of a run stand.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use tandem_core::{
    Action, Error, ErrorCode, PageRequest, Principal, Result,
    id::{AssetId, RunId},
};
use tandem_engine::Limits;
use tandem_flow::graph::NodeId;
use tandem_meta::repo::run::{Run, RunFilter, RunKind, RunView};

use super::{
    document,
    effects::Nothing,
    job::{Asked, ready, runner},
    nodes::{NodeState, Standing},
};
use crate::{App, runs, scenarios::DEFAULT_SEED};

/// Where the nodes of a draft stand.
#[derive(Debug, Clone)]
pub struct DraftStates {
    /// Each node's state.
    pub nodes: BTreeMap<NodeId, NodeState>,
    /// The run that goes on, where one does.
    pub run: Option<RunId>,
}

/// What is known of the draft's nodes now: results that are there, and the
/// states of the newest run where it says more.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn states(app: &App, principal: &Principal, id: AssetId) -> Result<DraftStates> {
    let view = document::require(app, principal, Action::Inspect, id).await?;
    let project = app.require_project(principal, Action::Discover, view.asset.project_id).await?.project;
    let workflow = document::parse(document::draft(app, &view.asset).await?.body)?;
    let newest = newest_run(app, principal, id).await?;
    let seed = newest.as_ref().map_or(DEFAULT_SEED, |run| u64::try_from(run.seed).unwrap_or(DEFAULT_SEED));
    let asked = Asked { seed, ..Asked::default() };
    let drawn: Vec<NodeId> = workflow.nodes.keys().cloned().collect();
    let ready = ready(app, principal, &project, workflow, asked, Arc::new(Nothing)).await?;
    let nodes: Vec<NodeId> = ready.job.workflow.nodes.keys().cloned().collect();
    let fold = ready.fold;
    let runner = runner(app, Limits::default());
    let (known, _) = tandem_runner::standing(&runner, ready.job, &ready.catalog).await?;
    let mut inside: BTreeMap<NodeId, NodeState> = nodes.into_iter().map(|node| (node, NodeState::waiting())).collect();
    for (node, end) in known {
        if let Some(slot) = inside.get_mut(&node) {
            slot.end(&end);
        }
    }
    let known = fold.fold(inside, false);
    let mut states: BTreeMap<NodeId, NodeState> = drawn.into_iter().map(|node| (node, NodeState::waiting())).collect();
    let mut going_on = None;
    if let Some(run) = newest {
        let live = !run.state.is_final();
        going_on = live.then_some(run.id);
        for (node, state) in of(&run) {
            // A result of before an edit is no longer this node's; a failure is worth seeing.
            let told = live || matches!(state.state, Standing::Failed);
            if let Some(slot) = states.get_mut(&node).filter(|_| told) {
                *slot = state;
            }
        }
    }
    for (node, state) in known {
        let there = state.state == Standing::Succeeded;
        if let Some(slot) = states.get_mut(&node).filter(|slot| there && slot.state != Standing::Running) {
            let curve = std::mem::take(&mut slot.curve);
            *slot = NodeState { curve, started_at: slot.started_at, finished_at: slot.finished_at, ..state };
        }
    }
    Ok(DraftStates { nodes: states, run: going_on })
}

pub(super) async fn newest_run(app: &App, principal: &Principal, id: AssetId) -> Result<Option<Run>> {
    let filter = RunFilter { kind: Some(RunKind::Workflow), of: Some(id), ..RunFilter::default() };
    let page = PageRequest::new(Some(1), None)?;
    let user = principal.user;
    // Of others' runs only those who may see them are told elsewhere; here one's own are enough.
    let found = app.meta.read().await?.runs(principal.org, &filter, &page, |run| run.created_by == user).await?;
    let mut newest: Vec<RunView> = found.items.into_iter().take(1).collect();
    runs::shield(app, principal, &mut newest).await?;
    Ok(newest.pop().map(|view| view.run))
}

/// What was noted of a run's nodes.
pub(crate) fn of(run: &Run) -> BTreeMap<NodeId, NodeState> {
    let nodes = run.progress.as_ref().and_then(|progress| progress.get("nodes")).cloned().unwrap_or(Value::Null);
    serde_json::from_value(nodes).unwrap_or_default()
}

/// The states of a run's nodes.
///
/// # Errors
/// `not_found`, also for a run that is no workflow's.
pub async fn of_run(app: &App, principal: &Principal, id: RunId) -> Result<BTreeMap<NodeId, NodeState>> {
    let detail = runs::get(app, principal, id).await?;
    if detail.view.run.kind != RunKind::Workflow {
        return Err(Error::not_found("workflow run"));
    }
    if !detail.inside {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "You may run this workflow and not see how it is made. Ask one of its maintainers for the right to edit it.",
        ));
    }
    Ok(of(&detail.view.run))
}
