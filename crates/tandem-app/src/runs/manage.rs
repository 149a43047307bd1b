//! Looking at runs, stopping them, and doing them again.

use std::collections::{HashMap, HashSet};

use tandem_core::{
    Action, Error, ErrorCode, Page, PageRequest, Principal, Result,
    id::{AssetId, ProjectId, RunId},
};
use tandem_meta::repo::{
    asset::{Asset, AssetKind},
    run::{NewRun, Run, RunFilter, RunInput, RunKind, RunState, RunView},
};

use super::{RunSpec, ScenarioSpec};
use crate::{
    App,
    people::{People, Person},
};

/// A run with the assets at both its ends, as one person may see them.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// The run.
    pub view: RunView,
    /// The assets it names that this person may know of.
    pub assets: HashMap<AssetId, Asset>,
    /// Who started it.
    pub author: Person,
    /// Whether this person may see how it is made inside: its nodes.
    pub inside: bool,
}

impl RunDetail {
    /// What the scenario was told, where it is one.
    pub fn scenario(&self) -> Option<ScenarioSpec> {
        match serde_json::from_value(self.view.run.spec.clone()) {
            Ok(RunSpec::Scenario(spec)) => Some(spec),
            _ => None,
        }
    }
}

/// The runs of a project, newest first.
///
/// # Errors
/// Those of the project, `invalid_cursor`.
pub async fn list(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    filter: RunFilter,
    page: &PageRequest,
) -> Result<Page<RunDetail>> {
    let view = app.require_project(principal, Action::Discover, project).await?;
    let own_only = !may_see_all(view.role);
    let filter = RunFilter { project: Some(project), ..filter };
    let user = principal.user;
    let Page { items, next_cursor } =
        app.meta.read().await?.runs(principal.org, &filter, page, |run| !own_only || run.created_by == user).await?;
    Ok(Page { items: details(app, principal, items).await?, next_cursor })
}

/// Runs that a person may know of, with what they may see of each.
pub(crate) async fn details(app: &App, principal: &Principal, mut runs: Vec<RunView>) -> Result<Vec<RunDetail>> {
    super::shield(app, principal, &mut runs).await?;
    let assets = visible_assets(app, principal, &runs).await?;
    let authors = authors(app, principal, &runs).await?;
    let made: Vec<Asset> = assets.values().filter(|asset| is_drawn(asset)).cloned().collect();
    let may = app.assets_may(principal, &made, Action::Inspect).await?;
    let open: HashSet<AssetId> = made.iter().zip(may).filter(|(_, may)| *may).map(|(asset, _)| asset.id).collect();
    let detail = |mut view: RunView| {
        // To whom something was sent is between who sent it and them.
        if view.run.kind == RunKind::Delivery && view.run.created_by != principal.user {
            view.run.result = None;
        }
        let named = view.inputs.iter().chain(&view.outputs);
        let assets = named.filter_map(|l| assets.get(&l.asset_id).map(|a| (l.asset_id, a.clone()))).collect();
        let author = authors.get(view.run.created_by);
        let ran = view.inputs.iter().find(|link| link.role == "workflow").map(|link| link.asset_id);
        let inside = view.run.kind != RunKind::Workflow || ran.is_some_and(|ran| open.contains(&ran));
        RunDetail { view, assets, author, inside }
    };
    Ok(runs.into_iter().map(detail).collect())
}

fn is_drawn(asset: &Asset) -> bool {
    matches!(asset.kind, AssetKind::Workflow | AssetKind::Component)
}

/// One run.
///
/// # Errors
/// `not_found` where it isn't there or its project may not be known.
pub async fn get(app: &App, principal: &Principal, id: RunId) -> Result<RunDetail> {
    detail(app, principal, find(app, principal, id, Action::Discover).await?).await
}

/// The run as it is now, for who was shown it a moment ago: rights are looked
/// up anew, but it is no decision to be noted again and again.
///
/// # Errors
/// `not_found` where it may no longer be known.
pub async fn refresh(app: &App, principal: &Principal, id: RunId) -> Result<RunDetail> {
    let mut snapshot = app.meta.read().await?;
    let view = snapshot.run(principal.org, id).await?.ok_or_else(|| Error::not_found("run"))?;
    let role = snapshot.project_role(principal.org, view.run.project_id, principal.user).await?;
    drop(snapshot);
    let rights = app.project_rights(principal, view.run.project_id, role)?;
    if !rights.contains(&Action::Discover) || (!may_see_all(role) && view.run.created_by != principal.user) {
        return Err(Error::not_found("run"));
    }
    detail(app, principal, view).await
}

/// Stops a run: at once while it waits, otherwise at its next look.
///
/// # Errors
/// As [`get`]; `state_conflict` where it has ended.
pub async fn cancel(app: &App, principal: &Principal, id: RunId) -> Result<RunDetail> {
    find(app, principal, id, Action::Run).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.cancel_run(principal.org, id).await?;
    tx.commit().await?;
    get(app, principal, id).await
}

