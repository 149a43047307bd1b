//! Principal components: the directions in which rows vary most.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::check;
use crate::{
    design::Dense,
    linalg::Square,
    work::{Work, bad_parameter},
};

/// The most columns.
const MOST: usize = 600;
/// Rows of one piece of work; sums are made piece by piece.
const PIECE: usize = 4_096;

/// Directions, the one with most variance first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pca {
    /// The mean of each column.
    pub means: Vec<f64>,
    /// Directions of length 1; the largest entry of each is positive.
    pub components: Vec<Vec<f64>>,
    /// The variance along each.
    pub variances: Vec<f64>,
    /// Its part of all variance.
    pub ratios: Vec<f64>,
}

impl Pca {
    /// Finds the first `components` directions.
    ///
    /// # Errors
    /// `invalid_parameter`; `not_enough_data` for fewer than two rows;
    /// `cancelled`.
    pub fn fit(rows: &Dense, components: usize, work: &Work<'_>) -> Result<Self> {
        check(rows, 2)?;
        let width = rows.width;
        if components == 0 || width > MOST {
            return Err(bad_parameter(format!("Ask for one component or more, of at most {MOST} columns.")));
        }
        let n = rows.rows as f64;
        let mut means = vec![0.0; width];
        for part in work.pieces(rows.rows, PIECE, |range| {
            let mut sums = vec![0.0; width];
            range.for_each(|row| sums.iter_mut().zip(rows.row(row)).for_each(|(sum, v)| *sum += v));
            sums
        }) {
            means.iter_mut().zip(part).for_each(|(mean, sum)| *mean += sum / n);
        }
        work.check()?;
        let parts = work.pieces(rows.rows, PIECE, |range| {
            let mut sums = vec![0.0; width * width];
            let mut x = vec![0.0; width];
            for row in range {
                x.iter_mut().zip(rows.row(row)).zip(&means).for_each(|((x, v), mean)| *x = v - mean);
                for i in 0..width {
                    let own = x[i];
                    sums[i * width..i * width + i + 1].iter_mut().zip(&x).for_each(|(sum, x)| *sum += own * x);
                }
            }
            sums
        });
        work.check()?;
        let mut covariance = Square::zero(width);
        for part in parts {
            covariance.values.iter_mut().zip(part).for_each(|(a, b)| *a += b / (n - 1.0));
        }
        for i in 0..width {
            (0..i).for_each(|j| covariance.values[j * width + i] = covariance.values[i * width + j]);
        }
        let total: f64 = (0..width).map(|i| covariance.at(i, i)).sum();
        let mut pca = Self { means, components: Vec::new(), variances: Vec::new(), ratios: Vec::new() };
        for (variance, direction) in covariance.eigen().into_iter().take(components) {
            let variance = variance.max(0.0);
            pca.components.push(direction);
            pca.variances.push(variance);
            pca.ratios.push(if total > 0.0 { variance / total } else { 0.0 });
        }
        Ok(pca)
    }

    /// The place of each row along each direction, row by row.
    pub fn transform(&self, rows: &Dense) -> Dense {
        let width = self.components.len();
        let mut values = Vec::with_capacity(rows.rows * width);
        for row in 0..rows.rows {
            let cells = rows.row(row);
            for direction in &self.components {
                values.push(cells.iter().zip(&self.means).zip(direction).map(|((v, mean), d)| (v - mean) * d).sum());
            }
        }
        Dense { values, width, rows: rows.rows }
    }
}
