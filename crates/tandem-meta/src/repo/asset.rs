//! Assets: whatever a team makes and names.

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Error, ErrorCode, Page, PageRequest, Result,
    id::{AssetId, OrgId, ProjectId, UserId},
};

use super::{name_key, outbox::Topic};
use crate::{
    page::{List, like},
    sql::{Kind, Sql, params, record, text_enum},
    tx::{Snapshot, Tx},
};

text_enum! {
    /// What an asset is.
    pub enum AssetKind("kind of asset") {
        /// A versioned table.
        Dataset = "dataset",
        /// Cells of code, text and output.
        Notebook = "notebook",
        /// A graph of components.
        Workflow = "workflow",
        /// A step with a signature, for workflows.
        Component = "component",
        /// What code runs in.
        Environment = "environment",
        /// A trained model.
        Model = "model",
        /// A model or workflow behind an address.
        Service = "service",
        /// What a scenario found, for people to read.
        Report = "report",
        /// Charts on one page.
        Dashboard = "dashboard",
        /// A figure with a definition.
        Metric = "metric",
        /// A set of people to address.
        Audience = "audience",
        /// Text.
        Document = "document",
    }
}

record! {
    /// An asset. Its content is in its versions.
    pub struct Asset from "asset" {
        /// Its identifier.
        pub id: AssetId,
        /// The organization.
        pub org_id: OrgId,
        /// The project that it lives in.
        pub project_id: ProjectId,
        /// What it is.
        pub kind: AssetKind,
        /// Its name, one of a kind among the project's live assets of its kind.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Who made it.
        pub created_by: UserId,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// When it last changed or got a version.
        pub updated_at: DateTime<Utc>,
        /// When it was deleted.
        pub deleted_at: Option<DateTime<Utc>>,
        /// The number of its newest version; 0 where there is none yet.
        pub latest_seq: i64,
    }
}

/// An asset to make.
#[derive(Debug, Clone)]
pub struct NewAsset {
    /// The project that it is to live in.
    pub project_id: ProjectId,
    /// What it is.
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Who makes it.
    pub created_by: UserId,
}

/// The order of a list of assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssetOrder {
    /// By name.
    #[default]
    Name,
    /// The last changed first. An asset that changes while someone pages
    /// through moves to the front.
    Recent,
}

/// Which assets to list.
#[derive(Debug, Clone, Default)]
pub struct AssetFilter {
    /// Of this project only.
    pub project: Option<ProjectId>,
    /// Of this kind only.
    pub kind: Option<AssetKind>,
    /// With this text in the name or description, whatever its case.
    pub text: Option<String>,
    /// Only those that this person has a grant on; for guests.
    pub granted_to: Option<UserId>,
    /// Those that were deleted, rather than the live ones.
    pub deleted: bool,
    /// In which order.
    pub order: AssetOrder,
}

impl Snapshot {
    /// The live asset.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn asset(&mut self, org: OrgId, id: AssetId) -> Result<Option<Asset>> {
        Ok(self.asset_even_deleted(org, id).await?.filter(|asset| asset.deleted_at.is_none()))
    }

    /// The asset, deleted or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn asset_even_deleted(&mut self, org: OrgId, id: AssetId) -> Result<Option<Asset>> {
        let sql = format!("SELECT {} FROM asset WHERE org_id = $1 AND id = $2", Asset::COLUMNS);
        self.find(sql, params![org, id], Asset::read).await
    }

    /// The live asset of this kind and name in a project, whatever its case.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn asset_by_name(
        &mut self,
        org: OrgId,
        project: ProjectId,
        kind: AssetKind,
        name: &str,
    ) -> Result<Option<Asset>> {
        let sql = format!(
            "SELECT {} FROM asset WHERE org_id = $1 AND project_id = $2 AND kind = $3 AND name_key = $4 \
             AND deleted_at IS NULL",
            Asset::COLUMNS
        );
        self.find(sql, params![org, project, kind, name_key(name)], Asset::read).await
    }

    /// Those of `ids` that are assets of the organization, deleted or not, in
    /// no particular order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn assets_by_id(&mut self, org: OrgId, ids: &[AssetId]) -> Result<Vec<Asset>> {
        let mut assets = Vec::with_capacity(ids.len());
        for ids in ids.chunks(500) {
            let select = format!("SELECT {} FROM asset WHERE org_id = ?", Asset::COLUMNS);
            let (sql, params) = Sql::new(&select, params![org]).push_in("id", ids).into_parts();
            assets.extend(self.list(sql, params, Asset::read).await?);
        }
        Ok(assets)
    }

    /// The organization's assets. `keep` leaves out what the reader may not
    /// know of; pages are full all the same.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn assets(
        &mut self,
        org: OrgId,
        filter: &AssetFilter,
        page: &PageRequest,
        keep: impl FnMut(&Asset) -> bool,
    ) -> Result<Page<Asset>> {
        let deleted = if filter.deleted { " AND deleted_at IS NOT NULL" } else { " AND deleted_at IS NULL" };
        let text = filter.text.as_deref().filter(|text| !text.trim().is_empty()).map(like);
        let from = Sql::new(" FROM asset WHERE asset.org_id = ?", params![org])
            .push(deleted, params![])
            .push_some(" AND project_id = ?", filter.project)
            .push_some(" AND kind = ?", filter.kind)
            .push_some(" AND search_text LIKE ? ESCAPE '\\'", text)
            .push_some(
                " AND EXISTS (SELECT 1 FROM asset_grant AS g WHERE g.asset_id = asset.id AND g.user_id = ?)",
                filter.granted_to,
            );
        let (name, keys, descending): (_, &'static [(&'static str, Kind)], _) = match filter.order {
            AssetOrder::Name => ("assets", &[("asset.name_key", Kind::Text), ("asset.id", Kind::Text)], false),
            AssetOrder::Recent => ("recent_assets", &[("asset.updated_at", Kind::Int), ("asset.id", Kind::Text)], true),
        };
        let list = List { name, columns: Asset::COLUMNS.to_owned(), from, keys, descending };
        self.page_where(list, page, Asset::read, keep).await
    }
}

