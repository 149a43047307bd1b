//! Attending to schedules for which there is something to do.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tandem_core::{
    Error, ErrorCode, Result, Text,
    id::{AssetId, RunId},
};
use tandem_meta::{
    Asset, Cause, NewFiring, NewSchedule, Outcome, RunState, Schedule, ScheduleState, Snapshot, Topic, Watched,
};
use tokio::sync::watch;

use super::{
    FAILURES,
    chain::news,
    due::{look, wake_at},
    settings::{Arrived, Held, ScheduleReason, Waiting, When},
    subject::{self, Due, Start, failures, gone, no_rights, ready},
};
use crate::{App, runs};

/// How often it is looked whether a time has come.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest time between two looks.
const REST: Duration = Duration::from_millis(100);
/// Schedules attended to in one go.
const AT_ONCE: u32 = 200;

/// Attends to schedules until told to stop.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut changes = app.meta.outbox_signal();
    while !*stop.borrow() {
        changes.mark_unchanged();
        if let Err(error) = attend(&app).await {
            tracing::warn!(%error, "schedules could not be looked at; it is tried again");
        }
        tokio::time::sleep(REST).await;
        tokio::select! {
            _ = stop.changed() => return,
            // An error of the signal means that the server is going down.
            _ = tokio::time::timeout(LOOK, changes.changed()) => {}
        }
    }
}

/// Attends to all schedules for which there is something to do at this moment;
/// how many runs were started.
///
/// # Errors
/// Those of the database.
pub async fn attend(app: &App) -> Result<usize> {
    let found = app.meta.read().await?.schedules_to_attend(AT_ONCE).await?;
    let mut started = 0;
    for schedule in found {
        match one(app, &schedule).await {
            Ok(run) => started += usize::from(run.is_some()),
            // Another server was first, or a person has changed it meanwhile.
            Err(error) if error.code() == ErrorCode::VersionConflict => {}
            Err(error) => {
                tracing::warn!(%error, schedule = %schedule.id, "a schedule could not be attended to");
            }
        }
    }
    Ok(started)
}

/// One schedule as it was found, and what is to be written of it.
struct Visit {
    now: DateTime<Utc>,
    asset: Asset,
    when: When,
    waiting: Waiting,
    state: ScheduleState,
    inputs: Vec<Watched>,
    watched_seq: i64,
    /// Firings whose run has ended.
    ended: Vec<i64>,
    busy: bool,
    firings: Vec<NewFiring>,
}

async fn one(app: &App, schedule: &Schedule) -> Result<Option<RunId>> {
    let mut visit = Visit::begin(app, schedule).await?;
    let mut start: Option<(Start, Due)> = None;
    if visit.state == ScheduleState::Active
        && let Some(due) = visit.due()?
    {
        match ready(app, schedule, &visit.asset, &due).await? {
            Ok(found) => {
                // What the run will read is no news any more.
                for (dataset, seq) in &found.pins {
                    let watched = visit.inputs.iter_mut().filter(|input| input.dataset == *dataset);
                    watched.for_each(|input| input.seen = input.seen.max(*seq));
                }
                start = Some((found, due));
            }
            Err(reason) => {
                let message = serde_json::to_value(&reason.message).ok();
                visit.firing(due.cause, Outcome::Stopped, due.at, &due.chain, message);
                visit.end(ScheduleState::Stopped, reason);
            }
        }
    }
    visit.write(app, schedule, start).await
}

impl Visit {
    async fn begin(app: &App, schedule: &Schedule) -> Result<Self> {
        let (org, id) = (schedule.org_id, schedule.id);
        let mut meta = app.meta.read().await?;
        let asset = meta.asset_even_deleted(org, schedule.asset_id).await?.ok_or_else(|| Error::not_found("asset"))?;
        let mut visit = Self {
            now: meta.now(),
            asset,
            when: serde_json::from_value(schedule.settings.clone()).map_err(Error::internal)?,
            waiting: serde_json::from_value(schedule.standing.clone()).map_err(Error::internal)?,
            state: schedule.state,
            inputs: meta.schedule_inputs(org, id).await?,
            watched_seq: schedule.watched_seq,
            ended: Vec::new(),
            busy: false,
            firings: Vec::new(),
        };
        visit.ends(&mut meta, schedule).await?;
        if visit.asset.deleted_at.is_some() && visit.state == ScheduleState::Active {
            visit.end(ScheduleState::Stopped, gone(visit.asset.kind));
        }
        if visit.state == ScheduleState::Active {
            visit.watch(&mut meta, schedule).await?;
            visit.arrivals(&mut meta, schedule).await?;
        }
        Ok(visit)
    }

