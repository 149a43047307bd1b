//! Special functions that the likelihoods need.

/// Natural logarithm of the gamma function, for `x > 0`.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Digamma ψ(x), the first derivative of ln Γ, for `x > 0`.
///
/// Recurrence up to `x ≥ 10`, then the asymptotic series (Abramowitz and
/// Stegun 6.3.5, 6.3.18); absolute error below 1e-13 away from the pole at 0.
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y
        * (1.0 / 12.0
            - y * (1.0 / 120.0
                - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y * (1.0 / 132.0 - y * (691.0 / 32_760.0 - y / 12.0))))));
    shift + x.ln() - 0.5 / x - series
}

/// Trigamma ψ′(x), the second derivative of ln Γ, for `x > 0`.
///
/// Abramowitz and Stegun 6.4.6 and 6.4.12.
pub(crate) fn trigamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y
        * (1.0 / 6.0
            - y * (1.0 / 30.0
                - y * (1.0 / 42.0 - y * (1.0 / 30.0 - y * (5.0 / 66.0 - y * (691.0 / 2_730.0 - y * 7.0 / 6.0))))));
    shift + 1.0 / x + 0.5 * y + series / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let euler = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + euler).abs() < 1e-13);
        assert!((digamma(0.5) + euler + 2.0 * 2.0_f64.ln()).abs() < 1e-13);
        assert!((digamma(100.0) - 4.600_161_852_738_087).abs() < 1e-13);
        let pi2 = std::f64::consts::PI.powi(2);
        assert!((trigamma(1.0) - pi2 / 6.0).abs() < 1e-12);
        assert!((trigamma(0.5) - pi2 / 2.0).abs() < 1e-12);
        assert!((ln_gamma(0.5) - 0.5 * std::f64::consts::PI.ln()).abs() < 1e-14);
    }

    #[test]
    fn derivatives_agree_with_differences() {
        for x in [0.03, 0.24, 1.7, 4.4, 33.0, 2_500.0] {
            let h = x * 1e-5;
            let slope = (ln_gamma(x + h) - ln_gamma(x - h)) / (2.0 * h);
            assert!((slope - digamma(x)).abs() < 1e-6 * (1.0 + digamma(x).abs()), "ψ({x})");
            let slope = (digamma(x + h) - digamma(x - h)) / (2.0 * h);
            assert!((slope - trigamma(x)).abs() < 1e-6 * (1.0 + trigamma(x)), "ψ′({x})");
        }
    }
}
