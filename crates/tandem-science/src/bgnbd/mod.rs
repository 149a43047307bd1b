//! The BG/NBD model of repeat buying.
//!
//! Fader, Hardie and Lee, "“Counting Your Customers” the Easy Way: An
//! Alternative to the Pareto/NBD Model", Marketing Science 24 (2005). While a
//! customer is active, purchases are Poisson with a rate λ that is Gamma(r, α)
//! over customers; after each purchase the customer leaves for good with a
//! probability p that is Beta(a, b) over customers.
//!
//! Times are in any one unit; α is in that unit too.

mod fit;
mod histories;
mod likelihood;

use serde::{Deserialize, Serialize};

pub use fit::{BgNbdFit, Interval, MIN_REPEAT_BUYERS};
pub use histories::{Histories, History};

/// The model's four parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Scale of the purchase rates: the mean rate is r / α per unit of time.
    pub alpha: f64,
    /// With `b`: the mean probability to leave after a purchase is a / (a + b).
    pub a: f64,
    /// See `a`.
    pub b: f64,
}

impl BgNbd {
    /// The probability that a customer is still active, who bought `x` times
    /// again, the last time at age `t_x`, and is now of age `age`. A customer
    /// without a repeat purchase had no chance to leave yet: 1.
    pub fn p_alive(&self, x: u32, t_x: f64, age: f64) -> f64 {
        if x == 0 {
            return 1.0;
        }
        let x = f64::from(x);
        let odds_gone =
            self.a.ln() - (self.b + x - 1.0).ln() + (self.r + x) * ((self.alpha + age) / (self.alpha + t_x)).ln();
        1.0 / (1.0 + odds_gone.exp())
    }

    /// Expected purchases in the next `t`, given the past (their equation 10).
    pub fn expected_next(&self, t: f64, x: u32, t_x: f64, age: f64) -> f64 {
        self.p_alive(x, t_x, age) * self.expected_if_alive(t, x, age)
    }

    /// Expected purchases in the next `t` of a customer with `x` repeat
    /// purchases by `age` who is still active. Depends on no date of purchase,
    /// so it can be shared by all customers of one `x` and `age`.
    pub fn expected_if_alive(&self, t: f64, x: u32, age: f64) -> f64 {
        let x = f64::from(x);
        expected_purchases(self.r + x, self.alpha + age, self.a, self.b + x, t)
    }

    /// Expected repeat purchases of a new customer in the first `t` (their
    /// equation 9).
    pub fn expected_new(&self, t: f64) -> f64 {
        expected_purchases(self.r, self.alpha, self.a, self.b, t)
    }
}

/// Expected purchases within `t` where the rate is Gamma(c, β) and the
/// probability to leave after each is Beta(a, b).
///
/// The paper writes this with the Gauss hypergeometric function,
/// `(a+b−1)/(a−1) · [1 − (β/(β+t))^c · ₂F₁(c, b; a+b−1; t/(β+t))]`, which is
/// 0 · ∞ at a = 1 and cancels around it. Expanding both terms in powers of
/// z = t/(β+t) and collecting them gives the same value as a sum of positive
/// terms only: `Σ NB(k; c, z) · E[min(k, G)]`, where NB is the chance of k
/// purchases of a customer who never leaves and G the purchase after which this
/// one does. It is accurate to about 1e-14 for every a, b, c > 0.
fn expected_purchases(c: f64, beta: f64, a: f64, b: f64, t: f64) -> f64 {
    if t <= 0.0 || t.is_nan() {
        return 0.0;
    }
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
    while k < 2e6 {
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

#[cfg(test)]
mod tests;
