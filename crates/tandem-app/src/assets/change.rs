//! Renaming, describing, deleting and bringing back assets.

use tandem_core::{Action, Principal, Result, id::AssetId};

use super::{AssetSummary, summary};
use crate::{
    App,
    people::{check, note},
};

/// Changes an asset's name or description; `None` keeps.
///
/// # Errors
/// `not_found`, `forbidden`, `already_exists`, `invalid_parameter`.
pub async fn describe(
    app: &App,
    principal: &Principal,
    id: AssetId,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<AssetSummary> {
    app.require_asset(principal, Action::Edit, id).await?;
    let name = name.map(|name| check::name("name", name)).transpose()?;
    let description = description.map(|text| check::prose("description", text)).transpose()?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let asset = tx.update_asset(principal.org, id, name, description).await?;
    note::changed(&mut tx, principal, "describe_asset", "asset", id);
    tx.commit().await?;
    summary(app, principal, asset).await
}

/// Deletes an asset. It can be brought back, its versions stay, and what was
/// made from it keeps its lineage and its restrictions.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn delete(app: &App, principal: &Principal, id: AssetId) -> Result<()> {
    app.require_asset(principal, Action::Manage, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.delete_asset(principal.org, id).await?;
    note::changed(&mut tx, principal, "delete_asset", "asset", id);
    tx.commit().await
}

/// Brings a deleted asset back; a live one stays as it is.
///
/// # Errors
/// `not_found`, `forbidden`; `already_exists` where another has its name now.
pub async fn undelete(app: &App, principal: &Principal, id: AssetId) -> Result<AssetSummary> {
    app.require_deleted_asset(principal, Action::Manage, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let asset = tx.undelete_asset(principal.org, id).await?;
    note::changed(&mut tx, principal, "undelete_asset", "asset", id);
    tx.commit().await?;
    summary(app, principal, asset).await
}
