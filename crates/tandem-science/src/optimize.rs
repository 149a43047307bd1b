//! Damped Newton minimisation of a smooth function of a few variables inside a
//! box, with the matrix helpers that standard errors need.

/// Value, gradient and Hessian at one point.
pub(crate) struct Evaluation<const D: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; D],
    pub(crate) hessian: [[f64; D]; D],
}

/// Where the search ended.
pub(crate) struct Minimum<const D: usize> {
    pub(crate) at: [f64; D],
    pub(crate) hessian: [[f64; D]; D],
    pub(crate) value: f64,
    /// The gradient vanished in every direction the box leaves open.
    pub(crate) converged: bool,
    /// A coordinate ended on the wall of the box.
    pub(crate) at_bound: bool,
    pub(crate) iterations: u32,
}

const MAX_ITERATIONS: u32 = 200;
const GRADIENT_TOLERANCE: f64 = 1e-9;
const LONGEST_STEP: f64 = 2.0;

/// Minimises `f` from `start` inside `low..=high`.
///
/// `f` should be of order one (a mean log-likelihood, not a sum): the gradient
/// tolerance is absolute. Where the Hessian is not positive definite its
/// diagonal is raised until it is (Levenberg), so every step goes downhill.
pub(crate) fn minimize<const D: usize>(
    f: impl Fn(&[f64; D]) -> Evaluation<D>,
    start: [f64; D],
    low: &[f64; D],
    high: &[f64; D],
) -> Minimum<D> {
    let mut at = start;
    let mut here = f(&at);
    let mut iterations = 0;
    let mut converged = false;
    while iterations < MAX_ITERATIONS && here.value.is_finite() {
        let open: [bool; D] = std::array::from_fn(|i| {
            !((at[i] <= low[i] && here.gradient[i] > 0.0) || (at[i] >= high[i] && here.gradient[i] < 0.0))
        });
        let slope = (0..D).filter(|&i| open[i]).map(|i| here.gradient[i].abs()).fold(0.0, f64::max);
        if slope <= GRADIENT_TOLERANCE {
            converged = true;
            break;
        }
        iterations += 1;
        let Some(step) = downhill(&here, &open) else { break };
        let Some((next, there)) = line_search(&f, &at, &here, &step, low, high) else {
            // No representable improvement: as good as it gets in f64.
            converged = slope < 1e-6;
            break;
        };
        at = next;
        here = there;
    }
    let at_bound = (0..D).any(|i| at[i] <= low[i] || at[i] >= high[i]);
    Minimum { at, hessian: here.hessian, value: here.value, converged, at_bound, iterations }
}

fn downhill<const D: usize>(here: &Evaluation<D>, open: &[bool; D]) -> Option<[f64; D]> {
    let scale = (0..D).map(|i| here.hessian[i][i].abs()).fold(1e-8, f64::max);
    let mut raise = 0.0;
    for _ in 0..40 {
        let matrix: [[f64; D]; D] = std::array::from_fn(|i| {
            std::array::from_fn(|j| match (open[i] && open[j], i == j) {
                (true, true) => here.hessian[i][j] + raise,
                (true, false) => here.hessian[i][j],
                (false, diagonal) => f64::from(u8::from(diagonal)),
            })
        });
        if let Some(factor) = cholesky(&matrix) {
            let right = std::array::from_fn(|i| if open[i] { -here.gradient[i] } else { 0.0 });
            let mut step = solve(&factor, right);
            let longest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
            if longest > LONGEST_STEP {
                step = step.map(|s| s * LONGEST_STEP / longest);
            }
            return Some(step);
        }
        raise = if raise == 0.0 { scale * 1e-3 } else { raise * 4.0 };
    }
    None
}

fn line_search<const D: usize>(
    f: &impl Fn(&[f64; D]) -> Evaluation<D>,
    at: &[f64; D],
    here: &Evaluation<D>,
    step: &[f64; D],
    low: &[f64; D],
    high: &[f64; D],
) -> Option<([f64; D], Evaluation<D>)> {
    let mut length = 1.0;
    for _ in 0..40 {
        let next: [f64; D] = std::array::from_fn(|i| (at[i] + length * step[i]).clamp(low[i], high[i]));
        if next == *at {
            return None;
        }
        let there = f(&next);
        let promised: f64 = (0..D).map(|i| here.gradient[i] * (next[i] - at[i])).sum();
        if there.value.is_finite() && there.value <= here.value + 1e-4 * promised.min(0.0) {
            return Some((next, there));
        }
        length *= 0.5;
    }
    None
}

/// The lower Cholesky factor, where `matrix` is positive definite.
pub(crate) fn cholesky<const D: usize>(matrix: &[[f64; D]; D]) -> Option<[[f64; D]; D]> {
    let mut factor = [[0.0; D]; D];
    for i in 0..D {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - dot;
            if i == j {
                if rest.is_nan() || rest <= 1e-14 * matrix[i][i].abs() {
                    return None;
                }
                factor[i][i] = rest.sqrt();
            } else {
                factor[i][j] = rest / factor[j][j];
            }
        }
    }
    Some(factor)
}

fn solve<const D: usize>(factor: &[[f64; D]; D], mut right: [f64; D]) -> [f64; D] {
    for i in 0..D {
        let dot: f64 = (0..i).map(|k| factor[i][k] * right[k]).sum();
        right[i] = (right[i] - dot) / factor[i][i];
    }
    for i in (0..D).rev() {
        let dot: f64 = (i + 1..D).map(|k| factor[k][i] * right[k]).sum();
        right[i] = (right[i] - dot) / factor[i][i];
    }
    right
}

/// The inverse of a positive definite matrix.
pub(crate) fn inverse<const D: usize>(matrix: &[[f64; D]; D]) -> Option<[[f64; D]; D]> {
    let factor = cholesky(matrix)?;
    // The inverse is symmetric: its rows are its columns.
    let rows = std::array::from_fn(|row| solve(&factor, std::array::from_fn(|i| f64::from(u8::from(i == row)))));
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(x: &[f64; 2]) -> Evaluation<2> {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        Evaluation {
            value: a * a + 100.0 * b * b,
            gradient: [-2.0 * a - 400.0 * x[0] * b, 200.0 * b],
            hessian: [[2.0 - 400.0 * (b - 2.0 * x[0] * x[0]), -400.0 * x[0]], [-400.0 * x[0], 200.0]],
        }
    }

    #[test]
    fn finds_the_valley_of_rosenbrock() {
        let found = minimize(rosenbrock, [-1.2, 1.0], &[-5.0; 2], &[5.0; 2]);
        assert!(found.converged && !found.at_bound);
        assert!((found.at[0] - 1.0).abs() < 1e-6 && (found.at[1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn stops_at_the_wall() {
        let found = minimize(rosenbrock, [-1.2, 1.0], &[-5.0; 2], &[0.5, 5.0]);
        assert!(found.converged && found.at_bound);
        assert!((found.at[0] - 0.5).abs() < 1e-12 && (found.at[1] - 0.25).abs() < 1e-6);
    }

    #[test]
    fn inverts() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let inverse = inverse(&matrix).unwrap();
        let product = |i: usize, j: usize| (0..3).map(|k| matrix[i][k] * inverse[k][j]).sum::<f64>();
        for (i, j) in (0..9).map(|cell| (cell / 3, cell % 3)) {
            assert!((product(i, j) - f64::from(u8::from(i == j))).abs() < 1e-12);
        }
        assert!(cholesky(&[[1.0, 2.0], [2.0, 1.0]]).is_none());
    }
}
