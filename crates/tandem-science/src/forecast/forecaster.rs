//! A series forecast in one call.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{
    check,
    ets::{self, Ets, SeasonKind, Spec},
    stl::decompose,
};
use crate::work::{Work, bad_parameter};

/// The longest season that a smoothing model follows itself.
const LONG: usize = 24;
/// The smoothness of a long season.
const SMOOTHNESS: usize = 11;

/// How a series is forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// [`Self::Ets`] for seasons of up to 24 steps, [`Self::StlEts`] for longer
    /// ones.
    #[default]
    Auto,
    /// The best model of exponential smoothing.
    Ets,
    /// The season of a decomposition goes on as it last was; what is left is
    /// smoothed.
    StlEts,
}

/// What to forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastParams {
    /// Steps of a season; 1 is none.
    pub period: usize,
    /// Steps to come.
    pub horizon: usize,
    /// The probability that an interval holds the value.
    pub level: f64,
    /// How.
    pub method: Method,
    /// For drawn paths.
    pub seed: u64,
}

impl Default for ForecastParams {
    fn default() -> Self {
        Self { period: 1, horizon: 12, level: 0.95, method: Method::Auto, seed: 0 }
    }
}

/// The steps to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Expected values.
    pub values: Vec<f64>,
    /// Lower ends of intervals.
    pub low: Vec<f64>,
    /// Upper ends of intervals.
    pub high: Vec<f64>,
}

/// A fitted forecaster: a document that needs the series no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The model of the series, or of what is left without its season.
    pub ets: Ets,
    /// The last season of a decomposition, from the next step on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<f64>,
    /// What each value was expected to be.
    pub fitted: Vec<f64>,
}

impl ForecastParams {
    pub(super) fn check(&self) -> Result<()> {
        if self.horizon == 0 || self.horizon > 10_000 || !(0.5..1.0).contains(&self.level) {
            return Err(bad_parameter("horizon must be from 1 to 10000, and level from 0.5 to below 1."));
        }
        Ok(())
    }

    fn by_stl(&self, length: usize) -> bool {
        let long = match self.method {
            Method::Auto => self.period > LONG,
            Method::Ets => false,
            Method::StlEts => true,
        };
        long && self.period > 1 && length >= 2 * self.period
    }
}

impl Fitted {
    /// Fits a series.
    ///
    /// # Errors
    /// As [`ets::choose`] and [`decompose`].
    pub fn new(series: &[f64], params: &ForecastParams, work: &Work<'_>) -> Result<Self> {
        params.check()?;
        check(series, params.period)?;
        Self::with(series, params, |series, period| ets::choose(series, period, work))
    }

    /// Fits the same kind of model to another stretch of the series.
    pub(super) fn again(&self, series: &[f64], params: &ForecastParams) -> Result<Self> {
        let spec = self.ets.spec;
        Self::with(series, params, |series, period| {
            let spec = if Spec::allowed(series, period).contains(&spec) {
                spec
            } else {
                Spec { season: SeasonKind::None, error: ets::ErrorKind::Additive, ..spec }
            };
            let start = (spec == self.ets.spec).then_some(&self.ets);
            ets::fit(series, period, spec, start)
        })
    }

    fn with(series: &[f64], params: &ForecastParams, smooth: impl Fn(&[f64], usize) -> Result<Ets>) -> Result<Self> {
        if !params.by_stl(series.len()) {
            // A season that was not seen twice can't be followed.
            let period = if series.len() < 2 * params.period { 1 } else { params.period };
            let ets = smooth(series, period)?;
            return Ok(Self { fitted: ets.fitted.clone(), ets, season: Vec::new() });
        }
        let parts = decompose(series, params.period, SMOOTHNESS, false)?;
        let adjusted: Vec<f64> = series.iter().zip(&parts.seasonal).map(|(v, s)| v - s).collect();
        let ets = smooth(&adjusted, 1)?;
        let fitted = ets.fitted.iter().zip(&parts.seasonal).map(|(v, s)| v + s).collect();
        Ok(Self { ets, season: parts.seasonal[series.len() - params.period..].to_vec(), fitted })
    }

    /// The steps to come.
    pub fn forecast(&self, params: &ForecastParams) -> Forecast {
        let season = |step: usize| self.season.get(step % self.season.len().max(1)).copied().unwrap_or(0.0);
        let plus = |values: Vec<f64>| values.into_iter().enumerate().map(|(step, v)| v + season(step)).collect();
        let (low, high) = self.ets.intervals(params.horizon, params.level, params.seed).into_iter().unzip();
        Forecast { values: plus(self.ets.expect(params.horizon)), low: plus(low), high: plus(high) }
    }
}
