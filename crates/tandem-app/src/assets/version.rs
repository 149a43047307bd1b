//! The versions of an asset, and what is said about them.

use std::collections::HashMap;

use tandem_core::{
    Action, Error, ErrorCode, Page, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
};
use tandem_meta::{Asset, AssetKind, Snapshot, Version};

use crate::{
    App,
    access::AssetView,
    datasets::{DatasetContent, DatasetPolicies, Facts, eye::Eye},
    people::{People, Person, check, note},
};

/// A version, without its content.
#[derive(Debug, Clone)]
pub struct VersionSummary {
    /// The version.
    pub version: Version,
    /// Who made it.
    pub author: Person,
    /// What the person may know of a dataset's version.
    pub facts: Option<Facts>,
}

/// An asset as somebody sees it whose versions are told.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) asset: Asset,
    /// Whether they may use it.
    pub(super) usable: bool,
}

impl Seen {
    fn new(view: AssetView) -> Self {
        Self { usable: view.rights.contains(&Action::Use), asset: view.asset }
    }
}

impl VersionSummary {
    /// Summaries of versions, each with its asset.
    pub(super) async fn load(
        meta: &mut Snapshot,
        principal: &Principal,
        versions: Vec<(&Seen, Version)>,
    ) -> Result<Vec<Self>> {
        let authors = versions.iter().map(|(_, version)| version.author_id).collect();
        let people = People::load(meta, principal.org, authors).await?;
        let eyes = eyes(meta, principal, &versions).await?;
        let summary = |(seen, version): (&Seen, Version)| {
            let facts = match (seen.asset.kind, eyes.get(&seen.asset.id)) {
                (AssetKind::Dataset, Some(eye)) => Some(eye.facts(&DatasetContent::of(&version)?)),
                (AssetKind::Dataset, None) => Some(Facts::default()),
                _ => None,
            };
            Ok(Self { author: people.get(version.author_id), version, facts })
        };
        versions.into_iter().map(summary).collect()
    }
}

/// How the person sees those datasets that they may use.
async fn eyes(
    meta: &mut Snapshot,
    principal: &Principal,
    versions: &[(&Seen, Version)],
) -> Result<HashMap<AssetId, Eye>> {
    let usable = versions.iter().filter(|(seen, _)| seen.usable && seen.asset.kind == AssetKind::Dataset);
    let projects: HashMap<AssetId, ProjectId> =
        usable.map(|(seen, _)| (seen.asset.id, seen.asset.project_id)).collect();
    let roles: HashMap<ProjectId, ProjectRole> =
        meta.project_roles_of(principal.org, principal.user).await?.into_iter().collect();
    let ids: Vec<AssetId> = projects.keys().copied().collect();
    let policies = DatasetPolicies::load_all(meta, principal.org, &ids).await?;
    let eye = |(id, project): (AssetId, ProjectId)| {
        let eye = policies.get(&id).map(|policies| Eye::of(policies, principal, roles.get(&project).copied()));
        (id, eye.unwrap_or_default())
    };
    Ok(projects.into_iter().map(eye).collect())
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
    let seen = Seen::new(view);
    let items = items.into_iter().map(|version| (&seen, version)).collect();
    Ok(Page { items: VersionSummary::load(&mut meta, principal, items).await?, next_cursor })
}

/// The version of this number.
///
/// # Errors
/// `not_found`.
pub async fn version(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<VersionSummary> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    let mut meta = app.meta.read().await?;
    let found = meta.version(principal.org, id, seq).await?;
    one(&mut meta, principal, view, found.ok_or_else(|| Error::not_found("version"))?).await
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
    let summary = one(&mut tx, principal, view, version).await?;
    tx.commit().await?;
    Ok(summary)
}

async fn one(meta: &mut Snapshot, principal: &Principal, view: AssetView, version: Version) -> Result<VersionSummary> {
    let seen = Seen::new(view);
    let mut all = VersionSummary::load(meta, principal, vec![(&seen, version)]).await?;
    all.pop().ok_or_else(|| Error::not_found("version"))
}
