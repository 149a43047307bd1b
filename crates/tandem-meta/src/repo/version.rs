//! Versions: what an asset holds, never changed once written, and the
//! documents about each (profile, quality, report, …).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tandem_core::{
    Error, ErrorCode, Page, PageRequest, Result,
    id::{AssetId, OrgId, RunId, UserId, VersionId},
};

use super::{asset::Asset, outbox::Topic};
use crate::{
    page::List,
    sql::{Kind, Sql, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// One version of an asset.
    pub struct Version from "version" {
        /// Its identifier.
        pub id: VersionId,
        /// The organization.
        pub org_id: OrgId,
        /// Whose version it is.
        pub asset_id: AssetId,
        /// Its number: 1, 2, 3, … without a gap.
        pub seq: i64,
        /// The version that it was made from; none for the first.
        pub parent_seq: Option<i64>,
        /// What it holds, in the way of the asset's kind.
        pub content: Value,
        /// Equal for equal content.
        pub content_digest: String,
        /// Who made it.
        pub author_id: UserId,
        /// What they said about it.
        pub message: String,
        /// A name for this version; the one thing besides `message` that may
        /// change.
        pub label: Option<String>,
        /// The run that made it.
        pub run_id: Option<RunId>,
        /// When it was made.
        pub created_at: DateTime<Utc>,
    }
}

/// A version to add.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// What it holds.
    pub content: Value,
    /// Equal for equal content.
    pub content_digest: String,
    /// Who makes it.
    pub author_id: UserId,
    /// What they say about it.
    pub message: String,
    /// The run that makes it.
    pub run_id: Option<RunId>,
}

impl Snapshot {
    /// The version of this number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn version(&mut self, org: OrgId, asset: AssetId, seq: i64) -> Result<Option<Version>> {
        let sql = format!("SELECT {} FROM version WHERE org_id = $1 AND asset_id = $2 AND seq = $3", Version::COLUMNS);
        self.find(sql, params![org, asset, seq], Version::read).await
    }

    /// Those of `ids` that are versions of the organization's assets, in no
    /// particular order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn versions_by_id(&mut self, org: OrgId, ids: &[VersionId]) -> Result<Vec<Version>> {
        let mut versions = Vec::with_capacity(ids.len());
        for ids in ids.chunks(500) {
            let select = format!("SELECT {} FROM version WHERE org_id = ?", Version::COLUMNS);
            let (sql, params) = Sql::new(&select, params![org]).push_in("id", ids).into_parts();
            versions.extend(self.list(sql, params, Version::read).await?);
        }
        Ok(versions)
    }

    /// Those of `digests` that a version of the organization's assets has,
    /// deleted ones among them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn digests_named(&mut self, org: OrgId, digests: &[String]) -> Result<Vec<String>> {
        let mut named = Vec::new();
        for digests in digests.chunks(500) {
            let select = "SELECT DISTINCT content_digest FROM version WHERE org_id = ?";
            let (sql, params) = Sql::new(select, params![org]).push_in("content_digest", digests).into_parts();
            named.extend(self.list(sql, params, |row| row.get("content_digest")).await?);
        }
        Ok(named)
    }

    /// The asset's newest version.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_version(&mut self, org: OrgId, asset: AssetId) -> Result<Option<Version>> {
        Ok(self.latest_versions(org, &[asset]).await?.pop())
    }

    /// The newest version of each of `assets` that has one, in no particular
    /// order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_versions(&mut self, org: OrgId, assets: &[AssetId]) -> Result<Vec<Version>> {
        let mut versions = Vec::with_capacity(assets.len());
        for assets in assets.chunks(500) {
            let select = format!(
                "SELECT {} FROM version JOIN asset ON asset.id = version.asset_id AND asset.latest_seq = version.seq \
                 WHERE version.org_id = ?",
                Version::COLUMNS
            );
            let (sql, params) = Sql::new(&select, params![org]).push_in("version.asset_id", assets).into_parts();
            versions.extend(self.list(sql, params, Version::read).await?);
        }
        Ok(versions)
    }

    /// The asset's versions, newest first.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn versions(&mut self, org: OrgId, asset: AssetId, page: &PageRequest) -> Result<Page<Version>> {
        let list = List {
            name: "versions",
            columns: Version::COLUMNS.to_owned(),
            from: Sql::new(" FROM version WHERE org_id = ? AND asset_id = ?", params![org, asset]),
            keys: &[("version.seq", Kind::Int)],
            descending: true,
        };
        self.page(list, page, Version::read).await
    }

    /// The document of this name about a version.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn document(&mut self, org: OrgId, version: VersionId, name: &str) -> Result<Option<Value>> {
        let sql = "SELECT body FROM version_document WHERE org_id = $1 AND version_id = $2 AND name = $3";
        self.find(sql, params![org, version, name], |row| row.get("body")).await
    }

    /// The names of the documents about a version.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn document_names(&mut self, org: OrgId, version: VersionId) -> Result<Vec<String>> {
        let sql = "SELECT name FROM version_document WHERE org_id = $1 AND version_id = $2 ORDER BY name";
        self.list(sql, params![org, version], |row| row.get("name")).await
    }
}

