//! Classes: maximum likelihood by Newton's method.
//!
//! Of several classes the first has no coefficients of its own: the others are
//! compared with it. With a penalty, which would favour that class, all have
//! weights, and only the first intercept stays at 0.

use tandem_core::{Error, ErrorCode, Result};

use super::{
    LinearFit, LinearModel, LinearParams,
    inference::{Quality, coefficients},
    standard::{PIECE, Standard},
};
use crate::{
    design::{Dense, TargetKind},
    linalg::Square,
    work::{Work, bad_parameter, not_enough},
};

/// The most coefficients at once.
const MOST: usize = 3_000;
/// The variance of a standardized coefficient that nothing holds.
const FLAT: f64 = 1e4;

/// Makes probabilities of scores.
pub(super) fn softmax(scores: &mut [f64]) {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|s| *s = (*s - top).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|s| *s /= sum);
}

/// One search: which coefficients are free, by class; the first of each is the
/// intercept.
struct Search<'a> {
    rows: &'a Dense,
    target: &'a [f64],
    standard: &'a Standard,
    classes: usize,
    /// (class, place) of each free coefficient; place 0 is the intercept.
    free: Vec<(usize, usize)>,
    l2: f64,
}

/// A part of the value, its gradient and its Hessian.
type Part = (f64, Vec<f64>, Vec<f64>);

struct Point {
    value: f64,
    gradient: Vec<f64>,
    hessian: Square,
}

pub(super) fn fit(
    rows: &Dense,
    target: &[f64],
    outputs: usize,
    standard: &Standard,
    params: &LinearParams,
    work: &Work<'_>,
) -> Result<LinearFit> {
    let classes = outputs.max(2);
    let n = rows.rows as f64;
    let mut counts: Vec<f64> = vec![0.0; classes];
    target.iter().for_each(|&y| counts[y as usize] += 1.0);
    if counts.contains(&0.0) {
        return Err(not_enough("Every class needs at least one row. Take more rows, or leave the class out."));
    }
    let width = standard.kept.len() + 1;
    let symmetric = outputs > 1 && params.l2 > 0.0;
    let free: Vec<(usize, usize)> = (0..classes)
        .flat_map(|class| (0..width).map(move |place| (class, place)))
        .filter(|&(class, place)| class > 0 || (symmetric && place > 0))
        .collect();
    if free.len() > MOST {
        let message = format!("{} coefficients are more than {MOST}. Take fewer columns or classes.", free.len());
        return Err(bad_parameter(message));
    }
    let search = Search { rows, target, standard, classes, free, l2: params.l2 };
    let start = (0..search.free.len())
        .map(|i| match search.free[i] {
            (class, 0) => (counts[class] / counts[0]).ln(),
            _ => 0.0,
        })
        .collect();
    let (at, here, steps) = search.newton(start, params.steps, work)?;
    let covariance = (params.l2 == 0.0).then(|| here.hessian.cholesky(0.0).ok().map(|f| f.inverse())).flatten();

    let mut by_class = vec![vec![0.0; width]; classes];
    for (value, (class, place)) in at.iter().zip(&search.free) {
        by_class[*class][*place] = *value;
    }
    let mut model = LinearModel {
        kind: if outputs > 1 { TargetKind::Multiclass } else { TargetKind::Binary },
        intercepts: Vec::new(),
        weights: Vec::new(),
    };
    let mut all = Vec::new();
    for (class, values) in by_class.iter().enumerate().skip(usize::from(outputs == 1)) {
        let (intercept, own) = standard.back(values[0], &values[1..]);
        let block: Vec<usize> = (0..search.free.len()).filter(|&i| search.free[i].0 == class).collect();
        let covariance = covariance.as_ref().filter(|_| block.len() == width).map(|c| c.take(&block));
        let output = model.intercepts.len();
        all.extend(coefficients(output, (intercept, &own), standard, covariance.as_ref(), None, params.confidence));
        model.intercepts.push(intercept);
        model.weights.push(own);
    }
    let penalty: f64 = at.iter().zip(&search.free).filter(|(_, (_, place))| *place > 0).map(|(v, _)| v * v).sum();
    let log_likelihood = -(here.value * n - 0.5 * params.l2 * penalty);
    let null_log_likelihood: f64 = counts.iter().map(|c| c * (c / n).ln()).sum();
    let count = search.free.len() as f64;
    let quality = Quality::Logistic {
        rows: rows.rows,
        log_likelihood,
        null_log_likelihood,
        pseudo_r_squared: 1.0 - log_likelihood / null_log_likelihood,
        aic: 2.0 * count - 2.0 * log_likelihood,
        bic: count * n.ln() - 2.0 * log_likelihood,
        steps,
    };
    Ok(LinearFit { model, coefficients: all, dropped: standard.dropped.clone(), quality })
}

