//! How good answers are.
//!
//! [`Ranking`] judges the order that scores give (ROC, precision and recall,
//! lift), [`Calibration`] whether probabilities mean what they say,
//! [`Confusion`] decisions at a threshold, [`Classes`] answers among several
//! classes, [`Numbers`] numbers, and [`by_group`] all of these for each group
//! of rows. Equal scores are never broken by the order of rows.

mod calibration;
mod classes;
mod groups;
mod numbers;
mod ranking;
mod threshold;

pub use calibration::{Calibration, ReliabilityBin};
pub use classes::{ClassQuality, Classes};
pub use groups::{Group, by_group};
pub use numbers::Numbers;
pub use ranking::{Lift, PrecisionRecall, Ranking, RocPoint};
pub use threshold::{Confusion, Thresholds};

/// Probabilities are kept so far from 0 and 1 before their logarithm is taken.
const LEAST: f64 = f64::EPSILON;

/// The most points of a curve.
const CURVE: usize = 400;

/// About [`CURVE`] of the points, the first and last among them.
fn thin<T: Clone>(points: Vec<T>) -> Vec<T> {
    if points.len() <= CURVE {
        return points;
    }
    let last = points.len() - 1;
    (0..CURVE).map(|i| points[i * last / (CURVE - 1)].clone()).collect()
}

#[cfg(test)]
mod tests;
