//! Columns in standard deviations from their means, without those that others
//! already determine.

use tandem_core::Result;

use crate::{design::Dense, linalg::Square, work::Work};

/// Rows of one piece of work: sums are made piece by piece, whatever the
/// number of threads.
pub(super) const PIECE: usize = 2_048;
/// What is left of a column's variance after those before it, for it to count.
const INDEPENDENT: f64 = 1e-10;

pub(super) struct Standard {
    pub(super) means: Vec<f64>,
    pub(super) deviations: Vec<f64>,
    /// The columns used.
    pub(super) kept: Vec<usize>,
    /// The others.
    pub(super) dropped: Vec<usize>,
    /// Correlations of the columns used.
    pub(super) correlation: Square,
}

impl Standard {
    pub(super) fn new(rows: &Dense, work: &Work<'_>) -> Result<Self> {
        let (n, width) = (rows.rows.max(1) as f64, rows.width);
        let add = |mut sum: Vec<f64>, part: Vec<f64>| {
            sum.iter_mut().zip(part).for_each(|(a, b)| *a += b);
            sum
        };
        let sums = work.pieces(rows.rows, PIECE, |range| {
            let mut sums = vec![0.0; width];
            for row in range {
                sums.iter_mut().zip(rows.row(row)).for_each(|(sum, v)| *sum += v);
            }
            sums
        });
        let means: Vec<f64> = sums.into_iter().fold(vec![0.0; width], add).into_iter().map(|s| s / n).collect();
        work.check()?;
        let squares = work.pieces(rows.rows, PIECE, |range| {
            let mut sums = vec![0.0; width];
            for row in range {
                for ((sum, v), mean) in sums.iter_mut().zip(rows.row(row)).zip(&means) {
                    *sum += (v - mean) * (v - mean);
                }
            }
            sums
        });
        let deviations: Vec<f64> =
            squares.into_iter().fold(vec![0.0; width], add).into_iter().map(|s| (s / n).sqrt()).collect();
        work.check()?;
        // What only rounding makes vary does not vary.
        let mut kept: Vec<usize> = (0..width).filter(|&j| deviations[j] > 1e-12 * means[j].abs().max(1e-290)).collect();
        let mut standard =
            Self { means, deviations, kept: kept.clone(), dropped: Vec::new(), correlation: Square::zero(0) };
        let all = standard.gram(rows, work, |_| 1.0);
        let mut correlation = Square { size: all.size, values: all.values.iter().map(|v| v / n).collect() };
        while let Err(dependent) = correlation.cholesky(INDEPENDENT) {
            kept.remove(dependent);
            let others: Vec<usize> = (0..correlation.size).filter(|&j| j != dependent).collect();
            correlation = correlation.take(&others);
        }
        standard.dropped = (0..width).filter(|j| !kept.contains(j)).collect();
        standard.kept = kept;
        standard.correlation = correlation;
        Ok(standard)
    }

    /// The row of standardized columns used.
    pub(super) fn row(&self, rows: &Dense, row: usize, out: &mut [f64]) {
        let cells = rows.row(row);
        for (out, &j) in out.iter_mut().zip(&self.kept) {
            *out = (cells[j] - self.means[j]) / self.deviations[j];
        }
    }

    /// Σ weight · x xᵀ over rows.
    pub(super) fn gram(&self, rows: &Dense, work: &Work<'_>, weight: impl Fn(usize) -> f64 + Sync) -> Square {
        let size = self.kept.len();
        let parts = work.pieces(rows.rows, PIECE, |range| {
            let mut sum = vec![0.0; size * size];
            let mut x = vec![0.0; size];
            for row in range {
                self.row(rows, row, &mut x);
                let weight = weight(row);
                for i in 0..size {
                    let scaled = weight * x[i];
                    if scaled != 0.0 {
                        sum[i * size..i * size + i + 1].iter_mut().zip(&x).for_each(|(s, x)| *s += scaled * x);
                    }
                }
            }
            sum
        });
        let mut gram = Square::zero(size);
        for part in parts {
            gram.values.iter_mut().zip(part).for_each(|(a, b)| *a += b);
        }
        for i in 0..size {
            (0..i).for_each(|j| gram.values[j * size + i] = gram.values[i * size + j]);
        }
        gram
    }

    /// The intercept and weights in the columns' own units.
    pub(super) fn back(&self, intercept: f64, weights: &[f64]) -> (f64, Vec<f64>) {
        let mut own = vec![0.0; self.means.len()];
        let mut constant = intercept;
        for (&j, weight) in self.kept.iter().zip(weights) {
            own[j] = weight / self.deviations[j];
            constant -= own[j] * self.means[j];
        }
        (constant, own)
    }

    /// Variances of the intercept and of the weights in their own units, from
    /// the covariance of (intercept, standardized weights).
    pub(super) fn variances(&self, covariance: &Square) -> (f64, Vec<f64>) {
        let size = self.kept.len() + 1;
        let mut own = vec![f64::NAN; self.means.len()];
        let mut map = vec![1.0; size];
        for (i, &j) in self.kept.iter().enumerate() {
            own[j] = covariance.at(i + 1, i + 1) / self.deviations[j].powi(2);
            map[i + 1] = -self.means[j] / self.deviations[j];
        }
        let mut intercept = 0.0;
        for i in 0..size {
            for j in 0..size {
                intercept += map[i] * map[j] * covariance.at(i, j);
            }
        }
        (intercept, own)
    }
}
