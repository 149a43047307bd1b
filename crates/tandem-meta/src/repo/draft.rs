//! Drafts: what people work on together between the versions of an asset, and
//! the edits that led there, numbered without a gap.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tandem_core::{
    Error, ErrorCode, Result,
    id::{AssetId, OrgId, UserId},
};

use super::outbox::Topic;
use crate::{
    sql::{params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// The document that is worked on.
    pub struct Draft from "draft" {
        /// Of what.
        pub asset_id: AssetId,
        /// How many times it was edited.
        pub revision: i64,
        /// The revision that the newest version holds.
        pub saved_revision: i64,
        /// The document.
        pub body: Value,
        /// Who edited it last.
        pub updated_by: UserId,
        /// When.
        pub updated_at: DateTime<Utc>,
    }
}

record! {
    /// Edits that were made together.
    pub struct DraftEdit from "draft_edit" {
        /// The revision that they made.
        pub revision: i64,
        /// The window in which they were made, which knows them already.
        pub client: String,
        /// Who made them.
        pub user_id: UserId,
        /// They.
        pub edits: Value,
        /// When.
        pub created_at: DateTime<Utc>,
    }
}

/// Edits to write down.
#[derive(Debug, Clone)]
pub struct NewEdit {
    /// The revision that they were applied to.
    pub base: i64,
    /// What came of it.
    pub body: Value,
    /// They.
    pub edits: Value,
    /// The window in which they were made.
    pub client: String,
}

impl Snapshot {
    /// The draft of an asset.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn draft(&mut self, org: OrgId, asset: AssetId) -> Result<Option<Draft>> {
        let sql = format!("SELECT {} FROM draft WHERE org_id = $1 AND asset_id = $2", Draft::COLUMNS);
        self.find(sql, params![org, asset], Draft::read).await
    }

    /// The edits behind a revision, oldest first; at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn draft_edits(&mut self, org: OrgId, asset: AssetId, after: i64, limit: u32) -> Result<Vec<DraftEdit>> {
        let sql = format!(
            "SELECT {} FROM draft_edit WHERE org_id = $1 AND asset_id = $2 AND revision > $3 ORDER BY revision LIMIT $4",
            DraftEdit::COLUMNS
        );
        self.list(sql, params![org, asset, after, limit], DraftEdit::read).await
    }
}

impl Tx {
    /// Begins a draft that is what the newest version holds.
    ///
    /// # Errors
    /// `not_found`, `already_exists`, and those of the database.
    pub async fn begin_draft(&mut self, org: OrgId, asset: AssetId, body: &Value, by: UserId) -> Result<()> {
        self.project_of(org, asset).await?;
        let params = params![asset, org, 0_i64, 0_i64, body, by, self.now()];
        self.execute(
            "INSERT INTO draft (asset_id, org_id, revision, saved_revision, body, updated_by, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params,
        )
        .await
        .map(drop)
    }

    /// Adds edits as the next revision; its number.
    ///
    /// # Errors
    /// `version_conflict` where the draft is no longer at `base`; `not_found`;
    /// those of the database.
    pub async fn edit_draft(&mut self, org: OrgId, asset: AssetId, new: NewEdit, by: UserId) -> Result<i64> {
        let project = self.project_of(org, asset).await?;
        let revision = new.base + 1;
        let changed = self
            .execute(
                "UPDATE draft SET revision = $1, body = $2, updated_by = $3, updated_at = $4 \
                 WHERE org_id = $5 AND asset_id = $6 AND revision = $7",
                params![revision, new.body, by, self.now(), org, asset, new.base],
            )
            .await?;
        if changed == 0 {
            return Err(Error::new(
                ErrorCode::VersionConflict,
                "Somebody else edited this at the same moment. Load it again, and repeat your change.",
            ));
        }
        let params = params![org, asset, revision, new.client, by, new.edits, self.now()];
        self.execute(
            "INSERT INTO draft_edit (org_id, asset_id, revision, client, user_id, edits, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params,
        )
        .await?;
        self.emit(org, Some(project), Topic::Draft, json!({"asset_id": asset, "revision": revision}));
        Ok(revision)
    }

    /// Puts a document in the place of the draft, which is then what the newest
    /// version holds; those who follow load it again.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn reset_draft(&mut self, org: OrgId, asset: AssetId, body: &Value, by: UserId) -> Result<()> {
        let project = self.project_of(org, asset).await?;
        self.execute(
            "UPDATE draft SET revision = revision + 1, saved_revision = revision + 1, body = $1, updated_by = $2, \
             updated_at = $3 WHERE org_id = $4 AND asset_id = $5",
            params![body, by, self.now(), org, asset],
        )
        .await?;
        self.emit(org, Some(project), Topic::Draft, json!({"asset_id": asset}));
        Ok(())
    }

    /// Notes that the newest version holds the draft as it was at `revision`.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn draft_saved(&mut self, org: OrgId, asset: AssetId, revision: i64) -> Result<()> {
        self.project_of(org, asset).await?;
        self.execute(
            "UPDATE draft SET saved_revision = $1 WHERE org_id = $2 AND asset_id = $3",
            params![revision, org, asset],
        )
        .await
        .map(drop)
    }

    /// Forgets edits before `before`, which nobody follows any more; how many
    /// there were. Housekeeping.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_draft_edits(&mut self, before: DateTime<Utc>) -> Result<u64> {
        self.execute("DELETE FROM draft_edit WHERE created_at < $1", params![before]).await
    }
}