    /// Takes note of runs that have ended.
    async fn ends(&mut self, meta: &mut Snapshot, schedule: &Schedule) -> Result<()> {
        for (firing, state) in meta.open_firings(schedule.org_id, schedule.id).await? {
            let Some(state) = state.filter(|state| state.is_final()) else {
                self.busy = true;
                continue;
            };
            self.ended.push(firing.number);
            // What a person asked for says nothing of what happens by itself.
            if firing.cause == Cause::Person {
                continue;
            }
            match state {
                RunState::Succeeded => self.waiting.failures = 0,
                RunState::Failed => self.waiting.failures += 1,
                _ => {}
            }
            if self.state != ScheduleState::Active || state != RunState::Failed {
                continue;
            }
            let run = match firing.run_id {
                Some(run) => meta.run(schedule.org_id, run).await?,
                None => None,
            };
            let error = run.and_then(|view| view.run.error).unwrap_or_default();
            if error.get("code").and_then(Value::as_str) == Some(ErrorCode::Forbidden.as_str()) {
                self.end(ScheduleState::Stopped, no_rights(self.asset.kind));
            } else if self.waiting.failures >= FAILURES {
                self.end(ScheduleState::Paused, failures());
            }
        }
        Ok(())
    }

    /// Watches what the newest version of the asset reads.
    async fn watch(&mut self, meta: &mut Snapshot, schedule: &Schedule) -> Result<()> {
        if self.watched_seq == self.asset.latest_seq {
            return Ok(());
        }
        let before = std::mem::take(&mut self.inputs);
        self.inputs = watched(meta, &self.asset, &self.when, &schedule.settings, &before).await?;
        self.watched_seq = self.asset.latest_seq;
        Ok(())
    }

    /// Takes note of data that has come.
    async fn arrivals(&mut self, meta: &mut Snapshot, schedule: &Schedule) -> Result<()> {
        let Some(wait) = self.when.on_data.as_ref().map(|data| data.wait_seconds) else { return Ok(()) };
        let (org, asset) = (schedule.org_id, schedule.asset_id);
        let ids: Vec<AssetId> = self.inputs.iter().map(|input| input.dataset).collect();
        let latest = meta.assets_by_id(org, &ids).await?;
        let mut starts: Option<BTreeSet<AssetId>> = None;
        let mut held = Vec::new();
        for input in &mut self.inputs {
            let Some(dataset) = latest.iter().find(|asset| asset.id == input.dataset) else { continue };
            if dataset.latest_seq <= input.seen {
                continue;
            }
            let news = news(meta, org, asset, dataset.id, input.seen, dataset.latest_seq).await?;
            input.seen = dataset.latest_seq;
            if let Some(chain) = news.starts {
                starts.get_or_insert_default().extend(chain);
            } else if let Some(chain) = news.own {
                held.push((dataset.id, chain));
            }
        }
        for (dataset, chain) in held {
            self.waiting.held_back = Some(Held { at: self.now, dataset });
            let message = serde_json::to_value(itself()).ok();
            self.firing(Cause::Data, Outcome::HeldBack, self.now, &chain, message);
        }
        if let Some(chain) = starts {
            self.waiting.data = Some(Arrived::more(self.waiting.data.take(), self.now, wait, chain));
        }
        Ok(())
    }

    fn due(&mut self) -> Result<Option<Due>> {
        let times = self.when.times(self.now)?;
        let missed = self.when.cron.as_ref().map(|cron| cron.missed);
        let looked = look(&mut self.waiting, times.as_ref().zip(missed), self.now, self.busy);
        if let Some(first) = looked.skipped {
            let message = serde_json::to_value(passed()).ok();
            self.firing(Cause::Cron, Outcome::Skipped, first, &BTreeSet::new(), message);
        }
        Ok(looked.due)
    }

