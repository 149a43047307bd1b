//! Who may do what with an asset, beyond what their role allows.

use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, GrantId, OrgId, UserId},
};
use tandem_meta::{Asset, Grant, Tx};

use crate::{
    App,
    access::ASSET_ACTIONS,
    people::{People, Person, note},
};

/// A grant with the people it names.
#[derive(Debug, Clone)]
pub struct GrantSummary {
    /// The grant.
    pub grant: Grant,
    /// To whom.
    pub person: Person,
    /// By whom.
    pub granted_by: Person,
}

/// The grants on an asset, oldest first.
///
/// # Errors
/// `not_found`; `forbidden` for who doesn't manage it.
pub async fn grants(app: &App, principal: &Principal, id: AssetId) -> Result<Vec<GrantSummary>> {
    app.require_asset(principal, Action::Manage, id).await?;
    let mut meta = app.meta.read().await?;
    let grants = meta.grants_on(principal.org, id).await?;
    let users = grants.iter().flat_map(|grant| [grant.user_id, grant.created_by]).collect();
    let people = People::load(&mut meta, principal.org, users).await?;
    Ok(grants.into_iter().map(|grant| summary(grant, &people)).collect())
}

/// Grants an action to a member of the asset's project.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` for an action that assets
/// don't have; `state_conflict` where the person is not in the project.
pub async fn grant(
    app: &App,
    principal: &Principal,
    id: AssetId,
    user: UserId,
    action: Action,
) -> Result<GrantSummary> {
    let view = app.require_asset(principal, Action::Manage, id).await?;
    check_action(action)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    check_in_project(&mut tx, principal.org, &view.asset, user).await?;
    let made = tx.grant(principal.org, id, user, action, principal.user).await?;
    note::changed_so(&mut tx, principal, "grant", "asset", id, &format!("{} to {user}", action.as_str()));
    let people = People::load(&mut tx, principal.org, vec![user, made.created_by]).await?;
    tx.commit().await?;
    Ok(summary(made, &people))
}

/// Takes a grant back.
///
/// # Errors
/// `not_found` for the asset or the grant, `forbidden`.
pub async fn revoke(app: &App, principal: &Principal, id: AssetId, grant: GrantId) -> Result<()> {
    app.require_asset(principal, Action::Manage, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let gone = tx.revoke(principal.org, id, grant).await?;
    let what = format!("{} from {}", gone.action.as_str(), gone.user_id);
    note::changed_so(&mut tx, principal, "revoke", "asset", id, &what);
    tx.commit().await
}

/// Refuses what can't be granted on an asset.
pub(super) fn check_action(action: Action) -> Result<()> {
    if ASSET_ACTIONS.contains(&action) {
        return Ok(());
    }
    let actions = ASSET_ACTIONS.map(Action::as_str).join(", ");
    Err(Error::new(ErrorCode::InvalidParameter, format!("On an asset one of these can be granted: {actions}.")))
}

/// A grant is of no use to who is not in the project.
pub(super) async fn check_in_project(tx: &mut Tx, org: OrgId, asset: &Asset, user: UserId) -> Result<()> {
    if tx.member(org, user).await?.is_none() {
        return Err(Error::not_found("member"));
    }
    if tx.project_role(org, asset.project_id, user).await?.is_none() {
        return Err(Error::new(
            ErrorCode::StateConflict,
            "This person is not in the project; nothing was granted. Add them to it first, as a guest perhaps.",
        ));
    }
    Ok(())
}

fn summary(grant: Grant, people: &People) -> GrantSummary {
    GrantSummary { person: people.get(grant.user_id), granted_by: people.get(grant.created_by), grant }
}
