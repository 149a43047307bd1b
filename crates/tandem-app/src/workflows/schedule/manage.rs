//! Setting schedules and looking at them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tandem_core::{
    Action, Page, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
};
use tandem_meta::{Asset, Firing, NewSchedule, RunState, Schedule, ScheduleState, Topic};

use super::{
    attend::watched,
    cron::Times,
    due::wake_at,
    settings::{ScheduleReason, ScheduleSettings, Waiting},
};
use crate::{
    App,
    people::{People, Person, note},
    workflows::document,
};

/// Times to come that are shown.
const UPCOMING: usize = 5;
/// Times gone by that are shown.
const HISTORY: u32 = 50;

/// A schedule, as one person may see it.
#[derive(Debug, Clone)]
pub struct ScheduleView {
    /// The workflow.
    pub workflow: Asset,
    /// What was set.
    pub settings: ScheduleSettings,
    /// Where it stands.
    pub state: ScheduleState,
    /// Why it doesn't run any more.
    pub reason: Option<ScheduleReason>,
    /// When the cron is next due.
    pub next_at: Option<DateTime<Utc>>,
    /// When data that has come starts a run, unless more comes.
    pub waits_until: Option<DateTime<Utc>>,
    /// Runs in a row that failed.
    pub failures: u32,
    /// What last came that the workflow had caused itself.
    pub held_back: Option<HeldBack>,
    /// As whom it runs.
    pub owner: Person,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

/// Data that came and started nothing.
#[derive(Debug, Clone)]
pub struct HeldBack {
    /// When.
    pub at: DateTime<Utc>,
    /// Of what, for who may know of it.
    pub dataset: Option<Asset>,
}

/// A schedule with what it will do and what it did.
#[derive(Debug, Clone, Default)]
pub struct ScheduleDetail {
    /// It, where there is one.
    pub schedule: Option<ScheduleView>,
    /// The next times of its cron.
    pub upcoming: Vec<DateTime<Utc>>,
    /// What the last times came to, newest first.
    pub history: Vec<(Firing, Option<RunState>)>,
}

/// The schedule of a workflow.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: AssetId) -> Result<ScheduleDetail> {
    let view = document::require(app, principal, Action::Use, id).await?;
    let mut meta = app.meta.read().await?;
    let Some(schedule) = meta.schedule(principal.org, id).await? else { return Ok(ScheduleDetail::default()) };
    let mut history = meta.firings(principal.org, id, HISTORY).await?;
    drop(meta);
    // Guests know of their own runs alone.
    if view.role <= Some(ProjectRole::Guest) && schedule.owner_id != principal.user {
        history.iter_mut().for_each(|(firing, _)| firing.run_id = None);
    }
    let now = app.clock.now();
    let settings: ScheduleSettings =
        serde_json::from_value(schedule.settings.clone()).map_err(tandem_core::Error::internal)?;
    let upcoming = match schedule.state {
        ScheduleState::Active => settings.times(now)?.map(|times| times.upcoming(now, UPCOMING)).unwrap_or_default(),
        _ => Vec::new(),
    };
    let schedule = views(app, principal, vec![(schedule, view.asset)]).await?.pop();
    Ok(ScheduleDetail { schedule, upcoming, history })
}

/// The schedules of a project, those that don't run any more among them.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn list(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    page: &PageRequest,
) -> Result<Page<ScheduleView>> {
    let view = app.require_project(principal, Action::Discover, project).await?;
    let mut meta = app.meta.read().await?;
    // A guest knows of what was granted to them; the policies have the last word below.
    let granted: Option<BTreeSet<AssetId>> = match view.role > Some(ProjectRole::Guest) {
        true => None,
        false => {
            Some(meta.grants_of(principal.org, principal.user).await?.into_iter().map(|grant| grant.asset_id).collect())
        }
    };
    let keep = |schedule: &Schedule| granted.as_ref().is_none_or(|granted| granted.contains(&schedule.asset_id));
    let found = meta.schedules(principal.org, project, page, keep).await?;
    let ids: Vec<AssetId> = found.items.iter().map(|schedule| schedule.asset_id).collect();
    let assets = meta.assets_by_id(principal.org, &ids).await?;
    drop(meta);
    let rights = app.asset_rights(principal, &assets).await?;
    let mut seen: Vec<Asset> = Vec::new();
    for (asset, rights) in assets.into_iter().zip(rights) {
        if rights.contains(&Action::Use) {
            seen.push(asset);
        }
    }
    let pairs = found.items.into_iter().filter_map(|schedule| {
        let at = seen.iter().position(|asset| asset.id == schedule.asset_id)?;
        Some((schedule, seen.swap_remove(at)))
    });
    let items = views(app, principal, pairs.collect()).await?;
    Ok(Page { items, next_cursor: found.next_cursor })
}