/// Does a run again from exactly what went in, without the cache; its result
/// says whether the same came out.
///
/// # Errors
/// As [`get`]; `state_conflict` for runs that can't be repeated (imports read a
/// source that may have changed) or have not succeeded.
pub async fn reproduce(app: &App, principal: &Principal, id: RunId) -> Result<RunDetail> {
    let view = find(app, principal, id, Action::Run).await?;
    let spec: RunSpec = serde_json::from_value(view.run.spec.clone()).map_err(Error::internal)?;
    if matches!(spec, RunSpec::Delivery(_)) {
        return Err(Error::new(
            ErrorCode::StateConflict,
            "What was delivered isn't sent a second time. Send the delivery anew from the dashboard.",
        ));
    }
    if matches!(spec, RunSpec::Import(_)) {
        return Err(Error::new(
            ErrorCode::StateConflict,
            "An import reads a source that may have changed, so it can't be repeated. Its version stays as it is.",
        ));
    }
    if view.run.state != RunState::Succeeded {
        return Err(Error::new(ErrorCode::StateConflict, "Only a run that succeeded can be reproduced."));
    }
    for input in &view.inputs {
        app.require_asset(principal, Action::Use, input.asset_id).await?;
    }
    let original = original(app, &view.run).await?.map_or(view.run.id, |original| original.run.id);
    let run = &view.run;
    let new = NewRun {
        project_id: run.project_id,
        kind: run.kind,
        name: run.name.clone(),
        spec: run.spec.clone(),
        params: run.params.clone(),
        environment: run.environment.clone(),
        seed: run.seed,
        digest: run.digest.clone(),
        inputs: view
            .inputs
            .iter()
            .map(|l| RunInput { role: l.role.clone(), version: l.version_id, pinned: l.pinned })
            .collect(),
        reproduces: Some(original),
        created_by: principal.user,
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let made = super::enqueue(&mut tx, principal, new).await?;
    tx.commit().await?;
    get(app, principal, made.run.id).await
}

/// The run whose results a run shows or has to show again: the one that it was
/// served from or repeats, and so on to the one that computed for itself. None
/// where it is that run.
pub(crate) async fn original(app: &App, run: &Run) -> Result<Option<RunView>> {
    let mut snapshot = app.meta.read().await?;
    let mut found: Option<RunView> = None;
    let mut before = run.cached_from.or(run.reproduces);
    // Each step leads to an earlier run, so there is an end.
    while let Some(id) = before {
        let Some(view) = snapshot.run(run.org_id, id).await? else { break };
        before = view.run.cached_from.or(view.run.reproduces);
        found = Some(view);
    }
    Ok(found)
}

/// Guests see their own runs alone: other people's may name what they may not
/// know of.
pub(crate) fn may_see_all(role: Option<tandem_core::ProjectRole>) -> bool {
    role.is_some_and(|role| role > tandem_core::ProjectRole::Guest)
}

/// The run, if the person may do `action` in its project.
pub(crate) async fn find(app: &App, principal: &Principal, id: RunId, action: Action) -> Result<RunView> {
    let view = app.meta.read().await?.run(principal.org, id).await?;
    let Some(view) = view else {
        // The question is noted all the same.
        app.require_org(principal, Action::Discover).await?;
        return Err(Error::not_found("run"));
    };
    let project = app
        .require_project(principal, action, view.run.project_id)
        .await
        .map_err(|error| if error.code() == ErrorCode::NotFound { Error::not_found("run") } else { error })?;
    if !may_see_all(project.role) && view.run.created_by != principal.user {
        return Err(Error::not_found("run"));
    }
    Ok(view)
}

async fn detail(app: &App, principal: &Principal, view: RunView) -> Result<RunDetail> {
    let mut details = details(app, principal, vec![view]).await?;
    details.pop().ok_or_else(|| Error::not_found("run"))
}

async fn authors(app: &App, principal: &Principal, runs: &[RunView]) -> Result<People> {
    let users = runs.iter().map(|view| view.run.created_by).collect();
    People::load(&mut app.meta.read().await?, principal.org, users).await
}

async fn visible_assets(app: &App, principal: &Principal, runs: &[RunView]) -> Result<HashMap<AssetId, Asset>> {
    let links = runs.iter().flat_map(|v| v.inputs.iter().chain(&v.outputs));
    let ids: std::collections::BTreeSet<AssetId> = links.map(|l| l.asset_id).collect();
    let ids: Vec<AssetId> = ids.into_iter().collect();
    let assets = app.meta.read().await?.assets_by_id(principal.org, &ids).await?;
    let rights = app.asset_rights(principal, &assets).await?;
    let seen = assets.into_iter().zip(rights).filter(|(_, rights)| rights.contains(&Action::Discover));
    Ok(seen.map(|(asset, _)| (asset.id, asset)).collect())
}
