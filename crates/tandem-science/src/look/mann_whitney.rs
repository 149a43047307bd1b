//! Is one group above the other, whatever the distribution?

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::ranks::ranks;
use crate::{distribution::normal_beyond, evaluate::Ranking, work::not_enough};

/// The test of Mann and Whitney (Wilcoxon's rank-sum test).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MannWhitney {
    /// Rows of each group.
    pub rows: [u64; 2],
    /// Pairs in which the first group is above, equal ones counting half.
    pub statistic: f64,
    /// How likely one so far from the middle is if groups are alike.
    pub p_value: f64,
    /// Counted over all orders; else by the normal distribution, corrected for
    /// ties and continuity.
    pub exact: bool,
    /// The probability that a row of the first group is above one of the
    /// second, equal ones counting half.
    pub superiority: f64,
    /// A 95 % interval of it.
    pub interval: (f64, f64),
}

/// Compares two groups by their ranks.
///
/// # Errors
/// `not_enough_data` where a group has no row, or all values are equal.
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Result<MannWhitney> {
    let known = |values: &[f64]| values.iter().filter(|v| v.is_finite()).map(|v| v + 0.0).collect::<Vec<f64>>();
    let (first, second) = (known(first), known(second));
    let (n1, n2) = (first.len() as f64, second.len() as f64);
    let all = [&first[..], &second[..]].concat();
    if first.is_empty() || second.is_empty() || all.iter().all(|v| *v == all[0]) {
        return Err(not_enough("A comparison of ranks needs rows in both groups, and values that vary."));
    }
    let (ranks, ties) = ranks(&all);
    let statistic = ranks[..first.len()].iter().sum::<f64>() - n1 * (n1 + 1.0) / 2.0;
    let larger = statistic.max(n1 * n2 - statistic);
    let exact = ties.is_empty() && first.len().min(second.len()) <= 8 && first.len().max(second.len()) <= 100;
    let p_value = if exact {
        by_counting(first.len(), second.len(), larger as usize)
    } else {
        let n = n1 + n2;
        let tied: f64 = ties.iter().map(|&t| (t as f64).powi(3) - t as f64).sum();
        let deviation = (n1 * n2 / 12.0 * (n + 1.0 - tied / (n * (n - 1.0)))).sqrt();
        let z = (larger - n1 * n2 / 2.0 - 0.5) / deviation;
        if z <= 0.0 { 1.0 } else { normal_beyond(z) }
    };
    let is_first: Vec<bool> = (0..all.len()).map(|i| i < first.len()).collect();
    let ranking = Ranking::of(&all, &is_first)?;
    Ok(MannWhitney {
        rows: [first.len() as u64, second.len() as u64],
        statistic,
        p_value,
        exact,
        superiority: ranking.auc,
        interval: ranking.auc_interval,
    })
}

/// Twice the part of all orders whose statistic is `least` or more.
fn by_counting(n1: usize, n2: usize, least: usize) -> f64 {
    // Orders by statistic are the coefficients of a Gaussian binomial.
    let most = n1 * n2;
    let mut counts = vec![0.0; most + 1];
    counts[0] = 1.0;
    let (small, large) = (n1.min(n2), n1.max(n2));
    for i in 1..=small {
        for at in (large + i..=most).rev() {
            counts[at] -= counts[at - large - i];
        }
        for at in i..=most {
            counts[at] += counts[at - i];
        }
    }
    let total: f64 = counts.iter().sum();
    (2.0 * counts[least..].iter().sum::<f64>() / total).min(1.0)
}
