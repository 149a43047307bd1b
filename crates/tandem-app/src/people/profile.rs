//! What people decide about themselves: name, language, looks and password.

use tandem_core::{Error, ErrorCode, Lang, Principal, Result, TokenScope, id::SessionId, principal::Via};
use tandem_meta::{
    Secret,
    repo::account::{Account, Theme},
};

use super::{check, note, password, throttle};
use crate::App;

/// What to change about oneself; `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// What people call them.
    pub name: Option<String>,
    /// The language of their pages.
    pub lang: Option<Lang>,
    /// How their pages look.
    pub theme: Option<Theme>,
}

/// One's own account.
///
/// # Errors
/// `not_found` where the person left meanwhile.
pub async fn profile(app: &App, principal: &Principal) -> Result<Account> {
    let found = app.meta.read().await?.member(principal.org, principal.user).await?;
    Ok(found.ok_or_else(|| Error::not_found("account"))?.account)
}

/// Changes one's own account.
///
/// # Errors
/// `scope_too_small` for a token that may not write, or is limited to a
/// project; `invalid_parameter`.
pub async fn change_profile(app: &App, principal: &Principal, change: &Profile) -> Result<Account> {
    own(app, principal, TokenScope::Write, "change_profile")?;
    let name = change.name.as_deref().map(|name| check::name("name", name)).transpose()?;
    let mut tx = app.meta.begin().await?;
    let account = tx.update_account(principal.user, name, change.lang, change.theme).await?;
    note::changed(&mut tx, principal, "change_profile", "user", principal.user);
    tx.commit().await?;
    Ok(account)
}

/// Sets a new password. All other sessions of the person end; `keep` stays.
///
/// # Errors
/// `invalid_parameter` where `current` is not the password; `forbidden` for
/// tokens; `too_many_requests` after many failures; `invalid_parameter` too where
/// the new one is too short.
pub async fn change_password(
    app: &App,
    principal: &Principal,
    keep: Option<SessionId>,
    current: &str,
    new: &str,
) -> Result<()> {
    if let Via::Token { .. } | Via::Run(_) | Via::Schedule(_) = principal.via {
        return Err(Error::new(ErrorCode::Forbidden, "A token can't change the password. Sign in with a browser."));
    }
    let account = profile(app, principal).await?;
    // Who has found an open browser must not be able to guess here either.
    let place = format!("password of {}", account.id);
    throttle::attempt(app, &account.email, &place).await?;
    if !password::verify(current.to_owned(), Some(account.password_hash.expose().to_owned())).await? {
        note::denied(app, principal.org, account.id, "session", "change_password", "wrong password");
        // Not 401: the session is as good as before.
        return Err(Error::new(ErrorCode::InvalidParameter, "The current password is wrong; nothing was changed."));
    }
    let hash = Secret::new(password::hash(new.to_owned()).await?);
    let mut tx = app.meta.begin().await?;
    tx.clear_sign_in_failures(&account.email, &place).await?;
    tx.set_password(account.id, &hash, keep).await?;
    note::changed(&mut tx, principal, "change_password", "user", account.id);
    tx.commit().await
}

/// One's own things need no policy, but a token does no more than its scope,
/// and nothing of the kind where it is limited to a project.
pub(super) fn own(app: &App, principal: &Principal, at_least: TokenScope, action: &str) -> Result<()> {
    if let Via::Token { project: Some(_), .. } | Via::Run(_) | Via::Schedule(_) = &principal.via {
        return Err(scope_too_small(app, principal, action));
    }
    check_scope(app, principal, at_least, action)
}

/// Refuses a token of less scope, for what no policy knows as an action.
///
/// # Errors
/// `scope_too_small`.
pub(crate) fn check_scope(app: &App, principal: &Principal, at_least: TokenScope, action: &str) -> Result<()> {
    match &principal.via {
        Via::Token { scope, .. } if *scope < at_least => Err(scope_too_small(app, principal, action)),
        Via::Token { .. } | Via::Session | Via::Local | Via::Run(_) | Via::Schedule(_) => Ok(()),
    }
}

fn scope_too_small(app: &App, principal: &Principal, action: &str) -> Error {
    note::refused(app, principal, action, "user", principal.user, "scope of the token");
    Error::new(
        ErrorCode::ScopeTooSmall,
        "This token's scope is too small for that. Use one with more scope, or sign in with a browser.",
    )
}
