//! What each feature contributed to each answer.
//!
//! Shapley values of trees by the path-dependent algorithm of Lundberg, Erion
//! and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles"
//! (2018), algorithm 2: exact, in time that grows with the square of the depth.
//! Where a feature is not known, rows follow both branches in the proportion
//! of the training rows that did.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{
    BoostModel,
    tree::{Node, Tree},
};
use crate::{
    design::Features,
    work::{Work, bad_parameter},
};

/// Rows of one piece of work.
const PIECE: usize = 256;

/// Contributions to the sums of a model. For each row and output, `base` plus
/// the contributions of all features is the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// The mean score of training rows, by output.
    pub base: Vec<f64>,
    /// `rows × outputs × features` numbers.
    pub values: Vec<f64>,
    /// How many features.
    pub features: usize,
}

impl Contributions {
    /// The contributions of one row to one output.
    pub fn of(&self, row: usize, output: usize) -> &[f64] {
        let at = (row * self.base.len() + output) * self.features;
        &self.values[at..at + self.features]
    }

    /// For each feature, how much it moves the scores: the mean of absolute
    /// contributions over rows and outputs.
    pub fn importance(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.features];
        for part in self.values.chunks(self.features.max(1)) {
            sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value.abs());
        }
        let n = (self.values.len() / self.features.max(1)).max(1) as f64;
        sums.into_iter().map(|sum| sum / n).collect()
    }
}

impl BoostModel {
    /// The contributions of each feature to the scores of rows.
    ///
    /// # Errors
    /// As [`Self::scores`].
    pub fn contributions(&self, features: &Features, work: &Work<'_>) -> Result<Contributions> {
        if features.names != self.features {
            return Err(bad_parameter("These rows do not have the features that the model was trained with."));
        }
        let (outputs, width) = (self.outputs(), self.features.len());
        let means: Vec<Vec<f64>> = self.trees.iter().map(means).collect();
        let mut base = self.base.clone();
        for (i, means) in means.iter().enumerate() {
            base[i % outputs] += means.first().copied().unwrap_or(0.0);
        }
        let parts: Vec<Result<Vec<f64>>> = work.pieces(features.rows, PIECE, |rows| {
            work.check()?;
            let mut values = vec![0.0; rows.len() * outputs * width];
            for (row, values) in rows.zip(values.chunks_mut((outputs * width).max(1))) {
                for (i, tree) in self.trees.iter().enumerate() {
                    let at = i % outputs * width;
                    let mut walk = Walk { tree, features, row, values: &mut values[at..at + width] };
                    walk.visit(0, Vec::with_capacity(16), (1.0, 1.0, None));
                }
            }
            Ok(values)
        });
        let mut values = Vec::with_capacity(features.rows * outputs * width);
        for part in parts {
            values.extend(part?);
        }
        Ok(Contributions { base, values, features: width })
    }
}

/// The mean value of training rows below each node.
fn means(tree: &Tree) -> Vec<f64> {
    let mut means = vec![0.0; tree.nodes.len()];
    for at in (0..tree.nodes.len()).rev() {
        means[at] = match &tree.nodes[at] {
            Node::Leaf { value, .. } => *value,
            Node::Split { left, right, .. } => {
                let (left, right) = (*left as usize, *right as usize);
                let (a, b) = (tree.nodes[left].rows() as f64, tree.nodes[right].rows() as f64);
                (a * means[left] + b * means[right]) / (a + b).max(1.0)
            }
        };
    }
    means
}

/// A feature on the way down: which part of the paths without it and with it
/// come here, and the weights of subsets by their size.
#[derive(Clone, Copy)]
struct Step {
    feature: Option<u32>,
    without: f64,
    with: f64,
    weight: f64,
}

struct Walk<'a> {
    tree: &'a Tree,
    features: &'a Features,
    row: usize,
    values: &'a mut [f64],
}

impl Walk<'_> {
    fn visit(&mut self, at: usize, mut path: Vec<Step>, (without, with, feature): (f64, f64, Option<u32>)) {
        extend(&mut path, without, with, feature);
        let (tree, features) = (self.tree, self.features);
        match &tree.nodes[at] {
            Node::Leaf { value, .. } => {
                for i in 1..path.len() {
                    let step = path[i];
                    let weight = unwound_sum(&path, i);
                    if let Some(feature) = step.feature {
                        self.values[feature as usize] += weight * (step.with - step.without) * value;
                    }
                }
            }
            Node::Split { feature, test, left, right, rows, .. } => {
                let yes = test.asks(&features.columns[*feature as usize], self.row);
                let (hot, cold) = if yes { (*left, *right) } else { (*right, *left) };
                let (mut without, mut with) = (1.0, 1.0);
                if let Some(i) = path.iter().position(|step| step.feature == Some(*feature)) {
                    (without, with) = (path[i].without, path[i].with);
                    unwind(&mut path, i);
                }
                let part = |node: u32| tree.nodes[node as usize].rows() as f64 / (*rows).max(1) as f64;
                let (hot_part, cold_part) = (part(hot), part(cold));
                self.visit(hot as usize, path.clone(), (without * hot_part, with, Some(*feature)));
                self.visit(cold as usize, path, (without * cold_part, 0.0, Some(*feature)));
            }
        }
    }
}

fn extend(path: &mut Vec<Step>, without: f64, with: f64, feature: Option<u32>) {
    let length = path.len();
    path.push(Step { feature, without, with, weight: f64::from(u8::from(length == 0)) });
    let size = (length + 1) as f64;
    for i in (0..length).rev() {
        path[i + 1].weight += with * path[i].weight * (i + 1) as f64 / size;
        path[i].weight *= without * (length - i) as f64 / size;
    }
}

fn unwind(path: &mut Vec<Step>, index: usize) {
    let last = path.len() - 1;
    let size = (last + 1) as f64;
    let (without, with) = (path[index].without, path[index].with);
    let mut next = path[last].weight;
    for i in (0..last).rev() {
        if with != 0.0 {
            let weight = path[i].weight;
            path[i].weight = next * size / ((i + 1) as f64 * with);
            next = weight - path[i].weight * without * (last - i) as f64 / size;
        } else {
            path[i].weight = path[i].weight * size / (without * (last - i) as f64);
        }
    }
    for i in index..last {
        let Step { feature, without, with, .. } = path[i + 1];
        path[i] = Step { feature, without, with, weight: path[i].weight };
    }
    path.pop();
}

/// The sum of weights that [`unwind`] would leave.
fn unwound_sum(path: &[Step], index: usize) -> f64 {
    let last = path.len() - 1;
    let size = (last + 1) as f64;
    let (without, with) = (path[index].without, path[index].with);
    let mut next = path[last].weight;
    let mut total = 0.0;
    for i in (0..last).rev() {
        if with != 0.0 {
            let weight = next * size / ((i + 1) as f64 * with);
            total += weight;
            next = path[i].weight - weight * without * (last - i) as f64 / size;
        } else {
            total += path[i].weight * size / (without * (last - i) as f64);
        }
    }
    total
}
