//! Setting up deliveries, looking at them, and sending one now.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, RunId, ScheduleId, UserId},
};
use tandem_meta::{
    Cause, Firing, FiringEnd, NewFiring, NewSchedule, Outcome, RunState, Schedule, ScheduleState, Snapshot, Topic, Tx,
};
use tandem_report::FileFormat;

use super::{
    DeliverySettings, Target,
    settings::Kept,
    start::{prepare, require_all},
};
use crate::{
    App,
    dashboards::{self, DashboardDetail},
    mail::{self, MailLimits},
    people::{People, Person, note},
    runs,
    schedule::{HISTORY, ScheduleReason, Start, Waiting, When, met_attending, wake_at, watched},
};

/// Deliveries of one dashboard, at most.
const MOST: usize = 20;

/// The deliveries of a dashboard, and what can be chosen for another.
#[derive(Debug, Clone)]
pub struct Deliveries {
    /// One's own, and those of others for who may edit the dashboard; oldest first.
    pub items: Vec<DeliveryView>,
    /// What can be chosen.
    pub offers: Offers,
    /// Whether this person may set one up: what it reads may be taken away.
    pub may: bool,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct Offers {
    /// The kinds of file.
    pub formats: Vec<FileFormat>,
    /// The folders that the operator allows.
    pub folders: Vec<String>,
    /// What may be mailed; nothing where no mail server is set up.
    pub mail: Option<MailLimits>,
}

/// A delivery, as one person may see it.
#[derive(Debug, Clone)]
pub struct DeliveryView {
    /// Its id.
    pub id: ScheduleId,
    /// When.
    pub when: When,
    /// What, as what and where to.
    pub settings: DeliverySettings,
    /// Where it stands.
    pub state: ScheduleState,
    /// Why it isn't delivered any more.
    pub reason: Option<ScheduleReason>,
    /// When its cron is next due.
    pub next_at: Option<DateTime<Utc>>,
    /// When data that has come is delivered, unless more comes.
    pub waits_until: Option<DateTime<Utc>>,
    /// Deliveries in a row that failed.
    pub failures: u32,
    /// As whom it is delivered.
    pub owner: Person,
    /// Whether that is the person who looks.
    pub own: bool,
    /// When it was set.
    pub set_at: DateTime<Utc>,
    /// The next times of its cron.
    pub upcoming: Vec<DateTime<Utc>>,
    /// What the last times came to, newest first.
    pub history: Vec<Delivered>,
}

/// What a time that was due came to.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// When and why.
    pub firing: Firing,
    /// The state of its run.
    pub state: Option<RunState>,
    /// How that ended.
    pub end: Option<FiringEnd>,
}

/// The deliveries of a dashboard.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn list(app: &App, principal: &Principal, dashboard: AssetId) -> Result<Deliveries> {
    let detail = dashboards::get(app, principal, dashboard, None).await?;
    let mut meta = app.meta.read().await?;
    let kept = meta.schedules_of(principal.org, dashboard).await?;
    let datasets: Vec<AssetId> = detail.dashboard.sources.values().filter_map(|source| source.dataset).collect();
    let datasets: BTreeSet<AssetId> = datasets.into_iter().collect();
    let wanted: Vec<AssetId> = datasets.iter().copied().collect();
    let found = meta.assets_by_id(principal.org, &wanted).await?;
    let role = meta.project_role(principal.org, detail.asset.asset.project_id, principal.user).await?;
    drop(meta);
    let there = found.iter().filter(|asset| asset.deleted_at.is_none()).count() == datasets.len();
    let taken = app.assets_may(principal, &found, Action::Download).await?.into_iter().all(|may| may);
    let run = app.project_may(principal, detail.asset.asset.project_id, role, Action::Run)?;
    let mut items = Vec::new();
    for schedule in kept.into_iter().filter(|schedule| sees(principal, &detail, schedule)) {
        items.push(view(app, principal, schedule).await?);
    }
    let offers = Offers {
        formats: FileFormat::ALL.to_vec(),
        folders: app.config.delivery_folders.keys().cloned().collect(),
        mail: mail::limits(app),
    };
    Ok(Deliveries { items, offers, may: there && taken && run })
}

/// One delivery.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, dashboard: AssetId, id: ScheduleId) -> Result<DeliveryView> {
    let (_, schedule) = find(app, principal, dashboard, id).await?;
    view(app, principal, schedule).await
}

