//! What the newest version of an asset was made from that has a newer version
//! by now.

use std::collections::{BTreeMap, HashMap};

use tandem_core::{Action, Principal, Result, id::AssetId};
use tandem_meta::{Asset, Direction};

use super::list;
use crate::App;

/// A source that is newer by now.
#[derive(Debug, Clone)]
pub struct NewerSource {
    /// Which, for who may know of it.
    pub asset: Option<Asset>,
    /// The version that went in.
    pub used: i64,
    /// The newest.
    pub latest: i64,
    /// Whether it went in itself, and not into what went in.
    pub direct: bool,
}

/// The sources, near or far, of the newest version of an asset that have a
/// newer version than the one that went in, the direct ones first; none where it is what it would be.
/// Versions that were asked for don't grow old.
///
/// # Errors
/// `not_found`.
pub async fn newer_sources(app: &App, principal: &Principal, id: AssetId) -> Result<Vec<NewerSource>> {
    let asset = app.require_asset(principal, Action::Discover, id).await?.asset;
    let mut meta = app.meta.read().await?;
    let lineage = meta.lineage(principal.org, id, Some(asset.latest_seq), Direction::Upstream).await?;
    // What it was added to is its own past.
    let steps = lineage.steps.iter().filter(|step| step.from.asset_id != id && !step.pinned);
    let mut used: BTreeMap<(AssetId, i64), bool> = BTreeMap::new();
    for step in steps {
        let direct = step.to.asset_id == id && step.to.seq == asset.latest_seq;
        *used.entry((step.from.asset_id, step.from.seq)).or_default() |= direct;
    }
    let ids: Vec<AssetId> = used.keys().map(|(asset, _)| *asset).collect();
    let sources = meta.assets_by_id(principal.org, &ids).await?;
    drop(meta);
    let latest: HashMap<AssetId, i64> = sources.iter().map(|source| (source.id, source.latest_seq)).collect();
    let known = list::visible(app, principal, sources).await?;
    let newer = |((source, used), direct): ((AssetId, i64), bool)| {
        let latest = latest.get(&source).copied().filter(|latest| *latest > used)?;
        Some(NewerSource { asset: known.get(&source).cloned(), used, latest, direct })
    };
    let mut newer: Vec<NewerSource> = used.into_iter().filter_map(newer).collect();
    newer.sort_by_key(|source| !source.direct);
    Ok(newer)
}
