//! Beginning threads, answering, changing one's words, resolving.

use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, CommentId, RunId, ThreadId, UserId},
};
use tandem_meta::{Asset, AssetKind, Comment, NewThread, ThreadState, Tx};

use super::{
    list::{ThreadView, get},
    place::{Element, ElementKind, Standing, has_node, ran, require},
    words::{mentioned, words},
};
use crate::{App, people::note, runs::manage};

/// Comments in one thread, at most.
const COMMENTS: usize = 500;

/// A thread about an asset.
#[derive(Debug, Clone)]
pub struct NewAssetThread {
    /// What is said first.
    pub body: String,
    /// The version that it is about.
    pub seq: Option<i64>,
    /// The element that it is about.
    pub element: Option<Element>,
}

/// A thread about a run.
#[derive(Debug, Clone)]
pub struct NewRunThread {
    /// What is said first.
    pub body: String,
    /// Whether it says what was wrong: whoever made what was run is told.
    pub feedback: bool,
    /// The element that it is about.
    pub element: Option<Element>,
}

/// Begins a thread about an asset.
///
/// # Errors
/// `not_found`, also for a version or a node that is not there; `forbidden`;
/// `invalid_parameter`.
pub async fn on_asset(app: &App, principal: &Principal, id: AssetId, new: NewAssetThread) -> Result<ThreadView> {
    let asset = app.require_asset(principal, Action::Comment, id).await?.asset;
    if let Some(seq) = new.seq {
        let version = app.meta.read().await?.version(principal.org, id, seq).await?;
        version.ok_or_else(|| Error::not_found("version"))?;
    }
    let element = element(app, principal, Some(&asset), new.seq, new.element.as_ref()).await?;
    let thread = NewThread {
        project_id: asset.project_id,
        asset_id: Some(id),
        seq: new.seq,
        run_id: None,
        element,
        feedback: false,
        created_by: principal.user,
    };
    begin(app, principal, thread, &new.body, Vec::new()).await
}

/// Begins a thread about a run. It is among those of the workflow that was run.
///
/// # Errors
/// As [`on_asset`].
pub async fn on_run(app: &App, principal: &Principal, id: RunId, new: NewRunThread) -> Result<ThreadView> {
    let view = manage::find(app, principal, id, Action::Comment).await?;
    let ran = ran(app, principal, &view).await?;
    if let Some((asset, _)) = &ran {
        app.require_asset(principal, Action::Comment, asset.id).await?;
    }
    let seq = ran.as_ref().map(|(_, seq)| *seq);
    let asset = ran.as_ref().map(|(asset, _)| asset);
    let element = element(app, principal, asset, seq, new.element.as_ref()).await?;
    let mut told = Vec::new();
    if let (true, Some((asset, seq))) = (new.feedback, &ran) {
        told.push(asset.created_by);
        let version = app.meta.read().await?.version(principal.org, asset.id, *seq).await?;
        told.extend(version.map(|version| version.author_id));
    }
    let thread = NewThread {
        project_id: view.run.project_id,
        asset_id: asset.map(|asset| asset.id),
        seq,
        run_id: Some(id),
        element,
        feedback: new.feedback,
        created_by: principal.user,
    };
    begin(app, principal, thread, &new.body, told).await
}

async fn element(
    app: &App,
    principal: &Principal,
    asset: Option<&Asset>,
    seq: Option<i64>,
    element: Option<&Element>,
) -> Result<Option<(String, String)>> {
    let Some(element) = element else { return Ok(None) };
    let kept = element.kept()?;
    if element.kind == ElementKind::Node {
        let drawn = asset.filter(|asset| matches!(asset.kind, AssetKind::Workflow | AssetKind::Component));
        let asset = drawn.ok_or_else(|| Error::not_found("node"))?;
        // Which nodes there are is for who may see how it is made.
        app.require_asset(principal, Action::Inspect, asset.id).await?;
        if !has_node(app, asset, seq, &element.id).await? {
            return Err(Error::not_found("node"));
        }
    }
    Ok(Some(kept))
}

