//! API tokens.

use chrono::{DateTime, Utc};
use tandem_core::{
    Error, Result, TokenScope,
    id::{OrgId, ProjectId, TokenId, UserId},
};

use super::{account::Account, org::Membership};
use crate::{
    sql::{Secret, micros, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// An API token; only the hash of its secret half is kept.
    pub struct Token from "token" {
        /// Its public half.
        pub id: TokenId,
        /// Whose it is.
        pub user_id: UserId,
        /// The organization that it acts in.
        pub org_id: OrgId,
        /// What its owner calls it.
        pub name: String,
        /// The hash of the secret half.
        pub secret_hash: Secret,
        /// What it may be used for at most.
        pub scope: TokenScope,
        /// The only project it may touch, where it is limited to one.
        pub project_id: Option<ProjectId>,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// When it ends.
        pub expires_at: DateTime<Utc>,
        /// When it was revoked.
        pub revoked_at: Option<DateTime<Utc>>,
        /// When it was last used, as far as was noted.
        pub last_used_at: Option<DateTime<Utc>>,
    }
}

/// A token with the person behind it and their place in its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token; its end may be past, and it may be revoked.
    pub token: Token,
    /// The person; may be disabled.
    pub account: Account,
    /// Their place in the organization; may be disabled.
    pub membership: Membership,
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose it is.
    pub user_id: UserId,
    /// The organization to act in; the person must be a member.
    pub org_id: OrgId,
    /// What its owner calls it.
    pub name: String,
    /// The hash of the secret half.
    pub secret_hash: Secret,
    /// What it may be used for at most.
    pub scope: TokenScope,
    /// The only project it may touch, where it is limited to one.
    pub project_id: Option<ProjectId>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Snapshot {
    /// The token with this id. The caller compares the secret, the end, the
    /// revocation and both `disabled` marks. Not of one organization: it tells
    /// which it is.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn token(&mut self, id: TokenId) -> Result<Option<TokenHolder>> {
        let sql = format!("SELECT {} FROM token WHERE id = $1", Token::COLUMNS);
        let Some(token) = self.find(sql, params![id], Token::read).await? else { return Ok(None) };
        let Some((account, membership)) = self.holder(token.org_id, token.user_id).await? else {
            return Ok(None);
        };
        Ok(Some(TokenHolder { token, account, membership }))
    }

    /// A person's tokens in the organization that are not revoked, newest
    /// first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tokens_of(&mut self, org: OrgId, user: UserId) -> Result<Vec<Token>> {
        let sql = format!(
            "SELECT {} FROM token WHERE org_id = $1 AND user_id = $2 AND revoked_at IS NULL \
             ORDER BY created_at DESC, id DESC",
            Token::COLUMNS
        );
        self.list(sql, params![org, user], Token::read).await
    }
}

impl Tx {
    /// Makes a token.
    ///
    /// # Errors
    /// `not_found` where the person is not a member or the project is not of
    /// the organization, and those of the database.
    pub async fn create_token(&mut self, new: NewToken) -> Result<Token> {
        let token = Token {
            id: TokenId::generate(self.clock()),
            user_id: new.user_id,
            org_id: new.org_id,
            name: new.name.trim().to_owned(),
            secret_hash: new.secret_hash,
            scope: new.scope,
            project_id: new.project_id,
            created_at: self.now(),
            expires_at: micros(new.expires_at),
            revoked_at: None,
            last_used_at: None,
        };
        self.execute(
            "INSERT INTO token (id, user_id, org_id, name, secret_hash, scope, project_id, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                token.id,
                token.user_id,
                token.org_id,
                token.name,
                token.secret_hash,
                token.scope,
                token.project_id,
                token.created_at,
                token.expires_at
            ],
        )
        .await?;
        Ok(token)
    }

    /// Ends a person's token for good.
    ///
    /// # Errors
    /// `not_found` where they have no such token in force, and those of the
    /// database.
    pub async fn revoke_token(&mut self, org: OrgId, user: UserId, id: TokenId) -> Result<()> {
        let params = params![self.now(), org, user, id];
        let revoked = self
            .execute(
                "UPDATE token SET revoked_at = $1 \
                 WHERE org_id = $2 AND user_id = $3 AND id = $4 AND revoked_at IS NULL",
                params,
            )
            .await?;
        if revoked == 0 { Err(Error::not_found("token")) } else { Ok(()) }
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn touch_token(&mut self, id: TokenId) -> Result<()> {
        let params = params![self.now(), id];
        self.execute("UPDATE token SET last_used_at = $1 WHERE id = $2", params).await.map(drop)
    }
}