/// Sets up a delivery, which is delivered as `principal`.
///
/// # Errors
/// `not_found`, and `forbidden` for who may not take the data away;
/// `invalid_parameter`, `path_not_allowed`, `mail_refused`; `state_conflict`
/// where there is no mail server, or there are too many deliveries.
pub async fn create(
    app: &App,
    principal: &Principal,
    dashboard: AssetId,
    enabled: bool,
    when: When,
    settings: DeliverySettings,
) -> Result<DeliveryView> {
    let detail = dashboards::get(app, principal, dashboard, None).await?;
    let id = ScheduleId::generate(&*app.clock);
    let there = app.meta.read().await?.schedules_of(principal.org, dashboard).await?.len();
    if there >= MOST {
        let message = format!("The dashboard has {MOST} deliveries, which is the most. Remove one first.");
        return Err(Error::new(ErrorCode::StateConflict, message));
    }
    put(app, principal, &detail, id, enabled, when, settings).await
}

/// Changes a delivery, which is delivered as `principal` from now on.
///
/// # Errors
/// As [`create`]; `version_conflict` where somebody else changes it at the same
/// moment.
pub async fn set(
    app: &App,
    principal: &Principal,
    dashboard: AssetId,
    id: ScheduleId,
    enabled: bool,
    when: When,
    settings: DeliverySettings,
) -> Result<DeliveryView> {
    let (detail, _) = find(app, principal, dashboard, id).await?;
    let mut tried = 0;
    loop {
        let set = put(app, principal, &detail, id, enabled, when.clone(), settings.clone()).await;
        if !met_attending(&mut tried, &set) {
            return set;
        }
    }
}

/// Takes a delivery away. What goes on goes on, and files stay.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn remove(app: &App, principal: &Principal, dashboard: AssetId, id: ScheduleId) -> Result<()> {
    let (detail, _) = find(app, principal, dashboard, id).await?;
    // What may be set up may be taken away, by the same scope of a token.
    app.require_project(principal, Action::Run, detail.asset.asset.project_id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.delete_schedule(principal.org, id).await?;
    note::changed_so(&mut tx, principal, "remove_delivery", "asset", dashboard, &id.to_string());
    told(&mut tx, &detail, "delivery_removed");
    tx.commit().await
}

/// Delivers now, as `principal`; with `to_me` by mail to their own address alone.
///
/// # Errors
/// As [`create`].
pub async fn send(app: &App, principal: &Principal, dashboard: AssetId, id: ScheduleId, to_me: bool) -> Result<RunId> {
    let (detail, schedule) = find(app, principal, dashboard, id).await?;
    let kept: Kept = serde_json::from_value(schedule.settings.clone()).map_err(Error::internal)?;
    let mut settings = kept.delivery;
    if to_me {
        let address = address(app, principal).await?;
        settings.to = match settings.to {
            Target::Mail { subject, text, .. } => Target::Mail { to: vec![address], subject, text },
            Target::Folder { .. } => {
                Target::Mail { to: vec![address], subject: settings.name.clone(), text: String::new() }
            }
        };
    }
    let settings = settings.settle(app, principal.org, &detail.dashboard).await?;
    let now = app.clock.now();
    let start = prepare(app, principal.clone(), id, dashboard, settings, now).await?;
    let message = to_me.then(|| json!({ "en": "A test to oneself.", "zh-CN": "仅发送给本人的测试。" }));
    let firing = NewFiring {
        cause: Cause::Person,
        outcome: Outcome::Started,
        due_at: now,
        run: None,
        chain: json!([]),
        message,
    };
    let mut tried = 0;
    loop {
        let fired = fire(app, principal, id, &start, &firing).await;
        if !met_attending(&mut tried, &fired) {
            return fired;
        }
    }
}

/// Starts a run of a delivery that a person asked for, in the place of the
/// schedule's revision, so that nobody else numbers the same firing.
async fn fire(app: &App, principal: &Principal, id: ScheduleId, start: &Start, firing: &NewFiring) -> Result<RunId> {
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let schedule = tx.schedule(principal.org, id).await?.ok_or_else(|| Error::not_found("delivery"))?;
    let same = NewSchedule {
        id,
        asset_id: schedule.asset_id,
        owner_id: schedule.owner_id,
        state: schedule.state,
        settings: schedule.settings,
        standing: schedule.standing,
        wake_at: schedule.wake_at,
        watched_seq: schedule.watched_seq,
        set_at: schedule.set_at,
    };
    tx.put_schedule(principal.org, same, Some(schedule.revision)).await?;
    let run = runs::enqueue(&mut tx, principal, start.new.clone()).await?.run.id;
    tx.add_firing(principal.org, id, NewFiring { run: Some(run), ..firing.clone() }).await?;
    tx.commit().await?;
    Ok(run)
}

