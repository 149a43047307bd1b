//! What an asset was made from and what was made from it, as a graph of
//! versions and runs. What the reader may not know of keeps its place in the
//! graph, without a name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tandem_core::{
    Action, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId, RunId, VersionId},
};
use tandem_meta::{Asset, Direction, Node, Run, RunView, Snapshot};

use super::list;
use crate::App;

/// The most runs that one graph shows.
const MAX_RUNS: usize = 200;

/// A graph.
#[derive(Debug, Clone, Default)]
pub struct LineageView {
    /// Versions and runs.
    pub nodes: Vec<LineageNode>,
    /// From a version to the run that read it, and from a run to the version
    /// that it made.
    pub edges: Vec<LineageEdge>,
    /// Whether there is more than one graph shows.
    pub truncated: bool,
}

/// A version or a run.
#[derive(Debug, Clone)]
pub struct LineageNode {
    /// Its name in this graph.
    pub id: String,
    /// What it is.
    pub what: NodeKind,
    /// Whether something that it was made from, near or far, has a newer
    /// version by now.
    pub stale: bool,
}

/// What a node is.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a handful a page, and most are versions")]
pub enum NodeKind {
    /// A version of an asset, by its number.
    Version(Asset, i64),
    /// A run.
    Run(Run),
    /// A version of something that the reader may not know of.
    HiddenVersion,
    /// A run that the reader may not know of.
    HiddenRun,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LineageEdge {
    /// A node.
    pub from: String,
    /// A node.
    pub to: String,
    /// What the version is to the run, such as `transactions`; empty where the
    /// reader may not know.
    pub role: String,
}

/// The lineage of all versions of an asset.
///
/// # Errors
/// `not_found`.
pub async fn lineage(app: &App, principal: &Principal, id: AssetId) -> Result<LineageView> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    let mut meta = app.meta.read().await?;
    let facts = Facts::gather(&mut meta, principal, &view.asset).await?;
    let assets: BTreeSet<AssetId> = facts.versions.values().map(|node| node.asset_id).collect();
    let assets = meta.assets_by_id(principal.org, &assets.into_iter().collect::<Vec<_>>()).await?;
    let roles = meta.project_roles_of(principal.org, principal.user).await?.into_iter().collect();
    drop(meta);
    let assets = list::visible(app, principal, assets).await?;
    let mut runs = HashSet::new();
    for view in &facts.runs {
        if may_know(app, principal, &view.run, &roles)? {
            runs.insert(view.run.id);
        }
    }
    Ok(draw(&facts, &assets, &runs))
}

/// Who is in a project knows of its runs; a guest, of their own.
fn may_know(app: &App, principal: &Principal, run: &Run, roles: &HashMap<ProjectId, ProjectRole>) -> Result<bool> {
    let role = roles.get(&run.project_id).copied();
    let known = app.project_rights(principal, run.project_id, role)?.contains(&Action::Discover);
    Ok(known && (role > Some(ProjectRole::Guest) || run.created_by == principal.user))
}

/// What the graph is drawn from.
#[derive(Debug, Default)]
struct Facts {
    versions: BTreeMap<VersionId, Node>,
    runs: Vec<RunView>,
    truncated: bool,
}

impl Facts {
    async fn gather(meta: &mut Snapshot, principal: &Principal, asset: &Asset) -> Result<Self> {
        let org = principal.org;
        let mut facts = Self::default();
        let mut runs: BTreeSet<RunId> = BTreeSet::new();
        for direction in [Direction::Upstream, Direction::Downstream] {
            let found = meta.lineage(org, asset.id, None, direction).await?;
            facts.truncated |= found.truncated;
            for step in found.steps {
                runs.insert(step.run_id);
                facts.versions.insert(step.from.version_id, step.from);
                facts.versions.insert(step.to.version_id, step.to);
            }
        }
        if let Some(latest) = meta.latest_version(org, asset.id).await? {
            let node = Node { asset_id: asset.id, version_id: latest.id, seq: latest.seq };
            facts.versions.insert(latest.id, node);
        }
        // Runs without inputs, such as imports, are in no step.
        let ids: Vec<VersionId> = facts.versions.keys().copied().collect();
        runs.extend(meta.versions_by_id(org, &ids).await?.into_iter().filter_map(|version| version.run_id));
        facts.truncated |= runs.len() > MAX_RUNS;
        // The newest tell the most.
        for id in runs.into_iter().rev().take(MAX_RUNS) {
            facts.runs.extend(meta.run(org, id).await?);
        }
        Ok(facts)
    }
}

