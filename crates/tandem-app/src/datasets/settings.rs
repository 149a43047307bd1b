//! The quality rules of a dataset, and the rules of who sees what.

use tandem_core::{Action, Error, Principal, Result, id::AssetId};
use tandem_meta::AssetKind;
use tandem_science::quality::{QualityChecker, Rule};

use super::{
    DatasetContent, DatasetPolicies,
    measure::{Rules, SETTING},
};
use crate::App;

/// The quality rules.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn quality_rules(app: &App, principal: &Principal, id: AssetId) -> Result<Rules> {
    require_dataset(app, principal, Action::Use, id).await?;
    Rules::load(&mut app.meta.read().await?, principal.org, id).await
}

/// Sets the quality rules; they are checked from the next version on.
///
/// # Errors
/// `not_found`, `forbidden`; `unknown_column` and `invalid_parameter` where a
/// rule doesn't fit the columns.
pub async fn put_quality_rules(app: &App, principal: &Principal, id: AssetId, rules: &Rules) -> Result<()> {
    require_dataset(app, principal, Action::Edit, id).await?;
    if let Some(content) = newest(app, principal, id).await? {
        let version = app.engine.version(content.table, content.delta_version).await?;
        let list: Vec<Rule> = rules.rules.iter().map(|r| r.rule.clone()).collect();
        QualityChecker::new(&version.schema, &list)?;
    }
    let body = serde_json::to_value(rules).map_err(Error::internal)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.put_setting(principal.org, id, SETTING, &body, principal.user).await?;
    tx.commit().await
}

/// The row filters and masks.
///
/// # Errors
/// `not_found`, `forbidden` for who doesn't manage the dataset.
pub async fn policies(app: &App, principal: &Principal, id: AssetId) -> Result<DatasetPolicies> {
    require_dataset(app, principal, Action::Manage, id).await?;
    DatasetPolicies::load(&mut app.meta.read().await?, principal.org, id).await
}

/// Sets the row filters and masks, from the next query on.
///
/// # Errors
/// `not_found`, `forbidden`; `unknown_column` and `invalid_parameter` where a
/// rule doesn't fit the columns.
pub async fn put_policies(app: &App, principal: &Principal, id: AssetId, policies: &DatasetPolicies) -> Result<()> {
    require_dataset(app, principal, Action::Manage, id).await?;
    if let Some(content) = newest(app, principal, id).await? {
        policies.check(&content.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>())?;
    }
    let body = serde_json::to_value(policies).map_err(Error::internal)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.put_policy(principal.org, id, &body, principal.user).await?;
    tx.commit().await
}

async fn require_dataset(app: &App, principal: &Principal, action: Action, id: AssetId) -> Result<()> {
    let view = app.require_asset(principal, action, id).await?;
    if view.asset.kind != AssetKind::Dataset {
        return Err(Error::not_found("dataset"));
    }
    Ok(())
}

async fn newest(app: &App, principal: &Principal, id: AssetId) -> Result<Option<DatasetContent>> {
    let version = app.meta.read().await?.latest_version(principal.org, id).await?;
    version.as_ref().map(DatasetContent::of).transpose()
}
