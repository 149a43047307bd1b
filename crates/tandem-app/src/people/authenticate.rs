//! From a cookie or a bearer token to the person behind it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tandem_core::{
    Error, ErrorCode, Principal, Result,
    id::{SessionId, TokenId},
    principal::Via,
};
use tandem_meta::{
    Tx,
    repo::{account::Account, org::Membership, session::SignedIn},
};

use super::secret;
use crate::App;

/// How long a session lasts from its last use.
pub(super) const SESSION_LASTS: TimeDelta = TimeDelta::days(14);
/// How long it lasts at the most, however often it is used.
const SESSION_ENDS: TimeDelta = TimeDelta::days(90);
/// Uses closer together than this are not written down one by one.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(30);
/// How long a request waits for its use to be written down.
const PATIENCE: Duration = Duration::from_secs(2);
/// What every API token begins with, so that scanners for leaked secrets know it.
pub(super) const TOKEN_PREFIX: &str = "tdm_";

/// A browser that has proved whose it is.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// The person, in the organization that the session acts in.
    pub principal: Principal,
    /// Which session.
    pub id: SessionId,
    /// The person's account.
    pub account: Account,
    /// The token that every write must carry.
    pub csrf: String,
    /// When the session ends unless it is used.
    pub expires_at: DateTime<Utc>,
}

impl SessionView {
    pub(super) fn new(signed_in: SignedIn) -> Self {
        let SignedIn { session, account, membership } = signed_in;
        Self {
            principal: Principal { user: account.id, org: membership.org_id, role: membership.role, via: Via::Session },
            id: session.id,
            account,
            csrf: session.csrf.expose().to_owned(),
            expires_at: session.expires_at,
        }
    }

    /// Whether a write carried this session's CSRF token; in constant time.
    pub fn csrf_matches(&self, token: &str) -> bool {
        secret::matches(token, &secret::hash(&self.csrf))
    }
}

/// The person behind a session cookie, `<session id>.<secret>`. Using it makes
/// it last on.
///
/// # Errors
/// `unauthenticated` where there is no such session or its person was shut
/// out, `expired` where it has ended.
pub async fn by_session(app: &App, cookie: &str) -> Result<SessionView> {
    let (id, given) = cookie.split_once('.').ok_or_else(unknown)?;
    let id: SessionId = id.parse().map_err(|_| unknown())?;
    let found = app.meta.read().await?.session(id).await?;
    let mut signed_in = found.ok_or_else(unknown)?;
    let session = &signed_in.session;
    if !secret::matches(given, session.secret_hash.expose()) {
        return Err(unknown());
    }
    let now = app.clock.now();
    if session.expires_at <= now {
        return Err(Error::new(ErrorCode::Expired, "You have been signed out after a long time away. Sign in again."));
    }
    refuse_shut_out(&signed_in.account, &signed_in.membership)?;
    let lasts_until = (now + SESSION_LASTS).min(session.created_at + SESSION_ENDS);
    if now - session.last_seen_at >= NOTED_EVERY && lasts_until > session.expires_at {
        // Who they are is proved, whether or not it can be written down now.
        match touch(app, async |tx| tx.touch_session(id, lasts_until).await).await {
            Ok(()) => signed_in.session.expires_at = lasts_until,
            Err(error) => tracing::warn!(%error, "the use of a session could not be noted"),
        }
    }
    Ok(SessionView::new(signed_in))
}

/// The person behind an API token, `tdm_<token id>_<secret>`.
///
/// # Errors
/// `unauthenticated` where there is no such token, it was revoked or its
/// person was shut out, `expired` where it has ended.
pub async fn by_token(app: &App, bearer: &str) -> Result<Principal> {
    let unknown = || Error::new(ErrorCode::Unauthenticated, "The token is not valid. Make a new one and use that.");
    let (id, given) = bearer.strip_prefix(TOKEN_PREFIX).and_then(|rest| rest.split_once('_')).ok_or_else(unknown)?;
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let holder = app.meta.read().await?.token(id).await?.ok_or_else(unknown)?;
    let token = &holder.token;
    if !secret::matches(given, token.secret_hash.expose()) || token.revoked_at.is_some() {
        return Err(unknown());
    }
    let now = app.clock.now();
    if token.expires_at <= now {
        return Err(Error::new(ErrorCode::Expired, "The token has ended. Make a new one and use that."));
    }
    refuse_shut_out(&holder.account, &holder.membership)?;
    if token.last_used_at.is_none_or(|at| now - at >= NOTED_EVERY)
        && let Err(error) = touch(app, async |tx| tx.touch_token(id).await).await
    {
        tracing::warn!(%error, "the use of a token could not be noted");
    }
    Ok(Principal {
        user: holder.account.id,
        org: holder.membership.org_id,
        role: holder.membership.role,
        via: Via::Token { id, scope: token.scope, project: token.project_id },
    })
}

async fn touch(app: &App, write: impl AsyncFnOnce(&mut Tx) -> Result<()>) -> Result<()> {
    let touched = async {
        let mut tx = app.meta.begin().await?;
        write(&mut tx).await?;
        tx.commit().await
    };
    tokio::time::timeout(PATIENCE, touched).await.map_err(Error::internal)?
}

fn unknown() -> Error {
    Error::new(ErrorCode::Unauthenticated, "You are not signed in. Sign in and retry.")
}

fn refuse_shut_out(account: &Account, membership: &Membership) -> Result<()> {
    if account.disabled || membership.disabled {
        return Err(Error::new(
            ErrorCode::Unauthenticated,
            "This account was shut out. Ask an owner of the organization to let it in again.",
        ));
    }
    Ok(())
}
