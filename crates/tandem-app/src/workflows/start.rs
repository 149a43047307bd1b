//! Starting a run of a workflow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tandem_core::{Action, Error, ErrorClass, ErrorCode, Principal, Result, id::AssetId};
use tandem_flow::{
    Columns, PortColumns, Workflow,
    graph::NodeId,
    package::expand,
    params::{Schema, settle},
};
use tandem_meta::{
    Asset, Project, Version,
    repo::run::{NewRun, RunInput, RunKind},
};

use super::{
    document,
    models::models,
    sources::{self, Read, is_pinned, sources},
    states,
};
use crate::{
    App,
    components::Library,
    runs::{self, RunDetail, RunSpec, WorkflowSpec},
    scenarios::DEFAULT_SEED,
};

/// A run that is asked for.
#[derive(Debug, Clone, Default)]
pub struct WorkflowRequest {
    /// A saved version; without it the draft as it stands, which is saved first.
    pub seq: Option<i64>,
    /// The workflow's parameters.
    pub params: Map<String, Value>,
    /// The seed of its randomness.
    pub seed: Option<u64>,
    /// Run these nodes and what they need; all where empty.
    pub until: BTreeSet<NodeId>,
    /// Compute everything again, whatever is known.
    pub again: bool,
    /// The dataset, and its version where one is chosen, for each declared input.
    pub inputs: BTreeMap<String, (AssetId, Option<i64>)>,
    /// Whether somebody filled in its form as an app.
    pub app: bool,
}

/// A run that can be started.
pub(super) struct Prepared {
    pub(super) new: NewRun,
    /// The dataset and version that each node will read.
    pub(super) pins: BTreeMap<NodeId, (AssetId, i64)>,
    /// Why nodes can't read theirs.
    pub(super) refused: Vec<(NodeId, Error)>,
}

/// Starts a run. What is wrong at a node is said there when it is reached;
/// other branches finish.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_request` for a workflow without nodes or
/// a node that isn't there; `invalid_parameter` for a parameter or an input that
/// won't do, which the message names; those of datasets that can't be read.
pub async fn start(app: &App, principal: &Principal, id: AssetId, request: WorkflowRequest) -> Result<RunDetail> {
    // What can't be read is said at its node, unless nothing could run.
    let Prepared { new, .. } = prepare(app, principal, id, request).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let run = runs::enqueue(&mut tx, principal, new).await?;
    tx.commit().await?;
    runs::get(app, principal, run.run.id).await
}

/// A run with all that it will read settled.
///
/// # Errors
/// As [`start`].
pub(super) async fn prepare(
    app: &App,
    principal: &Principal,
    id: AssetId,
    request: WorkflowRequest,
) -> Result<Prepared> {
    let view = document::require(app, principal, Action::Use, id).await?;
    let version = match request.seq {
        Some(seq) => document::version(app, principal, id, seq).await?,
        None => document::settled(app, principal, &view.asset).await?,
    };
    prepare_version(app, principal, &view.asset, &version, request).await
}

/// Starts a run of a version of a workflow or of a packaged component.
pub(crate) async fn begin(
    app: &App,
    principal: &Principal,
    asset: &Asset,
    version: &Version,
    request: WorkflowRequest,
) -> Result<RunDetail> {
    let Prepared { new, .. } = prepare_version(app, principal, asset, version, request).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let run = runs::enqueue(&mut tx, principal, new).await?;
    tx.commit().await?;
    runs::get(app, principal, run.run.id).await
}

