//! Withdrawing versions, sharing with the organization, and keeping at hand.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_core::{
    Action, Error, Principal, Result,
    id::{AssetId, ProjectId},
};
use tandem_meta::AssetKind;

use super::{
    content::id_of,
    list::{WITHDRAWN, Withdrawn, find},
};
use crate::{
    App,
    access::{AssetView, SHARED},
    people::{check, note},
};

async fn require(app: &App, principal: &Principal, action: Action, id: AssetId) -> Result<AssetView> {
    let view = app.require_asset(principal, action, id).await?;
    if view.asset.kind != AssetKind::Component {
        return Err(Error::not_found("component"));
    }
    Ok(view)
}

/// Withdraws a version with a reason, or with `None` takes that back. Nodes that
/// pin it are drawn as before and don't run.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_parameter`.
pub async fn withdraw(app: &App, principal: &Principal, id: AssetId, seq: i64, reason: Option<&str>) -> Result<()> {
    require(app, principal, Action::Edit, id).await?;
    let reason = reason.map(|reason| check::prose("reason", reason)).transpose()?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    if tx.version(principal.org, id, seq).await?.is_none() {
        return Err(Error::not_found("version"));
    }
    let before = tx.setting(principal.org, id, WITHDRAWN).await?.map_or_else(|| json!({}), |setting| setting.body);
    let mut gone: BTreeMap<i64, Withdrawn> = serde_json::from_value(before).map_err(Error::internal)?;
    match reason {
        Some(reason) => {
            let one = Withdrawn { reason: reason.to_owned(), at: tx.now(), by: principal.user };
            gone.insert(seq, one);
        }
        None => _ = gone.remove(&seq),
    }
    let body: Value = serde_json::to_value(&gone).map_err(Error::internal)?;
    tx.put_setting(principal.org, id, WITHDRAWN, &body, principal.user).await?;
    let what = format!("version {seq} {}", if reason.is_some() { "withdrawn" } else { "brought back" });
    note::changed_so(&mut tx, principal, "withdraw_component", "asset", id, &what);
    tx.commit().await
}

/// Lets every member of the organization use a component in projects of theirs,
/// or those of its own project alone.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn share(app: &App, principal: &Principal, id: AssetId, organization: bool) -> Result<()> {
    require(app, principal, Action::Manage, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.put_setting(principal.org, id, SHARED, &json!(organization), principal.user).await?;
    let what = if organization { "with the organization" } else { "with its project alone" };
    note::changed_so(&mut tx, principal, "share_component", "asset", id, what);
    tx.commit().await
}

/// Keeps a component at hand, or no longer does.
///
/// # Errors
/// `not_found`.
pub async fn star(app: &App, principal: &Principal, project: ProjectId, name: &str, starred: bool) -> Result<()> {
    app.require_project(principal, Action::Discover, project).await?;
    if id_of(name).is_some() {
        find(app, principal, project, name).await?;
    } else {
        tandem_components::find(name)?;
    }
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.set_star(principal.org, principal.user, name, starred).await?;
    tx.commit().await
}
