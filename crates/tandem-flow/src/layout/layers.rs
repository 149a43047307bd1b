//! Nodes in layers, and long connections as chains of places.

use std::collections::BTreeMap;

/// Vertices (nodes, and places where a long connection crosses a layer) by layer.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    /// The node that a vertex is; none for a place on a long connection.
    pub(super) node: Vec<Option<usize>>,
    /// Vertices in the layer before that a vertex is connected to.
    pub(super) before: Vec<Vec<usize>>,
    /// Vertices in the layer behind.
    pub(super) behind: Vec<Vec<usize>>,
    /// The vertices of each layer from top to bottom.
    pub(super) order: Vec<Vec<usize>>,
}

impl Layers {
    /// Layers of the nodes `part`, in which every one comes after those that feed it.
    pub(super) fn new(part: &[usize], edges: &[(usize, usize)]) -> Self {
        let index: BTreeMap<usize, usize> = part.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        let edges: Vec<(usize, usize)> =
            edges.iter().filter_map(|(from, to)| Some((*index.get(from)?, *index.get(to)?))).collect();
        let depth = depths(part.len(), &edges);
        let mut layers = Self {
            node: part.iter().copied().map(Some).collect(),
            before: vec![Vec::new(); part.len()],
            behind: vec![Vec::new(); part.len()],
            order: vec![Vec::new(); depth.iter().max().map_or(0, |deepest| deepest + 1)],
        };
        for (at, layer) in depth.iter().enumerate() {
            layers.order[*layer].push(at);
        }
        for (from, to) in edges {
            let mut last = from;
            for layer in depth[from] + 1..depth[to] {
                let place = layers.node.len();
                layers.node.push(None);
                layers.before.push(Vec::new());
                layers.behind.push(Vec::new());
                layers.order[layer].push(place);
                layers.connect(last, place);
                last = place;
            }
            layers.connect(last, to);
        }
        layers
    }

    fn connect(&mut self, from: usize, to: usize) {
        self.behind[from].push(to);
        self.before[to].push(from);
    }
}

/// The layer of each node: behind all that feeds it, and what nothing feeds right before what it feeds.
fn depths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut depth = vec![0_usize; count];
    // The connections are sorted by where they begin, and what feeds comes first.
    for (from, to) in edges {
        depth[*to] = depth[*to].max(depth[*from] + 1);
    }
    let mut fed = vec![false; count];
    edges.iter().for_each(|(_, to)| fed[*to] = true);
    for at in (0..count).filter(|at| !fed[*at]) {
        let first = edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| depth[*to]).min();
        depth[at] = first.map_or(0, |first| first - 1);
    }
    depth
}
