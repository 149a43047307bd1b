//! What is laid down for an asset: its row filters and masks, and settings by
//! name such as quality rules.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tandem_core::{
    Result,
    id::{AssetId, OrgId, ProjectId, UserId},
};

use super::outbox::Topic;
use crate::{
    sql::{Sql, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// The row filters and masks of an asset.
    pub struct Policy from "asset_policy" {
        /// Of what.
        pub asset_id: AssetId,
        /// The filters and masks, as `app` reads them.
        pub body: Value,
        /// Who laid them down.
        pub updated_by: UserId,
        /// When.
        pub updated_at: DateTime<Utc>,
    }
}

record! {
    /// A setting of an asset.
    pub struct Setting from "asset_setting" {
        /// Of what.
        pub asset_id: AssetId,
        /// Which one.
        pub name: String,
        /// Its value.
        pub body: Value,
        /// Who set it.
        pub updated_by: UserId,
        /// When.
        pub updated_at: DateTime<Utc>,
    }
}

impl Snapshot {
    /// The policies of those of `assets` that have one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn policies(&mut self, org: OrgId, assets: &[AssetId]) -> Result<Vec<Policy>> {
        let mut policies = Vec::new();
        for assets in assets.chunks(500) {
            let select = format!("SELECT {} FROM asset_policy WHERE org_id = ?", Policy::COLUMNS);
            let (sql, params) = Sql::new(&select, params![org]).push_in("asset_id", assets).into_parts();
            policies.extend(self.list(sql, params, Policy::read).await?);
        }
        Ok(policies)
    }

    /// The asset's setting of this name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn setting(&mut self, org: OrgId, asset: AssetId, name: &str) -> Result<Option<Setting>> {
        let sql =
            format!("SELECT {} FROM asset_setting WHERE org_id = $1 AND asset_id = $2 AND name = $3", Setting::COLUMNS);
        self.find(sql, params![org, asset, name], Setting::read).await
    }

    /// The settings of this name of those of `assets` that have one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settings(&mut self, org: OrgId, assets: &[AssetId], name: &str) -> Result<Vec<Setting>> {
        let mut settings = Vec::new();
        for assets in assets.chunks(500) {
            let select = format!("SELECT {} FROM asset_setting WHERE org_id = ? AND name = ?", Setting::COLUMNS);
            let (sql, params) = Sql::new(&select, params![org, name]).push_in("asset_id", assets).into_parts();
            settings.extend(self.list(sql, params, Setting::read).await?);
        }
        Ok(settings)
    }

    /// The settings of this name of all live assets, of one project where it is given.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settings_named(&mut self, org: OrgId, project: Option<ProjectId>, name: &str) -> Result<Vec<Setting>> {
        let select = format!(
            "SELECT {} FROM asset_setting JOIN asset AS a ON a.id = asset_setting.asset_id \
             WHERE a.deleted_at IS NULL AND asset_setting.org_id = ? AND asset_setting.name = ?",
            Setting::COLUMNS
        );
        let (sql, params) =
            Sql::new(&select, params![org, name]).push_some(" AND a.project_id = ?", project).into_parts();
        self.list(sql, params, Setting::read).await
    }
}

impl Tx {
    /// Takes away one of an asset's settings, where it is there.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn delete_setting(&mut self, org: OrgId, asset: AssetId, name: &str) -> Result<()> {
        self.project_of(org, asset).await?;
        let sql = "DELETE FROM asset_setting WHERE org_id = $1 AND asset_id = $2 AND name = $3";
        self.execute(sql, params![org, asset, name]).await.map(drop)
    }

    /// Lays down an asset's row filters and masks, in place of what was.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn put_policy(&mut self, org: OrgId, asset: AssetId, body: &Value, by: UserId) -> Result<()> {
        let project = self.project_of(org, asset).await?;
        let params = params![asset, org, body, by, self.now()];
        self.execute(
            "INSERT INTO asset_policy (asset_id, org_id, body, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (asset_id) DO UPDATE SET body = excluded.body, updated_by = excluded.updated_by, \
             updated_at = excluded.updated_at",
            params,
        )
        .await?;
        self.emit(org, Some(project), Topic::Access, json!({"asset_id": asset, "change": "policy"}));
        Ok(())
    }

    /// Sets one of an asset's settings, in place of what was.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn put_setting(
        &mut self,
        org: OrgId,
        asset: AssetId,
        name: &str,
        body: &Value,
        by: UserId,
    ) -> Result<()> {
        self.project_of(org, asset).await?;
        let params = params![org, asset, name, body, by, self.now()];
        self.execute(
            "INSERT INTO asset_setting (org_id, asset_id, name, body, updated_by, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (asset_id, name) DO UPDATE SET body = excluded.body, \
             updated_by = excluded.updated_by, updated_at = excluded.updated_at",
            params,
        )
        .await
        .map(drop)
    }
}
