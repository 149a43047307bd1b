//! Signing in with a password, signing out, and acting in another organization.

use tandem_core::{
    Error, ErrorCode, OrgRole, Principal, Result,
    id::{OrgId, UserId},
    principal::Via,
};
use tandem_meta::{
    Secret,
    repo::{
        account::Account,
        org::{Membership, Org},
        session::{NewSession, SignedIn},
    },
};

use super::{
    authenticate::{SESSION_LASTS, SessionView},
    check, note, password, secret, throttle,
};
use crate::App;

/// A browser that has just signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The value of its cookie, `<session id>.<secret>`; nobody else knows it.
    pub cookie: String,
    /// Who it is.
    pub view: SessionView,
}

/// Where somebody is: the organization they act in and those they could.
#[derive(Debug, Clone)]
pub struct Home {
    /// Their account.
    pub account: Account,
    /// The organization they act in.
    pub org: Org,
    /// Those they may act in, with their role there, by name.
    pub orgs: Vec<(Org, OrgRole)>,
}

/// Signs a browser in; into `org`, or the organization the person joined
/// first. `address` is where the request came from.
///
/// # Errors
/// `wrong_credentials` where there is no such account, the password is
/// another, or the person was shut out: which of them is not told.
/// `too_many_requests` after many failures. `not_found` where the person is
/// not in `org`.
pub async fn sign_in(app: &App, email: &str, password: &str, address: &str, org: Option<OrgId>) -> Result<Signed> {
    let email = check::email(email).map_err(|_| wrong())?;
    throttle::attempt(app, email, address).await?;
    let mut meta = app.meta.read().await?;
    let account = meta.account_by_email(email).await?;
    let orgs = match &account {
        Some(account) => joined(&mut meta, account.id).await?,
        None => Vec::new(),
    };
    drop(meta);

    let stored = account.as_ref().map(|account| account.password_hash.expose().to_owned());
    let right = password::verify(password.to_owned(), stored).await?;
    let account = account.filter(|account| right && !account.disabled && !orgs.is_empty());
    let Some(account) = account else {
        if let Some(first) = orgs.first() {
            note::denied(app, first.org_id, first.user_id, address, "sign_in", "wrong password, or shut out");
        }
        return Err(wrong());
    };
    let membership = match org {
        None => orgs.into_iter().next().ok_or_else(wrong)?,
        Some(org) => {
            let mut found = orgs.into_iter().filter(|membership| membership.org_id == org);
            found.next().ok_or_else(|| Error::not_found("organization"))?
        }
    };
    let mut tx = app.meta.begin().await?;
    tx.clear_sign_in_failures(email, address).await?;
    let (secret, secret_hash) = secret::generate();
    let (csrf, _) = secret::generate();
    let session = tx
        .create_session(NewSession {
            user_id: account.id,
            org_id: membership.org_id,
            secret_hash: Secret::new(secret_hash),
            csrf: Secret::new(csrf),
            expires_at: app.clock.now() + SESSION_LASTS,
        })
        .await?;
    let cookie = format!("{}.{secret}", session.id);
    let view = SessionView::new(SignedIn { session, account, membership });
    note::changed(&mut tx, &view.principal, "sign_in", "user", view.principal.user);
    tx.commit().await?;
    Ok(Signed { cookie, view })
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(app: &App, session: &SessionView) -> Result<()> {
    let mut tx = app.meta.begin().await?;
    tx.delete_session(session.id).await?;
    note::changed(&mut tx, &session.principal, "sign_out", "user", session.principal.user);
    tx.commit().await
}

/// Lets a session act in another organization of its person.
///
/// # Errors
/// `not_found` where the person may not act there.
pub async fn switch_org(app: &App, session: &SessionView, org: OrgId) -> Result<SessionView> {
    let mut tx = app.meta.begin().await?;
    let there = tx.member(org, session.principal.user).await?.filter(|member| !member.disabled);
    let there = there.ok_or_else(|| Error::not_found("organization"))?;
    tx.move_session(session.id, org).await?;
    let principal = Principal { user: session.principal.user, org, role: there.role, via: Via::Session };
    note::changed(&mut tx, &principal, "sign_in", "user", principal.user);
    tx.commit().await?;
    Ok(SessionView { principal, account: there.account, ..session.clone() })
}

/// The person's account and organizations. A token sees its own organization
/// alone.
///
/// # Errors
/// `not_found` where the person left meanwhile.
pub async fn home(app: &App, principal: &Principal) -> Result<Home> {
    let mut meta = app.meta.read().await?;
    let gone = || Error::not_found("organization");
    let member = meta.member(principal.org, principal.user).await?.ok_or_else(gone)?;
    let org = meta.org(principal.org).await?.ok_or_else(gone)?;
    let orgs = match principal.via {
        Via::Token { .. } | Via::Run(_) | Via::Schedule(_) => vec![(org.clone(), principal.role)],
        Via::Session | Via::Local => meta.orgs_of(principal.user).await?,
    };
    Ok(Home { account: member.account, org, orgs })
}

/// The organizations a person may act in, the first joined first: being added
/// to another one later doesn't move anybody's home there.
async fn joined(meta: &mut tandem_meta::Snapshot, user: UserId) -> Result<Vec<Membership>> {
    let mut joined = Vec::new();
    for (org, role) in meta.orgs_of(user).await? {
        if let Some(member) = meta.member(org.id, user).await? {
            joined.push(Membership {
                org_id: org.id,
                user_id: user,
                role,
                disabled: member.disabled,
                created_at: member.joined_at,
            });
        }
    }
    joined.sort_by_key(|membership| (membership.created_at, membership.org_id));
    Ok(joined)
}

fn wrong() -> Error {
    Error::new(ErrorCode::WrongCredentials, "The e-mail address or the password is wrong. Check both and try again.")
}
