//! The expected number of purchases, for any parameters.

use crate::special::ln_gamma;

/// The most terms that are summed before integration takes over.
const MOST_TERMS: f64 = 3_000.0;

/// Expected purchases within `t` where the rate is Gamma(c, β) and the
/// probability to leave after each is Beta(a, b).
///
/// The paper writes this with the Gauss hypergeometric function,
/// `(a+b−1)/(a−1) · [1 − (β/(β+t))^c · ₂F₁(c, b; a+b−1; t/(β+t))]`, which is
/// 0 · ∞ at a = 1, cancels around it, and converges slowly where t is many times
/// β. Here it is a sum of positive terms, or an integral where that sum would be
/// long; neither has a special point.
pub(super) fn expected_purchases(c: f64, beta: f64, a: f64, b: f64, t: f64) -> f64 {
    if t <= 0.0 || t.is_nan() {
        return 0.0;
    }
    let z = t / (beta + t);
    if c * z + 40.0 > MOST_TERMS * (1.0 - z) {
        return integral(c, t / beta, a, b);
    }
    series(c, beta, a, b, t)
}

/// Expanding both terms of the paper's form in powers of z = t/(β+t) and
/// collecting them gives `Σ NB(k; c, z) · E[min(k, G)]`, where NB is the chance
/// of k purchases of a customer who never leaves and G the purchase after which
/// this one does. Accurate to about 1e-14.
fn series(c: f64, beta: f64, a: f64, b: f64, t: f64) -> f64 {
    let z = t / (beta + t);
    let ln_none = -c * (t / beta).ln_1p();
    // `weight` is NB(k; c, z) / e^offset; for large c the first ones underflow.
    let mut offset = if ln_none < -600.0 { ln_none } else { 0.0 };
    let mut weight = (ln_none - offset).exp();
    let mut sum = 0.0;
    let mut kept = 0.0; // E[min(k, G)]
    let mut stay = 1.0; // P(G > k)
    let peak = c * z / (1.0 - z);
    let mut k = 0.0;
    while k < 10.0 * MOST_TERMS {
        weight *= (c + k) / (k + 1.0) * z;
        kept += stay;
        stay *= (b + k) / (a + b + k);
        k += 1.0;
        let term = weight * kept;
        sum += term;
        if sum > 1e200 {
            sum *= 1e-200;
            weight *= 1e-200;
            offset += 200.0 * std::f64::consts::LN_10;
        }
        if k > peak {
            let ratio = (c + k) / (k + 1.0) * z * (1.0 + stay / kept);
            if ratio < 1.0 && term * ratio < 1e-15 * sum * (1.0 - ratio) {
                break;
            }
        }
    }
    sum * offset.exp()
}

/// Positive nodes and weights of the Gauss-Legendre rule of ten points.
#[rustfmt::skip]
const NODES: [(f64, f64); 5] = [
    (0.14887433898163122, 0.295524224714753),
    (0.4333953941292472, 0.2692667193099965),
    (0.6794095682990244, 0.219086362515982),
    (0.8650633666889845, 0.14945134915058036),
    (0.9739065285171717, 0.06667134430868807),
];

/// Given p, the expectation is `g(p) = (1 − (1 + p w)^−c) / p`, w = t/β. Its mean
/// over Beta(a, b) is integrated over s = ln(p / (1 − p)), where it is smooth;
/// near p = 0 and p = 1, where a and b below one make the tails long, it is
/// known in closed form. Accurate to about 1e-9.
fn integral(c: f64, w: f64, a: f64, b: f64) -> f64 {
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let g = |p: f64| -(-c * (p * w).ln_1p()).exp_m1() / p;
    // Where g(p) is c w, and where it is g(1), to nine digits.
    let ln_low = (1e-9 / (w * (c + 1.0) + b + 1.0)).ln();
    let ln_high = (1e-9 / (a + c + 1.0)).ln();
    let middle = (a / b).ln();
    let width = ((a + b) / (a * b)).sqrt();
    let from = ln_low.max(middle - 70.0 / a - 12.0 * width);
    let to = (-ln_high).min(middle + 70.0 / b + 12.0 * width);
    let mut sum = 0.0;
    if from == ln_low {
        sum += (c.ln() + w.ln() + a * ln_low - a.ln() - ln_beta).exp();
    }
    if to == -ln_high {
        sum += g(1.0) * (b * ln_high - b.ln() - ln_beta).exp();
    }
    let panels = ((to - from) / width.clamp(1e-3, 1.0)).ceil().clamp(1.0, 500.0);
    let half = (to - from) / panels / 2.0;
    let value = |s: f64| {
        let (ln_p, ln_q) = (-(-s).exp().ln_1p(), -s.exp().ln_1p());
        g(ln_p.exp()) * (a * ln_p + b * ln_q - ln_beta).exp()
    };
    for panel in 0..panels as u32 {
        let centre = from + half * (2.0 * f64::from(panel) + 1.0);
        let both = |(x, weight): &(f64, f64)| weight * (value(centre - half * x) + value(centre + half * x));
        sum += half * NODES.iter().map(both).sum::<f64>();
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sum_and_integral_agree(
            ln_c in -3.0_f64..5.0, ln_w in -3.0_f64..3.0, ln_a in -9.0_f64..9.0, ln_b in -9.0_f64..9.0,
        ) {
            let [c, w, a, b] = [ln_c, ln_w, ln_a, ln_b].map(f64::exp);
            let (sum, integral) = (series(c, 1.0, a, b, w), integral(c, w, a, b));
            prop_assert!((sum / integral - 1.0).abs() < 1e-7, "{} {}", sum, integral);
        }

        #[test]
        fn far_ahead_it_is_quick_and_bounded(
            ln_c in -9.0_f64..9.0, ln_w in 3.0_f64..20.0, ln_a in -9.0_f64..9.0, ln_b in -9.0_f64..9.0,
        ) {
            let [c, w, a, b] = [ln_c, ln_w, ln_a, ln_b].map(f64::exp);
            let (one, two) = (expected_purchases(c, 1.0, a, b, w), expected_purchases(c, 1.0, a, b, 1.5 * w));
            prop_assert!(one > 0.0 && one <= c * w * (1.0 + 1e-6));
            prop_assert!(two >= one * (1.0 - 1e-6), "{} {}", one, two);
            // With a > 1 the last purchase has a mean number: (a + b − 1) / (a − 1).
            prop_assert!(a <= 1.01 || two <= (a + b - 1.0) / (a - 1.0) * (1.0 + 1e-6));
        }
    }
}
