//! How to boost.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::work::bad_parameter;

/// How to boost. The defaults are those of LightGBM 4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoostParams {
    /// Rounds of boosting.
    pub rounds: u32,
    /// How much of each tree is added.
    pub learning_rate: f64,
    /// The most leaves of a tree.
    pub leaves: u32,
    /// The most tests from root to leaf; 0 is no limit.
    pub max_depth: u32,
    /// The fewest training rows of a leaf.
    pub min_rows: u32,
    /// The least sum of second derivatives of a leaf.
    pub min_hessian: f64,
    /// L2 penalty on the values of leaves.
    pub l2: f64,
    /// The least gain of a split.
    pub min_gain: f64,
    /// The part of features that each tree may use.
    pub feature_fraction: f64,
    /// The part of rows that each tree is grown on.
    pub row_fraction: f64,
    /// The most bins of a feature, 2 to 255.
    pub bins: u32,
    /// Stop after so many rounds without a better loss on validation rows; 0
    /// never stops.
    pub early_stopping: u32,
    /// Pulls the statistic by which categories are ordered to the middle.
    pub category_smooth: f64,
    /// L2 penalty of splits on categories.
    pub category_l2: f64,
    /// The most categories on the smaller side of a split.
    pub category_limit: u32,
    /// The fewest rows of a group of categories.
    pub category_rows: u32,
    /// Up to so many categories, one is split from the rest.
    pub category_one_hot: u32,
    /// For the choice of rows and features.
    pub seed: u64,
}

impl Default for BoostParams {
    fn default() -> Self {
        Self {
            rounds: 100,
            learning_rate: 0.1,
            leaves: 31,
            max_depth: 0,
            min_rows: 20,
            min_hessian: 1e-3,
            l2: 0.0,
            min_gain: 0.0,
            feature_fraction: 1.0,
            row_fraction: 1.0,
            bins: 255,
            early_stopping: 0,
            category_smooth: 10.0,
            category_l2: 10.0,
            category_limit: 32,
            category_rows: 100,
            category_one_hot: 4,
            seed: 0,
        }
    }
}

impl BoostParams {
    /// Whether every parameter is in its range.
    pub(super) fn check(&self) -> Result<()> {
        let ranges = [
            ("rounds", f64::from(self.rounds), 1.0, 100_000.0),
            ("learning_rate", self.learning_rate, 1e-6, 1.0),
            ("leaves", f64::from(self.leaves), 2.0, 4_096.0),
            ("max_depth", f64::from(self.max_depth), 0.0, 1_000.0),
            ("min_rows", f64::from(self.min_rows), 1.0, 1e9),
            ("min_hessian", self.min_hessian, 0.0, 1e9),
            ("l2", self.l2, 0.0, 1e9),
            ("min_gain", self.min_gain, 0.0, 1e300),
            ("feature_fraction", self.feature_fraction, 1e-6, 1.0),
            ("row_fraction", self.row_fraction, 1e-6, 1.0),
            ("bins", f64::from(self.bins), 2.0, 255.0),
            ("category_smooth", self.category_smooth, 0.0, 1e9),
            ("category_l2", self.category_l2, 0.0, 1e9),
            ("category_limit", f64::from(self.category_limit), 1.0, 255.0),
            ("category_rows", f64::from(self.category_rows), 1.0, 1e9),
            ("category_one_hot", f64::from(self.category_one_hot), 1.0, 255.0),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(bad_parameter(format!("{name} is {value}; it must be from {low} to {high}.")));
            }
        }
        Ok(())
    }
}
