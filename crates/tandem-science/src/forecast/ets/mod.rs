//! Exponential smoothing as a state space (error, trend, season).
//!
//! Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential Smoothing"
//! (2008); the choice among models is that of Hyndman and Khandakar (Journal of
//! Statistical Software 27, 2008), by the corrected criterion of Akaike.

mod fit;
mod initial;
mod predict;
mod state;

use serde::{Deserialize, Serialize};

pub use fit::{Ets, choose, fit};
pub use state::{Smoothing, State};

/// Whether errors add, or grow with the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// They add.
    Additive,
    /// They are parts of the expected value.
    Multiplicative,
}

/// What the trend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrendKind {
    /// None.
    None,
    /// It goes on.
    Additive,
    /// It dies away.
    Damped,
}

/// What the season is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeasonKind {
    /// None.
    None,
    /// It adds.
    Additive,
    /// It multiplies.
    Multiplicative,
}

/// One model of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Errors.
    pub error: ErrorKind,
    /// Trend.
    pub trend: TrendKind,
    /// Season.
    pub season: SeasonKind,
}

impl Spec {
    /// The usual name: `ETS(M,Ad,M)`.
    pub fn name(&self) -> String {
        let error = if self.error == ErrorKind::Additive { "A" } else { "M" };
        let trend = match self.trend {
            TrendKind::None => "N",
            TrendKind::Additive => "A",
            TrendKind::Damped => "Ad",
        };
        let season = match self.season {
            SeasonKind::None => "N",
            SeasonKind::Additive => "A",
            SeasonKind::Multiplicative => "M",
        };
        format!("ETS({error},{trend},{season})")
    }

    /// The models that a series of this period allows: multiplicative ones need
    /// values above 0, and additive errors don't go with a multiplicative
    /// season.
    pub fn allowed(series: &[f64], period: usize) -> Vec<Self> {
        let positive = series.iter().all(|v| *v > 0.0);
        let mut all = Vec::new();
        for error in [ErrorKind::Additive, ErrorKind::Multiplicative] {
            for trend in [TrendKind::None, TrendKind::Additive, TrendKind::Damped] {
                for season in [SeasonKind::None, SeasonKind::Additive, SeasonKind::Multiplicative] {
                    let spec = Self { error, trend, season };
                    let multiplies = error == ErrorKind::Multiplicative || season == SeasonKind::Multiplicative;
                    let unstable = error == ErrorKind::Additive && season == SeasonKind::Multiplicative;
                    let seen = season == SeasonKind::None || (period > 1 && series.len() >= 2 * period);
                    let enough = series.len() > spec.parameters(period) + 3;
                    if (positive || !multiplies) && !unstable && seen && enough {
                        all.push(spec);
                    }
                }
            }
        }
        all
    }

    /// How many numbers are estimated, the variance of errors among them.
    pub fn parameters(&self, period: usize) -> usize {
        let trend = match self.trend {
            TrendKind::None => 0,
            TrendKind::Additive => 2,
            TrendKind::Damped => 3,
        };
        let season = if self.season == SeasonKind::None { 0 } else { period };
        3 + trend + season
    }
}
