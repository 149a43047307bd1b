//! What a page shows to who reads it, as they may see the datasets.

use tandem_core::{
    Action, Cancel, Error, ErrorCode, Principal, ProjectRole, Result, Text,
    id::{AssetId, ProjectId},
};
use tandem_meta::repo::project::Project;
use tandem_report::Section;

use super::{
    compile::{Reading, compile},
    document::{Dashboard, Page, wrong},
    manage,
};
use crate::{
    App,
    query::plan::Pinned,
    workflows::{self, Computed},
};

/// A page, computed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Each figure, in the order of the page.
    pub blocks: Vec<Answered>,
    /// What was read.
    pub used: Vec<UsedVersion>,
}

/// A figure, or why it isn't there.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The block.
    pub block: String,
    /// What it shows.
    pub section: std::result::Result<Section, (ErrorCode, Text)>,
}

/// A version of a dataset that figures were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedVersion {
    /// The source.
    pub source: String,
    /// The dataset.
    pub dataset: AssetId,
    /// Its name.
    pub name: String,
    /// The version.
    pub seq: i64,
    /// Its rows, whatever the reader may see of them.
    pub rows: Option<u64>,
    /// Of its content.
    pub digest: String,
}

/// Computes a page of a saved dashboard, the first one where none is named.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_request` where the page or a filter isn't there.
pub async fn answer(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: Option<i64>,
    page: Option<&str>,
    reading: &Reading,
    cancel: &Cancel,
) -> Result<Answer> {
    let detail = manage::get(app, principal, id, seq).await?;
    let view = app.require_project(principal, Action::Discover, detail.asset.asset.project_id).await?;
    let page = page_of(&detail.dashboard, page)?;
    of_page(app, principal, &view.project, view.role, &detail.dashboard, page, reading, cancel).await
}

/// Computes a page of a document that was not saved.
///
/// # Errors
/// As [`answer`]; `forbidden` for who may make nothing in the project.
pub async fn preview(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    dashboard: &Dashboard,
    page: Option<&str>,
    reading: &Reading,
    cancel: &Cancel,
) -> Result<Answer> {
    let view = app.require_project(principal, Action::Create, project).await?;
    let page = page_of(dashboard, page)?;
    of_page(app, principal, &view.project, view.role, dashboard, page, reading, cancel).await
}

pub(super) fn page_of<'a>(dashboard: &'a Dashboard, id: Option<&str>) -> Result<&'a Page> {
    let found = match id {
        Some(id) => dashboard.pages.iter().find(|page| page.id == id),
        None => dashboard.pages.first(),
    };
    found.ok_or_else(|| wrong("The dashboard has no such page. Load it again.".to_owned()))
}

#[expect(clippy::too_many_arguments, reason = "one private funnel behind narrow doors")]
pub(super) async fn of_page(
    app: &App,
    principal: &Principal,
    project: &Project,
    role: Option<ProjectRole>,
    dashboard: &Dashboard,
    page: &Page,
    reading: &Reading,
    cancel: &Cancel,
) -> Result<Answer> {
    let compiled = compile(dashboard, page, reading)?;
    let ports: Vec<_> = compiled.figures.values().cloned().collect();
    if ports.is_empty() {
        return Ok(Answer { blocks: Vec::new(), used: Vec::new() });
    }
    let Computed { mut reports, read } =
        workflows::compute(app, principal, project, role, compiled.workflow, &ports, cancel).await?;
    let blocks = page.blocks.iter().filter_map(|block| {
        let section = reports.remove(compiled.figures.get(&block.id)?)?;
        let section = section.map_err(|failed| (failed.error.code(), failed.message));
        Some(Answered { block: block.id.clone(), section })
    });
    let blocks: Vec<Answered> = blocks.collect();
    let internal = blocks.iter().filter_map(|block| block.section.as_ref().err());
    if internal.clone().next().is_some() && internal.clone().all(|(code, _)| *code == ErrorCode::Cancelled) {
        return Err(Error::new(ErrorCode::Cancelled, "The page was cancelled."));
    }
    let used = read.iter().map(|(node, pinned)| used(node.as_str(), pinned)).collect();
    Ok(Answer { blocks, used })
}

fn used(node: &str, pinned: &Pinned) -> UsedVersion {
    UsedVersion {
        source: node.trim_start_matches("source-").to_owned(),
        dataset: pinned.version.asset_id,
        name: pinned.view.asset.name.clone(),
        seq: pinned.version.seq,
        rows: pinned.rows(),
        digest: pinned.content.content_digest.clone(),
    }
}
