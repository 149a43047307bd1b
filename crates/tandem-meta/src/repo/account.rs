//! Accounts: a person, once for all organizations.

use chrono::{DateTime, Utc};
use tandem_core::{Error, ErrorCode, Lang, Result, id::UserId};

use crate::{
    sql::{Secret, params, record, text_enum},
    tx::{Snapshot, Tx},
};

text_enum! {
    /// How the pages look to a person.
    #[derive(Default)]
    pub enum Theme("theme") {
        /// As their system does.
        #[default]
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

record! {
    /// A person's account.
    pub struct Account from "account" {
        /// Its identifier.
        pub id: UserId,
        /// E-mail address in lower case; what they sign in with.
        pub email: String,
        /// What people call them.
        pub name: String,
        /// The password's hash, a PHC string.
        pub password_hash: Secret,
        /// The language of their pages.
        pub lang: Lang,
        /// How their pages look.
        pub theme: Theme,
        /// Whether they are shut out everywhere.
        pub disabled: bool,
        /// When it was made.
        pub created_at: DateTime<Utc>,
    }
}

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// E-mail address; its case and the space around it don't matter.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password_hash: Secret,
    /// The language of their pages.
    pub lang: Lang,
}

/// How e-mail addresses are compared and kept.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Snapshot {
    /// The account. Not of one organization: use [`Snapshot::member`] for what
    /// people see of one another.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn account(&mut self, id: UserId) -> Result<Option<Account>> {
        let sql = format!("SELECT {} FROM account WHERE id = $1", Account::COLUMNS);
        self.find(sql, params![id], Account::read).await
    }

    /// The account with this e-mail address, whatever its case; for signing in.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        let sql = format!("SELECT {} FROM account WHERE email = $1", Account::COLUMNS);
        self.find(sql, params![email_key(email)], Account::read).await
    }

    /// Whether anybody has an account yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_accounts(&mut self) -> Result<bool> {
        Ok(!self.fetch("SELECT id FROM account LIMIT 1", params![]).await?.is_empty())
    }
}

impl Tx {
    /// Makes an account.
    ///
    /// # Errors
    /// `already_exists` where the address has one, and those of the database.
    pub async fn create_account(&mut self, new: NewAccount) -> Result<Account> {
        let account = Account {
            id: UserId::generate(self.clock()),
            email: email_key(&new.email),
            name: new.name.trim().to_owned(),
            password_hash: new.password_hash,
            lang: new.lang,
            theme: Theme::default(),
            disabled: false,
            created_at: self.now(),
        };
        let made = self
            .execute(
                "INSERT INTO account (id, email, name, password_hash, lang, theme, disabled, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                params![
                    account.id,
                    account.email,
                    account.name,
                    account.password_hash,
                    account.lang,
                    account.theme,
                    account.disabled,
                    account.created_at
                ],
            )
            .await?;
        if made == 0 {
            return Err(Error::new(
                ErrorCode::AlreadyExists,
                format!("There is an account for {} already; nothing was changed.", account.email),
            ));
        }
        Ok(account)
    }

    /// Changes what a person decides about their account; `None` keeps.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn update_account(
        &mut self,
        id: UserId,
        name: Option<&str>,
        lang: Option<Lang>,
        theme: Option<Theme>,
    ) -> Result<Account> {
        let sql = format!(
            "UPDATE account SET name = COALESCE($1, name), lang = COALESCE($2, lang), theme = COALESCE($3, theme) \
             WHERE id = $4 RETURNING {}",
            Account::COLUMNS
        );
        let params = params![name.map(str::trim), lang, theme, id];
        self.find(sql, params, Account::read).await?.ok_or_else(|| Error::not_found("account"))
    }

    /// Sets a new password and ends the person's sessions, except `keep`.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn set_password(
        &mut self,
        id: UserId,
        password_hash: &Secret,
        keep: Option<tandem_core::id::SessionId>,
    ) -> Result<()> {
        let changed =
            self.execute("UPDATE account SET password_hash = $1 WHERE id = $2", params![password_hash, id]).await?;
        if changed == 0 {
            return Err(Error::not_found("account"));
        }
        self.delete_sessions_of(id, keep).await
    }

    /// Shuts a person out of every organization, or lets them in again.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn set_account_disabled(&mut self, id: UserId, disabled: bool) -> Result<()> {
        let changed = self.execute("UPDATE account SET disabled = $1 WHERE id = $2", params![disabled, id]).await?;
        if changed == 0 {
            return Err(Error::not_found("account"));
        }
        if disabled { self.delete_sessions_of(id, None).await } else { Ok(()) }
    }
}
