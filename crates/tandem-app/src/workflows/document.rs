//! The document: made, read, edited by several people at once, saved as versions.

use serde_json::Value;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result, Text,
    id::{AssetId, ProjectId},
};
use tandem_flow::{
    Workflow,
    graph::{Edit, FORMAT},
};
use tandem_meta::repo::{
    asset::{Asset, AssetKind, NewAsset},
    draft::{Draft, NewEdit},
    version::{NewVersion, Version},
};

use crate::{
    App,
    access::AssetView,
    assets::{self, AssetSummary, VersionSummary},
    components::Content,
    people::{check, note},
    python::code,
};

/// Nodes of a workflow, at most.
const NODES: usize = 2000;
/// Bytes of a document, at most: it is sent whole to be checked.
const DOCUMENT: usize = 2 << 20;
/// How often an edit is tried again that met another.
const TRIES: usize = 16;

/// A workflow with its document.
#[derive(Debug, Clone)]
pub struct WorkflowDetail {
    /// It, as any asset.
    pub asset: AssetSummary,
    /// The newest version, or the one that was asked for.
    pub seq: i64,
    /// How many times the draft was edited; 0 for a version.
    pub revision: i64,
    /// Whether the draft differs from the newest version.
    pub changed: bool,
    /// The document.
    pub workflow: Workflow,
}

/// What became of edits.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The revision of the draft now.
    pub revision: i64,
    /// Those that were made.
    pub edits: Vec<Edit>,
    /// Those that could not be made any more.
    pub refused: Vec<RefusedEdit>,
}

/// An edit that could not be made.
#[derive(Debug, Clone)]
pub struct RefusedEdit {
    /// Which of those that were sent, from 0.
    pub index: usize,
    /// Why.
    pub message: Text,
}

/// A workflow that `principal` may do `action` with.
pub(crate) async fn require(app: &App, principal: &Principal, action: Action, id: AssetId) -> Result<AssetView> {
    let view = app.require_asset(principal, action, id).await?;
    if view.asset.kind != AssetKind::Workflow {
        return Err(Error::not_found("workflow"));
    }
    Ok(view)
}

/// The document that was kept. One of a newer release, which an older one can
/// find after going back, is told apart from a damaged one.
///
/// # Errors
/// `unsupported_format` for one of a newer release; `internal` for a damaged one.
pub(crate) fn parse(kept: Value) -> Result<Workflow> {
    if kept.get("format").and_then(Value::as_u64).is_some_and(|format| format > u64::from(FORMAT)) {
        return read(&kept);
    }
    serde_json::from_value(kept).map_err(Error::internal)
}

/// The document that a version of a workflow, or of a packaged component, holds.
///
/// # Errors
/// `state_conflict` for a Python component, which holds none.
pub(crate) fn inside(asset: &Asset, version: &Version) -> Result<Workflow> {
    match asset.kind {
        AssetKind::Workflow => parse(version.content.clone()),
        AssetKind::Component => Content::of(asset, version)?.workflow(),
        _ => Err(Error::not_found("workflow")),
    }
}

