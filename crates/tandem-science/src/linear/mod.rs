//! Linear and logistic regression, with what can be said of their
//! coefficients.
//!
//! All columns are centred and divided by their standard deviations while
//! fitting; the L2 penalty acts on those coefficients, so that no unit weighs
//! more than another. Without a penalty each coefficient has its standard
//! error, interval and p-value: Student's t for numbers, the normal
//! distribution for classes.

mod contributions;
mod inference;
mod least_squares;
mod logistic;
mod standard;

pub use inference::{Coefficient, Quality};

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::{
    design::{Dense, TargetKind},
    work::{Work, bad_parameter, not_enough},
};

/// How to fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinearParams {
    /// Half of this times the sum of squares of the coefficients of
    /// standardized columns is added to half the sum of squared errors, or to
    /// the negative log-likelihood.
    pub l2: f64,
    /// The confidence of intervals.
    pub confidence: f64,
    /// The most steps of Newton's method.
    pub steps: u32,
}

impl Default for LinearParams {
    fn default() -> Self {
        Self { l2: 0.0, confidence: 0.95, steps: 100 }
    }
}

/// A fitted model on the columns of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearModel {
    /// What kind of answer.
    pub kind: TargetKind,
    /// The constants, one for each output.
    pub intercepts: Vec<f64>,
    /// The weights of columns in their own units, output by output; 0 for
    /// columns that were left out.
    pub weights: Vec<Vec<f64>>,
}

/// A model, and what can be said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearFit {
    /// The model.
    pub model: LinearModel,
    /// The intercept and every column, output by output. Of several classes,
    /// each is compared with the first.
    pub coefficients: Vec<Coefficient>,
    /// Columns that were left out because others already say the same.
    pub dropped: Vec<usize>,
    /// How well it fits.
    pub quality: Quality,
}

impl LinearModel {
    /// Fits a model of the columns of `rows` to numbers, or codes of classes.
    ///
    /// # Errors
    /// `invalid_parameter`; `not_enough_data` with no more rows than
    /// coefficients; `did_not_converge` where classes are separated so well
    /// that coefficients grow without end; `cancelled`.
    pub fn fit(
        rows: &Dense,
        target: &[f64],
        (kind, classes): (TargetKind, usize),
        params: &LinearParams,
        work: &Work<'_>,
    ) -> Result<LinearFit> {
        if params.l2.is_nan() || !(0.0..=1e12).contains(&params.l2) || !(0.5..1.0).contains(&params.confidence) {
            return Err(bad_parameter("l2 must be 0 or more, and confidence from 0.5 to below 1."));
        }
        let class = |y: &f64| (0.0..classes as f64).contains(y) && y.fract() == 0.0;
        let fits = match kind {
            TargetKind::Regression => target.iter().all(|y| y.is_finite()),
            TargetKind::Binary => classes == 2 && target.iter().all(class),
            TargetKind::Multiclass => classes >= 2 && target.iter().all(class),
        };
        if !fits || target.len() != rows.rows || rows.values.iter().any(|v| !v.is_finite()) {
            return Err(bad_parameter("The target and all columns must have one known value for each row."));
        }
        let standard = standard::Standard::new(rows, work)?;
        let outputs = if kind == TargetKind::Multiclass { classes } else { 1 };
        if rows.rows <= standard.kept.len() + 1 {
            let message = format!(
                "{} rows are too few for {} columns. Take more rows or fewer columns.",
                rows.rows,
                standard.kept.len()
            );
            return Err(not_enough(message));
        }
        match kind {
            TargetKind::Regression => least_squares::fit(rows, target, &standard, params, work),
            _ => logistic::fit(rows, target, outputs, &standard, params, work),
        }
    }

    /// The linear sums: `outputs` numbers for each row, row by row.
    pub fn scores(&self, rows: &Dense) -> Vec<f64> {
        let outputs = self.intercepts.len();
        let mut scores = Vec::with_capacity(rows.rows * outputs);
        for row in 0..rows.rows {
            let cells = rows.row(row);
            for (intercept, weights) in self.intercepts.iter().zip(&self.weights) {
                scores.push(intercept + weights.iter().zip(cells).map(|(w, x)| w * x).sum::<f64>());
            }
        }
        scores
    }

    /// Probabilities, `classes` for each row (of two classes, the second
    /// alone), or numbers.
    pub fn predict(&self, rows: &Dense) -> Vec<f64> {
        let mut scores = self.scores(rows);
        match self.kind {
            TargetKind::Regression => {}
            TargetKind::Binary => scores.iter_mut().for_each(|s| *s = 1.0 / (1.0 + (-*s).exp())),
            TargetKind::Multiclass => scores.chunks_mut(self.intercepts.len()).for_each(logistic::softmax),
        }
        scores
    }
}

#[cfg(test)]
mod tests;
