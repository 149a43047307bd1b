//! Organizations and their members.

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Error, ErrorCode, OrgRole, Page, PageRequest, Result,
    id::{OrgId, UserId},
};

use super::{account::Account, outbox::Topic};
use crate::{
    page::List,
    sql::{Kind, Row, Sql, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// An organization: the wall that nothing crosses.
    pub struct Org from "org" {
        /// Its identifier.
        pub id: OrgId,
        /// What people call it.
        pub name: String,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// When it was last renamed.
        pub updated_at: DateTime<Utc>,
    }
}

/// A person's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub org_id: OrgId,
    /// The person.
    pub user_id: UserId,
    /// Their role in it.
    pub role: OrgRole,
    /// Whether they are shut out of this organization for now.
    pub disabled: bool,
    /// When they joined.
    pub created_at: DateTime<Utc>,
}

/// A member of an organization with their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub account: Account,
    /// Their role in the organization.
    pub role: OrgRole,
    /// Whether they are shut out of this organization for now.
    pub disabled: bool,
    /// When they joined.
    pub joined_at: DateTime<Utc>,
}

const MEMBER_COLUMNS: &str =
    ", membership.role AS role, membership.disabled AS shut_out, membership.created_at AS joined_at";

impl Member {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            account: Account::read(row)?,
            role: row.get("role")?,
            disabled: row.get("shut_out")?,
            joined_at: row.get("joined_at")?,
        })
    }
}

impl Snapshot {
    /// The organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn org(&mut self, id: OrgId) -> Result<Option<Org>> {
        self.find(format!("SELECT {} FROM org WHERE id = $1", Org::COLUMNS), params![id], Org::read).await
    }

    /// Every organization, oldest first: for the command line and for
    /// housekeeping, never for a person.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn every_org(&mut self) -> Result<Vec<Org>> {
        self.list(format!("SELECT {} FROM org ORDER BY id", Org::COLUMNS), params![], Org::read).await
    }

    /// The organizations that a person may act in, with their role, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn orgs_of(&mut self, user: UserId) -> Result<Vec<(Org, OrgRole)>> {
        let sql = format!(
            "SELECT {}, membership.role AS role FROM membership JOIN org ON org.id = membership.org_id \
             WHERE membership.user_id = $1 AND membership.disabled = 0 ORDER BY org.name, org.id",
            Org::COLUMNS
        );
        self.list(sql, params![user], |row| Ok((Org::read(row)?, row.get("role")?))).await
    }

    /// A member of the organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn member(&mut self, org: OrgId, user: UserId) -> Result<Option<Member>> {
        let sql = format!(
            "SELECT {}{MEMBER_COLUMNS} FROM membership JOIN account ON account.id = membership.user_id \
             WHERE membership.org_id = $1 AND membership.user_id = $2",
            Account::COLUMNS
        );
        self.find(sql, params![org, user], Member::read).await
    }

    /// The members of the organization, by e-mail address.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn members(&mut self, org: OrgId, page: &PageRequest) -> Result<Page<Member>> {
        let list = List {
            name: "members",
            columns: format!("{}{MEMBER_COLUMNS}", Account::COLUMNS),
            from: Sql::new(
                " FROM membership JOIN account ON account.id = membership.user_id WHERE membership.org_id = ?",
                params![org],
            ),
            keys: &[("account.email", Kind::Text)],
            descending: false,
        };
        self.page(list, page, Member::read).await
    }

    /// The members among `users`, for showing who made what.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn members_by_id(&mut self, org: OrgId, users: &[UserId]) -> Result<Vec<Member>> {
        let select = format!(
            "SELECT {}{MEMBER_COLUMNS} FROM membership JOIN account ON account.id = membership.user_id \
             WHERE membership.org_id = ?",
            Account::COLUMNS
        );
        let (sql, params) = Sql::new(&select, params![org]).push_in("membership.user_id", users).into_parts();
        self.list(sql, params, Member::read).await
    }
}

