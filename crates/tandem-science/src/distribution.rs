//! Distributions that tests and intervals need, over the special functions of
//! `statrs`. Arguments outside a distribution's range give NaN.

use statrs::function::{beta::checked_beta_reg, erf::erfc_inv, gamma::checked_gamma_ur};

/// P(Z > z) for a standard normal Z.
pub(crate) fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// P(|Z| > |z|) for a standard normal Z.
pub(crate) fn normal_beyond(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The value below which a standard normal is with probability `p`.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let start = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p);
    if !start.is_finite() {
        return start;
    }
    // One step of Newton's makes it exact in f64.
    let density = (-0.5 * start * start).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if density > 0.0 { start + (normal_above(start) - (1.0 - p)) / density } else { start }
}

/// P(|T| > |t|) for Student's T.
pub(crate) fn student_beyond(t: f64, degrees: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(degrees / 2.0, 0.5, degrees / (degrees + t * t)).unwrap_or(f64::NAN)
}

/// The value t with P(|T| > t) = `beyond`.
pub(crate) fn student_limit(beyond: f64, degrees: f64) -> f64 {
    falling(|t| student_beyond(t, degrees), beyond)
}

/// P(X > x) for a chi-square X.
pub(crate) fn chi_square_above(x: f64, degrees: f64) -> f64 {
    if x <= 0.0 {
        return if x.is_nan() { f64::NAN } else { 1.0 };
    }
    checked_gamma_ur(degrees / 2.0, x / 2.0).unwrap_or(f64::NAN)
}

/// P(X > x) for Fisher's F.
pub(crate) fn f_above(x: f64, above: f64, below: f64) -> f64 {
    if x.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(below / 2.0, above / 2.0, below / (below + above * x.max(0.0))).unwrap_or(f64::NAN)
}

/// Where a function that falls from 1 at 0 to 0 has a value.
fn falling(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while f(high) > value {
        low = high;
        high *= 2.0;
        if high > 1e300 {
            return f64::INFINITY;
        }
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) > value { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1: `norm.sf`, `norm.ppf`, `t.sf`, `t.isf`, `chi2.sf`, `f.sf`.
    #[test]
    fn known_values() {
        let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-11, "{found} {expected}");
        near(normal_above(1.5), 0.066_807_201_268_858_07);
        near(normal_beyond(-9.0), 2.257_176_811_907_664_7e-19);
        near(normal_quantile(0.975), 1.959_963_984_540_054);
        near(normal_quantile(1e-5), -4.264_890_793_922_825);
        near(student_beyond(2.3, 7.5), 0.052_572_896_104_369_084);
        near(student_beyond(-12.0, 30.0), 5.580_185_415_199_261e-13);
        near(student_limit(0.05, 10.0), 2.228_138_851_986_275_3);
        near(student_limit(0.01, 2.5), 7.163_728_138_948_786);
        near(chi_square_above(30.0, 4.0), 4.894_437_128_029_217e-6);
        near(f_above(3.2, 2.0, 40.0), 0.051_385_456_071_628_095);
        assert_eq!((chi_square_above(0.0, 3.0), f_above(0.0, 2.0, 3.0)), (1.0, 1.0));
        assert!(student_beyond(1.0, -1.0).is_nan());
    }
}
