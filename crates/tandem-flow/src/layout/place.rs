//! How far down each vertex lies.

use super::Sizes;
use super::layers::Layers;

/// How often places are fitted to the neighbours, forwards and back.
const ROUNDS: usize = 8;

/// Nodes with their layer and their upper edge, and how high all is.
pub(super) struct Placed {
    pub(super) nodes: Vec<(usize, usize, f64)>,
    pub(super) height: f64,
}

/// Places the vertices of each layer near their neighbours, in order and with room between them.
pub(super) fn place(layers: &Layers, sizes: &Sizes) -> Placed {
    // Lines need less room than nodes.
    let high = |vertex: usize| if layers.node[vertex].is_some() { f64::from(sizes.height) } else { 2.0 };
    let gap = |a: usize, b: usize| {
        let gap = f64::from(sizes.gap_y);
        let room = if layers.node[a].is_some() && layers.node[b].is_some() { gap } else { gap / 2.0 };
        (high(a) + high(b)) / 2.0 + room
    };
    // Middles of the vertices.
    let mut middle = vec![0.0_f64; layers.node.len()];
    for order in &layers.order {
        let mut y = 0.0;
        for (place, vertex) in order.iter().enumerate() {
            y += if place == 0 { 0.0 } else { gap(order[place - 1], *vertex) };
            middle[*vertex] = y;
        }
    }
    let count = layers.order.len();
    for round in 0..ROUNDS {
        let forwards = round % 2 == 0;
        for step in 0..count {
            let layer = if forwards { step } else { count - 1 - step };
            let order = &layers.order[layer];
            let near = if forwards { &layers.before } else { &layers.behind };
            let wish = |vertex: usize| {
                let near = &near[vertex];
                let sum: f64 = near.iter().map(|other| middle[*other]).sum();
                if near.is_empty() { middle[vertex] } else { sum / near.len() as f64 }
            };
            let wishes: Vec<f64> = order.iter().map(|vertex| wish(*vertex)).collect();
            let gaps: Vec<f64> = order.windows(2).map(|pair| gap(pair[0], pair[1])).collect();
            for (vertex, y) in order.iter().zip(fit(&wishes, &gaps)) {
                middle[*vertex] = y;
            }
        }
    }
    let nodes = layers.order.iter().enumerate().flat_map(|(layer, order)| order.iter().map(move |v| (layer, *v)));
    let nodes = nodes.filter_map(|(layer, v)| Some((layers.node[v]?, layer, middle[v] - high(v) / 2.0)));
    let mut nodes: Vec<(usize, usize, f64)> = nodes.collect();
    let top = nodes.iter().map(|(_, _, y)| *y).fold(f64::INFINITY, f64::min);
    let mut height = 0.0_f64;
    for (_, _, y) in &mut nodes {
        *y -= top;
        height = height.max(*y + f64::from(sizes.height));
    }
    Placed { nodes, height }
}

/// The places nearest to what is wished (least squares) that keep their order
/// and `gaps` between them: isotonic regression by pooling adjacent violators.
fn fit(wishes: &[f64], gaps: &[f64]) -> Vec<f64> {
    let mut offset = 0.0;
    let offsets: Vec<f64> = wishes
        .iter()
        .enumerate()
        .map(|(at, _)| {
            offset += if at == 0 { 0.0 } else { gaps[at - 1] };
            offset
        })
        .collect();
    // Blocks of places that touch: sum of what they wish for, and how many they are.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        let mut block = (wish - offset, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 / last.1 as f64 > block.0 / block.1 as f64) {
            block = (block.0 + last.0, block.1 + last.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let level = blocks.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    level.zip(&offsets).map(|(level, offset)| level + offset).collect()
}
