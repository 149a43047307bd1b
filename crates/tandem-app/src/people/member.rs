//! An organization and the people in it.

use tandem_core::{Action, Lang, OrgRole, Page, PageRequest, Principal, Result, id::UserId};
use tandem_meta::{
    Secret,
    repo::{
        account::NewAccount,
        org::{Member, Org},
    },
};

use super::{check, note, password};
use crate::App;

/// Somebody to add to an organization.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their e-mail address.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Their role.
    pub role: OrgRole,
    /// Their first password.
    pub password: String,
    /// The language of their pages.
    pub lang: Lang,
}

/// The organization that the person acts in.
///
/// # Errors
/// Those of [`App::require_org`].
pub async fn org(app: &App, principal: &Principal) -> Result<Org> {
    app.require_org(principal, Action::Discover).await
}

/// Renames the organization.
///
/// # Errors
/// `forbidden`, `invalid_parameter`.
pub async fn rename_org(app: &App, principal: &Principal, name: &str) -> Result<Org> {
    let org = app.require_org(principal, Action::Manage).await?;
    let name = check::name("name", name)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let org = tx.rename_org(org.id, name).await?;
    tx.commit().await?;
    Ok(org)
}

/// The members of the organization, by e-mail address.
///
/// # Errors
/// `forbidden` for guests; `invalid_cursor`.
pub async fn members(app: &App, principal: &Principal, page: &PageRequest) -> Result<Page<Member>> {
    let org = app.require_org(principal, Action::ListMembers).await?;
    app.meta.read().await?.members(org.id, page).await
}

/// Adds a person. Who has an account already, in another organization, keeps
/// their name and password.
///
/// # Errors
/// `forbidden`; `already_exists` where they are a member; `invalid_parameter`.
pub async fn add_member(app: &App, principal: &Principal, new: &NewMember) -> Result<Member> {
    let org = app.require_org(principal, Action::ManageMembers).await?;
    let email = check::email(&new.email)?;
    let name = check::name("name", &new.name)?;
    let password_hash = Secret::new(password::hash(new.password.clone()).await?);
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let account = match tx.account_by_email(email).await? {
        Some(account) => account,
        None => {
            let account = NewAccount { email: email.to_owned(), name: name.to_owned(), password_hash, lang: new.lang };
            tx.create_account(account).await?
        }
    };
    let member = tx.add_member(org.id, account.id, new.role).await?;
    note::changed_so(&mut tx, principal, "add_member", "user", account.id, &format!("{:?}", new.role));
    tx.commit().await?;
    Ok(member)
}

/// Changes a member's role, or shuts them out and lets them in again; `None`
/// keeps. Who is shut out is signed out everywhere at once.
///
/// # Errors
/// `forbidden`, `not_found`; `state_conflict` where no owner would be left.
pub async fn change_member(
    app: &App,
    principal: &Principal,
    user: UserId,
    role: Option<OrgRole>,
    disabled: Option<bool>,
) -> Result<Member> {
    let org = app.require_org(principal, Action::ManageMembers).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let member = tx.update_member(org.id, user, role, disabled).await?;
    let shut_out = if member.disabled { ", shut out" } else { "" };
    note::changed_so(&mut tx, principal, "change_member", "user", user, &format!("{:?}{shut_out}", member.role));
    tx.commit().await?;
    Ok(member)
}

/// Takes a person out of the organization; what they made stays.
///
/// # Errors
/// `forbidden`, `not_found`; `state_conflict` where no owner would be left.
pub async fn remove_member(app: &App, principal: &Principal, user: UserId) -> Result<()> {
    let org = app.require_org(principal, Action::ManageMembers).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    tx.remove_member(org.id, user).await?;
    note::changed(&mut tx, principal, "remove_member", "user", user);
    tx.commit().await
}
