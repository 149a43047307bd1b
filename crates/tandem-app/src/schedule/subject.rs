//! What a schedule sets off, by the kind of its asset.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{Error, ErrorClass, Principal, Result, id::AssetId, principal::Via};
use tandem_meta::{Asset, AssetKind, Cause, NewRun, Schedule, ScheduleState, Snapshot, Version};

use super::{
    FAILURES,
    settings::{ScheduleReason, reason},
};
use crate::{App, deliveries, workflows};

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) cause: Cause,
    pub(crate) at: DateTime<Utc>,
    /// The workflows that led to it.
    pub(crate) chain: BTreeSet<AssetId>,
}

/// A run that can be started.
pub(crate) struct Start {
    pub(crate) principal: Principal,
    pub(crate) new: NewRun,
    /// The datasets and versions that it will read.
    pub(crate) pins: Vec<(AssetId, i64)>,
}

/// Whether it was a right that was missing.
pub(crate) fn shut(error: &Error) -> bool {
    matches!(error.code().class(), ErrorClass::Forbidden | ErrorClass::NotFound)
}

/// The datasets that a version of an asset reads the newest versions of.
pub(super) async fn reads(
    meta: &mut Snapshot,
    asset: &Asset,
    version: Version,
    settings: &Value,
) -> Result<Vec<AssetId>> {
    match asset.kind {
        AssetKind::Dashboard => deliveries::reads(version),
        _ => workflows::schedule_reads(meta, version, settings).await,
    }
}

/// The run that is due, as its owner may run it now; or why it can't be.
pub(super) async fn ready(
    app: &App,
    schedule: &Schedule,
    asset: &Asset,
    due: &Due,
) -> Result<std::result::Result<Start, ScheduleReason>> {
    let (org, owner) = (schedule.org_id, schedule.owner_id);
    let member = app.meta.read().await?.member(org, owner).await?;
    let Some(member) = member.filter(|member| !member.disabled && !member.account.disabled) else {
        return Ok(Err(no_rights(asset.kind)));
    };
    let principal = Principal { user: owner, org, role: member.role, via: Via::Schedule(schedule.asset_id) };
    match asset.kind {
        AssetKind::Dashboard => deliveries::ready(app, principal, schedule, asset, due).await,
        _ => workflows::schedule_ready(app, principal, schedule, asset).await,
    }
}

/// What is told of a schedule that is no longer what it was.
pub(crate) fn change(kind: AssetKind, state: ScheduleState) -> String {
    let what = if kind == AssetKind::Dashboard { "delivery" } else { "schedule" };
    format!("{what}_{}", state.as_str())
}

/// The owner lost a right.
pub(crate) fn no_rights(kind: AssetKind) -> ScheduleReason {
    match kind {
        AssetKind::Dashboard => reason(
            "rights",
            "The person as whom this is delivered may no longer read the dashboard, or take its data away. Somebody \
             who may can turn it on again; it is then delivered as them.",
            "该投递的设置者已无权查看此仪表盘，或无权下载其数据。请由有权限的成员重新启用，之后将以该成员的身份投递。",
        ),
        _ => reason(
            "rights",
            "The person as whom this runs may no longer run the workflow, or read or write what it reads and writes. \
             Somebody who may can turn it on again; it then runs as them.",
            "该定时任务的设置者已无权运行此工作流，或无权读写其数据。请由有权限的成员重新启用，之后将以该成员的身份运行。",
        ),
    }
}

/// Too many runs in a row failed.
pub(super) fn failures() -> ScheduleReason {
    reason(
        "failures",
        format!("{FAILURES} runs in a row failed, so it has paused itself. See why they failed, and turn it on again."),
        format!("已连续失败 {FAILURES} 次，自动暂停。请查看失败原因，处理后重新启用。"),
    )
}

/// The asset was deleted.
pub(super) fn gone(kind: AssetKind) -> ScheduleReason {
    match kind {
        AssetKind::Dashboard => reason(
            "dashboard",
            "The dashboard was deleted. Bring it back, and turn this on again.",
            "仪表盘已被删除。请恢复后重新启用。",
        ),
        _ => reason(
            "workflow",
            "The workflow was deleted. Bring it back, and turn this on again.",
            "工作流已被删除。请恢复后重新启用。",
        ),
    }
}