impl Tx {
    /// Makes an organization without members.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn create_org(&mut self, name: &str) -> Result<Org> {
        let now = self.now();
        let org =
            Org { id: OrgId::generate(self.clock()), name: name.trim().to_owned(), created_at: now, updated_at: now };
        self.execute(
            "INSERT INTO org (id, name, created_at, updated_at) VALUES ($1, $2, $3, $4)",
            params![org.id, org.name, org.created_at, org.updated_at],
        )
        .await?;
        self.execute(
            "INSERT INTO audit_head (org_id, seq, hash) VALUES ($1, 0, $2)",
            params![org.id, super::audit::first_hash(org.id)],
        )
        .await?;
        Ok(org)
    }

    /// Renames an organization.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn rename_org(&mut self, id: OrgId, name: &str) -> Result<Org> {
        let sql = format!("UPDATE org SET name = $1, updated_at = $2 WHERE id = $3 RETURNING {}", Org::COLUMNS);
        let params = params![name.trim(), self.now(), id];
        self.find(sql, params, Org::read).await?.ok_or_else(|| Error::not_found("organization"))
    }

    /// Adds a person to an organization.
    ///
    /// # Errors
    /// `already_exists` where they are in it, `not_found` where there is no
    /// such organization or account, and those of the database.
    pub async fn add_member(&mut self, org: OrgId, user: UserId, role: OrgRole) -> Result<Member> {
        let added = self
            .execute(
                "INSERT INTO membership (org_id, user_id, role, disabled, created_at) VALUES ($1, $2, $3, 0, $4) \
                 ON CONFLICT DO NOTHING",
                params![org, user, role, self.now()],
            )
            .await?;
        if added == 0 {
            return Err(Error::new(ErrorCode::AlreadyExists, "This person is a member already; nothing was changed."));
        }
        self.emit(org, None, Topic::Member, json!({"user_id": user, "change": "added"}));
        self.member(org, user).await?.ok_or_else(|| Error::not_found("member"))
    }

    /// Changes a member's role, or shuts them out and in again; `None` keeps.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where the organization would be left
    /// without an owner; and those of the database.
    pub async fn update_member(
        &mut self,
        org: OrgId,
        user: UserId,
        role: Option<OrgRole>,
        disabled: Option<bool>,
    ) -> Result<Member> {
        self.lock_org(org).await?;
        let changed = self
            .execute(
                "UPDATE membership SET role = COALESCE($1, role), disabled = COALESCE($2, disabled) \
                 WHERE org_id = $3 AND user_id = $4",
                params![role, disabled, org, user],
            )
            .await?;
        if changed == 0 {
            return Err(Error::not_found("member"));
        }
        self.keep_an_owner(org).await?;
        self.emit(org, None, Topic::Member, json!({"user_id": user, "change": "updated"}));
        self.member(org, user).await?.ok_or_else(|| Error::not_found("member"))
    }

    /// Takes a person out of an organization: their sessions, tokens, grants,
    /// requests and places in projects there end. What they made stays.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where the organization would be left
    /// without an owner; and those of the database.
    pub async fn remove_member(&mut self, org: OrgId, user: UserId) -> Result<()> {
        self.lock_org(org).await?;
        let removed =
            self.execute("DELETE FROM membership WHERE org_id = $1 AND user_id = $2", params![org, user]).await?;
        if removed == 0 {
            return Err(Error::not_found("member"));
        }
        self.keep_an_owner(org).await?;
        self.emit(org, None, Topic::Member, json!({"user_id": user, "change": "removed"}));
        Ok(())
    }

    /// Makes changes to one organization's members wait for one another.
    async fn lock_org(&mut self, org: OrgId) -> Result<()> {
        self.execute("UPDATE org SET name = name WHERE id = $1", params![org]).await.map(drop)
    }

    async fn keep_an_owner(&mut self, org: OrgId) -> Result<()> {
        let sql = "SELECT user_id FROM membership WHERE org_id = $1 AND role = 'owner' AND disabled = 0 LIMIT 1";
        if self.fetch(sql, params![org]).await?.is_empty() {
            self.refuse();
            return Err(Error::new(
                ErrorCode::StateConflict,
                "An organization needs an owner who can sign in; nothing was changed. Make someone else an owner first.",
            ));
        }
        Ok(())
    }
}
