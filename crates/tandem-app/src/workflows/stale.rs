//! Which nodes of a draft are no longer what their last run made of them, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use serde_json::{Map, Value};
use tandem_core::{
    Action, Error, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, RunId},
};
use tandem_flow::{
    Workflow,
    graph::{NodeId, Wiring},
};
use tandem_meta::{
    Asset,
    repo::run::{RunFilter, RunKind, RunView},
};

use super::{
    document,
    nodes::Standing,
    sources::{follows, is_pinned, reads},
    states,
};
use crate::{
    App, assets,
    components::unfolded,
    runs::{RunSpec, WorkflowSpec},
};

/// Runs in which a node's last success is looked for.
const RUNS: u32 = 20;

/// How a node stands to its last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It would give the same.
    Fresh,
    /// It may give something else.
    Stale,
    /// No run that is remembered has made it.
    None,
}

impl Mark {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::None => "none",
        }
    }
}

/// A node's mark, with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeMark {
    /// How it stands.
    pub mark: Mark,
    /// The run that last made it.
    pub run: Option<RunId>,
    /// Why it is stale.
    pub reasons: Vec<StaleReason>,
}

/// Why a node is stale.
#[derive(Debug, Clone, PartialEq)]
pub enum StaleReason {
    /// The dataset or model that it reads has a newer version.
    Input {
        /// Which, for who may know of it.
        dataset: Option<Asset>,
        /// The version that the run used.
        used: i64,
        /// The newest.
        latest: i64,
    },
    /// It is another component by now, or another version of it.
    Component,
    /// These parameters were changed.
    Params(Vec<String>),
    /// It was connected otherwise.
    Connections,
    /// These nodes before it are stale.
    Upstream(Vec<NodeId>),
}

/// The marks of a draft.
pub type Marks = BTreeMap<NodeId, NodeMark>;

/// How the nodes of a draft stand to the last runs that the caller may know of.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn stale(app: &App, principal: &Principal, id: AssetId) -> Result<Marks> {
    let view = document::require(app, principal, Action::Inspect, id).await?;
    let draft = document::draft(app, &view.asset).await?;
    let draft: Workflow = serde_json::from_value(draft.body).map_err(Error::internal)?;
    let unfolded = unfolded(&mut app.meta.read().await?, principal.org, &draft).await?;
    of(app, principal, &view.asset, view.role, &draft, &unfolded).await
}

/// The same for who is known to be allowed to look; `unfolded` is the draft with what stands inside of its packages.
pub(super) async fn of(
    app: &App,
    principal: &Principal,
    asset: &Asset,
    role: Option<ProjectRole>,
    draft: &Workflow,
    unfolded: &Workflow,
) -> Result<Marks> {
    let all = role > Some(ProjectRole::Guest);
    let filter = RunFilter { kind: Some(RunKind::Workflow), of: Some(asset.id), ..RunFilter::default() };
    let page = PageRequest::new(Some(RUNS), None)?;
    let user = principal.user;
    let mut meta = app.meta.read().await?;
    let runs = meta.runs(principal.org, &filter, &page, |run| all || run.created_by == user).await?.items;
    let mut documents: HashMap<i64, Workflow> = HashMap::new();
    let mut made: BTreeMap<NodeId, Made> = BTreeMap::new();
    for view in runs.iter().filter(|view| view.run.state.is_final()) {
        if draft.nodes.keys().all(|node| made.contains_key(node)) {
            break;
        }
        let Some(spec) = spec_of(view) else { continue };
        let then = match documents.entry(spec.seq) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(slot) => {
                let Some(version) = meta.version(principal.org, asset.id, spec.seq).await? else { continue };
                slot.insert(serde_json::from_value(version.content).map_err(Error::internal)?)
            }
        };
        let ended = states::of(&view.run);
        let there = ended.into_iter().filter(|(_, state)| state.state == Standing::Succeeded);
        for (node, _) in there.filter(|(node, _)| draft.nodes.contains_key(node)) {
            if !made.contains_key(&node)
                && let Some(one) = Made::read(view.run.id, then, &node, &spec)
            {
                made.insert(node, one);
            }
        }
    }
    let mut read: BTreeSet<AssetId> =
        made.values().flat_map(|made| made.pins.values().map(|(read, _)| *read)).collect();
    read.extend(made.values().flat_map(|made| follows(unfolded, &made.given)));
    let read = meta.assets_by_id(principal.org, &read.into_iter().collect::<Vec<_>>()).await?;
    drop(meta);
    let latest: HashMap<AssetId, i64> = read.iter().map(|dataset| (dataset.id, dataset.latest_seq)).collect();
    let known = assets::visible(app, principal, read).await?;
    Ok(marks(draft, unfolded, &made, &latest, &known))
}

