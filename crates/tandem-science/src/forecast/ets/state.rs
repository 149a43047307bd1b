//! The state of a model, and how it moves.

use serde::{Deserialize, Serialize};

use super::{SeasonKind, Spec, TrendKind};

/// How fast states follow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Smoothing {
    /// The level.
    pub alpha: f64,
    /// The trend.
    pub beta: f64,
    /// The season.
    pub gamma: f64,
    /// How much of the trend is left after a step.
    pub phi: f64,
}

/// Where a series stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The level.
    pub level: f64,
    /// What the level gains in a step.
    pub trend: f64,
    /// The season of the next steps, in their order.
    pub season: Vec<f64>,
    /// Where in `season` the next step is.
    pub next: usize,
}

impl State {
    /// The level and the value expected next.
    pub(super) fn expect(&self, spec: Spec, smoothing: &Smoothing) -> (f64, f64) {
        let base = match spec.trend {
            TrendKind::None => self.level,
            TrendKind::Additive => self.level + self.trend,
            TrendKind::Damped => self.level + smoothing.phi * self.trend,
        };
        let value = match spec.season {
            SeasonKind::None => base,
            SeasonKind::Additive => base + self.season[self.next],
            SeasonKind::Multiplicative => base * self.season[self.next],
        };
        (base, value)
    }

    /// Moves on by one step in which the value was off by `error`.
    pub(super) fn advance(&mut self, spec: Spec, smoothing: &Smoothing, base: f64, error: f64) {
        let of_level = match spec.season {
            SeasonKind::Multiplicative => error / self.season[self.next],
            _ => error,
        };
        match spec.season {
            SeasonKind::None => {}
            SeasonKind::Additive => self.season[self.next] += smoothing.gamma * error,
            SeasonKind::Multiplicative => self.season[self.next] += smoothing.gamma * error / base,
        }
        if !self.season.is_empty() {
            self.next = (self.next + 1) % self.season.len();
        }
        match spec.trend {
            TrendKind::None => {}
            TrendKind::Additive => self.trend += smoothing.beta * of_level,
            TrendKind::Damped => self.trend = smoothing.phi * self.trend + smoothing.beta * of_level,
        }
        self.level = base + smoothing.alpha * of_level;
    }
}
