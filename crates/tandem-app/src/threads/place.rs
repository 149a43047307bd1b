//! What a thread is about, and who may read and write there.

use serde::{Deserialize, Serialize};
use tandem_core::{Action, Error, ErrorCode, Principal, Result, id::ThreadId};
use tandem_meta::{Asset, AssetKind, Thread, repo::run::RunView};

use crate::{
    App,
    runs::{RunSpec, manage},
};

/// The longest id of an element, in characters.
const ID: usize = 120;

/// What kind of element of an asset a thread is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementKind {
    /// A node of a workflow.
    Node,
    /// A cell of a notebook.
    Cell,
    /// A block of a report.
    Block,
}

impl ElementKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Cell => "cell",
            Self::Block => "block",
        }
    }
}

/// An element of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// What kind.
    pub kind: ElementKind,
    /// Its id inside of the asset.
    pub id: String,
}

impl Element {
    /// As it is kept, where it can be the id of something.
    pub(super) fn kept(&self) -> Result<(String, String)> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
        if self.id.is_empty() || self.id.len() > ID || !self.id.chars().all(fits) {
            return Err(Error::new(ErrorCode::InvalidParameter, "“element.id” is no id of an element."));
        }
        Ok((self.kind.as_str().to_owned(), self.id.clone()))
    }
}

/// What a person may do in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether they may say something.
    pub(super) comment: bool,
    /// Whether they may take away what others said.
    pub(super) moderate: bool,
}

/// A thread, if `principal` may do `action` (read or comment) where it is.
pub(super) async fn require(
    app: &App,
    principal: &Principal,
    action: Action,
    id: ThreadId,
) -> Result<(Thread, Standing)> {
    let Some(thread) = app.meta.read().await?.thread(principal.org, id).await? else {
        // The question is noted all the same.
        app.require_org(principal, Action::Discover).await?;
        return Err(Error::not_found("thread"));
    };
    let unknown = |error: Error| match error.code() {
        ErrorCode::NotFound => Error::not_found("thread"),
        _ => error,
    };
    if let Some(run) = thread.run_id {
        manage::find(app, principal, run, action).await.map_err(unknown)?;
    }
    if let Some(asset) = thread.asset_id {
        app.require_asset(principal, action, asset).await.map_err(unknown)?;
    }
    let standing = standing(app, principal, std::slice::from_ref(&thread)).await?;
    Ok((thread, standing.first().copied().unwrap_or(Standing { comment: false, moderate: false })))
}

/// What a person may do in each of some threads that they may read.
pub(super) async fn standing(app: &App, principal: &Principal, threads: &[Thread]) -> Result<Vec<Standing>> {
    let ids: Vec<_> = threads.iter().filter_map(|thread| thread.asset_id).collect();
    let mut meta = app.meta.read().await?;
    let assets = meta.assets_by_id(principal.org, &ids).await?;
    let roles: std::collections::BTreeMap<_, _> =
        meta.project_roles_of(principal.org, principal.user).await?.into_iter().collect();
    drop(meta);
    let comment = app.assets_may(principal, &assets, Action::Comment).await?;
    let manage = app.assets_may(principal, &assets, Action::Manage).await?;
    threads
        .iter()
        .map(|thread| match thread.asset_id {
            Some(id) => {
                let at = assets.iter().position(|asset| asset.id == id);
                let may = |list: &[bool]| at.and_then(|at| list.get(at).copied()).unwrap_or(false);
                Ok(Standing { comment: may(&comment), moderate: may(&manage) })
            }
            None => {
                let role = roles.get(&thread.project_id).copied();
                Ok(Standing {
                    comment: app.project_may(principal, thread.project_id, role, Action::Comment)?,
                    moderate: app.project_may(principal, thread.project_id, role, Action::Edit)?,
                })
            }
        })
        .collect()
}

/// The asset that a run ran, where it is a workflow's and is still there.
pub(super) async fn ran(app: &App, principal: &Principal, view: &RunView) -> Result<Option<(Asset, i64)>> {
    let Ok(RunSpec::Workflow(spec)) = serde_json::from_value(view.run.spec.clone()) else { return Ok(None) };
    let asset = app.meta.read().await?.asset(principal.org, spec.workflow).await?;
    Ok(asset.map(|asset| (asset, spec.seq)))
}

/// Whether a workflow has a node of this id: in its draft, or in a version.
pub(super) async fn has_node(app: &App, asset: &Asset, seq: Option<i64>, id: &str) -> Result<bool> {
    let mut meta = app.meta.read().await?;
    let document = match seq {
        Some(seq) => meta.version(asset.org_id, asset.id, seq).await?.map(|version| version.content),
        None => meta.draft(asset.org_id, asset.id).await?.map(|draft| draft.body),
    };
    // A component keeps its document beside its signature.
    let nodes = document.as_ref().and_then(|document| match asset.kind {
        AssetKind::Component => document.get("workflow")?.get("nodes"),
        _ => document.get("nodes"),
    });
    Ok(nodes.is_some_and(|nodes| nodes.get(id).is_some()))
}
