//! From a delivery to a run of it, with everything that it reads settled.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, ScheduleId},
};
use tandem_meta::{
    Asset, AssetKind, Schedule, Version,
    repo::run::{NewRun, RunInput, RunKind},
};

use super::{DeliverySettings, settings::Kept};
use crate::{
    App,
    dashboards::{self, Dashboard, DashboardDetail},
    query::plan,
    runs::{self, DeliverySpec, RunSpec},
    scenarios::DEFAULT_SEED,
    schedule::{Due, ScheduleReason, Start, reason, shut, subject::no_rights},
};

/// The datasets that a version of a dashboard reads the newest versions of.
pub(crate) fn reads(version: Version) -> Result<Vec<AssetId>> {
    let dashboard: Dashboard = serde_json::from_value(version.content).map_err(Error::internal)?;
    let newest = dashboard.sources.values().filter(|source| source.version.is_none());
    Ok(newest.filter_map(|source| source.dataset).collect())
}

/// The run that is due, or why it can't be started.
pub(crate) async fn ready(
    app: &App,
    principal: Principal,
    schedule: &Schedule,
    dashboard: &Asset,
    due: &Due,
) -> Result<std::result::Result<Start, ScheduleReason>> {
    let kept: Kept = serde_json::from_value(schedule.settings.clone()).map_err(Error::internal)?;
    match prepare(app, principal, schedule.id, dashboard.id, kept.delivery, due.at).await {
        Ok(start) => Ok(Ok(start)),
        Err(error) if shut(&error) => Ok(Err(no_rights(AssetKind::Dashboard))),
        Err(error) if error.code() == ErrorCode::StateConflict => Ok(Err(empty())),
        Err(error) => Err(error),
    }
}

/// A run of a delivery, for a person who may take away what it reads.
///
/// # Errors
/// `not_found`, `forbidden`; `state_conflict` where a dataset has no data yet.
pub(super) async fn prepare(
    app: &App,
    principal: Principal,
    delivery: ScheduleId,
    dashboard: AssetId,
    settings: DeliverySettings,
    due_at: DateTime<Utc>,
) -> Result<Start> {
    let detail = dashboards::get(app, &principal, dashboard, None).await?;
    let project = detail.asset.asset.project_id;
    app.require_project(&principal, Action::Run, project).await?;
    let version = app.meta.read().await?.version(principal.org, dashboard, detail.seq).await?;
    let version = version.ok_or_else(|| Error::not_found("version"))?;
    let mut inputs = vec![RunInput { role: "dashboard".to_owned(), version: version.id, pinned: false }];
    let (mut pins, mut read) = (BTreeMap::new(), Vec::new());
    for (name, source) in &detail.dashboard.sources {
        let Some(dataset) = source.dataset else { continue };
        let view = app.require_asset(&principal, Action::Download, dataset).await?;
        let wanted = [Action::Use, Action::Download];
        let version = source.version.and_then(|seq| u64::try_from(seq).ok());
        let found = plan::pin(app, &principal, &view.asset, version, &wanted).await?;
        inputs.push(RunInput {
            role: format!("source {name}"),
            version: found.version.id,
            pinned: source.version.is_some(),
        });
        pins.insert(name.clone(), found.version.seq);
        read.push((dataset, found.version.seq));
    }
    let name = settings.name.clone();
    let spec = RunSpec::Delivery(DeliverySpec { dashboard, delivery, seq: detail.seq, pins, due_at, settings });
    let new = NewRun {
        project_id: project,
        kind: RunKind::Delivery,
        name,
        spec: serde_json::to_value(&spec).map_err(Error::internal)?,
        params: json!({}),
        environment: runs::scenario::ENGINE.to_owned(),
        seed: i64::try_from(DEFAULT_SEED).unwrap_or(i64::MAX),
        digest: None,
        inputs,
        reproduces: None,
        created_by: principal.user,
    };
    Ok(Start { principal, new, pins: read })
}

/// Whether somebody may take away everything that a dashboard reads.
///
/// # Errors
/// `not_found`, `forbidden`.
pub(super) async fn require_all(app: &App, principal: &Principal, detail: &DashboardDetail) -> Result<()> {
    app.require_project(principal, Action::Run, detail.asset.asset.project_id).await?;
    for source in detail.dashboard.sources.values() {
        if let Some(dataset) = source.dataset {
            app.require_asset(principal, Action::Download, dataset).await?;
        }
    }
    Ok(())
}

fn empty() -> ScheduleReason {
    reason(
        "dashboard",
        "A dataset of the dashboard has no data yet. Import some, and turn this on again.",
        "仪表盘所用的某个数据集还没有数据。请先导入数据，然后重新启用。",
    )
}