impl Tx {
    /// Adds a version on top of number `expected` (0 for the first). Of two
    /// who add to the same one, the second gets `version_conflict`.
    ///
    /// # Errors
    /// `version_conflict`; `not_found` where there is no such live asset; and
    /// those of the database.
    pub async fn append_version(
        &mut self,
        org: OrgId,
        asset: AssetId,
        expected: i64,
        new: NewVersion,
    ) -> Result<Version> {
        let sql = format!(
            "UPDATE asset SET latest_seq = latest_seq + 1, updated_at = $1 \
             WHERE org_id = $2 AND id = $3 AND latest_seq = $4 AND deleted_at IS NULL RETURNING {}",
            Asset::COLUMNS
        );
        let params = params![self.now(), org, asset, expected];
        let Some(asset_row) = self.find(sql, params, Asset::read).await? else {
            let there = self.asset(org, asset).await?.ok_or_else(|| Error::not_found("asset"))?;
            return Err(Error::new(
                ErrorCode::VersionConflict,
                format!(
                    "Somebody saved version {} of “{}” while this was made from version {expected}; nothing was \
                     changed. Read the new version and try again.",
                    there.latest_seq, there.name
                ),
            ));
        };
        let version = Version {
            id: VersionId::generate(self.clock()),
            org_id: org,
            asset_id: asset,
            seq: asset_row.latest_seq,
            parent_seq: (expected > 0).then_some(expected),
            content: new.content,
            content_digest: new.content_digest,
            author_id: new.author_id,
            message: new.message,
            label: None,
            run_id: new.run_id,
            created_at: self.now(),
        };
        self.execute(
            "INSERT INTO version (id, org_id, asset_id, seq, parent_seq, content, content_digest, author_id, message, \
             run_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            params![
                version.id,
                org,
                asset,
                version.seq,
                version.parent_seq,
                version.content,
                version.content_digest,
                version.author_id,
                version.message,
                version.run_id,
                version.created_at
            ],
        )
        .await?;
        self.emit_version(&asset_row, &version, "added");
        Ok(version)
    }

    /// Changes what is said about a version; `None` keeps, an empty label
    /// takes it away.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn annotate_version(
        &mut self,
        org: OrgId,
        asset: AssetId,
        seq: i64,
        message: Option<&str>,
        label: Option<&str>,
    ) -> Result<Version> {
        let asset_row = self.asset(org, asset).await?.ok_or_else(|| Error::not_found("asset"))?;
        let sql = format!(
            "UPDATE version SET message = COALESCE($1, message), label = NULLIF(COALESCE($2, label), '') \
             WHERE org_id = $3 AND asset_id = $4 AND seq = $5 RETURNING {}",
            Version::COLUMNS
        );
        let params = params![message, label.map(str::trim), org, asset, seq];
        let version = self.find(sql, params, Version::read).await?.ok_or_else(|| Error::not_found("version"))?;
        self.emit_version(&asset_row, &version, "annotated");
        Ok(version)
    }

    /// Keeps a document about a version, in place of one of the same name.
    ///
    /// # Errors
    /// `not_found` where there is no such version, and those of the database.
    pub async fn put_document(&mut self, org: OrgId, version: VersionId, name: &str, body: &Value) -> Result<()> {
        let params = params![org, version, name, body, self.now()];
        let put = self
            .execute(
                "INSERT INTO version_document (org_id, version_id, name, body, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (version_id, name) DO UPDATE SET body = excluded.body, created_at = excluded.created_at \
             WHERE version_document.org_id = excluded.org_id",
                params,
            )
            .await?;
        if put == 0 { Err(Error::not_found("version")) } else { Ok(()) }
    }

    fn emit_version(&mut self, asset: &Asset, version: &Version, change: &str) {
        self.emit(
            asset.org_id,
            Some(asset.project_id),
            Topic::Version,
            json!({
                "asset_id": asset.id,
                "version_id": version.id,
                "seq": version.seq,
                "kind": asset.kind,
                "name": asset.name,
                "change": change,
            }),
        );
    }
}
