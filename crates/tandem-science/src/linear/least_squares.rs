//! Numbers: least squares by the normal equations of standardized columns.

use tandem_core::{Error, Result};

use super::{
    LinearFit, LinearModel, LinearParams,
    inference::{Quality, coefficients},
    standard::{PIECE, Standard},
};
use crate::{
    design::{Dense, TargetKind},
    distribution::f_above,
    linalg::Square,
    work::Work,
};

pub(super) fn fit(
    rows: &Dense,
    target: &[f64],
    standard: &Standard,
    params: &LinearParams,
    work: &Work<'_>,
) -> Result<LinearFit> {
    let (n, size) = (rows.rows as f64, standard.kept.len());
    let mean = target.iter().sum::<f64>() / n;
    let parts = work.pieces(rows.rows, PIECE, |range| {
        let (mut sums, mut x) = (vec![0.0; size], vec![0.0; size]);
        for row in range {
            standard.row(rows, row, &mut x);
            sums.iter_mut().zip(&x).for_each(|(sum, x)| *sum += x * (target[row] - mean));
        }
        sums
    });
    work.check()?;
    let mut right = vec![0.0; size];
    for part in parts {
        right.iter_mut().zip(part).for_each(|(a, b)| *a += b);
    }
    let mut gram = Square { size, values: standard.correlation.values.iter().map(|v| v * n).collect() };
    (0..size).for_each(|i| gram.add(i, i, params.l2));
    let factor = gram.cholesky(0.0).map_err(|_| Error::internal("a dependent column was kept"))?;
    let weights = factor.solve(&right);
    let (intercept, own) = standard.back(mean, &weights);
    let model = LinearModel { kind: TargetKind::Regression, intercepts: vec![intercept], weights: vec![own] };
    let predicted = model.scores(rows);
    let errors: f64 = predicted.iter().zip(target).map(|(p, y)| (y - p).powi(2)).sum();
    let total: f64 = target.iter().map(|y| (y - mean).powi(2)).sum();
    let degrees = n - size as f64 - 1.0;
    let variance = errors / degrees;
    let covariance = (params.l2 == 0.0).then(|| {
        let inverse = factor.inverse();
        let mut all = Square::zero(size + 1);
        all.add(0, 0, variance / n);
        for i in 0..size {
            (0..size).for_each(|j| all.add(i + 1, j + 1, variance * inverse.at(i, j)));
        }
        all
    });
    let estimates = (model.intercepts[0], &model.weights[0][..]);
    let coefficients = coefficients(0, estimates, standard, covariance.as_ref(), Some(degrees), params.confidence);
    let r_squared = if total > 0.0 { 1.0 - errors / total } else { 0.0 };
    let log_likelihood = -0.5 * n * ((2.0 * std::f64::consts::PI * (errors / n).max(1e-300)).ln() + 1.0);
    let f = (params.l2 == 0.0 && size > 0).then(|| {
        let f = (total - errors) / size as f64 / variance;
        (f, f_above(f, size as f64, degrees))
    });
    // An exact fit has no error to compare with, and no document holds infinity.
    let f = f.filter(|(f, p)| f.is_finite() && p.is_finite());
    let count = size as f64 + 1.0;
    let quality = Quality::LeastSquares {
        rows: rows.rows,
        r_squared,
        adjusted_r_squared: 1.0 - (1.0 - r_squared) * (n - 1.0) / degrees,
        residual_deviation: variance.sqrt(),
        f,
        log_likelihood,
        aic: 2.0 * count - 2.0 * log_likelihood,
        bic: count * n.ln() - 2.0 * log_likelihood,
    };
    Ok(LinearFit { model, coefficients, dropped: standard.dropped.clone(), quality })
}
