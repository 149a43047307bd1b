//! What came out of a run, by the names that the workflow declares.

use serde_json::Value;
use tandem_core::{Action, Cancel, Error, ErrorClass, ErrorCode, Principal, Result, Text, id::RunId};
use tandem_engine::{AccessPlan, Limits, QueryStream, TableAccess, TableRef};
use tandem_flow::{graph::PortRef, signature::PortKind};
use tandem_runner::{Peek, Stored};

use crate::{
    App,
    workflows::{Looked, Ran, Standing, peek::shown, states},
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

/// Whether the person may take rows away: they must be allowed to of every
/// dataset that was read.
async fn may_download(app: &App, principal: &Principal, ran: &Ran) -> Result<bool> {
    let ids = ran.read();
    let assets = app.meta.read().await?.assets_by_id(principal.org, &ids).await?;
    let may = app.assets_may(principal, &assets, Action::Download).await?;
    Ok(assets.len() == ids.len() && may.into_iter().all(|may| may))
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
    let ran = Ran::find(app, principal, id, Action::Use).await?;
    let nodes = states::of(&ran.view.run);
    let download = may_download(app, principal, &ran).await?;
    let mut all = Vec::new();
    for (name, output) in &ran.workflow.outputs {
        let Some((inside, kind)) = ran.port(&output.from) else { continue };
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
    let ran = Ran::find(app, principal, id, Action::Use).await?;
    let port = ran.workflow.outputs.get(output).and_then(|output| ran.port(&output.from));
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
