//! What came out of a run, by the names that the workflow declares.

use std::sync::Arc;

use serde_json::Value;
use tandem_core::{
    Action, Cancel, Error, ErrorClass, ErrorCode, Principal, Result, Text,
    id::{AssetId, RunId},
};
use tandem_engine::{AccessPlan, Limits, QueryStream, TableAccess, TableRef};
use tandem_flow::{
    Workflow,
    check::Found,
    graph::{ExposedOutput, PortRef},
    package::output_inside,
    signature::PortKind,
};
use tandem_meta::repo::run::RunView;
use tandem_runner::{Peek, Stored, peek};

use crate::{
    App,
    query::limits,
    runs::{RunSpec, WorkflowSpec, manage},
    workflows::{
        Looked, Standing, document,
        effects::Nothing,
        job::{Asked, Ready, ready, runner},
        peek::shown,
        states,
    },
};

/// Where an output stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputState {
    /// It is there.
    Ready,
    /// The run goes on.
    Waiting,
    /// What makes it failed.
    Failed,
    /// What makes it did not run.
    Skipped,
    /// It was there and was forgotten, or the person may see less than it was made from.
    Gone,
}

impl OutputState {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Gone => "gone",
        }
    }
}

/// An output of a run.
#[derive(Debug, Clone)]
pub struct RunOutput {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: Text,
    /// What it holds.
    pub help: Option<Text>,
    /// What it is.
    pub kind: PortKind,
    /// Where it stands.
    pub state: OutputState,
    /// The rows of a table, where they were counted.
    pub rows: Option<u64>,
    /// Why it failed: `{code, message}`.
    pub error: Option<Value>,
    /// Whether the person may take it away as a file.
    pub download: bool,
}

/// A run with what it ran, as one person may compute it again.
pub(super) struct Ran {
    pub(super) view: RunView,
    spec: WorkflowSpec,
    workflow: Workflow,
    ready: Ready,
    limits: Limits,
}

async fn ran(app: &App, principal: &Principal, id: RunId) -> Result<Ran> {
    let view = manage::find(app, principal, id, Action::Discover).await?;
    let Ok(RunSpec::Workflow(spec)) = serde_json::from_value(view.run.spec.clone()) else {
        return Err(Error::not_found("workflow run"));
    };
    let asset = app.require_asset(principal, Action::Use, spec.workflow).await?.asset;
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
    Ok(Ran { view, spec, workflow, ready, limits: limits::for_role(project.role) })
}

impl Ran {
    /// The port inside that an output is, and what it gives.
    fn port(&self, output: &ExposedOutput) -> Option<(PortRef, PortKind)> {
        let inside = output_inside(&self.workflow, &self.ready.library, &output.from)?;
        let node = self.ready.job.workflow.nodes.get(&inside.node)?;
        let kind = match self.ready.catalog.find(&node.component) {
            Found::Here(signature) | Found::Withdrawn(signature) => signature.output(&inside.port)?.kind,
            Found::Missing => return None,
        };
        Some((inside, kind))
    }

    /// What is kept of a port, as this person may compute it.
    pub(super) async fn peek(&self, app: &App, inside: &PortRef) -> Result<Peek> {
        let runner = runner(app, self.limits.clone());
        let job = self.ready.job.clone();
        peek(&runner, job, &self.ready.catalog, &inside.node, &inside.port, &Cancel::new()).await
    }

    /// Whether the person may take rows away: they must be allowed to of every
    /// dataset that was read.
    async fn may_download(&self, app: &App, principal: &Principal) -> Result<bool> {
        let ids = self.read();
        let assets = app.meta.read().await?.assets_by_id(principal.org, &ids).await?;
        let may = app.assets_may(principal, &assets, Action::Download).await?;
        Ok(assets.len() == ids.len() && may.into_iter().all(|may| may))
    }