fn spec_of(view: &RunView) -> Option<WorkflowSpec> {
    match serde_json::from_value(view.run.spec.clone()) {
        Ok(RunSpec::Workflow(spec)) => Some(spec),
        _ => None,
    }
}

/// A port that feeds a port of a node, in its order.
type Feed = (String, i32, NodeId, String);

/// A node as a run made it.
#[derive(Debug, Clone)]
struct Made {
    run: RunId,
    component: (String, u32),
    params: Map<String, Value>,
    seed: Option<u32>,
    feeds: BTreeSet<Feed>,
    /// The dataset and version that it read, or what stands inside of it, by the node that did.
    pins: BTreeMap<NodeId, (AssetId, i64)>,
    /// The workflow's parameters of that run.
    given: Map<String, Value>,
}

impl Made {
    fn read(run: RunId, then: &Workflow, id: &NodeId, spec: &WorkflowSpec) -> Option<Self> {
        let node = then.nodes.get(id)?;
        Some(Self {
            run,
            component: (node.component.name.clone(), node.component.version),
            params: then.resolve(node, &spec.params),
            seed: node.seed,
            feeds: feeds(then, id),
            pins: spec
                .pins
                .iter()
                .filter(|(node, _)| stands_in(id, node))
                .map(|(node, pin)| (node.clone(), *pin))
                .collect(),
            given: spec.params.clone(),
        })
    }
}

