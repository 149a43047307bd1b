//! Components as JSON.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tandem_app::components::{ComponentDetail, Entry, Package, VersionLine};
use tandem_core::{
    Action, Error,
    id::{AssetId, ProjectId},
};
use utoipa::ToSchema;

use crate::routes::shape::{User, asset_actions};

/// The components that can be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalogue {
    items: Vec<EntryDto>,
}

impl Catalogue {
    pub(super) fn new(entries: Vec<Entry>) -> Result<Self, Error> {
        Ok(Self { items: entries.into_iter().map(EntryDto::new).collect::<Result<_, _>>()? })
    }
}

/// A component of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryDto {
    /// Its signature; of a packaged one in the newest version that was not withdrawn.
    #[schema(value_type = Object)]
    signature: Value,
    /// The asset of a packaged one.
    #[schema(value_type = Option<Uuid>, required)]
    asset_id: Option<AssetId>,
    /// The project that it lives in.
    #[schema(value_type = Option<Uuid>, required)]
    project_id: Option<ProjectId>,
    /// Its name among the project's assets.
    #[schema(required)]
    name: Option<String>,
    /// Whether every member of the organization may use it.
    shared: bool,
    /// Whether the caller has starred it.
    starred: bool,
    #[schema(required)]
    author: Option<User>,
    #[schema(required)]
    updated_at: Option<DateTime<Utc>>,
    /// What the caller may do with it.
    #[schema(schema_with = asset_actions)]
    rights: BTreeSet<Action>,
}

impl EntryDto {
    fn new(entry: Entry) -> Result<Self, Error> {
        let asset = entry.asset;
        Ok(Self {
            signature: serde_json::to_value(&entry.signature).map_err(Error::internal)?,
            asset_id: asset.as_ref().map(|asset| asset.id),
            project_id: asset.as_ref().map(|asset| asset.project_id),
            updated_at: asset.as_ref().map(|asset| asset.updated_at),
            name: asset.map(|asset| asset.name),
            shared: entry.shared,
            starred: entry.starred,
            author: entry.author.map(User::from),
            rights: entry.rights,
        })
    }
}

/// A component with its page of documentation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentPageDto {
    #[schema(value_type = Object)]
    signature: Value,
    /// Its page as Markdown, by language.
    pages: BTreeMap<&'static str, String>,
    /// Whether the caller has starred it.
    starred: bool,
    /// What there is to say of a packaged one.
    #[schema(required)]
    package: Option<PackageInfo>,
}

/// What there is to say of a packaged component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageInfo {
    #[schema(value_type = Uuid)]
    asset_id: AssetId,
    #[schema(value_type = Uuid)]
    project_id: ProjectId,
    name: String,
    /// The version that is shown.
    seq: i64,
    /// Whether every member of the organization may use it.
    shared: bool,
    /// What the caller may do with it.
    #[schema(schema_with = asset_actions)]
    rights: BTreeSet<Action>,
    /// Its versions, the newest first.
    versions: Vec<PackageVersion>,
    /// The document inside, for who may see that.
    #[schema(value_type = Option<Object>, required)]
    workflow: Option<Value>,
    /// What there is to say of a Python component.
    #[schema(required)]
    python: Option<PythonInfo>,
    /// The statement of a SQL component, for who may see it.
    #[schema(required)]
    sql: Option<String>,
}

/// What there is to say of a Python component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PythonInfo {
    /// The name of the environment that it runs in.
    environment: String,
    /// Whether that is there on this server.
    ready: bool,
    /// Its code, for who may see that.
    #[schema(required)]
    code: Option<String>,
}

/// A version of a packaged component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageVersion {
    seq: i64,
    message: String,
    author: User,
    created_at: DateTime<Utc>,
    #[schema(required)]
    withdrawn: Option<WithdrawnDto>,
}

/// Why a version was withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WithdrawnDto {
    reason: String,
    at: DateTime<Utc>,
}

impl ComponentPageDto {
    pub(super) fn new(detail: ComponentDetail) -> Result<Self, Error> {
        Ok(Self {
            signature: serde_json::to_value(&detail.signature).map_err(Error::internal)?,
            pages: BTreeMap::from([("en", detail.en), ("zh-CN", detail.zh)]),
            starred: detail.starred,
            package: detail.package.map(PackageInfo::new).transpose()?,
        })
    }
}

impl PackageInfo {
    fn new(package: Package) -> Result<Self, Error> {
        let version = |line: VersionLine| PackageVersion {
            seq: line.version.seq,
            message: line.version.message,
            author: line.author.into(),
            created_at: line.version.created_at,
            withdrawn: line.withdrawn.map(|gone| WithdrawnDto { reason: gone.reason, at: gone.at }),
        };
        Ok(Self {
            asset_id: package.asset.id,
            project_id: package.asset.project_id,
            name: package.asset.name,
            seq: package.seq,
            shared: package.shared,
            rights: package.rights,
            versions: package.versions.into_iter().map(version).collect(),
            python: package.python.map(|python| PythonInfo {
                environment: python.environment,
                ready: python.ready,
                code: python.code,
            }),
            sql: package.sql,
            workflow: package.workflow.map(serde_json::to_value).transpose().map_err(Error::internal)?,
        })
    }
}
