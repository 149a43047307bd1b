//! What can be said of coefficients and of the fit.

use serde::{Deserialize, Serialize};

use super::standard::Standard;
use crate::{
    distribution::{normal_beyond, normal_quantile, student_beyond, student_limit},
    linalg::Square,
};

/// One coefficient. What can't be said (with a penalty, or of a column that was
/// left out) is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The output it belongs to: of several classes, the class.
    pub output: usize,
    /// The column, or `None` for the intercept.
    pub column: Option<usize>,
    /// In the column's own unit.
    pub estimate: f64,
    /// For one standard deviation of the column.
    pub standardized: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Estimate by standard error: t, or z.
    pub statistic: Option<f64>,
    /// How likely so large a statistic is if the true value is 0.
    pub p_value: Option<f64>,
    /// The ends of the interval.
    pub interval: Option<(f64, f64)>,
}

/// How well a model fits the rows it was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Quality {
    /// Of numbers.
    LeastSquares {
        /// Rows.
        rows: usize,
        /// Part of the variance that is explained.
        r_squared: f64,
        /// The same, less what as many columns of noise would explain.
        adjusted_r_squared: f64,
        /// The deviation of errors, by degrees of freedom.
        residual_deviation: f64,
        /// Whether the columns together say anything: F and its p-value.
        f: Option<(f64, f64)>,
        /// Of normal errors.
        log_likelihood: f64,
        /// Akaike's criterion, over the coefficients.
        aic: f64,
        /// Schwarz's criterion, over the coefficients.
        bic: f64,
    },
    /// Of classes.
    Logistic {
        /// Rows.
        rows: usize,
        /// Of the model.
        log_likelihood: f64,
        /// Of intercepts alone.
        null_log_likelihood: f64,
        /// McFadden's 1 − ratio of the two.
        pseudo_r_squared: f64,
        /// Akaike's criterion.
        aic: f64,
        /// Schwarz's criterion.
        bic: f64,
        /// Steps that Newton's method took.
        steps: u32,
    },
}

/// The coefficients of one output, from the covariance of (intercept,
/// standardized weights) where it is known; `degrees` of Student's t, or the
/// normal distribution.
pub(super) fn coefficients(
    output: usize,
    (intercept, weights): (f64, &[f64]),
    standard: &Standard,
    covariance: Option<&Square>,
    degrees: Option<f64>,
    confidence: f64,
) -> Vec<Coefficient> {
    let variances = covariance.map(|covariance| standard.variances(covariance));
    let limit = match degrees {
        Some(degrees) => student_limit(1.0 - confidence, degrees),
        None => normal_quantile(0.5 + confidence / 2.0),
    };
    let one = |column: Option<usize>, estimate: f64, variance: Option<f64>| {
        let error = variance.filter(|v| *v >= 0.0 && v.is_finite()).map(f64::sqrt);
        let statistic = error.filter(|e| *e > 0.0).map(|e| estimate / e);
        Coefficient {
            output,
            column,
            estimate,
            standardized: column.map(|j| estimate * standard.deviations[j]),
            standard_error: error,
            statistic,
            p_value: statistic.map(|s| degrees.map_or_else(|| normal_beyond(s), |d| student_beyond(s, d))),
            interval: error.map(|e| (estimate - limit * e, estimate + limit * e)),
        }
    };
    let mut all = vec![one(None, intercept, variances.as_ref().map(|v| v.0))];
    for (j, &weight) in weights.iter().enumerate() {
        all.push(one(Some(j), weight, variances.as_ref().map(|v| v.1[j])));
    }
    all
}
