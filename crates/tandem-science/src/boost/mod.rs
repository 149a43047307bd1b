//! Gradient boosting of regression trees on histograms, grown leaf by leaf.
//!
//! After Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision
//! Tree" (NeurIPS 2017), and Friedman, "Greedy Function Approximation"
//! (Annals of Statistics 29, 2001). Gradients are summed as whole numbers
//! (`histogram`), so sums don't depend on the order of adding: any number of
//! threads gives the same trees to the last bit.

mod bins;
mod categories;
mod fit;
mod grow;
mod histogram;
mod objective;
mod params;
mod predict;
mod shap;
mod split;
mod tree;

pub use fit::{Fitted, RoundLoss};
pub use params::BoostParams;
pub use shap::Contributions;
pub use tree::{Node, Test, Tree};

use serde::{Deserialize, Serialize};

use crate::design::TargetKind;

/// A boosted model. What it adds up is a number per class (one for binary
/// targets and numbers): the log-odds, the logarithms of odds of each class, or
/// the number itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoostModel {
    /// What kind of answer.
    pub kind: TargetKind,
    /// The names of the features it was trained with.
    pub features: Vec<String>,
    /// Where each sum starts.
    pub base: Vec<f64>,
    /// Trees by round, then by class.
    pub trees: Vec<Tree>,
}

impl BoostModel {
    /// How many sums: classes, or 1.
    pub fn outputs(&self) -> usize {
        self.base.len()
    }

    /// How many rounds of boosting.
    pub fn rounds(&self) -> usize {
        self.trees.len() / self.outputs().max(1)
    }

    /// For each feature: by how much its splits lowered the training loss.
    pub fn gains(&self) -> Vec<f64> {
        let mut gains = vec![0.0; self.features.len()];
        for node in self.trees.iter().flat_map(|tree| &tree.nodes) {
            if let Node::Split { feature, gain, .. } = node {
                gains[*feature as usize] += gain;
            }
        }
        gains
    }
}

#[cfg(test)]
mod tests;
