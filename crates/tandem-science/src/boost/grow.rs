//! Growing one tree: always the leaf that gains most is split next.

use super::{
    bins::{Binned, Bins},
    histogram::{self, Gradients, Histogram, Offsets, Sum},
    params::BoostParams,
    split::{Leaf, Side, Split},
    tree::{Node, Test, Tree},
};
use crate::work::Work;

/// Rows that one thread parts at a time.
const PIECE: usize = 65_536;

/// What growing needs again and again.
pub(super) struct Grower<'a> {
    binned: &'a Binned,
    params: &'a BoostParams,
    offsets: Offsets,
    work: Work<'a>,
    /// A thread's sums.
    words: Vec<Vec<[i64; 256]>>,
    left: Vec<u32>,
    right: Vec<u32>,
}

/// A leaf that may yet be split.
struct Open {
    node: usize,
    /// Its rows, among the rows of the tree.
    from: usize,
    to: usize,
    total: Sum,
    depth: u32,
    l2: f64,
    histogram: Histogram,
    split: Option<Split>,
}

/// A tree, and which rows ended in which leaf.
pub(super) struct Grown {
    pub(super) tree: Tree,
    /// Ranges of the rows given, as they now are, with the value of their leaf.
    pub(super) leaves: Vec<(std::ops::Range<usize>, f64)>,
}

impl<'a> Grower<'a> {
    pub(super) fn new(binned: &'a Binned, params: &'a BoostParams, work: Work<'a>) -> Self {
        let offsets = Offsets::new(binned);
        let words = vec![vec![[0; 256]; binned.width()]; work.threads.max(1)];
        Self { binned, params, offsets, work, words, left: Vec::new(), right: Vec::new() }
    }

    /// Grows a tree on `rows`, which are reordered leaf by leaf. `allowed`
    /// tells which features may be used.
    pub(super) fn grow(&mut self, gradients: &Gradients, rows: &mut [u32], allowed: &[bool]) -> Grown {
        let total = gradients.sum(rows);
        let mut root = Open {
            node: 0,
            from: 0,
            to: rows.len(),
            total,
            depth: 0,
            l2: self.params.l2,
            histogram: self.histogram(gradients, rows),
            split: None,
        };
        self.look(gradients, &mut root, allowed);
        let mut nodes = vec![Node::Leaf { value: 0.0, rows: rows.len() as u64 }];
        let mut open = vec![root];
        while open.len() < self.params.leaves as usize {
            // The first of the best: leaves are in a fixed order.
            let mut best: Option<(usize, f64)> = None;
            for (i, leaf) in open.iter().enumerate() {
                if let Some(split) = &leaf.split
                    && best.is_none_or(|(_, gain)| split.gain > gain)
                {
                    best = Some((i, split.gain));
                }
            }
            let Some((i, _)) = best else { break };
            let Some(split) = open[i].split.take() else { break };
            let parent = open.swap_remove(i);
            let middle = parent.from + self.part(&mut rows[parent.from..parent.to], &split);
            if middle == parent.from || middle == parent.to {
                // Rounded to nothing on one side: this leaf stays as it is.
                open.push(parent);
                continue;
            }
            let (left, right) = (nodes.len() as u32, nodes.len() as u32 + 1);
            nodes[parent.node] = Node::Split {
                feature: split.feature as u32,
                test: self.test(&split),
                left,
                right,
                rows: (parent.to - parent.from) as u64,
                gain: split.gain,
            };
            for (from, to) in [(parent.from, middle), (middle, parent.to)] {
                nodes.push(Node::Leaf { value: 0.0, rows: (to - from) as u64 });
            }
            let [left, right] = self.children(gradients, rows, parent, middle, (left as usize, split.l2), allowed);
            open.push(left);
            open.push(right);
        }
        let mut leaves = Vec::with_capacity(open.len());
        for leaf in &open {
            let rows = (leaf.to - leaf.from) as u64;
            let value = -gradients.gradient(leaf.total) / (gradients.hessian(leaf.total) + leaf.l2);
            let value = if value.is_finite() { value * self.params.learning_rate } else { 0.0 };
            nodes[leaf.node] = Node::Leaf { value, rows };
            leaves.push((leaf.from..leaf.to, value));
        }
        Grown { tree: Tree { nodes }, leaves }
    }

