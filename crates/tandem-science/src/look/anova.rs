//! Do several groups differ in their mean?

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::welch::moments;
use crate::{
    distribution::{f_above, student_limit},
    work::not_enough,
};

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupMean {
    /// Its name.
    pub name: String,
    /// Rows with a value.
    pub rows: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// A 95 % interval of the mean.
    pub interval: Option<(f64, f64)>,
}

/// The analysis of variance of one factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anova {
    /// F: variance between groups over variance within.
    pub statistic: f64,
    /// Degrees of freedom between and within.
    pub degrees: (u64, u64),
    /// How likely so large an F is if all means are equal.
    pub p_value: f64,
    /// Welch's F, which does not take variances to be equal, its second degrees
    /// of freedom and its p-value; absent where a group has no variance.
    pub welch: Option<(f64, f64, f64)>,
    /// η²: the part of variance that groups explain.
    pub eta_squared: f64,
    /// ω²: the same, less what chance alone explains.
    pub omega_squared: f64,
    /// The groups.
    pub groups: Vec<GroupMean>,
}

/// Compares the means of groups; those without a value are left out.
///
/// # Errors
/// `not_enough_data` for fewer than two groups, no more rows than groups, or no
/// variation within groups.
pub fn anova(groups: &[(String, Vec<f64>)]) -> Result<Anova> {
    let found: Vec<(&str, (f64, f64, f64))> = groups
        .iter()
        .map(|(name, values)| (name.as_str(), moments(values)))
        .filter(|(_, (n, _, _))| *n > 0.0)
        .collect();
    let k = found.len() as f64;
    let n: f64 = found.iter().map(|(_, m)| m.0).sum();
    let mean = found.iter().map(|(_, m)| m.0 * m.1).sum::<f64>() / n;
    let between: f64 = found.iter().map(|(_, m)| m.0 * (m.1 - mean).powi(2)).sum();
    let within: f64 = found.iter().filter(|(_, m)| m.0 > 1.0).map(|(_, m)| (m.0 - 1.0) * m.2).sum();
    if k < 2.0 || n <= k || within <= 0.0 {
        return Err(not_enough("A comparison needs two groups, and values that vary within them."));
    }
    let of_within = within / (n - k);
    let statistic = between / (k - 1.0) / of_within;
    let mean_of = |name: &str, (n, mean, variance): (f64, f64, f64)| GroupMean {
        name: name.to_owned(),
        rows: n as u64,
        mean,
        deviation: (n > 1.0).then(|| variance.sqrt()),
        interval: (n > 1.0).then(|| {
            let reach = student_limit(0.05, n - 1.0) * (variance / n).sqrt();
            (mean - reach, mean + reach)
        }),
    };
    Ok(Anova {
        statistic,
        degrees: ((k - 1.0) as u64, (n - k) as u64),
        p_value: f_above(statistic, k - 1.0, n - k),
        welch: by_welch(&found),
        eta_squared: between / (between + within),
        omega_squared: ((between - (k - 1.0) * of_within) / (between + within + of_within)).max(0.0),
        groups: found.into_iter().map(|(name, moments)| mean_of(name, moments)).collect(),
    })
}

/// Welch, "On the Comparison of Several Mean Values" (Biometrika 38, 1951).
fn by_welch(groups: &[(&str, (f64, f64, f64))]) -> Option<(f64, f64, f64)> {
    if groups.iter().any(|(_, (n, _, variance))| *n < 2.0 || *variance <= 0.0) {
        return None;
    }
    let k = groups.len() as f64;
    let weight = |(n, _, variance): (f64, f64, f64)| n / variance;
    let total: f64 = groups.iter().map(|(_, m)| weight(*m)).sum();
    let mean = groups.iter().map(|(_, m)| weight(*m) * m.1).sum::<f64>() / total;
    let spread = groups.iter().map(|(_, m)| weight(*m) * (m.1 - mean).powi(2)).sum::<f64>() / (k - 1.0);
    let lambda: f64 = groups.iter().map(|(_, m)| (1.0 - weight(*m) / total).powi(2) / (m.0 - 1.0)).sum();
    let statistic = spread / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * lambda);
    let degrees = (k * k - 1.0) / (3.0 * lambda);
    Some((statistic, degrees, f_above(statistic, k - 1.0, degrees)))
}
