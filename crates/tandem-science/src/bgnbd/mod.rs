//! The BG/NBD model of repeat buying.
//!
//! Fader, Hardie and Lee, "“Counting Your Customers” the Easy Way: An
//! Alternative to the Pareto/NBD Model", Marketing Science 24 (2005). While a
//! customer is active, purchases are Poisson with a rate λ that is Gamma(r, α)
//! over customers; after each purchase the customer leaves for good with a
//! probability p that is Beta(a, b) over customers.
//!
//! Times are in any one unit; α is in that unit too.

mod expected;
mod fit;
mod histories;
mod likelihood;

use serde::{Deserialize, Serialize};

use expected::expected_purchases;
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

#[cfg(test)]
mod tests;
