//! The way back to an older version, as edits like any other.

use std::collections::BTreeMap;

use super::{NodeDiff, node_diff};
use crate::graph::{Edit, Node, NodeId, Workflow};

/// The edits that make `now` the same as `old`.
pub fn restore(old: &Workflow, now: &Workflow) -> Vec<Edit> {
    let mut edits = Vec::new();
    edits.extend(gone(&now.edges, &old.edges).map(|id| Edit::Disconnect { id: id.clone() }));
    edits.extend(gone(&now.nodes, &old.nodes).map(|id| Edit::RemoveNode { id: id.clone() }));
    edits.extend(gone(&now.frames, &old.frames).map(|id| Edit::RemoveFrame { id: id.clone() }));
    edits.extend(gone(&now.notes, &old.notes).map(|id| Edit::RemoveNote { id: id.clone() }));
    for (id, frame) in &old.frames {
        match now.frames.get(id) {
            None => edits.push(Edit::AddFrame { id: id.clone(), frame: frame.clone() }),
            Some(is) => {
                if is.title != frame.title {
                    edits.push(Edit::SetFrameTitle { id: id.clone(), title: frame.title.clone() });
                }
                if is.folded != frame.folded {
                    edits.push(Edit::FoldFrame { id: id.clone(), folded: frame.folded });
                }
            }
        }
    }
    for (id, note) in &old.notes {
        match now.notes.get(id) {
            None => edits.push(Edit::AddNote { id: id.clone(), note: note.clone() }),
            Some(is) if is != note => {
                edits.push(Edit::SetNoteText { id: id.clone(), text: note.text.clone() });
                edits.push(Edit::MoveNote { id: id.clone(), position: note.position, size: note.size });
            }
            Some(_) => {}
        }
    }
    for (id, node) in &old.nodes {
        match now.nodes.get(id) {
            None => edits.push(Edit::AddNode { id: id.clone(), node: Box::new(node.clone()) }),
            Some(is) => {
                edits.extend(fields(id, node, is));
                edits.push(Edit::MoveNode { id: id.clone(), position: node.position });
                edits.push(Edit::SetFrame { id: id.clone(), frame: node.frame.clone() });
            }
        }
    }
    for (id, edge) in old.edges.iter().filter(|(id, edge)| now.edges.get(*id) != Some(*edge)) {
        if now.edges.contains_key(id) {
            edits.push(Edit::Disconnect { id: id.clone() });
        }
        edits.push(Edit::Connect { id: id.clone(), edge: edge.clone() });
    }
    edits.extend(changed(&old.params, &now.params).map(|(name, schema)| Edit::DeclareParam { name, schema }));
    edits.extend(changed(&old.inputs, &now.inputs).map(|(name, input)| Edit::ExposeInput { name, input }));
    edits.extend(changed(&old.outputs, &now.outputs).map(|(name, output)| Edit::ExposeOutput { name, output }));
    edits
}

/// The edits that make `old` the same as `new`, each of which changes something.
pub fn changes(old: &Workflow, new: &Workflow) -> Vec<Edit> {
    let mut now = old.clone();
    let mut edits = restore(new, old);
    edits.retain(|edit| !now.apply(edit).is_empty());
    edits
}

/// The edits that make one node do and say what it did in `old`; it stays
/// where it lies. One that was removed comes back with those of its connections
/// whose other ends are still there; one that was not there yet is removed.
pub fn restore_node(old: &Workflow, now: &Workflow, id: &NodeId) -> Vec<Edit> {
    match (old.nodes.get(id), now.nodes.get(id)) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![Edit::RemoveNode { id: id.clone() }],
        (Some(was), Some(is)) => fields(id, was, is),
        (Some(was), None) => {
            let mut edits = vec![Edit::AddNode { id: id.clone(), node: Box::new(was.clone()) }];
            let there = |other: &NodeId| other == id || now.nodes.contains_key(other);
            let own = old.edges.iter().filter(|(_, edge)| edge.from.node == *id || edge.to.node == *id);
            let own = own.filter(|(_, edge)| there(&edge.from.node) && there(&edge.to.node));
            edits.extend(own.map(|(id, edge)| Edit::Connect { id: id.clone(), edge: edge.clone() }));
            edits
        }
    }
}

/// The edits of what a node does and says.
fn fields(id: &NodeId, was: &Node, is: &Node) -> Vec<Edit> {
    let Some(NodeDiff { component, params, label, note, seed, frame: _ }) = node_diff(was, is) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    let id = || id.clone();
    edits.extend(component.map(|change| Edit::SetComponent { id: id(), component: change.from }));
    edits.extend(params.into_iter().map(|(param, change)| Edit::SetParam { id: id(), param, value: change.from }));
    edits.extend(label.map(|change| Edit::SetLabel { id: id(), label: change.from }));
    edits.extend(note.map(|change| Edit::SetNodeNote { id: id(), note: change.from }));
    edits.extend(seed.map(|change| Edit::SetSeed { id: id(), seed: change.from }));
    edits
}

/// The keys that are in `now` and not in `old`.
fn gone<'a, K: Ord, T>(now: &'a BTreeMap<K, T>, old: &'a BTreeMap<K, T>) -> impl Iterator<Item = &'a K> {
    now.keys().filter(|key| !old.contains_key(*key))
}

/// The names under which `old` and `now` differ, with what was there.
fn changed<T: Clone + PartialEq>(
    old: &BTreeMap<String, T>,
    now: &BTreeMap<String, T>,
) -> impl Iterator<Item = (String, Option<T>)> {
    let gone = gone(now, old).map(|name| (name.clone(), None));
    let back = old.iter().filter(|(name, was)| now.get(*name) != Some(*was));
    gone.chain(back.map(|(name, was)| (name.clone(), Some(was.clone())))).collect::<Vec<_>>().into_iter()
}
