//! Restrictions along the lineage: a derived asset inherits the strictest
//! rights of its sources, and of theirs, until somebody releases it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Error, Result,
    id::{AssetId, OrgId, UserId},
};

use super::outbox::Topic;
use crate::{
    sql::{Row, Sql, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// An asset that another was made from.
    pub struct Source from "asset_source" {
        /// What was made.
        pub asset_id: AssetId,
        /// From what.
        pub source_id: AssetId,
        /// Since when.
        pub created_at: DateTime<Utc>,
        /// Who released it from this source's rights.
        pub released_by: Option<UserId>,
        /// When.
        pub released_at: Option<DateTime<Utc>>,
    }
}

impl Snapshot {
    /// The direct sources of an asset, released or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sources_of(&mut self, org: OrgId, asset: AssetId) -> Result<Vec<Source>> {
        let sql = format!(
            "SELECT {} FROM asset_source WHERE org_id = $1 AND asset_id = $2 ORDER BY created_at, source_id",
            Source::COLUMNS
        );
        self.list(sql, params![org, asset], Source::read).await
    }

    /// For each of `assets` that is restricted: every asset, near or far along
    /// the lineage and not released, whose rights it inherits.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn restricted_by(&mut self, org: OrgId, assets: &[AssetId]) -> Result<HashMap<AssetId, Vec<AssetId>>> {
        let mut restricted: HashMap<AssetId, Vec<AssetId>> = HashMap::new();
        for assets in assets.chunks(500) {
            let (sql, params) = Sql::new(
                "WITH RECURSIVE up (asset_id, source_id) AS (\
                 SELECT asset_id, source_id FROM asset_source WHERE released_at IS NULL AND org_id = ?",
                params![org],
            )
            .push_in("asset_id", assets)
            .push(
                " UNION SELECT up.asset_id, s.source_id FROM up JOIN asset_source AS s ON s.asset_id = up.source_id \
                 WHERE s.released_at IS NULL AND s.org_id = ?) \
                 SELECT asset_id, source_id FROM up WHERE asset_id <> source_id ORDER BY asset_id, source_id",
                params![org],
            )
            .into_parts();
            let read = |row: &Row| Ok((row.get::<AssetId>("asset_id")?, row.get::<AssetId>("source_id")?));
            for (asset, source) in self.list(sql, params, read).await? {
                restricted.entry(asset).or_default().push(source);
            }
        }
        Ok(restricted)
    }
}

impl Tx {
    /// Notes that an asset was made from others: it inherits their rights from
    /// now on. A source that it was released from stays released; itself is
    /// left out.
    ///
    /// # Errors
    /// `not_found` where one of them is not of the organization, and those of
    /// the database.
    pub async fn add_sources(&mut self, org: OrgId, asset: AssetId, sources: &[AssetId]) -> Result<()> {
        for source in sources.iter().filter(|source| **source != asset) {
            let params = params![org, asset, source, self.now()];
            self.execute(
                "INSERT INTO asset_source (org_id, asset_id, source_id, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
                params,
            )
            .await?;
        }
        Ok(())
    }

    /// Releases an asset from the rights of all its direct sources; how many
    /// restrictions that ended.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn release(&mut self, org: OrgId, asset: AssetId, by: UserId) -> Result<u64> {
        let row = self.asset(org, asset).await?.ok_or_else(|| Error::not_found("asset"))?;
        let params = params![by, self.now(), org, asset];
        let released = self
            .execute(
                "UPDATE asset_source SET released_by = $1, released_at = $2 \
                 WHERE org_id = $3 AND asset_id = $4 AND released_at IS NULL",
                params,
            )
            .await?;
        if released > 0 {
            self.emit(org, Some(row.project_id), Topic::Access, json!({"asset_id": asset, "change": "released"}));
        }
        Ok(released)
    }
}
