//! Made, read, saved as versions.

use serde_json::Value;
use tandem_core::{
    Action, Error, Principal, Result,
    id::{AssetId, ProjectId},
};
use tandem_meta::repo::{
    asset::{AssetKind, NewAsset},
    version::NewVersion,
};

use super::document::Dashboard;
use crate::{
    App,
    access::AssetView,
    assets::{self, AssetSummary},
    people::{check, note},
};

/// A dashboard with its document.
#[derive(Debug, Clone)]
pub struct DashboardDetail {
    /// It, as any asset.
    pub asset: AssetSummary,
    /// The version read.
    pub seq: i64,
    /// The document.
    pub dashboard: Dashboard,
}

/// A dashboard that `principal` may do `action` with.
pub(super) async fn require(app: &App, principal: &Principal, action: Action, id: AssetId) -> Result<AssetView> {
    let view = app.require_asset(principal, action, id).await?;
    if view.asset.kind != AssetKind::Dashboard {
        return Err(Error::not_found("dashboard"));
    }
    Ok(view)
}

/// Makes a dashboard, empty or from a document.
///
/// # Errors
/// `forbidden`; `already_exists`; `invalid_parameter`.
pub async fn create(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    name: &str,
    description: &str,
    dashboard: &Dashboard,
) -> Result<DashboardDetail> {
    let project = app.require_project(principal, Action::Create, project).await?.project;
    let new = NewAsset {
        project_id: project.id,
        kind: AssetKind::Dashboard,
        name: check::name("name", name)?.to_owned(),
        description: check::prose("description", description)?.to_owned(),
        created_by: principal.user,
    };
    let version = version(principal, dashboard, "")?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let asset = tx.create_asset(principal.org, new).await?;
    tx.append_version(principal.org, asset.id, 0, version).await?;
    note::changed(&mut tx, principal, "create_dashboard", "asset", asset.id);
    tx.commit().await?;
    get(app, principal, asset.id, None).await
}

/// The newest version, or with `seq` that one.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: AssetId, seq: Option<i64>) -> Result<DashboardDetail> {
    let view = require(app, principal, Action::Use, id).await?;
    let seq = seq.unwrap_or(view.asset.latest_seq);
    let found = app.meta.read().await?.version(principal.org, id, seq).await?;
    let found = found.ok_or_else(|| Error::not_found("version"))?;
    let dashboard = serde_json::from_value(found.content).map_err(Error::internal)?;
    Ok(DashboardDetail { asset: assets::summary(app, principal, view.asset).await?, seq, dashboard })
}

/// Saves a document as the version after `base`.
///
/// # Errors
/// `not_found`, `forbidden`; `version_conflict` where somebody saved another one meanwhile.
pub async fn save(
    app: &App,
    principal: &Principal,
    id: AssetId,
    base: i64,
    dashboard: &Dashboard,
    message: &str,
) -> Result<DashboardDetail> {
    require(app, principal, Action::Edit, id).await?;
    let version = version(principal, dashboard, check::prose("message", message)?)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.append_version(principal.org, id, base, version).await?;
    note::changed(&mut tx, principal, "save_dashboard", "asset", id);
    tx.commit().await?;
    get(app, principal, id, None).await
}

fn version(principal: &Principal, dashboard: &Dashboard, message: &str) -> Result<NewVersion> {
    let content: Value = serde_json::to_value(dashboard).map_err(Error::internal)?;
    let bytes = serde_json::to_vec(&content).map_err(Error::internal)?;
    Ok(NewVersion {
        content,
        content_digest: blake3::hash(&bytes).to_hex().to_string(),
        author_id: principal.user,
        message: message.to_owned(),
        run_id: None,
    })
}
