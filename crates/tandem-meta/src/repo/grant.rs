//! Grants: who may do what with an asset, beyond what their role allows.

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Action, Error, Result,
    id::{AssetId, GrantId, OrgId, UserId},
};

use super::outbox::Topic;
use crate::{
    sql::{params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// An action that a person may take on an asset.
    pub struct Grant from "asset_grant" {
        /// Its identifier.
        pub id: GrantId,
        /// On what.
        pub asset_id: AssetId,
        /// To whom.
        pub user_id: UserId,
        /// What they may do.
        pub action: Action,
        /// Who granted it.
        pub created_by: UserId,
        /// When.
        pub created_at: DateTime<Utc>,
    }
}

impl Snapshot {
    /// The grants on an asset, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn grants_on(&mut self, org: OrgId, asset: AssetId) -> Result<Vec<Grant>> {
        let sql = format!(
            "SELECT {} FROM asset_grant WHERE org_id = $1 AND asset_id = $2 ORDER BY created_at, id",
            Grant::COLUMNS
        );
        self.list(sql, params![org, asset], Grant::read).await
    }

    /// A person's grants in the organization, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn grants_of(&mut self, org: OrgId, user: UserId) -> Result<Vec<Grant>> {
        let sql = format!(
            "SELECT {} FROM asset_grant WHERE org_id = $1 AND user_id = $2 ORDER BY created_at, id",
            Grant::COLUMNS
        );
        self.list(sql, params![org, user], Grant::read).await
    }
}

impl Tx {
    /// Grants an action; one that was granted already stays as it is.
    ///
    /// # Errors
    /// `not_found` where the asset or the person is not of the organization,
    /// and those of the database.
    pub async fn grant(
        &mut self,
        org: OrgId,
        asset: AssetId,
        user: UserId,
        action: Action,
        created_by: UserId,
    ) -> Result<Grant> {
        let id = GrantId::generate(self.clock());
        self.grant_as(id, org, asset, user, action, created_by).await
    }

    /// Grants under a given id, that of the request which asked for it.
    pub(crate) async fn grant_as(
        &mut self,
        id: GrantId,
        org: OrgId,
        asset: AssetId,
        user: UserId,
        action: Action,
        created_by: UserId,
    ) -> Result<Grant> {
        let project = self.project_of(org, asset).await?;
        let params = params![id, org, asset, user, action, created_by, self.now()];
        let made = self
            .execute(
                "INSERT INTO asset_grant (id, org_id, asset_id, user_id, action, created_by, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                params,
            )
            .await?;
        if made > 0 {
            self.emit(org, Some(project), Topic::Access, json!({"asset_id": asset, "change": "granted"}));
        }
        let sql = format!(
            "SELECT {} FROM asset_grant WHERE org_id = $1 AND asset_id = $2 AND user_id = $3 AND action = $4",
            Grant::COLUMNS
        );
        let found = self.find(sql, params![org, asset, user, action], Grant::read).await?;
        found.ok_or_else(|| Error::not_found("asset"))
    }

    /// Takes a grant back; what was granted.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn revoke(&mut self, org: OrgId, asset: AssetId, id: GrantId) -> Result<Grant> {
        let project = self.project_of(org, asset).await?;
        let sql = format!(
            "DELETE FROM asset_grant WHERE org_id = $1 AND asset_id = $2 AND id = $3 RETURNING {}",
            Grant::COLUMNS
        );
        let grant =
            self.find(sql, params![org, asset, id], Grant::read).await?.ok_or_else(|| Error::not_found("grant"))?;
        self.emit(org, Some(project), Topic::Access, json!({"asset_id": asset, "change": "revoked"}));
        Ok(grant)
    }

    /// The project that an asset, deleted or not, lives in.
    pub(crate) async fn project_of(&mut self, org: OrgId, asset: AssetId) -> Result<tandem_core::id::ProjectId> {
        let asset = self.asset_even_deleted(org, asset).await?.ok_or_else(|| Error::not_found("asset"))?;
        Ok(asset.project_id)
    }
}
