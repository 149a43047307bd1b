//! Threads as one person may see them.

use std::collections::HashMap;

use tandem_core::{
    Action, Page, PageRequest, Principal, Result,
    id::{AssetId, ProjectId, RunId, ThreadId, UserId},
};
use tandem_meta::{Asset, Comment, Thread, ThreadCount, ThreadFilter, ThreadState};

use super::place::{Standing, require, standing};
use crate::{
    App,
    people::{People, Person},
    runs::manage,
};

/// A thread with what was said in it.
#[derive(Debug, Clone)]
pub struct ThreadView {
    /// The thread.
    pub thread: Thread,
    /// The asset that it is about.
    pub asset: Option<Asset>,
    /// Who began it.
    pub created_by: Person,
    /// Who resolved it.
    pub resolved_by: Option<Person>,
    /// What was said, oldest first.
    pub comments: Vec<CommentView>,
    /// Whether the person may say something, and resolve it.
    pub may_comment: bool,
}

/// Something that was said.
#[derive(Debug, Clone)]
pub struct CommentView {
    /// It.
    pub comment: Comment,
    /// Who said it.
    pub author: Person,
    /// Whom it mentions.
    pub mentions: Vec<Person>,
    /// Whether the person may change its words.
    pub may_edit: bool,
    /// Whether they may take it away.
    pub may_delete: bool,
}

/// Which of an asset's threads to list.
#[derive(Debug, Clone, Default)]
pub struct ThreadQuery {
    /// In this state only.
    pub state: Option<ThreadState>,
    /// About elements of this kind only.
    pub element_kind: Option<String>,
    /// About this element only.
    pub element: Option<String>,
    /// About this version only.
    pub seq: Option<i64>,
}

/// The threads about an asset and about its runs, the last changed first.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_cursor`.
pub async fn of_asset(
    app: &App,
    principal: &Principal,
    id: AssetId,
    query: ThreadQuery,
    page: &PageRequest,
) -> Result<Page<ThreadView>> {
    let view = app.require_asset(principal, Action::ReadComments, id).await?;
    let filter = ThreadFilter {
        asset: Some(id),
        state: query.state,
        element_kind: query.element_kind,
        element: query.element,
        seq: query.seq,
        runs_of: own_runs(principal, view.role),
        ..ThreadFilter::default()
    };
    let Page { items, next_cursor } = app.meta.read().await?.threads(principal.org, &filter, page).await?;
    Ok(Page { items: views(app, principal, items).await?, next_cursor })
}

/// The threads about a run, the last changed first.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_cursor`.
pub async fn of_run(
    app: &App,
    principal: &Principal,
    id: RunId,
    state: Option<ThreadState>,
    page: &PageRequest,
) -> Result<Page<ThreadView>> {
    manage::find(app, principal, id, Action::ReadComments).await?;
    let filter = ThreadFilter { run: Some(id), state, ..ThreadFilter::default() };
    let Page { items, next_cursor } = app.meta.read().await?.threads(principal.org, &filter, page).await?;
    Ok(Page { items: readable(app, principal, items).await?, next_cursor })
}

/// The threads of a project in which the person wrote or is mentioned, the last
/// changed first; with `all` every one that they may read.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn mine(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    all: bool,
    state: Option<ThreadState>,
    page: &PageRequest,
) -> Result<Page<ThreadView>> {
    let view = app.require_project(principal, Action::ReadComments, project).await?;
    let filter = ThreadFilter {
        project: Some(project),
        state,
        of: (!all).then_some(principal.user),
        runs_of: own_runs(principal, view.role),
        ..ThreadFilter::default()
    };
    let Page { items, next_cursor } = app.meta.read().await?.threads(principal.org, &filter, page).await?;
    Ok(Page { items: readable(app, principal, items).await?, next_cursor })
}

/// One thread.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: ThreadId) -> Result<ThreadView> {
    let (thread, _) = require(app, principal, Action::ReadComments, id).await?;
    let mut views = views(app, principal, vec![thread]).await?;
    views.pop().ok_or_else(|| tandem_core::Error::not_found("thread"))
}

/// How many threads there are about an asset and about each of its elements.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn counts(app: &App, principal: &Principal, id: AssetId) -> Result<Vec<ThreadCount>> {
    let view = app.require_asset(principal, Action::ReadComments, id).await?;
    app.meta.read().await?.count_threads(principal.org, id, own_runs(principal, view.role)).await
}

/// Whose runs alone a person may know of.
fn own_runs(principal: &Principal, role: Option<tandem_core::ProjectRole>) -> Option<UserId> {
    (!manage::may_see_all(role)).then_some(principal.user)
}

/// Those whose assets the person may read about.
async fn readable(app: &App, principal: &Principal, threads: Vec<Thread>) -> Result<Vec<ThreadView>> {
    let ids: Vec<AssetId> = threads.iter().filter_map(|thread| thread.asset_id).collect();
    let mut assets = app.meta.read().await?.assets_by_id(principal.org, &ids).await?;
    assets.retain(|asset| asset.deleted_at.is_none());
    let may = app.assets_may(principal, &assets, Action::ReadComments).await?;
    let may: HashMap<AssetId, bool> = assets.iter().map(|asset| asset.id).zip(may).collect();
    let seen = |thread: &Thread| thread.asset_id.is_none_or(|id| may.get(&id) == Some(&true));
    views(app, principal, threads.into_iter().filter(seen).collect()).await
}

async fn views(app: &App, principal: &Principal, threads: Vec<Thread>) -> Result<Vec<ThreadView>> {
    let org = principal.org;
    let standing = standing(app, principal, &threads).await?;
    let ids: Vec<ThreadId> = threads.iter().map(|thread| thread.id).collect();
    let assets: Vec<AssetId> = threads.iter().filter_map(|thread| thread.asset_id).collect();
    let mut meta = app.meta.read().await?;
    let comments = meta.comments(org, &ids).await?;
    let mentions = meta.mentions(org, &ids).await?;
    let assets = meta.assets_by_id(org, &assets).await?;
    let people = threads.iter().flat_map(|thread| [Some(thread.created_by), thread.resolved_by]).flatten();
    let people = people.chain(comments.iter().map(|comment| comment.author_id));
    let people = people.chain(mentions.iter().map(|(_, user)| *user)).collect();
    let people = People::load(&mut meta, org, people).await?;
    drop(meta);
    let comment = |comment: &Comment, standing: Standing| {
        let (own, there) = (comment.author_id == principal.user, comment.deleted_at.is_none());
        let mentioned = mentions.iter().filter(|(id, _)| *id == comment.id);
        CommentView {
            author: people.get(comment.author_id),
            mentions: mentioned.map(|(_, user)| people.get(*user)).collect(),
            may_edit: own && there && standing.comment,
            may_delete: there && (own && standing.comment || standing.moderate),
            comment: comment.clone(),
        }
    };
    let view = |(thread, standing): (Thread, Standing)| ThreadView {
        asset: assets.iter().find(|asset| Some(asset.id) == thread.asset_id).cloned(),
        created_by: people.get(thread.created_by),
        resolved_by: thread.resolved_by.map(|user| people.get(user)),
        comments: comments.iter().filter(|c| c.thread_id == thread.id).map(|c| comment(c, standing)).collect(),
        may_comment: standing.comment,
        thread,
    };
    Ok(threads.into_iter().zip(standing).map(view).collect())
}
