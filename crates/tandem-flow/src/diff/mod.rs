//! What lies between two versions of a workflow, element by element, and how
//! to get back: one node, or all of it.

mod restore;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use restore::{changes, restore, restore_node};

use crate::graph::{Component, Edge, EdgeId, FrameId, Label, Node, NodeId, NoteId, Position, Workflow};

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    /// In the older version.
    pub from: T,
    /// In the newer version.
    pub to: T,
}

impl<T: Clone + PartialEq> Change<T> {
    /// The change, where there is one.
    fn between(from: &T, to: &T) -> Option<Self> {
        (from != to).then(|| Self { from: from.clone(), to: to.clone() })
    }
}

/// What changed in a node, but for its place.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NodeDiff {
    /// The component or its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Change<Component>>,
    /// Parameters, one by one; `null` is not set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Change<Value>>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Change<Option<Label>>>,
    /// Its note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Change<Option<String>>>,
    /// Its seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Change<Option<u32>>>,
    /// Its frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Change<Option<FrameId>>>,
}

/// What changed among elements of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements<K: Ord> {
    /// Only in the newer version.
    pub added: BTreeSet<K>,
    /// Only in the older version.
    pub removed: BTreeSet<K>,
    /// In both, and not the same.
    pub changed: BTreeSet<K>,
}

impl<K: Ord + Clone> Elements<K> {
    fn between<T: PartialEq>(old: &BTreeMap<K, T>, new: &BTreeMap<K, T>) -> Self {
        Self {
            added: new.keys().filter(|key| !old.contains_key(*key)).cloned().collect(),
            removed: old.keys().filter(|key| !new.contains_key(*key)).cloned().collect(),
            changed: old
                .iter()
                .filter(|(key, was)| new.get(*key).is_some_and(|is| is != *was))
                .map(|(key, _)| key.clone())
                .collect(),
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// What lies between two versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// Nodes that are only in the newer version.
    pub added: BTreeSet<NodeId>,
    /// Nodes that are only in the older version.
    pub removed: BTreeSet<NodeId>,
    /// Nodes that do or say something else.
    pub changed: BTreeMap<NodeId, NodeDiff>,
    /// Nodes that lie elsewhere; told apart, since it changes no result.
    pub moved: BTreeMap<NodeId, Change<Position>>,
    /// Connections that are only in the newer version.
    pub connected: BTreeMap<EdgeId, Edge>,
    /// Connections that are only in the older version.
    pub disconnected: BTreeMap<EdgeId, Edge>,
    /// Connections with other ends or another place in their port.
    pub rewired: BTreeMap<EdgeId, Change<Edge>>,
    /// Notes.
    pub notes: Elements<NoteId>,
    /// Frames.
    pub frames: Elements<FrameId>,
    /// Parameters of the workflow.
    pub params: Elements<String>,
    /// Inputs of the workflow.
    pub inputs: Elements<String>,
    /// Outputs of the workflow.
    pub outputs: Elements<String>,
}

impl Diff {
    /// Whether a result could differ: anything but places, words and frames.
    pub fn matters(&self) -> bool {
        let deeds = |node: &NodeDiff| node.component.is_some() || !node.params.is_empty() || node.seed.is_some();
        !(self.added.is_empty() && self.removed.is_empty())
            || self.changed.values().any(deeds)
            || !(self.connected.is_empty() && self.disconnected.is_empty() && self.rewired.is_empty())
            || !(self.params.is_empty() && self.inputs.is_empty() && self.outputs.is_empty())
    }
}

/// What lies between an older and a newer version.
pub fn diff(old: &Workflow, new: &Workflow) -> Diff {
    let both = || old.nodes.iter().filter_map(|(id, was)| Some((id, was, new.nodes.get(id)?)));
    let only = |one: &Workflow, other: &Workflow| {
        let edges = one.edges.iter().filter(|(id, _)| !other.edges.contains_key(*id));
        edges.map(|(id, edge)| (id.clone(), edge.clone())).collect::<BTreeMap<_, _>>()
    };
    let nodes = Elements::between(&old.nodes, &new.nodes);
    Diff {
        added: nodes.added,
        removed: nodes.removed,
        changed: both().filter_map(|(id, was, is)| Some((id.clone(), node_diff(was, is)?))).collect(),
        moved: both()
            .filter_map(|(id, was, is)| Some((id.clone(), Change::between(&was.position, &is.position)?)))
            .collect(),
        connected: only(new, old),
        disconnected: only(old, new),
        rewired: old
            .edges
            .iter()
            .filter_map(|(id, was)| Some((id.clone(), Change::between(was, new.edges.get(id)?)?)))
            .collect(),
        notes: Elements::between(&old.notes, &new.notes),
        frames: Elements::between(&old.frames, &new.frames),
        params: Elements::between(&old.params, &new.params),
        inputs: Elements::between(&old.inputs, &new.inputs),
        outputs: Elements::between(&old.outputs, &new.outputs),
    }
}

/// What changed in a node; nothing where only its place did.
fn node_diff(was: &Node, is: &Node) -> Option<NodeDiff> {
    let names: BTreeSet<&String> = was.params.keys().chain(is.params.keys()).collect();
    let value = |node: &Node, name: &String| node.params.get(name).cloned().unwrap_or(Value::Null);
    let param = |name: &String| Some((name.clone(), Change::between(&value(was, name), &value(is, name))?));
    let diff = NodeDiff {
        component: Change::between(&was.component, &is.component),
        params: names.into_iter().filter_map(param).collect(),
        label: Change::between(&was.label, &is.label),
        note: Change::between(&was.note, &is.note),
        seed: Change::between(&was.seed, &is.seed),
        frame: Change::between(&was.frame, &is.frame),
    };
    (diff != NodeDiff::default()).then_some(diff)
}