pub(crate) async fn version(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<Version> {
    let found = app.meta.read().await?.version(principal.org, id, seq).await?;
    found.ok_or_else(|| Error::not_found("version"))
}

/// Reads a document that somebody sent.
///
/// # Errors
/// `invalid_request`, also for a document of a newer release.
pub fn read(document: &Value) -> Result<Workflow> {
    Workflow::read(&document.to_string())
}

/// Makes a workflow, empty or from a document.
///
/// # Errors
/// `forbidden`; `already_exists`; `invalid_parameter`; `invalid_request` for a
/// document that names what isn't there.
pub async fn create(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    name: &str,
    description: &str,
    workflow: Option<Workflow>,
) -> Result<WorkflowDetail> {
    app.require_project(principal, Action::WriteCode, project).await?;
    let project = app.require_project(principal, Action::Create, project).await?.project;
    let workflow = workflow.unwrap_or_default();
    sound(&workflow)?;
    if code::is_new(&Workflow::default(), &workflow) {
        code::may_write(app, principal, project.id).await?;
    }
    let body = serde_json::to_value(&workflow).map_err(Error::internal)?;
    let new = NewAsset {
        project_id: project.id,
        kind: AssetKind::Workflow,
        name: check::name("name", name)?.to_owned(),
        description: check::prose("description", description)?.to_owned(),
        created_by: principal.user,
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let asset = tx.create_asset(principal.org, new).await?;
    let version = new_version(principal, &body, "")?;
    tx.append_version(principal.org, asset.id, 0, version).await?;
    tx.begin_draft(principal.org, asset.id, &body, principal.user).await?;
    note::changed(&mut tx, principal, "create_workflow", "asset", asset.id);
    tx.commit().await?;
    get(app, principal, asset.id, None).await
}

/// The draft, or with `seq` a saved version.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: AssetId, seq: Option<i64>) -> Result<WorkflowDetail> {
    let view = require(app, principal, Action::Inspect, id).await?;
    let asset = assets::summary(app, principal, view.asset.clone()).await?;
    if let Some(seq) = seq {
        let version = version(app, principal, id, seq).await?;
        let workflow = parse(version.content)?;
        return Ok(WorkflowDetail { asset, seq, revision: 0, changed: false, workflow });
    }
    let draft = draft(app, &view.asset).await?;
    let workflow = parse(draft.body)?;
    Ok(WorkflowDetail {
        asset,
        seq: view.asset.latest_seq,
        revision: draft.revision,
        changed: draft.revision != draft.saved_revision,
        workflow,
    })
}

/// The document of the draft, or with `seq` of a saved version, as a file of it has it.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn document(app: &App, principal: &Principal, id: AssetId, seq: Option<i64>) -> Result<Workflow> {
    let asset = require(app, principal, Action::Inspect, id).await?.asset;
    match seq {
        Some(seq) => inside(&asset, &version(app, principal, id, seq).await?),
        None => parse(draft(app, &asset).await?.body),
    }
}

/// The draft of a workflow.
pub(crate) async fn draft(app: &App, asset: &Asset) -> Result<Draft> {
    let found = app.meta.read().await?.draft(asset.org_id, asset.id).await?;
    found.ok_or_else(|| Error::internal("a workflow without a draft"))
}

/// Edits the draft. Edits of others that came between stay; what no longer can
/// be done is said, one by one, and the rest is done. So is new Python code of
/// somebody who may not write it.
///
/// # Errors
/// `not_found`, `forbidden`; `version_conflict` where too many edit at once.
pub async fn edit(
    app: &App,
    principal: &Principal,
    id: AssetId,
    base: i64,
    client: &str,
    edits: &[Edit],
) -> Result<Edited> {
    let view = require(app, principal, Action::Edit, id).await?;
    let mut may_write = None;
    for _ in 0..TRIES {
        let before = draft(app, &view.asset).await?;
        if base > before.revision {
            // A window of before the data folder was put back to an earlier state.
            return Err(Error::new(ErrorCode::VersionConflict, "The draft is older than yours. Load it again."));
        }
        let mut workflow = parse(before.body)?;
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        for (index, edit) in edits.iter().enumerate() {
            let was = workflow.clone();
            // What an edit undoes is nothing where it did nothing.
            let undo = workflow.apply(edit);
            if undo.is_empty() && workflow == was {
                refused.push(RefusedEdit { index, message: gone() });
                continue;
            }
            if code::is_new(&was, &workflow) && !writes(app, principal, &view.asset, &mut may_write).await? {
                workflow = was;
                refused.push(RefusedEdit { index, message: code::refused() });
                continue;
            }
            done.push(edit.clone());
        }
        if workflow.nodes.len() > NODES {
            return Err(too_many());
        }
        if done.is_empty() {
            return Ok(Edited { revision: before.revision, edits: done, refused });
        }
        let new = NewEdit {
            base: before.revision,
            body: serde_json::to_value(&workflow).map_err(Error::internal)?,
            edits: serde_json::to_value(&done).map_err(Error::internal)?,
            client: client.chars().take(64).collect(),
        };
        let mut tx = app.meta.begin().await?.acting_for(principal.user);
        match tx.edit_draft(principal.org, id, new, principal.user).await {
            Ok(revision) => {
                tx.commit().await?;
                return Ok(Edited { revision, edits: done, refused });
            }
            Err(error) if error.code() == ErrorCode::VersionConflict => tx.rollback().await?,
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorCode::VersionConflict, "Many people edit this at once. Try again in a moment."))
}