    /// The datasets that were read.
    pub(super) fn read(&self) -> Vec<AssetId> {
        let all = self.spec.pins.values().chain(self.spec.inputs.values()).map(|(dataset, _)| *dataset);
        let mut ids: Vec<AssetId> = all.collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Whether an error says that somebody may see less than the run was made from.
fn closed(error: &Error) -> bool {
    matches!(error.code().class(), ErrorClass::Forbidden | ErrorClass::NotFound)
}

/// What the outputs of a run are, and where they stand.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn outputs(app: &App, principal: &Principal, id: RunId) -> Result<Vec<RunOutput>> {
    let ran = ran(app, principal, id).await?;
    let nodes = states::of(&ran.view.run);
    let download = ran.may_download(app, principal).await?;
    let mut all = Vec::new();
    for (name, output) in &ran.workflow.outputs {
        let Some((inside, kind)) = ran.port(output) else { continue };
        let label = output.label.clone().unwrap_or_else(|| Text::new(name.clone(), name.clone()));
        let node = nodes.get(&output.from.node);
        let ended = ran.view.run.state.is_final();
        let mut one = RunOutput {
            name: name.clone(),
            label,
            help: output.help.clone(),
            kind,
            state: match node.map(|node| node.state) {
                Some(Standing::Failed) => OutputState::Failed,
                Some(Standing::Skipped | Standing::Cancelled) => OutputState::Skipped,
                Some(Standing::Succeeded) => OutputState::Ready,
                Some(Standing::Waiting | Standing::Running) | None if ended => OutputState::Skipped,
                _ => OutputState::Waiting,
            },
            rows: None,
            error: node.and_then(|node| node.error.clone()),
            download: download && matches!(kind, PortKind::Table | PortKind::Report),
        };
        if one.state == OutputState::Ready {
            match ran.peek(app, &inside).await {
                Ok(Peek::Kept { kept, .. }) => match kept.stored {
                    Stored::Table { fingerprint, .. } => one.rows = Some(fingerprint.rows()),
                    Stored::Closed => one.state = OutputState::Skipped,
                    _ => {}
                },
                Ok(Peek::View { .. }) => {}
                Ok(Peek::NotRun) => one.state = OutputState::Gone,
                Err(error) if closed(&error) => one.state = OutputState::Gone,
                Err(error) => return Err(error),
            }
        }
        all.push(one);
    }
    Ok(all)
}

/// Looks at an output of a run, as the person may see what it was made from.
///
/// # Errors
/// `not_found`, `forbidden`; `state_conflict` where it is not there.
pub async fn look(
    app: &App,
    principal: &Principal,
    id: RunId,
    output: &str,
    offset: u64,
    limit: u64,
) -> Result<Looked> {
    let (ran, inside) = found(app, principal, id, output).await?;
    let peek = ran.peek(app, &inside).await?;
    shown(app, principal, peek, ran.limits.clone(), offset, limit).await
}

pub(super) async fn found(app: &App, principal: &Principal, id: RunId, output: &str) -> Result<(Ran, PortRef)> {
    let ran = ran(app, principal, id).await?;
    let port = ran.workflow.outputs.get(output).and_then(|output| ran.port(output));
    let (inside, _) = port.ok_or_else(|| Error::not_found("output"))?;
    Ok((ran, inside))
}

/// The rows of an output, to take away.
///
/// # Errors
/// `not_found`; `forbidden` without the right to download every dataset that
/// was read; `state_conflict` where there is no table.
pub async fn download(app: &App, principal: &Principal, id: RunId, output: &str) -> Result<(String, QueryStream)> {
    let (ran, inside) = found(app, principal, id, output).await?;
    for dataset in ran.read() {
        app.require_asset(principal, Action::Download, dataset).await?;
    }
    let cancel = Cancel::new();
    let whole = Limits { max_rows: None, timeout: None, ..ran.limits.clone() };
    let stream = match ran.peek(app, &inside).await? {
        Peek::View { text, plan, .. } => app.engine.query(&plan.with_limits(whole), &text, &cancel).await?,
        Peek::Kept { digest, kept } => match kept.stored {
            Stored::Table { file, .. } => {
                let access = TableAccess::full(app.results.table(&digest, &file));
                let plan = AccessPlan::new(principal.user.to_string());
                let plan = plan.with_table(TableRef::latest("rows"), access).with_limits(whole);
                app.engine.query(&plan, "SELECT * FROM rows", &cancel).await?
            }
            _ => return Err(Error::new(ErrorCode::StateConflict, "This output is no table.")),
        },
        Peek::NotRun => {
            let message = "The result is not there any more, or not yet. Run the app again.";
            return Err(Error::new(ErrorCode::StateConflict, message));
        }
    };
    Ok((format!("{}-{output}", ran.view.run.name), stream))
}
