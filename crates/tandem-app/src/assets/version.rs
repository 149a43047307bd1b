//! The versions of an asset, and what is said about them.

use tandem_core::{
    Action, Error, ErrorCode, Page, PageRequest, Principal, Result,
    id::{AssetId, OrgId},
};
use tandem_meta::{Asset, AssetKind, Snapshot, Version};

use crate::{
    App,
    datasets::DatasetContent,
    people::{People, Person, check, note},
};

/// A version, without its content.
#[derive(Debug, Clone)]
pub struct VersionSummary {
    /// The version.
    pub version: Version,
    /// Who made it.
    pub author: Person,
    /// What a dataset's version holds.
    pub dataset: Option<DatasetContent>,
}

impl VersionSummary {
    fn new(kind: AssetKind, version: Version, people: &People) -> Result<Self> {
        let dataset = match kind {
            AssetKind::Dataset => Some(DatasetContent::of(&version)?),
            _ => None,
        };
        Ok(Self { author: people.get(version.author_id), version, dataset })
    }

    /// Summaries of versions, each with its asset.
    pub(super) async fn load(
        meta: &mut Snapshot,
        org: OrgId,
        versions: Vec<(AssetKind, Version)>,
    ) -> Result<Vec<Self>> {
        let people = People::load(meta, org, versions.iter().map(|(_, version)| version.author_id).collect()).await?;
        versions.into_iter().map(|(kind, version)| Self::new(kind, version, &people)).collect()
    }
}

/// The versions of an asset, newest first.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn versions(
    app: &App,
    principal: &Principal,
    id: AssetId,
    page: &PageRequest,
) -> Result<Page<VersionSummary>> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    let mut meta = app.meta.read().await?;
    let Page { items, next_cursor } = meta.versions(principal.org, id, page).await?;
    let items = items.into_iter().map(|version| (view.asset.kind, version)).collect();
    Ok(Page { items: VersionSummary::load(&mut meta, principal.org, items).await?, next_cursor })
}

/// The version of this number.
///
/// # Errors
/// `not_found`.
pub async fn version(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<VersionSummary> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    let mut meta = app.meta.read().await?;
    let found = meta.version(principal.org, id, seq).await?;
    one(&mut meta, &view.asset, found.ok_or_else(|| Error::not_found("version"))?).await
}

/// Changes what is said about a version; `None` keeps, an empty label takes it
/// away. Its content never changes.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_parameter`.
pub async fn annotate(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: i64,
    message: Option<&str>,
    label: Option<&str>,
) -> Result<VersionSummary> {
    let view = app.require_asset(principal, Action::Edit, id).await?;
    let message = message.map(|text| check::prose("message", text)).transpose()?;
    let label = match label.map(str::trim) {
        None | Some("") => label.map(str::trim),
        Some(text) => Some(check::name("label", text)?),
    };
    if message.is_none() && label.is_none() {
        return Err(Error::new(ErrorCode::InvalidRequest, "Give a message or a label to change."));
    }
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let version = tx.annotate_version(principal.org, id, seq, message, label).await?;
    note::changed(&mut tx, principal, "annotate_version", "asset", id);
    let summary = one(&mut tx, &view.asset, version).await?;
    tx.commit().await?;
    Ok(summary)
}

async fn one(meta: &mut Snapshot, asset: &Asset, version: Version) -> Result<VersionSummary> {
    let mut all = VersionSummary::load(meta, asset.org_id, vec![(asset.kind, version)]).await?;
    all.pop().ok_or_else(|| Error::not_found("version"))
}
