//! The Gamma-Gamma model of what a purchase is worth.
//!
//! Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), after
//! Fader, Hardie and Lee (2005). A customer's purchases vary as Gamma(p, ν)
//! around their own mean, and ν is Gamma(q, γ) over customers. It assumes that
//! how much somebody spends does not depend on how often they buy.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use crate::{
    bgnbd::Interval,
    optimize::{Evaluation, Minimum, inverse, minimize},
    special::{digamma, ln_gamma, trigamma},
};

/// The fewest repeat buyers from which three parameters are estimated.
pub const MIN_REPEAT_BUYERS: u64 = 10;
/// Where ln p, ln q and ln γ (in units of the mean purchase) are sought. Beyond
/// p or q = 8,000 customers' purchases, or customers, vary by about 1 % and less.
const LOW: [f64; 3] = [-9.0, -9.0, -14.0];
const HIGH: [f64; 3] = [9.0, 9.0, 14.0];

/// The model's three parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of one customer's purchases.
    pub p: f64,
    /// Shape over customers.
    pub q: f64,
    /// Scale over customers, in the currency's unit.
    pub gamma: f64,
}

/// A fitted model with the quality of its fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GammaGammaFit {
    /// The estimates.
    pub model: GammaGamma,
    /// Sum over customers at the estimates.
    pub log_likelihood: f64,
    /// Repeat buyers with an average above zero: those that were used.
    pub customers: u64,
    /// Steps that the search took.
    pub iterations: u32,
    /// A parameter ran to the wall of what is searched.
    pub at_boundary: bool,
    /// Standard errors of p, q, γ, from the observed information.
    pub standard_errors: Option<[f64; 3]>,
    /// 95 % intervals of p, q, γ.
    pub intervals: Option<[Interval; 3]>,
    /// Covariance of ln p, ln q, ln γ.
    pub covariance_of_logs: Option<[[f64; 3]; 3]>,
}

impl GammaGamma {
    /// The mean purchase over all customers, where the model has one (q > 1).
    pub fn population_mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.gamma / (self.q - 1.0))
    }

    /// The expected average purchase of a customer whose `x` repeat purchases
    /// averaged `mean`; a weighting of that mean with the population's. `None`
    /// where the expectation is infinite (p x + q ≤ 1).
    pub fn expected_average(&self, x: u32, mean: f64) -> Option<f64> {
        let x = f64::from(x);
        let shape = self.p * x + self.q;
        (shape > 1.0).then(|| self.p * (self.gamma + x * mean) / (shape - 1.0))
    }

    /// Fits the model by maximum likelihood to repeat buyers: how many repeat
    /// purchases, and their mean. Those without a repeat purchase or with a mean
    /// of zero or less are left out, since the model can't produce them.
    ///
    /// # Errors
    /// `not_enough_data` with fewer than [`MIN_REPEAT_BUYERS`] left;
    /// `did_not_converge` where no maximum was found.
    pub fn fit(customers: impl IntoIterator<Item = (u32, f64)>) -> Result<GammaGammaFit> {
        let mut rows: Vec<(u32, f64)> =
            customers.into_iter().filter(|&(x, mean)| x > 0 && mean > 0.0 && mean.is_finite()).collect();
        if (rows.len() as u64) < MIN_REPEAT_BUYERS {
            let message = format!(
                "Only {} customers bought again for more than nothing, and a model of spending needs \
                 {MIN_REPEAT_BUYERS} or more. Take a longer period.",
                rows.len()
            );
            return Err(Error::new(ErrorCode::NotEnoughData, message));
        }
        rows.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        // In units of the mean, so that the search does not depend on the currency.
        let scale = rows.iter().map(|r| r.1).sum::<f64>() / rows.len() as f64;
        rows.iter_mut().for_each(|row| row.1 /= scale);
        let likelihood = |logs: &[f64; 3]| evaluate(&rows, logs);
        let mut best: Option<Minimum<3>> = None;
        for [p, q, gamma] in [[4.0, 4.0, 0.7], [1.0, 2.0, 1.0], [20.0, 3.0, 0.1], [0.3, 8.0, 20.0]] {
            let start = [f64::ln(p), f64::ln(q), f64::ln(gamma)];
            let found = minimize(likelihood, start, &LOW, &HIGH);
            let done = found.converged && !found.at_bound;
            if found.value.is_finite() && best.as_ref().is_none_or(|b| found.value < b.value - 1e-9) {
                best = Some(found);
            }
            if done {
                break;
            }
        }
        best.filter(|found| found.converged || found.at_bound).map(|found| summarize(&found, &rows, scale)).ok_or_else(
            || Error::new(ErrorCode::DidNotConverge, "The model of spending found no best fit to these amounts."),
        )
    }

    /// The three parameters from their logarithms.
    pub(crate) fn from_logs(logs: [f64; 3]) -> Self {
        let [p, q, gamma] = logs.map(f64::exp);
        Self { p, q, gamma }
    }

    /// The logarithms of the three parameters.
    pub(crate) fn logs(&self) -> [f64; 3] {
        [self.p, self.q, self.gamma].map(f64::ln)
    }
}

