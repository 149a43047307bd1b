//! The chosen nodes give way to the component that was made of them.

use std::collections::BTreeMap;

use super::Choice;
use crate::graph::{
    Component, Edge, EdgeId, Edit, ExposedInput, ExposedOutput, Node, NodeId, PortRef, Position, Workflow, param_ref,
};

/// The edits that put the component, as the node `id`, in the place of the
/// nodes that it was made of. What fed them feeds it, and what they fed it feeds.
pub fn replace(workflow: &Workflow, choice: &Choice, id: &NodeId) -> Vec<Edit> {
    let chosen = |node: &NodeId| choice.nodes.contains(node);
    let places: Vec<Position> = choice.nodes.iter().filter_map(|id| Some(workflow.nodes.get(id)?.position)).collect();
    let mean = |along: fn(&Position) -> i32| {
        let sum: i64 = places.iter().map(|place| i64::from(along(place))).sum();
        i32::try_from(sum / i64::try_from(places.len().max(1)).unwrap_or(1)).unwrap_or_default()
    };
    let position = Position { x: mean(|place| place.x), y: mean(|place| place.y) };
    let mut node = Node::new(Component::new(&*choice.name, choice.version), position);
    for param in &choice.params {
        // What the whole workflow sets goes on setting it.
        let set = workflow.nodes.get(&param.node).and_then(|node| node.params.get(&param.param));
        if let Some(value) = set.filter(|value| param_ref(value).is_some()) {
            node.params.insert(param.name.clone(), value.clone());
        }
    }
    let inward = |to: &PortRef| {
        let input = choice.inputs.iter().find(|input| input.to.contains(to));
        input.map(|input| PortRef::new(id, &*input.name))
    };
    let outward = |from: &PortRef| {
        let output = choice.outputs.iter().find(|output| output.from == *from);
        output.map(|output| PortRef::new(id, &*output.name))
    };
    // One source that fed several inner ports feeds the input that stands for
    // them once; one that was connected twice to one port still is.
    let mut edges: Vec<(&PortRef, Edge)> = Vec::new();
    for edge in workflow.edges.values() {
        let ends = match (chosen(&edge.from.node), chosen(&edge.to.node)) {
            (false, true) => inward(&edge.to).map(|to| (edge.from.clone(), to)),
            (true, false) => outward(&edge.from).map(|from| (from, edge.to.clone())),
            _ => None,
        };
        let Some((from, to)) = ends else { continue };
        let doubled = |(inner, other): &(&PortRef, Edge)| other.from == from && other.to == to && **inner != edge.to;
        if !edges.iter().any(doubled) {
            edges.push((&edge.to, Edge { from, to, order: edge.order }));
        }
    }
    let mut inputs: BTreeMap<String, ExposedInput> = BTreeMap::new();
    for (name, input) in workflow.inputs.iter().filter(|(_, input)| input.to.iter().any(|to| chosen(&to.node))) {
        let mut to: Vec<PortRef> = Vec::new();
        for end in &input.to {
            let end = if chosen(&end.node) { inward(end) } else { Some(end.clone()) };
            to.extend(end.filter(|end| !to.contains(end)));
        }
        inputs.insert(name.clone(), ExposedInput { to, ..input.clone() });
    }
    let outputs = workflow.outputs.iter().filter_map(|(name, output)| {
        let from = chosen(&output.from.node).then(|| outward(&output.from))??;
        Some((name.clone(), ExposedOutput { from, ..output.clone() }))
    });
    let mut edits = vec![Edit::AddNode { id: id.clone(), node: Box::new(node) }];
    edits.extend(choice.nodes.iter().map(|id| Edit::RemoveNode { id: id.clone() }));
    let taken = workflow.ids();
    let names: Vec<String> =
        (0..).map(|n| fresh(id, n)).filter(|name| !taken.contains(name.as_str())).take(edges.len()).collect();
    edits.extend(names.into_iter().zip(edges).map(|(name, (_, edge))| Edit::Connect { id: EdgeId::new(name), edge }));
    edits.extend(inputs.into_iter().map(|(name, input)| Edit::ExposeInput { name, input: Some(input) }));
    edits.extend(outputs.map(|(name, output)| Edit::ExposeOutput { name, output: Some(output) }));
    edits
}

/// A name for the n-th connection of a node, short enough for an id.
fn fresh(id: &NodeId, n: usize) -> String {
    let start: String = id.as_str().chars().take(40).collect();
    format!("{start}-{n}")
}
