//! Maximum likelihood, and how sure it is.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use super::{BgNbd, histories::Histories, likelihood::Likelihood};
use crate::optimize::{Minimum, inverse, minimize};

/// The fewest repeat buyers from which four parameters are estimated.
pub const MIN_REPEAT_BUYERS: u64 = 10;
/// Parameters are sought between e^-9 and e^9, that is 0.0001 and 8,000 (α: times
/// its natural scale).
const WALL: f64 = 9.0;

/// A range that holds the true value with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A fitted model with the quality of its fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BgNbdFit {
    /// The estimates.
    pub model: BgNbd,
    /// Sum over customers at the estimates.
    pub log_likelihood: f64,
    /// How many customers were used.
    pub customers: u64,
    /// Steps that the search took.
    pub iterations: u32,
    /// A parameter ran to the wall of what is searched: the data does not tell
    /// this model from a simpler one (nobody leaves, or everybody is alike).
    pub at_boundary: bool,
    /// Standard errors of r, α, a, b, from the observed information.
    pub standard_errors: Option<[f64; 4]>,
    /// 95 % intervals of r, α, a, b: estimate · exp(±1.96 standard errors of its logarithm).
    pub intervals: Option<[Interval; 4]>,
    /// Covariance of ln r, ln α, ln a, ln b.
    pub covariance_of_logs: Option<[[f64; 4]; 4]>,
}

impl BgNbd {
    /// Fits the model by maximum likelihood.
    ///
    /// # Errors
    /// `not_enough_data` with fewer than [`MIN_REPEAT_BUYERS`] repeat buyers or
    /// no time between first purchase and end; `did_not_converge` where no
    /// maximum was found.
    pub fn fit(histories: &Histories) -> Result<BgNbdFit> {
        let (mut repeats, mut purchases, mut time) = (0_u64, 0.0, 0.0);
        for &(history, n) in &histories.groups {
            repeats += if history.frequency > 0 { u64::from(n) } else { 0 };
            purchases += f64::from(n) * f64::from(history.frequency);
            time += f64::from(n) * f64::from(history.age_days) / histories.unit_days;
        }
        if repeats < MIN_REPEAT_BUYERS || time <= 0.0 {
            let message = format!(
                "Only {repeats} customers bought again, and a model of repeat buying needs {MIN_REPEAT_BUYERS} or \
                 more. Take a longer period, or later calibration_end."
            );
            return Err(Error::new(ErrorCode::NotEnoughData, message));
        }
        let likelihood = Likelihood::new(histories);
        // α lives on the scale of the time between purchases.
        let scale = (time / purchases).ln();
        let low = [-WALL, scale - WALL, -WALL, -WALL];
        let high = [WALL, scale + WALL, WALL, WALL];
        let starts = [[0.3, 0.15, 0.8, 2.5], [1.0, 1.0, 1.0, 4.0], [0.1, 0.02, 0.3, 0.5], [5.0, 5.0, 0.1, 3.0]];
        let mut best: Option<Minimum<4>> = None;
        for [r, alpha, a, b] in starts {
            let start = [f64::ln(r), f64::ln(alpha) + scale, f64::ln(a), f64::ln(b)];
            let found = minimize(|logs| likelihood.evaluate(logs), start, &low, &high);
            let done = found.converged && !found.at_bound;
            if found.value.is_finite() && best.as_ref().is_none_or(|b| found.value < b.value - 1e-9) {
                best = Some(found);
            }
            if done {
                break;
            }
        }
        best.filter(|found| found.converged || found.at_bound).map(|found| summarize(&found, histories)).ok_or_else(
            || {
                let message = "The model of repeat buying found no best fit to this data. Take a longer period or \
                               another unit of time.";
                Error::new(ErrorCode::DidNotConverge, message)
            },
        )
    }

    /// The four parameters from their logarithms.
    pub(crate) fn from_logs(logs: [f64; 4]) -> Self {
        let [r, alpha, a, b] = logs.map(f64::exp);
        Self { r, alpha, a, b }
    }

    /// The logarithms of the four parameters.
    pub(crate) fn logs(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b].map(f64::ln)
    }

    /// The log-likelihood of these parameters, summed over customers.
    pub fn log_likelihood(&self, histories: &Histories) -> f64 {
        -Likelihood::new(histories).evaluate(&self.logs()).value * histories.customers as f64
    }
}

fn summarize(found: &Minimum<4>, histories: &Histories) -> BgNbdFit {
    let n = histories.customers as f64;
    let covariance =
        if found.at_bound { None } else { inverse(&found.hessian).map(|c| c.map(|row| row.map(|v| v / n))) };
    let errors_of_logs: Option<[f64; 4]> = covariance.map(|c| std::array::from_fn(|i| c[i][i].sqrt()));
    BgNbdFit {
        model: BgNbd::from_logs(found.at),
        log_likelihood: -found.value * n,
        customers: histories.customers,
        iterations: found.iterations,
        at_boundary: found.at_bound,
        standard_errors: errors_of_logs.map(|e| std::array::from_fn(|i| e[i] * found.at[i].exp())),
        intervals: errors_of_logs.map(|e| {
            std::array::from_fn(|i| Interval {
                low: (found.at[i] - 1.959_964 * e[i]).exp(),
                high: (found.at[i] + 1.959_964 * e[i]).exp(),
            })
        }),
        covariance_of_logs: covariance,
    }
}
