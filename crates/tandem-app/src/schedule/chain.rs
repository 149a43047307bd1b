//! Which workflows led to a version, so that none is started by what it
//! caused itself, over however many others.

use std::collections::BTreeSet;

use tandem_core::{
    Result,
    id::{AssetId, OrgId, RunId},
};
use tandem_meta::{RunKind, Snapshot, Version};

/// The workflows that led to a version: the one whose run wrote it, and those
/// that led to that run.
pub(super) async fn chain_of(meta: &mut Snapshot, org: OrgId, run: Option<RunId>) -> Result<BTreeSet<AssetId>> {
    let Some(id) = run else { return Ok(BTreeSet::new()) };
    if let Some(firing) = meta.firing_of_run(org, id).await? {
        return Ok(serde_json::from_value(firing.chain).unwrap_or_default());
    }
    let by_hand = meta.run(org, id).await?.filter(|view| view.run.kind == RunKind::Workflow);
    let workflow = by_hand.and_then(|view| view.inputs.into_iter().find(|input| input.role == "workflow"));
    Ok(workflow.map(|input| input.asset_id).into_iter().collect())
}

/// What came of a dataset behind version `seen`.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The workflows that led to what starts `workflow`; none where nothing does.
    pub(super) starts: Option<BTreeSet<AssetId>>,
    /// The workflows that led to what it caused itself.
    pub(super) own: Option<BTreeSet<AssetId>>,
}

/// Versions that are looked at one by one; of more, the newest count.
const MOST: i64 = 100;

/// What came of `dataset` behind version `seen` up to `latest`, for `workflow`. A version
/// with the same content as the one before it is no news.
pub(super) async fn news(
    meta: &mut Snapshot,
    org: OrgId,
    workflow: AssetId,
    dataset: AssetId,
    seen: i64,
    latest: i64,
) -> Result<News> {
    let mut news = News::default();
    let from = seen.max(latest - MOST);
    let mut before: Option<Version> = meta.version(org, dataset, from).await?;
    for seq in from + 1..=latest {
        let Some(version) = meta.version(org, dataset, seq).await? else { continue };
        let same = before.as_ref().is_some_and(|before| before.content_digest == version.content_digest);
        let run = version.run_id;
        before = Some(version);
        if same {
            continue;
        }
        let chain = chain_of(meta, org, run).await?;
        let slot = if chain.contains(&workflow) { &mut news.own } else { &mut news.starts };
        slot.get_or_insert_default().extend(chain);
    }
    Ok(news)
}