/// Sets the schedule of a workflow, which runs as `principal` from now on.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter`; `version_conflict` where
/// somebody else sets it at the same moment.
pub async fn put(
    app: &App,
    principal: &Principal,
    id: AssetId,
    enabled: bool,
    settings: ScheduleSettings,
) -> Result<ScheduleDetail> {
    let view = document::require(app, principal, Action::Edit, id).await?;
    app.require_project(principal, Action::Run, view.asset.project_id).await?;
    let now = app.clock.now();
    settings.check(now)?;
    let next_at = match enabled {
        true => settings.times(now)?.and_then(|times| times.next(now)),
        false => None,
    };
    let waiting = Waiting { next_at, ..Waiting::default() };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let before = tx.schedule(principal.org, id).await?;
    let asset = tx.asset(principal.org, id).await?.ok_or_else(|| tandem_core::Error::not_found("workflow"))?;
    let inputs = watched(&mut tx, &asset, &settings, &[]).await?;
    let internal = tandem_core::Error::internal;
    let new = NewSchedule {
        asset_id: id,
        owner_id: principal.user,
        state: if enabled { ScheduleState::Active } else { ScheduleState::Off },
        settings: serde_json::to_value(&settings).map_err(internal)?,
        standing: serde_json::to_value(&waiting).map_err(internal)?,
        wake_at: wake_at(&waiting),
        watched_seq: asset.latest_seq,
        set_at: now,
    };
    tx.put_schedule(principal.org, new, before.map(|schedule| schedule.revision)).await?;
    tx.set_schedule_inputs(principal.org, id, &inputs).await?;
    note::changed(&mut tx, principal, "set_schedule", "asset", id);
    told(&mut tx, &asset, if enabled { "schedule_active" } else { "schedule_off" });
    tx.commit().await?;
    get(app, principal, id).await
}

/// Takes the schedule of a workflow away. A run that goes on goes on.
///
/// # Errors
/// `not_found`, also where it has none; `forbidden`.
pub async fn remove(app: &App, principal: &Principal, id: AssetId) -> Result<()> {
    let view = document::require(app, principal, Action::Edit, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.delete_schedule(principal.org, id).await?;
    note::changed(&mut tx, principal, "remove_schedule", "asset", id);
    told(&mut tx, &view.asset, "schedule_removed");
    tx.commit().await
}

/// The next times of a cron.
///
/// # Errors
/// `invalid_parameter`.
pub fn upcoming(app: &App, expression: &str, time_zone: &str) -> Result<Vec<DateTime<Utc>>> {
    let now = app.clock.now();
    Ok(Times::read(expression, time_zone, now)?.upcoming(now, UPCOMING))
}

fn told(tx: &mut tandem_meta::Tx, asset: &Asset, change: &str) {
    let told = serde_json::json!({"asset_id": asset.id, "kind": asset.kind, "name": asset.name, "change": change});
    tx.emit(asset.org_id, Some(asset.project_id), Topic::Asset, told);
}

async fn views(app: &App, principal: &Principal, schedules: Vec<(Schedule, Asset)>) -> Result<Vec<ScheduleView>> {
    let mut meta = app.meta.read().await?;
    let owners = schedules.iter().map(|(schedule, _)| schedule.owner_id).collect();
    let people = People::load(&mut meta, principal.org, owners).await?;
    let mut read = Vec::new();
    for (schedule, asset) in schedules {
        let waiting: Waiting =
            serde_json::from_value(schedule.standing.clone()).map_err(tandem_core::Error::internal)?;
        read.push((schedule, asset, waiting));
    }
    let held: BTreeSet<AssetId> =
        read.iter().filter_map(|(.., waiting)| Some(waiting.held_back.as_ref()?.dataset)).collect();
    let held = meta.assets_by_id(principal.org, &held.into_iter().collect::<Vec<_>>()).await?;
    drop(meta);
    let known = crate::assets::visible(app, principal, held).await?;
    let view = |(schedule, workflow, waiting): (Schedule, Asset, Waiting)| {
        Ok(ScheduleView {
            workflow,
            settings: serde_json::from_value(schedule.settings).map_err(tandem_core::Error::internal)?,
            state: schedule.state,
            reason: waiting.reason,
            next_at: waiting.next_at,
            waits_until: waiting.data.map(|data| data.due_at),
            failures: waiting.failures,
            held_back: waiting
                .held_back
                .map(|held| HeldBack { at: held.at, dataset: known.get(&held.dataset).cloned() }),
            owner: people.get(schedule.owner_id),
            set_at: schedule.set_at,
        })
    };
    read.into_iter().map(view).collect()
}