/// Whether a node is this one, or stands inside of it, near or far.
fn stands_in(id: &NodeId, node: &NodeId) -> bool {
    node.as_str().strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn feeds(workflow: &Workflow, id: &NodeId) -> BTreeSet<Feed> {
    let edges = workflow.edges.values().filter(|edge| edge.to.node == *id);
    edges.map(|edge| (edge.to.port.clone(), edge.order, edge.from.node.clone(), edge.from.port.clone())).collect()
}

fn marks(
    draft: &Workflow,
    unfolded: &Workflow,
    made: &BTreeMap<NodeId, Made>,
    latest: &HashMap<AssetId, i64>,
    known: &HashMap<AssetId, Asset>,
) -> Marks {
    let wiring = Wiring::new(draft);
    let mut marks = Marks::new();
    for id in wiring.order() {
        let Some(node) = draft.nodes.get(*id) else { continue };
        let Some(then) = made.get(*id) else {
            marks.insert((*id).clone(), NodeMark { mark: Mark::None, run: None, reasons: Vec::new() });
            continue;
        };
        let mut reasons = Vec::new();
        if then.component != (node.component.name.clone(), node.component.version) {
            reasons.push(StaleReason::Component);
        }
        let params = draft.resolve(node, &then.given);
        let mut changed = differences(&then.params, &params);
        if node.seed != then.seed {
            changed.push("seed".to_owned());
        }
        if !changed.is_empty() {
            reasons.push(StaleReason::Params(changed));
        }
        if feeds(draft, id) != then.feeds {
            reasons.push(StaleReason::Connections);
        }
        reasons.extend(older(id, unfolded, then, latest).into_iter().map(|(dataset, (used, latest))| {
            StaleReason::Input { dataset: known.get(&dataset).cloned(), used, latest }
        }));
        let before: BTreeSet<NodeId> = wiring.incoming(id).iter().map(|(_, edge)| edge.from.node.clone()).collect();
        let stale = before.into_iter().filter(|node| marks.get(node).is_some_and(|mark| mark.mark == Mark::Stale));
        let stale: Vec<NodeId> = stale.collect();
        if !stale.is_empty() {
            reasons.push(StaleReason::Upstream(stale));
        }
        let mark = if reasons.is_empty() { Mark::Fresh } else { Mark::Stale };
        marks.insert((*id).clone(), NodeMark { mark, run: Some(then.run), reasons });
    }
    marks
}

/// What a node read, itself or inside, that has a newer version by now: the oldest version that was read, and the newest.
fn older(
    id: &NodeId,
    unfolded: &Workflow,
    then: &Made,
    latest: &HashMap<AssetId, i64>,
) -> BTreeMap<AssetId, (i64, i64)> {
    let mut older: BTreeMap<AssetId, (i64, i64)> = BTreeMap::new();
    for (inner, (dataset, used)) in &then.pins {
        let now = unfolded.nodes.get(inner).filter(|node| stands_in(id, inner) && reads(node).is_some());
        let follows = now.is_some_and(|node| !is_pinned(unfolded, node, &then.given));
        if let Some(newest) = latest.get(dataset).copied().filter(|newest| follows && newest > used) {
            let slot = older.entry(*dataset).or_insert((*used, newest));
            slot.0 = slot.0.min(*used);
        }
    }
    older
}

/// The names of parameters that differ.
fn differences(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn node(component: &str, params: Value) -> Value {
        json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
    }

    fn dataset() -> AssetId {
        AssetId::from_uuid(Uuid::from_u128(1))
    }

    fn workflow() -> Workflow {
        let edge = |from: &str, to: &str| json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}});
        let document = json!({"format": 1, "nodes": {
            "a": node("dataset", json!({"dataset": dataset().to_string()})),
            "b": node("filter", json!({"combine": "all"})),
            "c": node("sort", json!({"by": []})),
            "d": node("sort", json!({"by": []})),
        }, "edges": {"e1": edge("a", "b"), "e2": edge("b", "c")}});
        serde_json::from_value(document).unwrap()
    }

    fn made(then: &Workflow) -> BTreeMap<NodeId, Made> {
        let spec = WorkflowSpec {
            workflow: AssetId::from_uuid(Uuid::from_u128(2)),
            seq: 1,
            params: Map::new(),
            seed: 1,
            until: BTreeSet::new(),
            again: false,
            pins: BTreeMap::from([(NodeId::new("a"), (dataset(), 3))]),
            inputs: BTreeMap::new(),
            app: false,
        };
        let run = RunId::from_uuid(Uuid::from_u128(3));
        let nodes = then.nodes.keys().filter(|id| id.as_str() != "d");
        nodes.filter_map(|id| Some((id.clone(), Made::read(run, then, id, &spec)?))).collect()
    }

    fn told(draft: &Workflow, latest: i64) -> String {
        let latest = HashMap::from([(dataset(), latest)]);
        let marks = marks(draft, draft, &made(&workflow()), &latest, &HashMap::new());
        marks.iter().map(|(id, mark)| format!("{}:{} ", id.as_str(), mark.mark.as_str())).collect()
    }

    #[test]
    fn a_newer_version_spreads_downstream() {
        assert_eq!(told(&workflow(), 3), "a:fresh b:fresh c:fresh d:none ");
        assert_eq!(told(&workflow(), 4), "a:stale b:stale c:stale d:none ");
        let latest = HashMap::from([(dataset(), 5)]);
        let marks = marks(&workflow(), &workflow(), &made(&workflow()), &latest, &HashMap::new());
        let reason = StaleReason::Input { dataset: None, used: 3, latest: 5 };
        assert_eq!(marks[&NodeId::new("a")].reasons, [reason]);
        assert_eq!(marks[&NodeId::new("c")].reasons, [StaleReason::Upstream(vec![NodeId::new("b")])]);
    }

    #[test]
    fn a_version_that_was_chosen_does_not_grow_old() {
        let mut chosen = workflow();
        chosen.nodes.get_mut(&NodeId::new("a")).unwrap().params.insert("version".to_owned(), json!(3));
        let marks = marks(&chosen, &chosen, &made(&chosen), &HashMap::from([(dataset(), 9)]), &HashMap::new());
        assert_eq!(marks[&NodeId::new("a")].mark, Mark::Fresh);
    }

    #[test]
    fn what_was_changed_in_the_draft_is_named() {
        let mut draft = workflow();
        draft.nodes.get_mut(&NodeId::new("b")).unwrap().params.insert("combine".to_owned(), json!("any"));
        draft.nodes.get_mut(&NodeId::new("c")).unwrap().component.version = 2;
        draft.nodes.get_mut(&NodeId::new("c")).unwrap().position.x = 90;
        assert_eq!(told(&draft, 3), "a:fresh b:stale c:stale d:none ");
        let latest = HashMap::from([(dataset(), 3)]);
        let marks = marks(&draft, &draft, &made(&workflow()), &latest, &HashMap::new());
        assert_eq!(marks[&NodeId::new("b")].reasons, [StaleReason::Params(vec!["combine".to_owned()])]);
        let both = [StaleReason::Component, StaleReason::Upstream(vec![NodeId::new("b")])];
        assert_eq!(marks[&NodeId::new("c")].reasons, both);
        let mut draft = workflow();
        draft.edges.clear();
        assert_eq!(told(&draft, 3), "a:fresh b:stale c:stale d:none ");
    }
}
