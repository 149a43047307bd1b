//! Where nodes lie: in layers from left to right with few crossings, or in
//! line with one another.
//!
//! The layers follow Sugiyama, Tagawa and Toda (1981): every node stands right of
//! what feeds it, long connections get a place in each layer that they cross,
//! layers are ordered by the barycentres of their neighbours, and places are the
//! least-squares fit to the neighbours that keeps the order and the gaps.

mod align;
mod cross;
mod layers;
mod place;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use align::{Align, Axis, align, distribute};

use crate::graph::{Edit, NodeId, Position, Wiring, Workflow};
use layers::Layers;

/// Sizes, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Width of a node.
    pub width: i32,
    /// Height of a node.
    pub height: i32,
    /// Room between layers.
    pub gap_x: i32,
    /// Room between nodes of a layer.
    pub gap_y: i32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { width: 220, height: 76, gap_x: 90, gap_y: 34 }
    }
}

/// Moves `chosen` nodes (all where there are none) into layers. The upper left
/// corner stays where it is; parts that are not connected lie below one another.
pub fn layout(workflow: &Workflow, chosen: &BTreeSet<NodeId>, sizes: &Sizes) -> Vec<Edit> {
    let wiring = Wiring::new(workflow);
    let takes = |id: &NodeId| chosen.is_empty() || chosen.contains(id);
    // What feeds comes first; what lies on a cycle follows, and its backward connections are not drawn on.
    let ordered: BTreeSet<&NodeId> = wiring.order().iter().copied().collect();
    let circling = workflow.nodes.keys().filter(|id| !ordered.contains(id));
    let nodes: Vec<&NodeId> = wiring.order().iter().copied().chain(circling).filter(|id| takes(id)).collect();
    let place: BTreeMap<&NodeId, usize> = nodes.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut edges: Vec<(usize, usize)> = workflow
        .edges
        .values()
        .filter_map(|edge| Some((*place.get(&edge.from.node)?, *place.get(&edge.to.node)?)))
        .filter(|(from, to)| from < to)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let now = |id: &NodeId| workflow.nodes.get(id).map(|node| node.position).unwrap_or_default();
    let corner = Position {
        x: nodes.iter().map(|id| now(id).x).min().unwrap_or_default(),
        y: nodes.iter().map(|id| now(id).y).min().unwrap_or_default(),
    };
    let mut edits = Vec::new();
    let mut top = f64::from(corner.y);
    for part in parts(nodes.len(), &edges) {
        let mut layers = Layers::new(&part, &edges);
        cross::untangle(&mut layers);
        let placed = place::place(&layers, sizes);
        for (node, layer, y) in &placed.nodes {
            let x = corner.x + i32::try_from(*layer).unwrap_or_default() * (sizes.width + sizes.gap_x);
            let position = Position { x, y: (top + y).round() as i32 };
            edits.push(Edit::MoveNode { id: nodes[*node].clone(), position });
        }
        top += placed.height + f64::from(2 * sizes.gap_y);
    }
    edits.retain(|edit| !matches!(edit, Edit::MoveNode { id, position } if now(id) == *position));
    edits
}

/// The parts that hang together, each in order, the part with the first node first.
fn parts(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut head: Vec<usize> = (0..count).collect();
    fn find(head: &mut [usize], mut at: usize) -> usize {
        while head[at] != at {
            head[at] = head[head[at]];
            at = head[at];
        }
        at
    }
    for (from, to) in edges {
        let (a, b) = (find(&mut head, *from), find(&mut head, *to));
        head[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..count {
        parts.entry(find(&mut head, at)).or_default().push(at);
    }
    parts.into_values().collect()
}
