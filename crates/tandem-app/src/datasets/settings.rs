//! The quality rules of a dataset, and the rules of who sees what.

use tandem_core::{Action, Cancel, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_engine::{AccessPlan, TableAccess, TableRef};
use tandem_meta::AssetKind;
use tandem_science::quality::{QualityChecker, Rule};

use super::{
    DatasetContent, DatasetPolicies, Outdated,
    eye::Eye,
    measure::{DatasetRule, Rules, SETTING},
};
use crate::App;

/// The quality rules; without those on columns that are hidden from this person.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn quality_rules(app: &App, principal: &Principal, id: AssetId) -> Result<Rules> {
    require_dataset(app, principal, Action::Use, id).await?;
    let mut meta = app.meta.read().await?;
    let eye = Eye::on(&mut meta, principal, id).await?;
    let mut rules = Rules::load(&mut meta, principal.org, id).await?;
    rules.rules.retain(|rule| !on_hidden(&eye, rule));
    Ok(rules)
}

/// Sets the quality rules; they are checked from the next version on. Rules on
/// columns that are hidden from this person stay as they are.
///
/// # Errors
/// `not_found`; `forbidden`, also for a new rule on values or rows that are
/// kept from this person, who would learn of them from what fails;
/// `unknown_column` and `invalid_parameter` where a rule doesn't fit the columns.
pub async fn put_quality_rules(app: &App, principal: &Principal, id: AssetId, rules: &Rules) -> Result<()> {
    require_dataset(app, principal, Action::Edit, id).await?;
    require_dataset(app, principal, Action::Use, id).await?;
    let mut meta = app.meta.read().await?;
    let eye = Eye::on(&mut meta, principal, id).await?;
    let before = Rules::load(&mut meta, principal.org, id).await?;
    drop(meta);
    let newest = newest(app, principal, id).await?;
    for rule in rules.rules.iter().filter(|rule| !before.rules.contains(rule) || on_hidden(&eye, rule)) {
        check_author(&eye, rule, newest.as_ref())?;
    }
    let mut rules = rules.clone();
    rules.rules.extend(before.rules.into_iter().filter(|rule| on_hidden(&eye, rule)));
    if let Some(content) = newest {
        let version = app.engine.version(content.table, content.delta_version).await?;
        let list: Vec<Rule> = rules.rules.iter().map(|r| r.rule.clone()).collect();
        QualityChecker::new(&version.schema, &list)?;
    }
    let body = serde_json::to_value(&rules).map_err(Error::internal)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.put_setting(principal.org, id, SETTING, &body, principal.user).await?;
    tx.commit().await
}

fn on_hidden(eye: &Eye, rule: &DatasetRule) -> bool {
    rule.rule.columns().iter().any(|column| eye.hides(column))
}

/// Refuses a rule of somebody who doesn't see all that it is checked on.
fn check_author(eye: &Eye, rule: &DatasetRule, newest: Option<&DatasetContent>) -> Result<()> {
    let refused = |why: String| {
        let message = format!("{why}: what fails would tell of them. Ask whoever manages the dataset to set the rule.");
        Err(Error::new(ErrorCode::Forbidden, message))
    };
    let columns = rule.rule.columns();
    if let Some(column) = columns.iter().find(|column| eye.hides(column)) {
        return Err(Error::new(
            ErrorCode::UnknownColumn,
            format!("The rule “{}” is about a column “{column}”, which the table doesn't have.", rule.rule),
        ));
    }
    if let Some(column) = columns.iter().find(|column| eye.masks(column)) {
        return refused(format!("The values of “{column}” are masked for you, so you may not set a rule on them"));
    }
    if eye.filtered() || newest.is_some_and(|content| eye.is_closed(&content.columns)) {
        return refused("Some rows are kept from you, so you may not set a rule that is checked on them".to_owned());
    }
    Ok(())
}

/// The row filters and masks.
///
/// # Errors
/// `not_found`, `forbidden` for who doesn't manage the dataset.
pub async fn policies(app: &App, principal: &Principal, id: AssetId) -> Result<DatasetPolicies> {
    require_dataset(app, principal, Action::Manage, id).await?;
    DatasetPolicies::load(&mut app.meta.read().await?, principal.org, id).await
}

/// Those of the row filters and masks that name columns which the newest
/// version doesn't have: it is closed to whom they are for.
///
/// # Errors
/// `not_found`, `forbidden` for who doesn't manage the dataset.
pub async fn outdated(app: &App, principal: &Principal, id: AssetId) -> Result<Vec<Outdated>> {
    let policies = policies(app, principal, id).await?;
    let newest = newest(app, principal, id).await?;
    Ok(newest.map(|content| policies.outdated(&content.columns)).unwrap_or_default())
}

/// Sets the row filters and masks, from the next query on.
///
/// # Errors
/// `not_found`, `forbidden`; `unknown_column` and `invalid_parameter` where a
/// rule doesn't fit the columns.
pub async fn put_policies(app: &App, principal: &Principal, id: AssetId, policies: &DatasetPolicies) -> Result<()> {
    require_dataset(app, principal, Action::Manage, id).await?;
    if let Some(content) = newest(app, principal, id).await? {
        policies.check(&content.columns)?;
        check_filters(app, principal, policies, &content).await?;
    }
    let body = serde_json::to_value(policies).map_err(Error::internal)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.put_policy(principal.org, id, &body, principal.user).await?;
    tx.commit().await
}

/// Asks the engine for no row through each filter: one that can't be read would
/// close the dataset to everybody it is for.
async fn check_filters(
    app: &App,
    principal: &Principal,
    policies: &DatasetPolicies,
    content: &DatasetContent,
) -> Result<()> {
    for rule in policies.rules.iter().filter(|rule| rule.row_filter.is_some()) {
        let mut access = TableAccess::version(content.table, content.delta_version);
        access.row_filter.clone_from(&rule.row_filter);
        let data = TableRef::latest("data");
        let plan = AccessPlan::new(principal.user.to_string()).with_table(data.clone(), access);
        if let Err(error) = app.engine.page(&plan, &data, 0, 0, &Cancel::new()).await {
            return Err(match error.code() {
                ErrorCode::InvalidParameter => Error::new(
                    ErrorCode::InvalidParameter,
                    format!(
                        "The row filter of rule “{}” compares a column with something that is no value of its type; \
                         nothing was changed. Give a value of the column's type.",
                        rule.name
                    ),
                ),
                _ => error,
            });
        }
    }
    Ok(())
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