impl Search<'_> {
    fn newton(&self, mut at: Vec<f64>, most: u32, work: &Work<'_>) -> Result<(Vec<f64>, Point, u32)> {
        let endless = || {
            let message = "The classes are separated so well that coefficients grow without end. Set l2 above 0, or \
                           leave out the column that gives the answer away.";
            Error::new(ErrorCode::DidNotConverge, message)
        };
        let n = self.rows.rows as f64;
        let mut here = self.evaluate(&at, work, true)?;
        for step in 0..=most {
            work.check()?;
            let factor = here.hessian.cholesky(1e-14).map_err(|_| endless())?;
            let move_by = factor.solve(&here.gradient);
            // What the step promises to gain, in units of the mean likelihood.
            let promise: f64 = move_by.iter().zip(&here.gradient).map(|(a, b)| a * b).sum::<f64>() / n;
            if promise < 1e-14 {
                // Where coefficients run away, the likelihood ends up flat along them.
                let errors = factor.inverse();
                let flat = (0..errors.size).any(|i| errors.at(i, i) > FLAT);
                return if self.l2 == 0.0 && flat { Err(endless()) } else { Ok((at, here, step)) };
            }
            let mut length = 1.0;
            loop {
                let next: Vec<f64> = at.iter().zip(&move_by).map(|(a, b)| a - length * b).collect();
                let there = self.evaluate(&next, work, false)?;
                if there.value <= here.value - 1e-4 * length * promise {
                    at = next;
                    break;
                }
                length *= 0.5;
                if length < 1e-8 {
                    return Ok((at, here, step));
                }
            }
            if self.l2 == 0.0 && at.iter().any(|v| v.abs() > 1e3) {
                return Err(endless());
            }
            here = self.evaluate(&at, work, true)?;
        }
        Err(endless())
    }

    /// The mean of negative log-likelihood and penalty; with its derivatives,
    /// which are sums.
    fn evaluate(&self, at: &[f64], work: &Work<'_>, derivatives: bool) -> Result<Point> {
        let size = self.free.len();
        let width = self.standard.kept.len() + 1;
        let mut by_class = vec![0.0; self.classes * width];
        for (value, (class, place)) in at.iter().zip(&self.free) {
            by_class[class * width + place] = *value;
        }
        let parts: Vec<Result<Part>> = work.pieces(self.rows.rows, PIECE, |range| {
            work.check()?;
            let mut value = 0.0;
            let mut gradient = vec![0.0; if derivatives { size } else { 0 }];
            let mut hessian = vec![0.0; if derivatives { size * size } else { 0 }];
            let mut x = vec![1.0; width];
            let mut p = vec![0.0; self.classes];
            for row in range {
                self.standard.row(self.rows, row, &mut x[1..]);
                for (p, weights) in p.iter_mut().zip(by_class.chunks(width)) {
                    *p = weights.iter().zip(&x).map(|(w, x)| w * x).sum();
                }
                let own = self.target[row] as usize;
                let top = p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                value += p.iter().map(|s| (s - top).exp()).sum::<f64>().ln() + top - p[own];
                if !derivatives {
                    continue;
                }
                softmax(&mut p);
                for (i, &(class, place)) in self.free.iter().enumerate() {
                    let is = f64::from(u8::from(class == own));
                    gradient[i] += (p[class] - is) * x[place];
                    let line = &mut hessian[i * size..i * size + i + 1];
                    for (cell, &(other, place_of_other)) in line.iter_mut().zip(&self.free) {
                        let same = f64::from(u8::from(class == other));
                        *cell += p[class] * (same - p[other]) * x[place] * x[place_of_other];
                    }
                }
            }
            Ok((value, gradient, hessian))
        });
        let n = self.rows.rows as f64;
        let mut point =
            Point { value: 0.0, gradient: vec![0.0; size], hessian: Square::zero(if derivatives { size } else { 0 }) };
        for part in parts {
            let (value, gradient, hessian) = part?;
            point.value += value;
            point.gradient.iter_mut().zip(gradient).for_each(|(a, b)| *a += b);
            point.hessian.values.iter_mut().zip(hessian).for_each(|(a, b)| *a += b);
        }
        for (i, (value, (_, place))) in at.iter().zip(&self.free).enumerate() {
            if *place > 0 {
                point.value += 0.5 * self.l2 * value * value;
                point.gradient[i] += self.l2 * value;
                if derivatives {
                    point.hessian.add(i, i, self.l2);
                }
            }
        }
        if derivatives {
            for i in 0..size {
                (0..i).for_each(|j| point.hessian.values[j * size + i] = point.hessian.values[i * size + j]);
            }
        }
        point.value /= n;
        Ok(point)
    }
}
