//! Schedules of workflows: setting them and looking at them, and what they run.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{
    Action, Error, ErrorCode, Page, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
};
use tandem_flow::Workflow;
use tandem_meta::{Asset, AssetKind, Firing, NewSchedule, RunState, Schedule, ScheduleState, Snapshot, Topic, Version};

use super::{
    document,
    sources::follows,
    start::{WorkflowRequest, prepare},
};
use crate::{
    App,
    components::unfolded,
    people::{People, Person, note},
    schedule::{
        HISTORY, ScheduleReason, Start, Waiting, When, met_attending, reason, shut, subject::no_rights, wake_at,
        watched,
    },
};

/// The largest parameters that are kept, in bytes.
const PARAMS: usize = 64 << 10;

/// When a workflow runs, and with what.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScheduleSettings {
    /// When.
    #[serde(flatten)]
    pub when: When,
    /// The workflow's parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
}

impl ScheduleSettings {
    /// Whether it says when at all, and what it says can be.
    ///
    /// # Errors
    /// `invalid_parameter`.
    fn check(&self, now: DateTime<Utc>) -> Result<()> {
        let invalid = |message: &str| Err(Error::new(ErrorCode::InvalidParameter, message));
        if self.when.is_never() {
            return invalid("Say when it is to run: at times (cron), when data comes (on_data), or both.");
        }
        if Value::Object(self.params.clone()).to_string().len() > PARAMS {
            return invalid("The parameters take more than 64 KB. Put large values into a dataset.");
        }
        self.when.check(now)
    }
}

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
        ScheduleState::Active => settings.when.upcoming(now)?,
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
    let mut tried = 0;
    loop {
        let written = write(app, principal, id, enabled, &settings).await;
        if !met_attending(&mut tried, &written) {
            written?;
            return get(app, principal, id).await;
        }
    }
}

async fn write(
    app: &App,
    principal: &Principal,
    id: AssetId,
    enabled: bool,
    settings: &ScheduleSettings,
) -> Result<()> {
    let now = app.clock.now();
    settings.check(now)?;
    let next_at = match enabled {
        true => settings.when.next(now)?,
        false => None,
    };
    let waiting = Waiting { next_at, ..Waiting::default() };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let before = tx.schedule(principal.org, id).await?;
    let asset = tx.asset(principal.org, id).await?.ok_or_else(|| tandem_core::Error::not_found("workflow"))?;
    let internal = tandem_core::Error::internal;
    let kept = serde_json::to_value(settings).map_err(internal)?;
    let inputs = watched(&mut tx, &asset, &settings.when, &kept, &[]).await?;
    let new = NewSchedule {
        id: id.into(),
        asset_id: id,
        owner_id: principal.user,
        state: if enabled { ScheduleState::Active } else { ScheduleState::Off },
        settings: kept,
        standing: serde_json::to_value(&waiting).map_err(internal)?,
        wake_at: wake_at(&waiting),
        watched_seq: asset.latest_seq,
        set_at: now,
    };
    tx.put_schedule(principal.org, new, before.map(|schedule| schedule.revision)).await?;
    tx.set_schedule_inputs(principal.org, id, &inputs).await?;
    note::changed(&mut tx, principal, "set_schedule", "asset", id);
    told(&mut tx, &asset, if enabled { "schedule_active" } else { "schedule_off" });
    tx.commit().await
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

/// The datasets that a version of a workflow follows, also those that its packages read inside.
pub(crate) async fn reads(meta: &mut Snapshot, version: Version, settings: &Value) -> Result<Vec<AssetId>> {
    let settings: ScheduleSettings = serde_json::from_value(settings.clone()).map_err(Error::internal)?;
    let workflow: Workflow = serde_json::from_value(version.content).map_err(Error::internal)?;
    let workflow = unfolded(meta, version.org_id, &workflow).await?;
    Ok(follows(&workflow, &settings.params).into_iter().collect())
}

/// The run that is due, or why it can't be started.
pub(crate) async fn ready(
    app: &App,
    principal: Principal,
    schedule: &Schedule,
    workflow: &Asset,
) -> Result<std::result::Result<Start, ScheduleReason>> {
    let settings: ScheduleSettings = serde_json::from_value(schedule.settings.clone()).map_err(Error::internal)?;
    let request =
        WorkflowRequest { seq: Some(workflow.latest_seq), params: settings.params, ..WorkflowRequest::default() };
    let no_rights = || no_rights(AssetKind::Workflow);
    match prepare(app, &principal, schedule.asset_id, request).await {
        Ok(prepared) if prepared.refused.iter().any(|(_, error)| shut(error)) => Ok(Err(no_rights())),
        Ok(prepared) => Ok(Ok(Start { principal, new: prepared.new, pins: prepared.pins.into_values().collect() })),
        Err(error) if shut(&error) => Ok(Err(no_rights())),
        Err(error) if error.code() == ErrorCode::InvalidRequest => Ok(Err(empty())),
        Err(error) => Err(error),
    }
}

fn empty() -> ScheduleReason {
    reason(
        "workflow",
        "The saved version of the workflow has no nodes. Add some, save it, and turn this on again.",
        "工作流已保存的版本中没有节点。请添加节点并保存，然后重新启用。",
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::DataSetting;

    #[test]
    fn a_schedule_says_when() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert!(ScheduleSettings::default().check(now).unwrap_err().message().contains("when"));
        let when = When { on_data: Some(DataSetting { wait_seconds: 0 }), ..When::default() };
        let settings = ScheduleSettings { when, ..ScheduleSettings::default() };
        assert!(settings.check(now).is_ok());
        // What was kept before the two were told apart is read as it was.
        let kept = serde_json::json!({ "cron": null, "on_data": { "wait_seconds": 0 }, "params": {} });
        assert_eq!(serde_json::from_value::<ScheduleSettings>(kept.clone()).unwrap(), settings);
        assert_eq!(serde_json::to_value(&settings).unwrap(), kept);
    }
}