    fn firing(
        &mut self,
        cause: Cause,
        outcome: Outcome,
        due_at: DateTime<Utc>,
        chain: &BTreeSet<AssetId>,
        message: Option<Value>,
    ) {
        self.firings.push(NewFiring { cause, outcome, due_at, run: None, chain: json!(chain), message });
    }

    fn end(&mut self, state: ScheduleState, reason: ScheduleReason) {
        self.state = state;
        self.waiting.reason = Some(reason);
        self.waiting.next_at = None;
        self.waiting.data = None;
    }

    /// All of it, and the run that it starts, in one transaction.
    async fn write(self, app: &App, schedule: &Schedule, start: Option<(Start, Due)>) -> Result<Option<RunId>> {
        let (org, id) = (schedule.org_id, schedule.id);
        let new = NewSchedule {
            id,
            asset_id: schedule.asset_id,
            owner_id: schedule.owner_id,
            state: self.state,
            settings: schedule.settings.clone(),
            standing: serde_json::to_value(&self.waiting).map_err(Error::internal)?,
            wake_at: wake_at(&self.waiting),
            watched_seq: self.watched_seq,
            set_at: schedule.set_at,
        };
        // A run goes on, and its end is what is waited for.
        let idle = self.firings.is_empty() && self.ended.is_empty() && start.is_none();
        if idle && new.standing == schedule.standing && new.watched_seq == schedule.watched_seq {
            return Ok(None);
        }
        let mut tx = app.meta.begin().await?.acting_for(schedule.owner_id);
        tx.put_schedule(org, new, Some(schedule.revision)).await?;
        tx.set_schedule_inputs(org, id, &self.inputs).await?;
        for number in self.ended {
            tx.close_firing(org, id, number).await?;
        }
        for firing in self.firings {
            tx.add_firing(org, id, firing).await?;
        }
        let mut started = None;
        if let Some((start, mut due)) = start {
            let run = runs::enqueue(&mut tx, &start.principal, start.new).await?.run.id;
            due.chain.insert(schedule.asset_id);
            let (chain, run_id) = (json!(due.chain), Some(run));
            let firing = NewFiring {
                cause: due.cause,
                outcome: Outcome::Started,
                due_at: due.at,
                run: run_id,
                chain,
                message: None,
            };
            tx.add_firing(org, id, firing).await?;
            started = Some(run);
        }
        if self.state != schedule.state {
            let asset = &self.asset;
            let told = json!({"asset_id": asset.id, "kind": asset.kind, "name": asset.name,
                "change": subject::change(asset.kind, self.state)});
            tx.emit(org, Some(asset.project_id), Topic::Asset, told);
        }
        tx.commit().await?;
        Ok(started)
    }
}

/// The datasets whose new versions are waited for. Of those that were not
/// watched `before`, the next version is the first that counts.
pub(crate) async fn watched(
    meta: &mut Snapshot,
    asset: &Asset,
    when: &When,
    settings: &Value,
    before: &[Watched],
) -> Result<Vec<Watched>> {
    if when.on_data.is_none() {
        return Ok(Vec::new());
    }
    let version = meta.version(asset.org_id, asset.id, asset.latest_seq).await?;
    let version = version.ok_or_else(|| Error::not_found("version"))?;
    let read = subject::reads(meta, asset, version, settings).await?;
    let read = meta.assets_by_id(asset.org_id, &read).await?;
    let here = read.into_iter().filter(|dataset| dataset.project_id == asset.project_id);
    let seen = |dataset: &Asset| before.iter().find(|input| input.dataset == dataset.id).map(|input| input.seen);
    Ok(here
        .map(|dataset| Watched { seen: seen(&dataset).unwrap_or(dataset.latest_seq), dataset: dataset.id })
        .collect())
}

fn itself() -> Text {
    Text::new(
        "What came was caused by this workflow itself, near or far, so it starts nothing.",
        "新数据由本工作流自身直接或间接产生，因此不触发运行。",
    )
}

fn passed() -> Text {
    Text::new(
        "The time had passed while nothing could run, and missed times are left out.",
        "该时间点已错过，按设置不再补跑。",
    )
}