impl Tx {
    /// Makes an asset without versions.
    ///
    /// # Errors
    /// `already_exists` where the name is taken, `not_found` where the project
    /// is not of the organization, and those of the database.
    pub async fn create_asset(&mut self, org: OrgId, new: NewAsset) -> Result<Asset> {
        let now = self.now();
        let asset = Asset {
            id: AssetId::generate(self.clock()),
            org_id: org,
            project_id: new.project_id,
            kind: new.kind,
            name: new.name.trim().to_owned(),
            description: new.description.trim().to_owned(),
            created_by: new.created_by,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            latest_seq: 0,
        };
        let made = self
            .execute(
                "INSERT INTO asset (id, org_id, project_id, kind, name, name_key, description, search_text, \
                 created_by, created_at, updated_at, latest_seq) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0) ON CONFLICT DO NOTHING",
                params![
                    asset.id,
                    org,
                    asset.project_id,
                    asset.kind,
                    asset.name,
                    name_key(&asset.name),
                    asset.description,
                    search_text(&asset.name, &asset.description),
                    asset.created_by,
                    now,
                    now
                ],
            )
            .await?;
        if made == 0 {
            return Err(name_taken(new.kind, &asset.name));
        }
        self.emit_asset(&asset, "created");
        Ok(asset)
    }

    /// Changes a live asset's name or description; `None` keeps.
    ///
    /// # Errors
    /// `not_found`, `already_exists` where the name is taken, and those of the
    /// database.
    pub async fn update_asset(
        &mut self,
        org: OrgId,
        id: AssetId,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<Asset> {
        let asset = self.asset(org, id).await?.ok_or_else(|| Error::not_found("asset"))?;
        let name = name.map_or(asset.name.as_str(), str::trim);
        let description = description.map_or(asset.description.as_str(), str::trim);
        self.check_name_free(&asset, name).await?;
        let sql = format!(
            "UPDATE asset SET name = $1, name_key = $2, description = $3, search_text = $4, updated_at = $5 \
             WHERE org_id = $6 AND id = $7 AND deleted_at IS NULL RETURNING {}",
            Asset::COLUMNS
        );
        let search = search_text(name, description);
        let params = params![name, name_key(name), description, search, self.now(), org, id];
        let asset = self.find(sql, params, Asset::read).await?.ok_or_else(|| Error::not_found("asset"))?;
        self.emit_asset(&asset, "updated");
        Ok(asset)
    }

    /// Deletes an asset: it can be brought back, its versions stay, and what
    /// was made from it still names it.
    ///
    /// # Errors
    /// `not_found` where there is no such live asset, and those of the database.
    pub async fn delete_asset(&mut self, org: OrgId, id: AssetId) -> Result<()> {
        let sql = format!(
            "UPDATE asset SET deleted_at = $1 WHERE org_id = $2 AND id = $3 AND deleted_at IS NULL RETURNING {}",
            Asset::COLUMNS
        );
        let params = params![self.now(), org, id];
        let asset = self.find(sql, params, Asset::read).await?.ok_or_else(|| Error::not_found("asset"))?;
        self.emit_asset(&asset, "deleted");
        Ok(())
    }

    /// Brings a deleted asset back; a live one is left as it is.
    ///
    /// # Errors
    /// `not_found`, `already_exists` where another asset has its name by now,
    /// and those of the database.
    pub async fn undelete_asset(&mut self, org: OrgId, id: AssetId) -> Result<Asset> {
        let asset = self.asset_even_deleted(org, id).await?.ok_or_else(|| Error::not_found("asset"))?;
        if asset.deleted_at.is_none() {
            return Ok(asset);
        }
        self.check_name_free(&asset, &asset.name).await?;
        let sql =
            format!("UPDATE asset SET deleted_at = NULL WHERE org_id = $1 AND id = $2 RETURNING {}", Asset::COLUMNS);
        let asset = self.find(sql, params![org, id], Asset::read).await?.ok_or_else(|| Error::not_found("asset"))?;
        self.emit_asset(&asset, "restored");
        Ok(asset)
    }

    async fn check_name_free(&mut self, asset: &Asset, name: &str) -> Result<()> {
        let other = self.asset_by_name(asset.org_id, asset.project_id, asset.kind, name).await?;
        if other.is_some_and(|other| other.id != asset.id) {
            return Err(name_taken(asset.kind, name));
        }
        Ok(())
    }

    fn emit_asset(&mut self, asset: &Asset, change: &str) {
        self.emit(
            asset.org_id,
            Some(asset.project_id),
            Topic::Asset,
            json!({"asset_id": asset.id, "kind": asset.kind, "name": asset.name, "change": change}),
        );
    }
}

fn search_text(name: &str, description: &str) -> String {
    format!("{}\n{}", name_key(name), name_key(description))
}

fn name_taken(kind: AssetKind, name: &str) -> Error {
    Error::new(
        ErrorCode::AlreadyExists,
        format!(
            "There is a {} named “{name}” in this project already; nothing was changed. Choose another name.",
            kind.as_str()
        ),
    )
}
