//! Failed attempts to sign in, for slowing down who guesses.

use chrono::{DateTime, Utc};
use tandem_core::{Result, id::RequestId};

use super::account::email_key;
use crate::{
    sql::params,
    tx::{Snapshot, Tx},
};

/// How often signing in failed within a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFailures {
    /// For this e-mail address from this network address.
    pub both: i64,
    /// For this e-mail address, from anywhere.
    pub email: i64,
    /// From this network address, for anybody.
    pub address: i64,
}

impl Snapshot {
    /// The failures since `since`. Whether there is such an account plays no
    /// part, so that the answer doesn't tell.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_in_failures(
        &mut self,
        email: &str,
        address: &str,
        since: DateTime<Utc>,
    ) -> Result<SignInFailures> {
        let email = email_key(email);
        let ways = [
            (" AND email = $2 AND address = $3", params![since, email, address]),
            (" AND email = $2", params![since, email]),
            (" AND address = $2", params![since, address]),
        ];
        let mut counts = [0; 3];
        for (count, (condition, params)) in counts.iter_mut().zip(ways) {
            let sql = format!("SELECT COUNT(*) AS number FROM sign_in_failure WHERE at > $1{condition}");
            if let Some(row) = self.fetch_one(sql, params).await? {
                *count = row.get("number")?;
            }
        }
        let [both, email, address] = counts;
        Ok(SignInFailures { both, email, address })
    }
}

impl Tx {
    /// Notes a failure.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn note_sign_in_failure(&mut self, email: &str, address: &str) -> Result<()> {
        let params = params![RequestId::generate(self.clock()), email_key(email), address, self.now()];
        self.execute("INSERT INTO sign_in_failure (id, email, address, at) VALUES ($1, $2, $3, $4)", params)
            .await
            .map(drop)
    }

    /// Forgets the failures of somebody who has now signed in from there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn clear_sign_in_failures(&mut self, email: &str, address: &str) -> Result<()> {
        let params = params![email_key(email), address];
        self.execute("DELETE FROM sign_in_failure WHERE email = $1 AND address = $2", params).await.map(drop)
    }

    /// Forgets failures before `before`; how many there were. Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_sign_in_failures(&mut self, before: DateTime<Utc>) -> Result<u64> {
        self.execute("DELETE FROM sign_in_failure WHERE at < $1", params![before]).await
    }
}
