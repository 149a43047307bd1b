//! Assets as one person may see them.

use std::collections::{BTreeSet, HashMap};

use tandem_core::{
    Action, Error, Page, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
};
use tandem_meta::{Asset, AssetFilter};

use super::{VersionSummary, version::Seen};
use crate::{
    App,
    people::{People, Person, check},
};

/// An asset with what one person may know of it and do with it.
#[derive(Debug, Clone)]
pub struct AssetSummary {
    /// The asset.
    pub asset: Asset,
    /// Its newest version.
    pub latest: Option<VersionSummary>,
    /// Who made it.
    pub created_by: Person,
    /// What the person may do with it.
    pub rights: BTreeSet<Action>,
    /// The assets, near or far along the lineage, whose rights it inherits;
    /// those that the person may know of.
    pub restricted_by: Vec<Asset>,
    /// How many more there are that they may not know of.
    pub restricted_by_hidden: usize,
}

/// The assets of a project that the person may know of. Of `filter` the
/// project is set here. Deleted ones are shown to who could bring them back.
///
/// # Errors
/// `not_found` for the project, `invalid_cursor`, `invalid_parameter`.
pub async fn list(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    filter: AssetFilter,
    page: &PageRequest,
) -> Result<Page<AssetSummary>> {
    let view = app.require_project(principal, Action::Discover, project).await?;
    if let Some(text) = &filter.text {
        check::prose("q", text)?;
    }
    let granted_to = (view.role == Some(ProjectRole::Guest)).then_some(principal.user);
    let filter = AssetFilter { project: Some(project), granted_to, ..filter };
    let mut meta = app.meta.read().await?;
    let Page { items, next_cursor } = meta.assets(principal.org, &filter, page, |_| true).await?;
    drop(meta);
    // The filter saves work; the policies have the last word.
    let needed = if filter.deleted { Action::Manage } else { Action::Discover };
    let rights = app.asset_rights(principal, &items).await?;
    let visible = items.into_iter().zip(rights).filter(|(_, rights)| rights.contains(&needed)).collect();
    Ok(Page { items: summaries(app, principal, visible).await?, next_cursor })
}

/// An asset.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, principal: &Principal, id: AssetId) -> Result<AssetSummary> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    summary(app, principal, view.asset).await
}

/// The same for an asset that the person may know of.
///
/// # Errors
/// Those of the database.
pub async fn summary(app: &App, principal: &Principal, asset: Asset) -> Result<AssetSummary> {
    let rights = app.asset_rights(principal, std::slice::from_ref(&asset)).await?.pop().unwrap_or_default();
    let mut all = summaries(app, principal, vec![(asset, rights)]).await?;
    all.pop().ok_or_else(|| Error::not_found("asset"))
}

async fn summaries(
    app: &App,
    principal: &Principal,
    assets: Vec<(Asset, BTreeSet<Action>)>,
) -> Result<Vec<AssetSummary>> {
    let org = principal.org;
    let ids: Vec<AssetId> = assets.iter().map(|(asset, _)| asset.id).collect();
    let seen = |(asset, rights): &(Asset, BTreeSet<Action>)| {
        (asset.id, Seen { usable: rights.contains(&Action::Use), asset: asset.clone() })
    };
    let seen: HashMap<AssetId, Seen> = assets.iter().map(seen).collect();
    let mut meta = app.meta.read().await?;
    let people = People::load(&mut meta, org, assets.iter().map(|(asset, _)| asset.created_by).collect()).await?;
    let versions = meta.latest_versions(org, &ids).await?;
    let versions = versions.into_iter().filter_map(|version| Some((seen.get(&version.asset_id)?, version))).collect();
    let versions = VersionSummary::load(&mut meta, principal, versions).await?;
    let mut latest: HashMap<AssetId, VersionSummary> =
        versions.into_iter().map(|summary| (summary.version.asset_id, summary)).collect();
    let mut inherited = meta.restricted_by(org, &ids).await?;
    let sources: BTreeSet<AssetId> = inherited.values().flatten().copied().collect();
    let sources = meta.assets_by_id(org, &sources.into_iter().collect::<Vec<_>>()).await?;
    drop(meta);
    let known: HashMap<AssetId, Asset> = visible(app, principal, sources).await?;
    let summary = |(asset, rights): (Asset, BTreeSet<Action>)| {
        let sources = inherited.remove(&asset.id).unwrap_or_default();
        let restricted_by: Vec<Asset> = sources.iter().filter_map(|id| known.get(id).cloned()).collect();
        AssetSummary {
            latest: latest.remove(&asset.id),
            created_by: people.get(asset.created_by),
            rights,
            restricted_by_hidden: sources.len() - restricted_by.len(),
            restricted_by,
            asset,
        }
    };
    Ok(assets.into_iter().map(summary).collect())
}

/// Those of `assets` that the person may know of, by id.
pub(crate) async fn visible(app: &App, principal: &Principal, assets: Vec<Asset>) -> Result<HashMap<AssetId, Asset>> {
    let rights = app.asset_rights(principal, &assets).await?;
    let known = assets.into_iter().zip(rights).filter(|(_, rights)| rights.contains(&Action::Discover));
    Ok(known.map(|(asset, _)| (asset.id, asset)).collect())
}
