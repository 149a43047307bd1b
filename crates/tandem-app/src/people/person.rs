//! Names for the people who made things.

use std::collections::{BTreeSet, HashMap};

use tandem_core::{
    Principal, Result,
    id::{OrgId, UserId},
};
use tandem_meta::{Snapshot, repo::account::Account};

use crate::App;

/// Somebody, as others in the organization see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What people call them.
    pub name: String,
    /// Their e-mail address; empty for who has left the organization.
    pub email: String,
}

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        Self { id: account.id, name: account.name.clone(), email: account.email.clone() }
    }
}

/// People by their ids.
#[derive(Debug, Clone, Default)]
pub struct People(HashMap<UserId, Person>);

impl People {
    /// Those among `users`. Whoever calls has been allowed to see what these
    /// people made; of who has left, the name is all that stays.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(meta: &mut Snapshot, org: OrgId, users: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let users: BTreeSet<UserId> = users.into_iter().collect();
        let users: Vec<UserId> = users.into_iter().collect();
        let mut people = HashMap::with_capacity(users.len());
        for member in meta.members_by_id(org, &users).await? {
            people.insert(member.account.id, Person::from(&member.account));
        }
        for id in users {
            if !people.contains_key(&id)
                && let Some(account) = meta.account(id).await?
            {
                people.insert(id, Person { id, name: account.name, email: String::new() });
            }
        }
        Ok(Self(people))
    }

    /// The same, in a reading of its own.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(app: &App, principal: &Principal, users: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let mut meta = app.meta.read().await?;
        Self::load(&mut meta, principal.org, users).await
    }

    /// One of them; without a name where it was not loaded.
    pub fn get(&self, id: UserId) -> Person {
        self.0.get(&id).cloned().unwrap_or_else(|| Person { id, name: String::new(), email: String::new() })
    }
}
