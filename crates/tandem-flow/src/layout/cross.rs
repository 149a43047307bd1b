//! The order within layers: the fewer connections cross, the better.

use super::layers::Layers;

/// How often all layers are gone through, forwards and back.
const SWEEPS: usize = 12;

/// Orders the vertices of each layer by the barycentre of their neighbours and keeps the best order that was met.
pub(super) fn untangle(layers: &mut Layers) {
    let mut at = vec![0_usize; layers.node.len()];
    number(layers, &mut at);
    let mut best = (crossings(layers, &at), layers.order.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let forwards = sweep % 2 == 0;
        let count = layers.order.len();
        for step in 1..count {
            let layer = if forwards { step } else { count - 1 - step };
            let neighbours = if forwards { &layers.before } else { &layers.behind };
            let centre = |vertex: &usize| {
                let near = &neighbours[*vertex];
                let sum: usize = near.iter().map(|other| at[*other]).sum();
                if near.is_empty() { at[*vertex] as f64 } else { sum as f64 / near.len() as f64 }
            };
            let mut order: Vec<(f64, usize)> = layers.order[layer].iter().map(|v| (centre(v), *v)).collect();
            // Equals keep their order on the way there and change it on the way back, which gets out of dead ends.
            if !forwards {
                order.reverse();
            }
            order.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            layers.order[layer] = order.into_iter().map(|(_, vertex)| vertex).collect();
            layers.order[layer].iter().enumerate().for_each(|(place, vertex)| at[*vertex] = place);
        }
        let crossings = crossings(layers, &at);
        if crossings < best.0 {
            best = (crossings, layers.order.clone());
        }
    }
    layers.order = best.1;
}

/// Writes down the place of each vertex in its layer.
fn number(layers: &Layers, at: &mut [usize]) {
    for order in &layers.order {
        order.iter().enumerate().for_each(|(place, vertex)| at[*vertex] = place);
    }
}

/// How many pairs of connections cross: the inversions among their ends, layer by layer.
pub(super) fn crossings(layers: &Layers, at: &[usize]) -> u64 {
    layers.order.iter().map(|order| between(layers, order, at)).sum()
}

fn between(layers: &Layers, order: &[usize], at: &[usize]) -> u64 {
    let mut ends: Vec<usize> = Vec::new();
    for vertex in order {
        let mut own: Vec<usize> = layers.behind[*vertex].iter().map(|other| at[*other]).collect();
        own.sort_unstable();
        ends.extend(own);
    }
    // A Fenwick tree counts the ends so far that lie further down.
    let mut tree = vec![0_u64; ends.iter().max().map_or(0, |most| most + 2)];
    let mut crossings = 0;
    for (seen, end) in ends.iter().enumerate() {
        let mut above = 0;
        let mut node = end + 1;
        while node > 0 {
            above += tree[node];
            node &= node - 1;
        }
        crossings += seen as u64 - above;
        let mut node = end + 1;
        while node < tree.len() {
            tree[node] += 1;
            node += node & node.wrapping_neg();
        }
    }
    crossings
}

#[cfg(test)]
pub(super) fn count(layers: &Layers) -> u64 {
    let mut at = vec![0; layers.node.len()];
    number(layers, &mut at);
    crossings(layers, &at)
}
