//! API tokens: made by a person for a program, with less than their rights.

use chrono::{DateTime, TimeDelta, Utc};
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result, TokenScope,
    id::{ProjectId, TokenId},
    principal::Via,
};
use tandem_meta::{
    Secret,
    repo::token::{NewToken, Token},
};

use super::{authenticate::TOKEN_PREFIX, check, note, profile::own, secret};
use crate::App;

/// The longest that a token may be good for, in days.
pub const MAX_DAYS: u16 = 366;
/// Tokens in force that one person may have in one organization.
const MAX_TOKENS: usize = 100;

/// A token to make.
#[derive(Debug, Clone)]
pub struct TokenOrder {
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for at most.
    pub scope: TokenScope,
    /// The only project it may touch, where it is to be limited to one.
    pub project: Option<ProjectId>,
    /// How long it is good for, 1 to [`MAX_DAYS`].
    pub days: u16,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// The token.
    pub token: Token,
    /// What a program sends, `tdm_<token id>_<secret>`; shown this once.
    pub secret: String,
}

/// One's own tokens in this organization, newest first.
///
/// # Errors
/// `scope_too_small` for a token limited to a project.
pub async fn tokens(app: &App, principal: &Principal) -> Result<Vec<Token>> {
    own(app, principal, TokenScope::Read, "list_tokens")?;
    app.meta.read().await?.tokens_of(principal.org, principal.user).await
}

/// Makes a token. One made with another token has no more scope than that and
/// ends no later.
///
/// # Errors
/// `scope_too_small` where the maker's token allows less; `invalid_parameter`;
/// `not_found` for a project that the person doesn't see; `state_conflict`
/// where they have too many.
pub async fn create_token(app: &App, principal: &Principal, order: &TokenOrder) -> Result<MadeToken> {
    let name = check::name("name", &order.name)?;
    if order.days == 0 || order.days > MAX_DAYS {
        return Err(Error::new(
            ErrorCode::InvalidParameter,
            format!("A token is good for 1 to {MAX_DAYS} days. Choose a number between them."),
        ));
    }
    own(app, principal, order.scope, "create_token")?;
    if let Some(project) = order.project {
        app.require_project(principal, Action::Discover, project).await?;
    }
    let now = app.clock.now();
    let mut expires_at: DateTime<Utc> = now + TimeDelta::days(i64::from(order.days));
    let (random, secret_hash) = secret::generate();
    let mut tx = app.meta.begin().await?;
    if let Via::Token { id, .. } = &principal.via {
        let maker = tx.token(*id).await?.ok_or_else(|| Error::not_found("token"))?;
        expires_at = expires_at.min(maker.token.expires_at);
    }
    let in_force = tx.tokens_of(principal.org, principal.user).await?;
    if in_force.iter().filter(|token| token.expires_at > now).count() >= MAX_TOKENS {
        return Err(Error::new(
            ErrorCode::StateConflict,
            format!("You have {MAX_TOKENS} tokens. Revoke those that nothing uses, then retry."),
        ));
    }
    let token = tx
        .create_token(NewToken {
            user_id: principal.user,
            org_id: principal.org,
            name: name.to_owned(),
            secret_hash: Secret::new(secret_hash),
            scope: order.scope,
            project_id: order.project,
            expires_at,
        })
        .await?;
    note::changed(&mut tx, principal, "create_token", "token", token.id);
    tx.commit().await?;
    let secret = format!("{TOKEN_PREFIX}{}_{random}", token.id);
    Ok(MadeToken { token, secret })
}

/// Ends one of one's own tokens for good. A token may always end itself.
///
/// # Errors
/// `not_found` where there is no such token in force; `scope_too_small`.
pub async fn revoke_token(app: &App, principal: &Principal, id: TokenId) -> Result<()> {
    let itself = matches!(&principal.via, Via::Token { id: own, .. } if *own == id);
    if !itself {
        own(app, principal, TokenScope::Write, "revoke_token")?;
    }
    let mut tx = app.meta.begin().await?;
    tx.revoke_token(principal.org, principal.user, id).await?;
    note::changed(&mut tx, principal, "revoke_token", "token", id);
    tx.commit().await
}
