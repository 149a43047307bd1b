//! Signed-in browsers.

use chrono::{DateTime, Utc};
use tandem_core::{
    Error, Result,
    id::{OrgId, SessionId, UserId},
};

use super::{account::Account, org::Membership};
use crate::{
    sql::{Row, Secret, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// A signed-in browser. The cookie holds the id and a secret; only the
    /// secret's hash is kept.
    pub struct Session from "session" {
        /// Its public half.
        pub id: SessionId,
        /// Who signed in.
        pub user_id: UserId,
        /// The organization that they act in.
        pub org_id: OrgId,
        /// The hash of the secret half.
        pub secret_hash: Secret,
        /// The token that every write must carry.
        pub csrf: Secret,
        /// When they signed in.
        pub created_at: DateTime<Utc>,
        /// When it ends.
        pub expires_at: DateTime<Utc>,
        /// When it was last used, as far as was noted.
        pub last_seen_at: DateTime<Utc>,
    }
}

/// A session with the person behind it and their place in its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session; its end may be past.
    pub session: Session,
    /// The person; may be disabled.
    pub account: Account,
    /// Their place in the organization; may be disabled.
    pub membership: Membership,
}

/// A session to make.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Who signed in.
    pub user_id: UserId,
    /// The organization to act in; the person must be a member.
    pub org_id: OrgId,
    /// The hash of the secret half.
    pub secret_hash: Secret,
    /// The token that every write must carry.
    pub csrf: Secret,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Snapshot {
    /// The session with this id. The caller compares the secret, the end and
    /// both `disabled` marks. Not of one organization: it tells which it is.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn session(&mut self, id: SessionId) -> Result<Option<SignedIn>> {
        let sql = format!("SELECT {} FROM session WHERE id = $1", Session::COLUMNS);
        let Some(session) = self.find(sql, params![id], Session::read).await? else { return Ok(None) };
        let Some((account, membership)) = self.holder(session.org_id, session.user_id).await? else {
            return Ok(None);
        };
        Ok(Some(SignedIn { session, account, membership }))
    }

    /// The person and their place in the organization.
    pub(crate) async fn holder(&mut self, org: OrgId, user: UserId) -> Result<Option<(Account, Membership)>> {
        let sql = format!(
            "SELECT {}, membership.role AS role, membership.disabled AS shut_out, membership.created_at AS joined_at \
             FROM membership JOIN account ON account.id = membership.user_id \
             WHERE membership.org_id = $1 AND membership.user_id = $2",
            Account::COLUMNS
        );
        let read = |row: &Row| {
            let membership = Membership {
                org_id: org,
                user_id: user,
                role: row.get("role")?,
                disabled: row.get("shut_out")?,
                created_at: row.get("joined_at")?,
            };
            Ok((Account::read(row)?, membership))
        };
        self.find(sql, params![org, user], read).await
    }
}

impl Tx {
    /// Signs a browser in.
    ///
    /// # Errors
    /// `not_found` where the person is not a member of the organization, and
    /// those of the database.
    pub async fn create_session(&mut self, new: NewSession) -> Result<Session> {
        let session = Session {
            id: SessionId::generate(self.clock()),
            user_id: new.user_id,
            org_id: new.org_id,
            secret_hash: new.secret_hash,
            csrf: new.csrf,
            created_at: self.now(),
            expires_at: crate::sql::micros(new.expires_at),
            last_seen_at: self.now(),
        };
        self.execute(
            "INSERT INTO session (id, user_id, org_id, secret_hash, csrf, created_at, expires_at, last_seen_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                session.id,
                session.user_id,
                session.org_id,
                session.secret_hash,
                session.csrf,
                session.created_at,
                session.expires_at,
                session.last_seen_at
            ],
        )
        .await?;
        Ok(session)
    }

    /// Lets a session act in another organization of the same person.
    ///
    /// # Errors
    /// `not_found` where there is no such session or the person is not a
    /// member, and those of the database.
    pub async fn move_session(&mut self, id: SessionId, org: OrgId) -> Result<()> {
        let moved = self.execute("UPDATE session SET org_id = $1 WHERE id = $2", params![org, id]).await?;
        if moved == 0 { Err(Error::not_found("session")) } else { Ok(()) }
    }

    /// Notes that a session was used and until when it may be.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn touch_session(&mut self, id: SessionId, expires_at: DateTime<Utc>) -> Result<()> {
        let params = params![self.now(), expires_at, id];
        self.execute("UPDATE session SET last_seen_at = $1, expires_at = $2 WHERE id = $3", params).await.map(drop)
    }

    /// Signs a browser out; no matter if it was already.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete_session(&mut self, id: SessionId) -> Result<()> {
        self.execute("DELETE FROM session WHERE id = $1", params![id]).await.map(drop)
    }

    /// Signs all browsers of a person out, except `keep`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete_sessions_of(&mut self, user: UserId, keep: Option<SessionId>) -> Result<()> {
        let sql = "DELETE FROM session WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)";
        self.execute(sql, params![user, keep]).await.map(drop)
    }

    /// Forgets sessions past their end; how many there were. Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_sessions(&mut self) -> Result<u64> {
        let now = self.now();
        self.execute("DELETE FROM session WHERE expires_at <= $1", params![now]).await
    }
}