/// Minus the mean log-likelihood at `(ln p, ln q, ln γ)` with its derivatives;
/// `rows` are sorted by frequency.
fn evaluate(rows: &[(u32, f64)], logs: &[f64; 3]) -> Evaluation<3> {
    let at = logs.map(f64::exp);
    let [p, q, gamma] = at;
    let (mut value, mut g, mut h) = (0.0, [0.0; 3], [[0.0; 3]; 3]);
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let (x, n) = (f64::from(same[0].0), same.len() as f64);
        let (px, shape) = (p * x, p * x + q);
        let (psi, psi2) = (digamma(shape), trigamma(shape));
        value += n * (ln_gamma(shape) - ln_gamma(px) - ln_gamma(q) + q * gamma.ln() + px * x.ln());
        g[0] += n * x * (psi - digamma(px) + x.ln());
        g[1] += n * (psi - digamma(q) + gamma.ln());
        g[2] += n * q / gamma;
        h[0][0] += n * x * x * (psi2 - trigamma(px));
        h[0][1] += n * x * psi2;
        h[1][1] += n * (psi2 - trigamma(q));
        h[1][2] += n / gamma;
        h[2][2] -= n * q / (gamma * gamma);
        for &(_, mean) in same {
            let spent = gamma + x * mean;
            let (ln_mean, ln_spent, inverse) = (mean.ln(), spent.ln(), 1.0 / spent);
            value += (px - 1.0) * ln_mean - shape * ln_spent;
            g[0] += x * (ln_mean - ln_spent);
            g[1] -= ln_spent;
            g[2] -= shape * inverse;
            h[0][2] -= x * inverse;
            h[1][2] -= inverse;
            h[2][2] += shape * inverse * inverse;
        }
    }
    let scale = -1.0 / rows.len() as f64;
    let gradient: [f64; 3] = std::array::from_fn(|i| scale * at[i] * g[i]);
    let hessian = std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let second = h[i.min(j)][i.max(j)];
            scale * at[i] * at[j] * second + if i == j { gradient[i] } else { 0.0 }
        })
    });
    Evaluation { value: scale * value, gradient, hessian }
}