    fn histogram(&mut self, gradients: &Gradients, rows: &[u32]) -> Histogram {
        histogram::build(self.binned, gradients, &self.offsets, rows, &mut self.words, &self.work)
    }

    /// The two halves of a leaf. Only the smaller is summed; the larger is what
    /// is left of their parent.
    fn children(
        &mut self,
        gradients: &Gradients,
        rows: &[u32],
        parent: Open,
        middle: usize,
        (node, l2): (usize, f64),
        allowed: &[bool],
    ) -> [Open; 2] {
        let left_is_smaller = middle - parent.from <= parent.to - middle;
        let smaller = if left_is_smaller { parent.from..middle } else { middle..parent.to };
        let small = self.histogram(gradients, &rows[smaller.clone()]);
        let mut large = parent.histogram;
        large.iter_mut().zip(&small).for_each(|(all, part)| *all = *all - *part);
        let small_total = gradients.sum(&rows[smaller]);
        let large_total = parent.total - small_total;
        let (of_left, of_right) = if left_is_smaller {
            ((small, small_total), (large, large_total))
        } else {
            ((large, large_total), (small, small_total))
        };
        let open = |node, from, to, (histogram, total)| Open {
            node,
            from,
            to,
            total,
            depth: parent.depth + 1,
            l2,
            histogram,
            split: None,
        };
        let mut left = open(node, parent.from, middle, of_left);
        let mut right = open(node + 1, middle, parent.to, of_right);
        self.look(gradients, &mut left, allowed);
        self.look(gradients, &mut right, allowed);
        [left, right]
    }

    fn look(&self, gradients: &Gradients, open: &mut Open, allowed: &[bool]) {
        if self.params.max_depth > 0 && open.depth >= self.params.max_depth {
            return;
        }
        let leaf = Leaf { gradients, params: self.params, total: open.total, rows: open.to - open.from };
        open.split = leaf.best(self.binned, &open.histogram, &self.offsets, allowed);
    }

    /// Puts the rows that go left before the others, each side in its order,
    /// and says how many they are.
    fn part(&mut self, rows: &mut [u32], split: &Split) -> usize {
        let column = &self.binned.by_column[split.feature];
        let mut goes = [false; 256];
        match &split.side {
            Side::UpTo { bin, missing } => {
                goes[..=usize::from(*bin)].fill(true);
                if let Some(own) = self.binned.bins[split.feature].missing() {
                    goes[usize::from(own)] = *missing;
                }
            }
            Side::Among(bins) => goes = **bins,
        }
        self.left.resize(self.left.len().max(rows.len()), 0);
        self.right.resize(self.right.len().max(rows.len()), 0);
        let pieces: Vec<_> =
            rows.chunks(PIECE).zip(self.left.chunks_mut(PIECE)).zip(self.right.chunks_mut(PIECE)).collect();
        let counts = self.work.each(pieces, |_, ((rows, left), right)| {
            let (mut lefts, mut rights) = (0, 0);
            for &row in rows {
                let yes = goes[usize::from(column[row as usize])];
                left[lefts] = row;
                right[rights] = row;
                lefts += usize::from(yes);
                rights += usize::from(!yes);
            }
            (lefts, rights)
        });
        let mut at = 0;
        for (piece, (count, _)) in counts.iter().enumerate() {
            rows[at..at + count].copy_from_slice(&self.left[piece * PIECE..piece * PIECE + count]);
            at += count;
        }
        let middle = at;
        for (piece, (_, count)) in counts.iter().enumerate() {
            rows[at..at + count].copy_from_slice(&self.right[piece * PIECE..piece * PIECE + count]);
            at += count;
        }
        middle
    }

    fn test(&self, split: &Split) -> Test {
        let bins = &self.binned.bins[split.feature];
        match (&split.side, bins) {
            (Side::UpTo { bin, missing }, Bins::Numeric { borders, .. }) => {
                // Past the last border are only the missing.
                let most = borders.get(usize::from(*bin)).copied().unwrap_or(f64::MAX);
                Test::Most { most, missing: *missing }
            }
            (Side::Among(among), _) => {
                let mut codes: Vec<u32> =
                    (0..bins.len()).filter(|&bin| among[bin]).map(|bin| bins.code(bin as u8)).collect();
                codes.sort_unstable();
                Test::Among { codes }
            }
            (Side::UpTo { .. }, Bins::Categorical { .. }) => Test::Among { codes: Vec::new() },
        }
    }
}