async fn put(
    app: &App,
    principal: &Principal,
    detail: &DashboardDetail,
    id: ScheduleId,
    enabled: bool,
    when: When,
    settings: DeliverySettings,
) -> Result<DeliveryView> {
    require_all(app, principal, detail).await?;
    let now = app.clock.now();
    when.check(now)?;
    let settings = settings.settle(app, principal.org, &detail.dashboard).await?;
    let next_at = if enabled { when.next(now)? } else { None };
    let waiting = Waiting { next_at, ..Waiting::default() };
    let dashboard = detail.asset.asset.id;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let before = tx.schedule(principal.org, id).await?.map(|schedule| schedule.revision);
    let asset = tx.asset(principal.org, dashboard).await?.ok_or_else(|| Error::not_found("dashboard"))?;
    let what = match &settings.to {
        Target::Folder { folder } => format!("folder {folder}"),
        Target::Mail { to, .. } => format!("mail to {}", to.join(", ")),
    };
    let kept = serde_json::to_value(Kept { when: when.clone(), delivery: settings }).map_err(Error::internal)?;
    let inputs = watched(&mut tx, &asset, &when, &kept, &[]).await?;
    let new = NewSchedule {
        id,
        asset_id: dashboard,
        owner_id: principal.user,
        state: if enabled { ScheduleState::Active } else { ScheduleState::Off },
        settings: kept,
        standing: serde_json::to_value(&waiting).map_err(Error::internal)?,
        wake_at: wake_at(&waiting),
        watched_seq: asset.latest_seq,
        set_at: now,
    };
    tx.put_schedule(principal.org, new, before).await?;
    tx.set_schedule_inputs(principal.org, id, &inputs).await?;
    note::changed_so(&mut tx, principal, "set_delivery", "asset", dashboard, &what);
    told(&mut tx, detail, if enabled { "delivery_active" } else { "delivery_off" });
    tx.commit().await?;
    get(app, principal, dashboard, id).await
}

/// Whether somebody may know of a delivery, and change it.
fn sees(principal: &Principal, detail: &DashboardDetail, schedule: &Schedule) -> bool {
    schedule.owner_id == principal.user || detail.asset.rights.contains(&Action::Edit)
}

async fn find(
    app: &App,
    principal: &Principal,
    dashboard: AssetId,
    id: ScheduleId,
) -> Result<(DashboardDetail, Schedule)> {
    let detail = dashboards::get(app, principal, dashboard, None).await?;
    let schedule = app.meta.read().await?.schedule(principal.org, id).await?;
    let schedule = schedule.filter(|one| one.asset_id == dashboard && sees(principal, &detail, one));
    Ok((detail, schedule.ok_or_else(|| Error::not_found("delivery"))?))
}

async fn address(app: &App, principal: &Principal) -> Result<String> {
    let member = app.meta.read().await?.member(principal.org, principal.user).await?;
    Ok(member.ok_or_else(|| Error::not_found("member"))?.account.email)
}

async fn view(app: &App, principal: &Principal, schedule: Schedule) -> Result<DeliveryView> {
    let mut meta = app.meta.read().await?;
    let firings = meta.firings(principal.org, schedule.id, HISTORY).await?;
    let ends = ends(&mut meta, principal, schedule.id).await?;
    let owners: Vec<UserId> = vec![schedule.owner_id];
    let owner = People::load(&mut meta, principal.org, owners).await?.get(schedule.owner_id);
    drop(meta);
    let kept: Kept = serde_json::from_value(schedule.settings).map_err(Error::internal)?;
    let waiting: Waiting = serde_json::from_value(schedule.standing).map_err(Error::internal)?;
    let upcoming = match schedule.state {
        ScheduleState::Active => kept.when.upcoming(app.clock.now())?,
        _ => Vec::new(),
    };
    let history =
        firings.into_iter().map(|(firing, state)| Delivered { end: ends.get(&firing.number).cloned(), state, firing });
    Ok(DeliveryView {
        id: schedule.id,
        when: kept.when,
        settings: kept.delivery,
        state: schedule.state,
        reason: waiting.reason,
        next_at: waiting.next_at,
        waits_until: waiting.data.map(|data| data.due_at),
        failures: waiting.failures,
        own: schedule.owner_id == principal.user,
        owner,
        set_at: schedule.set_at,
        upcoming,
        history: history.collect(),
    })
}

async fn ends(meta: &mut Snapshot, principal: &Principal, id: ScheduleId) -> Result<HashMap<i64, FiringEnd>> {
    let found = meta.ends_of_firings(principal.org, id, HISTORY).await?;
    Ok(found.into_iter().map(|end| (end.number, end)).collect())
}

fn told(tx: &mut Tx, detail: &DashboardDetail, change: &str) {
    let asset = &detail.asset.asset;
    let told = json!({"asset_id": asset.id, "kind": asset.kind, "name": asset.name, "change": change});
    tx.emit(asset.org_id, Some(asset.project_id), Topic::Asset, told);
}
