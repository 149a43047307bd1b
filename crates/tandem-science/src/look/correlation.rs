//! How two columns of numbers go together.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::ranks::ranks;
use crate::{
    distribution::{normal_beyond, normal_quantile, student_beyond},
    work::{bad_parameter, not_enough},
};

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// How near to a line.
    Pearson,
    /// How near to a line the ranks are.
    Spearman,
    /// Pairs of rows in the same order less those in the other (τ-b).
    Kendall,
}

/// A correlation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Which.
    pub method: Method,
    /// From −1 to 1.
    pub coefficient: f64,
    /// How likely one so far from 0 is if there is none.
    pub p_value: f64,
    /// A 95 % interval: Fisher's z; of ranks with the variances of Fieller,
    /// Hartley and Pearson (Biometrika 44, 1957).
    pub interval: Option<(f64, f64)>,
    /// Rows used.
    pub rows: u64,
}

/// Up to so many rows without ties, Kendall's p-value is exact.
const EXACT: usize = 33;

/// Correlates two columns of one length.
///
/// # Errors
/// `invalid_parameter` for columns of different lengths; `not_enough_data` for
/// fewer than three rows, or a column of one value.
pub fn correlate(x: &[f64], y: &[f64], method: Method) -> Result<Correlation> {
    if x.len() != y.len() {
        return Err(bad_parameter("The two columns must have one length."));
    }
    let (x, y): (Vec<f64>, Vec<f64>) =
        x.iter().zip(y).filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| (*x + 0.0, *y + 0.0)).unzip();
    if x.len() < 3 {
        return Err(not_enough("A correlation needs three rows in which both columns have a value."));
    }
    let constant = |v: &[f64]| v.iter().all(|value| *value == v[0]);
    if constant(&x) || constant(&y) {
        return Err(not_enough("A column of one value goes with nothing. Choose a column that varies."));
    }
    let n = x.len() as f64;
    let (coefficient, p_value, variance) = match method {
        Method::Pearson => {
            let r = pearson(&x, &y);
            (r, by_student(r, n), 1.0 / (n - 3.0))
        }
        Method::Spearman => {
            let r = pearson(&ranks(&x).0, &ranks(&y).0);
            (r, by_student(r, n), 1.06 / (n - 3.0))
        }
        Method::Kendall => {
            let (tau, p) = kendall(&x, &y);
            (tau, p, 0.437 / (n - 4.0))
        }
    };
    let reach = normal_quantile(0.975) * variance.sqrt();
    let interval = (variance > 0.0 && variance.is_finite() && coefficient.abs() < 1.0)
        .then(|| ((coefficient.atanh() - reach).tanh(), (coefficient.atanh() + reach).tanh()));
    Ok(Correlation { method, coefficient, p_value, interval, rows: x.len() as u64 })
}

fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (dx, dy) = (x - mx, y - my);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    (xy / xx.sqrt() / yy.sqrt()).clamp(-1.0, 1.0)
}

fn by_student(r: f64, n: f64) -> f64 {
    let t = r * ((n - 2.0) / ((1.0 - r) * (1.0 + r))).sqrt();
    student_beyond(t, n - 2.0)
}

/// τ-b and its p-value, after Knight, "A Computer Method for Calculating
/// Kendall's Tau with Ungrouped Data" (JASA 61, 1966).
fn kendall(x: &[f64], y: &[f64]) -> (f64, f64) {
    let n = x.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by(|&a, &b| x[a].total_cmp(&x[b]).then(y[a].total_cmp(&y[b])));
    let pairs = |count: u64| count * (count - 1) / 2;
    let runs = |same: &dyn Fn(usize, usize) -> bool| {
        let mut found = Vec::new();
        let mut from = 0;
        for to in 1..=n {
            if to == n || !same(order[from], order[to]) {
                found.push((to - from) as u64);
                from = to;
            }
        }
        found
    };
    let of_x = runs(&|a, b| x[a] == x[b]);
    let both: u64 = runs(&|a, b| x[a] == x[b] && y[a] == y[b]).iter().map(|&t| pairs(t)).sum();
    let of_y = ranks(y).1;
    let mut values: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let swaps = inversions(&mut values);
    let all = pairs(n as u64);
    let (x_ties, y_ties): (u64, u64) = (of_x.iter().map(|&t| pairs(t)).sum(), of_y.iter().map(|&t| pairs(t)).sum());
    let score = (all + both) as i64 - x_ties as i64 - y_ties as i64 - 2 * swaps as i64;
    let tau = score as f64 / ((all - x_ties) as f64).sqrt() / ((all - y_ties) as f64).sqrt();
    let p = if x_ties == 0 && y_ties == 0 && n <= EXACT {
        exact(n, swaps.min(all - swaps) as usize, all as usize)
    } else {
        let m = n as f64;
        let sum = |ties: &[u64], f: fn(f64) -> f64| ties.iter().map(|&t| f(t as f64)).sum::<f64>();
        let once: fn(f64) -> f64 = |t| t * (t - 1.0) * (2.0 * t + 5.0);
        let cubes: fn(f64) -> f64 = |t| t * (t - 1.0) * (t - 2.0);
        let variance = (m * (m - 1.0) * (2.0 * m + 5.0) - sum(&of_x, once) - sum(&of_y, once)) / 18.0
            + 2.0 * x_ties as f64 * y_ties as f64 / (m * (m - 1.0))
            + sum(&of_x, cubes) * sum(&of_y, cubes) / (9.0 * m * (m - 1.0) * (m - 2.0));
        normal_beyond(score as f64 / variance.sqrt())
    };
    (tau.clamp(-1.0, 1.0), p)
}

/// How many pairs are in the wrong order; sorts them by merging.
fn inversions(values: &mut [f64]) -> u64 {
    let n = values.len();
    let mut other = values.to_vec();
    let mut found = 0;
    let mut width = 1;
    while width < n {
        for from in (0..n).step_by(2 * width) {
            let (middle, to) = ((from + width).min(n), (from + 2 * width).min(n));
            let (mut left, mut right) = (from, middle);
            for slot in &mut other[from..to] {
                if left < middle && (right >= to || values[left] <= values[right]) {
                    *slot = values[left];
                    left += 1;
                } else {
                    *slot = values[right];
                    right += 1;
                    found += (middle - left) as u64;
                }
            }
        }
        values.copy_from_slice(&other);
        width *= 2;
    }
    found
}

/// Twice the part of all orders with at most `most` inversions.
fn exact(n: usize, most: usize, all: usize) -> f64 {
    if 2 * most == all {
        return 1.0;
    }
    // Orders of k + 1 things by inversions: each place of the last adds its own.
    let mut parts = vec![0.0; most + 1];
    parts[0] = 1.0;
    for k in 2..=n {
        let before = parts.clone();
        for (i, part) in parts.iter_mut().enumerate() {
            *part = before[(i + 1).saturating_sub(k)..=i].iter().sum::<f64>() / k as f64;
        }
    }
    (2.0 * parts.iter().sum::<f64>()).min(1.0)
}