fn draw(facts: &Facts, assets: &HashMap<AssetId, Asset>, runs: &HashSet<RunId>) -> LineageView {
    let mut hidden = 0;
    let mut hide = || {
        hidden += 1;
        format!("hidden-{hidden}")
    };
    let mut nodes = Vec::new();
    let mut names: HashMap<VersionId, String> = HashMap::new();
    for (version, node) in &facts.versions {
        let (id, what) = match assets.get(&node.asset_id) {
            Some(asset) => (format!("version-{version}"), NodeKind::Version(asset.clone(), node.seq)),
            None => (hide(), NodeKind::HiddenVersion),
        };
        names.insert(*version, id.clone());
        nodes.push(LineageNode { id, what, stale: false });
    }
    let mut edges = Vec::new();
    for view in &facts.runs {
        let known = runs.contains(&view.run.id);
        let id = if known { format!("run-{}", view.run.id) } else { hide() };
        let what = if known { NodeKind::Run(view.run.clone()) } else { NodeKind::HiddenRun };
        let role = |asset: AssetId, role: &str| {
            if known && assets.contains_key(&asset) { role.to_owned() } else { String::new() }
        };
        for link in &view.inputs {
            if let Some(from) = names.get(&link.version_id) {
                let role = role(link.asset_id, &link.role);
                edges.push(LineageEdge { from: from.clone(), to: id.clone(), role });
            }
        }
        for link in &view.outputs {
            if let Some(to) = names.get(&link.version_id) {
                let role = role(link.asset_id, &link.role);
                edges.push(LineageEdge { from: id.clone(), to: to.clone(), role });
            }
        }
        nodes.push(LineageNode { id, what, stale: view.stale });
    }
    spread_stale(&mut nodes, &edges);
    LineageView { nodes, edges, truncated: facts.truncated }
}

/// What was made from something stale is stale.
fn spread_stale(nodes: &mut [LineageNode], edges: &[LineageEdge]) {
    let mut next: HashMap<&str, Vec<&str>> = HashMap::new();
    for edge in edges {
        next.entry(&edge.from).or_default().push(&edge.to);
    }
    let mut waiting: Vec<&str> = Vec::new();
    let mut stale: HashSet<String> = HashSet::new();
    for node in nodes.iter().filter(|node| node.stale) {
        if stale.insert(node.id.clone())
            && let Some(after) = next.get(node.id.as_str())
        {
            waiting.extend(after);
        }
    }
    while let Some(id) = waiting.pop() {
        if stale.insert(id.to_owned())
            && let Some(after) = next.get(id)
        {
            waiting.extend(after);
        }
    }
    for node in nodes {
        node.stale = stale.contains(&node.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, stale: bool) -> LineageNode {
        LineageNode { id: id.to_owned(), what: NodeKind::HiddenVersion, stale }
    }

    fn edge(from: &str, to: &str) -> LineageEdge {
        LineageEdge { from: from.to_owned(), to: to.to_owned(), role: String::new() }
    }

    #[test]
    fn staleness_runs_downstream_alone_and_ends_in_a_circle() {
        let mut nodes = ["a", "r", "b", "s", "c"].map(|id| node(id, id == "r"));
        let edges = [edge("a", "r"), edge("r", "b"), edge("b", "s"), edge("s", "c"), edge("c", "s")];
        spread_stale(&mut nodes, &edges);
        let stale: Vec<&str> = nodes.iter().filter(|n| n.stale).map(|n| n.id.as_str()).collect();
        assert_eq!(stale, ["r", "b", "s", "c"]);
    }
}