fn summarize(found: &Minimum<3>, rows: &[(u32, f64)], scale: f64) -> GammaGammaFit {
    let n = rows.len() as f64;
    let mut logs = found.at;
    logs[2] += scale.ln();
    let covariance =
        if found.at_bound { None } else { inverse(&found.hessian).map(|c| c.map(|row| row.map(|v| v / n))) };
    let errors_of_logs: Option<[f64; 3]> = covariance.map(|c| std::array::from_fn(|i| c[i][i].sqrt()));
    GammaGammaFit {
        model: GammaGamma::from_logs(logs),
        // The density of the mean in the currency's unit.
        log_likelihood: -found.value * n - n * scale.ln(),
        customers: rows.len() as u64,
        iterations: found.iterations,
        at_boundary: found.at_bound,
        standard_errors: errors_of_logs.map(|e| std::array::from_fn(|i| e[i] * logs[i].exp())),
        intervals: errors_of_logs.map(|e| {
            std::array::from_fn(|i| Interval {
                low: (logs[i] - 1.959_964 * e[i]).exp(),
                high: (logs[i] + 1.959_964 * e[i]).exp(),
            })
        }),
        covariance_of_logs: covariance,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_distr::{Distribution, Gamma};

    use super::*;

    #[test]
    fn recovers_the_parameters_it_was_made_with() {
        let truth = GammaGamma { p: 3.0, q: 4.0, gamma: 20.0 };
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let customers: Vec<(u32, f64)> = (0..20_000)
            .map(|_| {
                let x = random.random_range(1..8_u32);
                let rate = Gamma::new(truth.q, 1.0 / truth.gamma).unwrap().sample(&mut random);
                let spent = Gamma::new(truth.p * f64::from(x), 1.0 / rate).unwrap().sample(&mut random);
                (x, spent / f64::from(x))
            })
            .collect();
        let fit = GammaGamma::fit(customers.iter().copied()).unwrap();
        let errors = fit.covariance_of_logs.unwrap();
        for (i, (found, expected)) in fit.model.logs().into_iter().zip(truth.logs()).enumerate() {
            assert!((found - expected).abs() < 4.0 * errors[i][i].sqrt(), "{:?}", fit.model);
        }
        // In cents instead of euros nothing but γ changes.
        let cents = GammaGamma::fit(customers.iter().map(|&(x, mean)| (x, mean * 100.0))).unwrap();
        assert!((cents.model.gamma / fit.model.gamma / 100.0 - 1.0).abs() < 1e-7);
        assert!((cents.model.q / fit.model.q - 1.0).abs() < 1e-7);
    }

    #[test]
    fn an_infinite_mean_is_not_a_number_made_up() {
        let heavy = GammaGamma { p: 2.0, q: 0.8, gamma: 5.0 };
        assert_eq!((heavy.population_mean(), heavy.expected_average(0, 0.0)), (None, None));
        assert!(heavy.expected_average(1, 10.0).unwrap() > 0.0);
        assert_eq!(GammaGamma::fit([(1, 5.0); 9]).unwrap_err().code(), ErrorCode::NotEnoughData);
        assert_eq!(GammaGamma::fit([(0, 5.0); 99]).unwrap_err().code(), ErrorCode::NotEnoughData);
    }

    proptest! {
        #[test]
        fn derivatives_are_those_of_the_value(
            logs in prop::array::uniform3(-2.0_f64..2.0),
            mut rows in prop::collection::vec((1_u32..9, 0.01_f64..5.0), 1..20),
        ) {
            rows.sort_by_key(|row| row.0);
            let here = evaluate(&rows, &logs);
            for i in 0..3 {
                let at = |sign: f64| { let mut p = logs; p[i] += sign * 1e-5; evaluate(&rows, &p) };
                let (up, down) = (at(1.0), at(-1.0));
                let slope = (up.value - down.value) / 2e-5;
                prop_assert!((slope - here.gradient[i]).abs() < 1e-4 * (1.0 + slope.abs()));
                for j in 0..3 {
                    let slope = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    prop_assert!((slope - here.hessian[i][j]).abs() < 1e-4 * (1.0 + slope.abs()));
                }
            }
        }

        #[test]
        fn an_expectation_lies_between_the_customer_and_everybody(
            p in 0.1_f64..20.0, q in 1.1_f64..20.0, gamma in 0.1_f64..100.0, x in 1_u32..50, mean in 0.1_f64..1000.0,
        ) {
            let model = GammaGamma { p, q, gamma };
            let (everybody, expected) = (model.population_mean().unwrap(), model.expected_average(x, mean).unwrap());
            prop_assert!(expected >= everybody.min(mean) * (1.0 - 1e-12) && expected <= everybody.max(mean) * (1.0 + 1e-12));
        }
    }
}
