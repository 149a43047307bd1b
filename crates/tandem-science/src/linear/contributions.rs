//! What each feature contributed to each answer of a linear model.

use super::LinearModel;
use crate::{
    boost::Contributions,
    design::{Features, Layout},
};

impl LinearModel {
    /// Contributions to the linear sums of rows: the weight of each column times
    /// how far the row is from the mean of these rows, added up by feature.
    pub fn contributions(&self, layout: &Layout, features: &Features) -> Contributions {
        let rows = layout.dense(features);
        let (outputs, width) = (self.intercepts.len(), features.columns.len());
        let mut means = vec![0.0; rows.width];
        for row in 0..rows.rows {
            means.iter_mut().zip(rows.row(row)).for_each(|(mean, x)| *mean += x / rows.rows as f64);
        }
        let mut values = vec![0.0; rows.rows * outputs * width];
        for (place, own) in values.chunks_mut(width.max(1)).enumerate() {
            let (row, output) = (place / outputs.max(1), place % outputs.max(1));
            for (at, term) in layout.terms.iter().enumerate() {
                own[term.feature()] += self.weights[output][at] * (rows.row(row)[at] - means[at]);
            }
        }
        let sum = |weights: &[f64]| weights.iter().zip(&means).map(|(w, mean)| w * mean).sum::<f64>();
        let base = self.intercepts.iter().zip(&self.weights).map(|(constant, weights)| constant + sum(weights));
        Contributions { base: base.collect(), values, features: width }
    }
}