async fn prepare_version(
    app: &App,
    principal: &Principal,
    asset: &Asset,
    version: &Version,
    request: WorkflowRequest,
) -> Result<Prepared> {
    let project = app.require_project(principal, Action::Run, asset.project_id).await?.project;
    let workflow = document::inside(asset, version)?;
    if workflow.nodes.is_empty() {
        return Err(Error::new(ErrorCode::InvalidRequest, "The workflow has no nodes yet. Add a component first."));
    }
    if let Some(unknown) = request.until.iter().find(|node| !workflow.nodes.contains_key(*node)) {
        return Err(Error::new(ErrorCode::InvalidRequest, format!("The workflow has no node {unknown}.")));
    }
    let inputs = choose(app, principal, &project, &workflow, &request).await?;
    params(&workflow, &request.params, &inputs)?;
    let library = Library::load(app, principal, project.id, &workflow).await?;
    let expanded = expand(&workflow, &library)?;
    let found = sources(app, principal, &project, &expanded, &request.params, &BTreeMap::new()).await?;
    // An older version of the workflow was asked for, or the one that is the app; the newest is what there is.
    let older = request.app || version.seq < asset.latest_seq;
    let mut links = vec![RunInput { role: "workflow".to_owned(), version: version.id, pinned: older }];
    let (mut pins, mut refused) = (BTreeMap::new(), Vec::new());
    for (node, read) in found {
        match read {
            Ok(read) => {
                let asked = expanded.nodes.get(&node).is_some_and(|node| is_pinned(&expanded, node, &request.params));
                links.push(RunInput { role: node.to_string(), version: read.pinned.version.id, pinned: asked });
                pins.insert(node, (read.pinned.version.asset_id, read.pinned.version.seq));
            }
            Err(error) => refused.push((node, error)),
        }
    }
    let pinned = |read: &Read| (read.pinned.version.asset_id, read.pinned.version.seq);
    links.extend(inputs.iter().map(|(name, read)| RunInput {
        role: format!("input {name}"),
        version: read.pinned.version.id,
        pinned: request.inputs.get(name).is_some_and(|(_, seq)| seq.is_some()),
    }));
    for (node, read) in models(app, principal, &project, &expanded, &request.params, &BTreeMap::new()).await? {
        match read {
            Ok(read) => {
                let asked = expanded.nodes.get(&node).is_some_and(|node| is_pinned(&expanded, node, &request.params));
                links.push(RunInput { role: node.to_string(), version: read.version.id, pinned: asked });
                pins.insert(node, (read.asset, read.version.seq));
            }
            Err(error) => refused.push((node, error)),
        }
    }
    let seed = request.seed.unwrap_or(DEFAULT_SEED);
    let spec = RunSpec::Workflow(WorkflowSpec {
        workflow: asset.id,
        seq: version.seq,
        params: request.params.clone(),
        seed,
        until: request.until,
        again: request.again,
        pins: pins.clone(),
        inputs: inputs.iter().map(|(name, read)| (name.clone(), pinned(read))).collect(),
        app: request.app,
    });
    let new = NewRun {
        project_id: project.id,
        kind: RunKind::Workflow,
        name: asset.name.clone(),
        spec: serde_json::to_value(&spec).map_err(Error::internal)?,
        params: Value::Object(request.params),
        environment: runs::scenario::ENGINE.to_owned(),
        seed: i64::try_from(seed).unwrap_or(i64::MAX),
        digest: None,
        inputs: links,
        reproduces: None,
        created_by: principal.user,
    };
    Ok(Prepared { new, pins, refused })
}

/// Runs the latest saved version with its inputs as they are now. Without
/// parameters, those of the schedule, or else of one's last run.
///
/// # Errors
/// As [`start`].
pub async fn refresh(
    app: &App,
    principal: &Principal,
    id: AssetId,
    params: Option<Map<String, Value>>,
) -> Result<RunDetail> {
    let view = document::require(app, principal, Action::Use, id).await?;
    let last = states::newest_run(app, principal, id).await?;
    let scheduled = app.meta.read().await?.schedule(principal.org, id).await?;
    let before = last.as_ref().and_then(|run| run.params.as_object().cloned());
    let scheduled = scheduled.and_then(|schedule| schedule.settings.get("params")?.as_object().cloned());
    let request = WorkflowRequest {
        seq: Some(view.asset.latest_seq),
        params: params.or(scheduled).or(before).unwrap_or_default(),
        // The same seed, so that what didn't change is known.
        seed: last.and_then(|run| u64::try_from(run.seed).ok()),
        ..WorkflowRequest::default()
    };
    start(app, principal, id, request).await
}

/// The datasets that were chosen for declared inputs.
async fn choose(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: &Workflow,
    request: &WorkflowRequest,
) -> Result<BTreeMap<String, Read>> {
    let wrong =
        |name: &str, message: &str| Error::new(ErrorCode::InvalidParameter, format!("inputs.{name}: {message}"));
    let mut chosen = BTreeMap::new();
    for (name, (dataset, seq)) in &request.inputs {
        if !workflow.inputs.contains_key(name) {
            return Err(wrong(name, "There is no such input. Remove it."));
        }
        let read = sources::input(app, principal, project, *dataset, *seq).await.map_err(|error| {
            match error.code().class() {
                ErrorClass::NotFound | ErrorClass::Forbidden | ErrorClass::Conflict => wrong(name, error.message()),
                _ => error,
            }
        })?;
        chosen.insert(name.clone(), read);
    }
    Ok(chosen)
}

fn params(workflow: &Workflow, given: &Map<String, Value>, inputs: &BTreeMap<String, Read>) -> Result<()> {
    let columns = inputs.iter().map(|(name, read)| (name.clone(), vec![Columns::Known(read.columns.clone())]));
    require_params(workflow, given, &columns.collect())
}

/// Refuses parameters of a run that the workflow doesn't declare, or of other types than those that it declares.
///
/// # Errors
/// `invalid_parameter`.
pub(crate) fn require_params(workflow: &Workflow, given: &Map<String, Value>, inputs: &PortColumns) -> Result<()> {
    let settled = settle(Schema::new(&workflow.schema()), given, inputs);
    match settled.problems.first() {
        None => Ok(()),
        Some(problem) => {
            let message = format!("params.{}: {}", problem.path, problem.message.en);
            Err(Error::new(ErrorCode::InvalidParameter, message))
        }
    }
}