async fn begin(app: &App, principal: &Principal, new: NewThread, body: &str, told: Vec<UserId>) -> Result<ThreadView> {
    let body = words(body)?;
    let project = new.project_id;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let mut people = mentioned(&mut tx, principal, project, body).await?;
    for user in told {
        // Who has left the project is not told, nor who speaks to themselves.
        let there = tx.project_role(principal.org, project, user).await?.is_some();
        if there && user != principal.user && !people.contains(&user) {
            people.push(user);
        }
    }
    let thread = tx.create_thread(principal.org, new).await?;
    tx.add_comment(principal.org, thread.id, principal.user, body, &people).await?;
    note::changed(&mut tx, principal, "begin_thread", "thread", thread.id);
    tx.commit().await?;
    get(app, principal, thread.id).await
}

/// Answers in a thread; a resolved one is open again.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_parameter`; `state_conflict` where the
/// thread is full.
pub async fn answer(app: &App, principal: &Principal, id: ThreadId, body: &str) -> Result<ThreadView> {
    let (thread, _) = require(app, principal, Action::Comment, id).await?;
    let body = words(body)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    if tx.comments(principal.org, &[id]).await?.len() >= COMMENTS {
        let message = format!("This thread has {COMMENTS} comments, the most it may have. Begin another one.");
        return Err(Error::new(ErrorCode::StateConflict, message));
    }
    let people = mentioned(&mut tx, principal, thread.project_id, body).await?;
    tx.add_comment(principal.org, id, principal.user, body, &people).await?;
    note::changed(&mut tx, principal, "answer_thread", "thread", id);
    tx.commit().await?;
    get(app, principal, id).await
}

/// Changes the words of one's own comment.
///
/// # Errors
/// `not_found`; `forbidden` for a comment of somebody else; `invalid_parameter`.
pub async fn edit(app: &App, principal: &Principal, thread: ThreadId, id: CommentId, body: &str) -> Result<ThreadView> {
    let (found, _) = require(app, principal, Action::Comment, thread).await?;
    let body = words(body)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let comment = comment(&mut tx, principal, thread, id).await?;
    if comment.author_id != principal.user {
        return Err(refuse(app, principal, "edit_comment", id, "Only who wrote a comment may change it. Answer it."));
    }
    let people = mentioned(&mut tx, principal, found.project_id, body).await?;
    tx.edit_comment(principal.org, thread, id, body, &people).await?;
    note::changed(&mut tx, principal, "edit_comment", "comment", id);
    tx.commit().await?;
    get(app, principal, thread).await
}

/// Takes away one's own comment, or somebody else's where one keeps order.
///
/// # Errors
/// `not_found`; `forbidden` for a comment of somebody else.
pub async fn remove(app: &App, principal: &Principal, thread: ThreadId, id: CommentId) -> Result<()> {
    let (_, Standing { moderate, .. }) = require(app, principal, Action::Comment, thread).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let comment = comment(&mut tx, principal, thread, id).await?;
    if comment.author_id != principal.user && !moderate {
        let message = "Only who wrote a comment, or a maintainer, may delete it.";
        return Err(refuse(app, principal, "delete_comment", id, message));
    }
    tx.delete_comment(principal.org, thread, id).await?;
    let what = if comment.author_id == principal.user { "own" } else { "of somebody else" };
    note::changed_so(&mut tx, principal, "delete_comment", "comment", id, what);
    tx.commit().await
}

/// Resolves a thread, or opens it again.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn set_state(app: &App, principal: &Principal, id: ThreadId, state: ThreadState) -> Result<ThreadView> {
    require(app, principal, Action::Comment, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.set_thread_state(principal.org, id, state, principal.user).await?;
    note::changed_so(&mut tx, principal, "set_thread_state", "thread", id, state.as_str());
    tx.commit().await?;
    get(app, principal, id).await
}

async fn comment(tx: &mut Tx, principal: &Principal, thread: ThreadId, id: CommentId) -> Result<Comment> {
    let all = tx.comments(principal.org, &[thread]).await?;
    let found = all.into_iter().find(|comment| comment.id == id && comment.deleted_at.is_none());
    found.ok_or_else(|| Error::not_found("comment"))
}

fn refuse(app: &App, principal: &Principal, action: &str, id: CommentId, message: &str) -> Error {
    note::refused(app, principal, action, "comment", id, "not-the-author");
    Error::new(ErrorCode::Forbidden, message)
}
