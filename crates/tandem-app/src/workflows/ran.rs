//! A run with what it ran, as one person may compute it again; and what is there at a port of one of its nodes.

use std::{collections::BTreeSet, sync::Arc};

use tandem_core::{
    Action, Cancel, Error, Principal, Result,
    id::{AssetId, RunId},
};
use tandem_engine::Limits;
use tandem_flow::{
    Workflow,
    check::Found,
    graph::{NodeId, PortRef, Wiring},
    package::output_inside,
    signature::PortKind,
};
use tandem_meta::repo::run::RunView;
use tandem_runner::{Peek, peek};

use super::{
    document,
    effects::Nothing,
    job::{Asked, Ready, ready, runner},
    nodes::Standing,
    peek::{Looked, shown},
    states,
};
use crate::{
    App,
    query::limits,
    runs::{RunSpec, WorkflowSpec, manage},
};

/// A run with what it ran, as one person may compute it again: with the
/// versions that it read, and that person's access to them.
pub(crate) struct Ran {
    pub(crate) view: RunView,
    pub(crate) spec: WorkflowSpec,
    pub(crate) workflow: Workflow,
    pub(crate) limits: Limits,
    ready: Ready,
}

impl Ran {
    /// The run, for who may do `action` on what was run.
    ///
    /// # Errors
    /// `not_found`, also for a run that is no workflow's; `forbidden`; those of
    /// datasets that were chosen for its inputs.
    pub(crate) async fn find(app: &App, principal: &Principal, id: RunId, action: Action) -> Result<Self> {
        let view = manage::find(app, principal, id, Action::Discover).await?;
        let Ok(RunSpec::Workflow(spec)) = serde_json::from_value(view.run.spec.clone()) else {
            return Err(Error::not_found("workflow run"));
        };
        let asset = app.require_asset(principal, action, spec.workflow).await?.asset;
        let project = app.require_project(principal, Action::Discover, view.run.project_id).await?;
        let version = document::version(app, principal, spec.workflow, spec.seq).await?;
        let workflow = document::inside(&asset, &version)?;
        let asked = Asked {
            params: spec.params.clone(),
            seed: spec.seed,
            until: spec.until.clone(),
            pins: spec.pins.clone(),
            inputs: spec.inputs.clone(),
            ..Asked::default()
        };
        let ready = ready(app, principal, &project.project, workflow.clone(), asked, Arc::new(Nothing)).await?;
        Ok(Self { view, spec, workflow, limits: limits::for_role(project.role), ready })
    }

    /// The port of a node that runs which a port of a node that is drawn is, and what it gives.
    pub(crate) fn port(&self, drawn: &PortRef) -> Option<(PortRef, PortKind)> {
        let inside = output_inside(&self.workflow, &self.ready.library, drawn)?;
        let node = self.ready.job.workflow.nodes.get(&inside.node)?;
        let kind = match self.ready.catalog.find(&node.component) {
            Found::Here(signature) | Found::Withdrawn(signature) => signature.output(&inside.port)?.kind,
            Found::Missing => return None,
        };
        Some((inside, kind))
    }

    /// What is kept of a port, as this person may compute it.
    ///
    /// # Errors
    /// Why a node before it can't run.
    pub(crate) async fn peek(&self, app: &App, inside: &PortRef) -> Result<Peek> {
        let runner = runner(app, self.limits.clone());
        let job = self.ready.job.clone();
        peek(&runner, job, &self.ready.catalog, &inside.node, &inside.port, &Cancel::new()).await
    }

    /// The datasets that were read.
    pub(crate) fn read(&self) -> Vec<AssetId> {
        let all = self.spec.pins.values().chain(self.spec.inputs.values()).map(|(dataset, _)| *dataset);
        let ids: BTreeSet<AssetId> = all.collect();
        ids.into_iter().collect()
    }

    /// Why this person can't read a dataset before a node, where there is one.
    fn barred(&mut self, node: &NodeId) -> Option<Error> {
        let wiring = Wiring::new(&self.ready.job.workflow);
        let (mut open, mut before) = (vec![node.clone()], BTreeSet::new());
        while let Some(id) = open.pop() {
            open.extend(wiring.incoming(&id).iter().map(|(_, edge)| edge.from.node.clone()));
            before.insert(id);
        }
        let barred = before.iter().find(|id| self.ready.sources.get(*id).is_some_and(std::result::Result::is_err))?;
        self.ready.sources.remove(barred)?.err()
    }
}

/// Looks at a port of a node of a run: what it was made of then, as the caller
/// may see that now.
///
/// # Errors
/// `not_found`, also for a node or port that the run doesn't have; `forbidden`
/// for who may not see how the workflow is made, or may not use what was read.
pub async fn look_at_run(
    app: &App,
    principal: &Principal,
    id: RunId,
    node: &NodeId,
    port: &str,
    offset: u64,
    limit: u64,
) -> Result<Looked> {
    let mut ran = Ran::find(app, principal, id, Action::Inspect).await?;
    if !ran.workflow.nodes.contains_key(node) {
        return Err(Error::not_found("node"));
    }
    let (inside, _) = ran.port(&PortRef::new(node, port)).ok_or_else(|| Error::not_found("port"))?;
    match states::of(&ran.view.run).get(node).map(|state| state.state) {
        Some(Standing::Succeeded) => {}
        Some(Standing::Failed) => return Ok(Looked::Failed),
        Some(Standing::Skipped | Standing::Cancelled) => return Ok(Looked::Skipped),
        Some(Standing::Waiting | Standing::Running) | None => {
            return Ok(if ran.view.run.state.is_final() { Looked::Skipped } else { Looked::Waiting });
        }
    }
    if let Some(error) = ran.barred(&inside.node) {
        return Err(error);
    }
    match ran.peek(app, &inside).await? {
        Peek::NotRun => Ok(Looked::Gone),
        there => shown(app, principal, there, ran.limits, offset, limit).await,
    }
}
