//! Whether probabilities mean what they say.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::LEAST;
use crate::work::{bad_parameter, not_enough};

/// Rows of similar probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// How many rows.
    pub rows: u64,
    /// The mean of their probabilities.
    pub predicted: f64,
    /// The part that is positive.
    pub observed: f64,
}

/// Whether probabilities mean what they say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The mean of squared distances of probability and truth.
    pub brier: f64,
    /// The same for the base rate alone, in part: 1 is perfect, 0 is no better.
    pub brier_skill: Option<f64>,
    /// The mean of negative logarithms of the probability of what was true.
    pub log_loss: f64,
    /// The mean of probabilities.
    pub mean_predicted: f64,
    /// The part that is positive.
    pub mean_observed: f64,
    /// The mean distance of probability and part over bins, by rows.
    pub expected_error: f64,
    /// Bins of as many rows each, from the lowest probability; equal
    /// probabilities stay together.
    pub bins: Vec<ReliabilityBin>,
}

impl Calibration {
    /// Judges probabilities in about `bins` bins.
    ///
    /// # Errors
    /// `invalid_parameter` for what is no probability; `not_enough_data`
    /// without rows.
    pub fn of(probabilities: &[f64], positive: &[bool], bins: usize) -> Result<Self> {
        if probabilities.len() != positive.len() || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) || bins == 0
        {
            return Err(bad_parameter("Every row must have a probability from 0 to 1 and a true class."));
        }
        if probabilities.is_empty() {
            return Err(not_enough("There are no rows to judge."));
        }
        let n = probabilities.len() as f64;
        let truth = |row: usize| f64::from(u8::from(positive[row]));
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_unstable_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]).then(a.cmp(&b)));
        let (mut brier, mut log_loss, mut predicted, mut observed) = (0.0, 0.0, 0.0, 0.0);
        for &row in &order {
            let p = probabilities[row];
            brier += (p - truth(row)).powi(2);
            let own = if positive[row] { p } else { 1.0 - p };
            log_loss -= own.clamp(LEAST, 1.0).ln();
            predicted += p;
            observed += truth(row);
        }
        let base = observed / n;
        let worst = base * (1.0 - base);
        let mut found = Vec::new();
        let mut from = 0;
        for bin in 1..=bins {
            let mut to = (order.len() * bin / bins).max(from);
            while to > 0 && to < order.len() && probabilities[order[to]] == probabilities[order[to - 1]] {
                to += 1;
            }
            if to > from {
                let rows = &order[from..to];
                let count = rows.len() as f64;
                found.push(ReliabilityBin {
                    rows: rows.len() as u64,
                    predicted: rows.iter().map(|&row| probabilities[row]).sum::<f64>() / count,
                    observed: rows.iter().map(|&row| truth(row)).sum::<f64>() / count,
                });
            }
            from = to;
        }
        Ok(Self {
            brier: brier / n,
            brier_skill: (worst > 0.0).then(|| 1.0 - brier / n / worst),
            log_loss: log_loss / n,
            mean_predicted: predicted / n,
            mean_observed: base,
            expected_error: found.iter().map(|b| b.rows as f64 * (b.predicted - b.observed).abs()).sum::<f64>() / n,
            bins: found,
        })
    }
}
