//! Names for the people who made things.

use std::collections::HashMap;

use tandem_core::{
    Result,
    id::{OrgId, UserId},
};
use tandem_meta::{Snapshot, repo::account::Account};

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
    pub async fn load(meta: &mut Snapshot, org: OrgId, mut users: Vec<UserId>) -> Result<Self> {
        users.sort_unstable();
        users.dedup();
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

    /// One of them; without a name where it was not loaded.
    pub fn get(&self, id: UserId) -> Person {
        self.0.get(&id).cloned().unwrap_or_else(|| Person { id, name: String::new(), email: String::new() })
    }
}