/// Whether somebody may write Python there; asked once.
async fn writes(app: &App, principal: &Principal, asset: &Asset, known: &mut Option<bool>) -> Result<bool> {
    if let Some(known) = known {
        return Ok(*known);
    }
    let may = match code::may_write(app, principal, asset.project_id).await {
        Ok(()) => true,
        Err(error) if matches!(error.code(), ErrorCode::Forbidden | ErrorCode::ScopeTooSmall) => false,
        Err(error) => return Err(error),
    };
    *known = Some(may);
    Ok(may)
}

/// Saves the draft as the next version.
///
/// # Errors
/// `not_found`, `forbidden`; `state_conflict` where nothing has changed.
pub async fn save(app: &App, principal: &Principal, id: AssetId, message: &str) -> Result<VersionSummary> {
    let view = require(app, principal, Action::Edit, id).await?;
    let message = check::prose("message", message)?;
    let draft = draft(app, &view.asset).await?;
    if draft.revision == draft.saved_revision {
        let latest = view.asset.latest_seq;
        return Err(Error::new(ErrorCode::StateConflict, format!("Nothing has changed since version {latest}.")));
    }
    let version = write(app, principal, &view.asset, &draft, message).await?;
    assets::version(app, principal, id, version.seq).await
}

/// The version that holds the draft as it stands, saved now where there is none.
pub(super) async fn settled(app: &App, principal: &Principal, asset: &Asset) -> Result<Version> {
    let draft = draft(app, asset).await?;
    if draft.revision == draft.saved_revision {
        return version(app, principal, asset.id, asset.latest_seq).await;
    }
    app.require_asset(principal, Action::Edit, asset.id).await?;
    write(app, principal, asset, &draft, "").await
}

async fn write(app: &App, principal: &Principal, asset: &Asset, draft: &Draft, message: &str) -> Result<Version> {
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let new = new_version(principal, &draft.body, message)?;
    let version = tx.append_version(principal.org, asset.id, asset.latest_seq, new).await?;
    tx.draft_saved(principal.org, asset.id, draft.revision).await?;
    note::changed(&mut tx, principal, "save_workflow", "asset", asset.id);
    tx.commit().await?;
    Ok(version)
}

fn new_version(principal: &Principal, body: &Value, message: &str) -> Result<NewVersion> {
    let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
    Ok(NewVersion {
        content: body.clone(),
        content_digest: blake3::hash(&bytes).to_hex().to_string(),
        author_id: principal.user,
        message: message.to_owned(),
        run_id: None,
    })
}

pub(super) fn sound(workflow: &Workflow) -> Result<()> {
    if workflow.nodes.len() > NODES {
        return Err(too_many());
    }
    if serde_json::to_vec(workflow).map_err(Error::internal)?.len() > DOCUMENT {
        let message = "The document is larger than 2 MB. Keep data in datasets, and put parts into components.";
        return Err(Error::new(ErrorCode::PayloadTooLarge, message));
    }
    match workflow.flaws().first() {
        None => Ok(()),
        Some(flaw) => Err(Error::new(ErrorCode::InvalidRequest, format!("The document is wrong: {flaw}"))),
    }
}

fn too_many() -> Error {
    Error::new(ErrorCode::PayloadTooLarge, format!("A workflow has {NODES} nodes at most. Put parts into components."))
}

fn gone() -> Text {
    Text::new(
        "What this was done to is no longer there: somebody else removed or changed it.",
        "所编辑的对象已不存在：其他人已将其删除或修改。",
    )
}
