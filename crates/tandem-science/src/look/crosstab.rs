//! Two columns of categories: how many rows are of each pair.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::{
    distribution::chi_square_above,
    work::{bad_parameter, not_enough},
};

/// The most categories of one column.
const MOST: usize = 1_000;

/// Counts of pairs of categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossTable {
    /// Categories of the first column, in order.
    pub rows: Vec<String>,
    /// Categories of the second column, in order.
    pub columns: Vec<String>,
    /// Counts by row and column.
    pub counts: Vec<Vec<u64>>,
    /// Rows in which one of both was missing.
    pub missing: u64,
}

/// Whether two columns are independent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: u64,
    /// How likely so large a statistic is if they are.
    pub p_value: f64,
    /// Whether Yates' correction was made: tables of two by two.
    pub corrected: bool,
    /// Cramér's V, from 0 (independent) to 1 (one tells the other).
    pub cramers_v: f64,
    /// The same, less what chance alone gives (Bergsma, Journal of the Korean
    /// Statistical Society 42, 2013).
    pub unbiased_v: f64,
    /// What independence would give, by row and column.
    pub expected: Vec<Vec<f64>>,
    /// By how many standard deviations counts differ from that.
    pub residuals: Vec<Vec<f64>>,
    /// The part of cells that would have fewer than 5; the p-value is rough
    /// where it is more than a fifth.
    pub sparse: f64,
}

impl CrossTable {
    /// Counts pairs of categories.
    ///
    /// # Errors
    /// `invalid_parameter` for columns of different lengths or with more than a
    /// thousand categories.
    pub fn of(first: &[Option<&str>], second: &[Option<&str>]) -> Result<Self> {
        if first.len() != second.len() {
            return Err(bad_parameter("The two columns must have one length."));
        }
        let both: Vec<(&str, &str)> = first.iter().zip(second).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
        let rows: Vec<&str> = both.iter().map(|p| p.0).collect::<BTreeSet<_>>().into_iter().collect();
        let columns: Vec<&str> = both.iter().map(|p| p.1).collect::<BTreeSet<_>>().into_iter().collect();
        if rows.len() > MOST || columns.len() > MOST {
            return Err(bad_parameter(format!(
                "A cross-table has at most {MOST} categories a side. Group them first."
            )));
        }
        let mut counts = vec![vec![0; columns.len()]; rows.len()];
        for (a, b) in &both {
            if let (Ok(i), Ok(j)) = (rows.binary_search(a), columns.binary_search(b)) {
                counts[i][j] += 1;
            }
        }
        let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(Self { rows: own(rows), columns: own(columns), counts, missing: (first.len() - both.len()) as u64 })
    }

    /// Pearson's test of independence.
    ///
    /// # Errors
    /// `not_enough_data` where a side has fewer than two categories.
    pub fn chi_square(&self) -> Result<ChiSquare> {
        let (r, c) = (self.rows.len(), self.columns.len());
        if r < 2 || c < 2 {
            return Err(not_enough("Independence needs two categories on each side."));
        }
        let of_row: Vec<f64> = self.counts.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
        let of_column: Vec<f64> = (0..c).map(|j| self.counts.iter().map(|row| row[j]).sum::<u64>() as f64).collect();
        let n: f64 = of_row.iter().sum();
        let degrees = ((r - 1) * (c - 1)) as u64;
        let corrected = degrees == 1;
        let (mut statistic, mut plain, mut sparse) = (0.0, 0.0, 0.0);
        let mut expected = vec![vec![0.0; c]; r];
        let mut residuals = vec![vec![0.0; c]; r];
        for i in 0..r {
            for j in 0..c {
                let e = of_row[i] * of_column[j] / n;
                let distance = self.counts[i][j] as f64 - e;
                let moved = if corrected { (distance.abs() - 0.5).max(0.0) } else { distance };
                statistic += moved * moved / e;
                plain += distance * distance / e;
                sparse += f64::from(u8::from(e < 5.0));
                expected[i][j] = e;
                let spread = e * (1.0 - of_row[i] / n) * (1.0 - of_column[j] / n);
                residuals[i][j] = if spread > 0.0 { distance / spread.sqrt() } else { 0.0 };
            }
        }
        let phi = plain / n;
        let smaller = (r.min(c) - 1) as f64;
        let (rf, cf) = (r as f64, c as f64);
        let unbiased = (phi - (rf - 1.0) * (cf - 1.0) / (n - 1.0)).max(0.0);
        let size = |k: f64| k - (k - 1.0).powi(2) / (n - 1.0);
        let room = size(rf).min(size(cf)) - 1.0;
        Ok(ChiSquare {
            statistic,
            degrees,
            p_value: chi_square_above(statistic, degrees as f64),
            corrected,
            cramers_v: (phi / smaller).sqrt().min(1.0),
            unbiased_v: if room > 0.0 { (unbiased / room).sqrt().min(1.0) } else { 0.0 },
            expected,
            residuals,
            sparse: sparse / (rf * cf),
        })
    }
}
