//! Do two groups differ in their mean?

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::{
    distribution::{normal_quantile, student_beyond, student_limit},
    work::not_enough,
};

/// Welch's t-test, which does not take variances to be equal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Welch {
    /// Rows of each group.
    pub rows: [u64; 2],
    /// Means.
    pub means: [f64; 2],
    /// Standard deviations.
    pub deviations: [f64; 2],
    /// The first mean less the second.
    pub difference: f64,
    /// A 95 % interval of the difference.
    pub interval: (f64, f64),
    /// Student's t.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: f64,
    /// How likely so large a t is if means are equal.
    pub p_value: f64,
    /// Hedges' g: the difference in standard deviations, less the excess of
    /// small samples.
    pub effect: f64,
    /// A 95 % interval of it.
    pub effect_interval: (f64, f64),
}

/// Rows that have a value, their mean, and their variance.
pub(super) fn moments(values: &[f64]) -> (f64, f64, f64) {
    let known = || values.iter().filter(|v| v.is_finite());
    let n = known().count() as f64;
    let mean = known().sum::<f64>() / n;
    (n, mean, known().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

/// Compares the means of two groups.
///
/// # Errors
/// `not_enough_data` for fewer than two rows in a group, or no variation at all.
pub fn welch(first: &[f64], second: &[f64]) -> Result<Welch> {
    let ((n1, m1, v1), (n2, m2, v2)) = (moments(first), moments(second));
    if n1 < 2.0 || n2 < 2.0 || v1 + v2 <= 0.0 {
        return Err(not_enough("A comparison of means needs two rows in each group, and values that vary."));
    }
    let (e1, e2) = (v1 / n1, v2 / n2);
    let error = (e1 + e2).sqrt();
    let difference = m1 - m2;
    let degrees = (e1 + e2).powi(2) / (e1 * e1 / (n1 - 1.0) + e2 * e2 / (n2 - 1.0));
    let statistic = difference / error;
    let reach = student_limit(0.05, degrees) * error;
    let pooled = (((n1 - 1.0) * v1 + (n2 - 1.0) * v2) / (n1 + n2 - 2.0)).sqrt();
    let effect = difference / pooled * (1.0 - 3.0 / (4.0 * (n1 + n2) - 9.0));
    let spread = ((n1 + n2) / (n1 * n2) + effect * effect / (2.0 * (n1 + n2))).sqrt() * normal_quantile(0.975);
    Ok(Welch {
        rows: [n1 as u64, n2 as u64],
        means: [m1, m2],
        deviations: [v1.sqrt(), v2.sqrt()],
        difference,
        interval: (difference - reach, difference + reach),
        statistic,
        degrees,
        p_value: student_beyond(statistic, degrees),
        effect,
        effect_interval: (effect - spread, effect + spread),
    })
}
