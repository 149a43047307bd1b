//! Numbers against numbers.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::work::{bad_parameter, not_enough};

/// How far numbers are from the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// How many.
    pub rows: u64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The mean absolute error.
    pub mae: f64,
    /// The median absolute error.
    pub median_error: f64,
    /// The mean of predicted less true.
    pub bias: f64,
    /// The mean of absolute errors over true values that are not 0.
    pub mape: Option<f64>,
    /// Rows whose true value is 0, which have no part in it.
    pub zeros: u64,
    /// Absolute errors together over true values together.
    pub wape: Option<f64>,
    /// The part of variance explained; below 0 where the mean would be better.
    pub r_squared: Option<f64>,
}

impl Numbers {
    /// Judges predictions.
    ///
    /// # Errors
    /// `invalid_parameter` where a number is missing; `not_enough_data` without
    /// rows.
    pub fn of(predicted: &[f64], truth: &[f64]) -> Result<Self> {
        if predicted.len() != truth.len() || predicted.iter().chain(truth).any(|v| !v.is_finite()) {
            return Err(bad_parameter("Every row must have a predicted and a true number."));
        }
        if truth.is_empty() {
            return Err(not_enough("There are no rows to judge."));
        }
        let n = truth.len() as f64;
        let mean = truth.iter().sum::<f64>() / n;
        let (mut squares, mut bias, mut relative, mut zeros, mut spread) = (0.0, 0.0, 0.0, 0_u64, 0.0);
        let mut errors: Vec<f64> = Vec::with_capacity(truth.len());
        for (p, y) in predicted.iter().zip(truth) {
            let error = p - y;
            errors.push(error.abs());
            squares += error * error;
            bias += error;
            spread += (y - mean).powi(2);
            if *y == 0.0 { zeros += 1 } else { relative += (error / y).abs() }
        }
        let sum: f64 = errors.iter().sum();
        let size: f64 = truth.iter().map(|y| y.abs()).sum();
        errors.sort_unstable_by(f64::total_cmp);
        let middle = errors.len() / 2;
        let median = if errors.len() % 2 == 1 { errors[middle] } else { (errors[middle - 1] + errors[middle]) / 2.0 };
        Ok(Self {
            rows: truth.len() as u64,
            rmse: (squares / n).sqrt(),
            mae: sum / n,
            median_error: median,
            bias: bias / n,
            mape: (zeros < truth.len() as u64).then(|| relative / (n - zeros as f64)),
            zeros,
            wape: (size > 0.0).then(|| sum / size),
            r_squared: (spread > 0.0).then(|| 1.0 - squares / spread),
        })
    }
}
