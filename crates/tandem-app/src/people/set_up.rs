//! The first organization and its owner.

use tandem_core::{Error, ErrorCode, Lang, OrgRole, Principal, Result, principal::Via};
use tandem_meta::{
    Secret,
    repo::{
        account::{Account, NewAccount},
        org::Org,
    },
};

use super::{check, note, password};
use crate::App;

/// Who is to own a new organization.
#[derive(Debug, Clone)]
pub struct FirstOwner {
    /// Their e-mail address.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Their password.
    pub password: String,
    /// The language of their pages.
    pub lang: Lang,
}

/// What a set-up made.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The organization.
    pub org: Org,
    /// Its owner's account.
    pub account: Account,
    /// The owner, for setting up the rest on this machine.
    pub principal: Principal,
}

/// Whether anybody can sign in yet.
///
/// # Errors
/// Those of the database.
pub async fn is_set_up(app: &App) -> Result<bool> {
    app.meta.read().await?.has_accounts().await
}

/// Makes an organization and its owner. Only the command line on the machine
/// that holds the data calls this: there is nobody yet to ask for leave.
///
/// # Errors
/// `already_exists` where the address has an account; `invalid_parameter`.
pub async fn set_up(app: &App, org: &str, owner: &FirstOwner) -> Result<SetUp> {
    let org = check::name("organization", org)?;
    let email = check::email(&owner.email)?;
    let name = check::name("name", &owner.name)?;
    let password_hash = Secret::new(password::hash(owner.password.clone()).await?);
    let mut tx = app.meta.begin().await?;
    if tx.account_by_email(email).await?.is_some() {
        return Err(Error::new(
            ErrorCode::AlreadyExists,
            format!("There is an account for {email} already; nothing was changed."),
        ));
    }
    let org = tx.create_org(org).await?;
    let account = NewAccount { email: email.to_owned(), name: name.to_owned(), password_hash, lang: owner.lang };
    let account = tx.create_account(account).await?;
    tx.add_member(org.id, account.id, OrgRole::Owner).await?;
    let principal = Principal { user: account.id, org: org.id, role: OrgRole::Owner, via: Via::Local };
    note::changed(&mut tx, &principal, "set_up", "org", org.id);
    tx.commit().await?;
    Ok(SetUp { org, account, principal })
}
