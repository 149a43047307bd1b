//! How well forecasts would have done: from several points in the past, each
//! time knowing only what came before.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{Fitted, ForecastParams, LEAST, check};
use crate::work::{Work, bad_parameter, not_enough};

/// From where forecasts are tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BacktestParams {
    /// How many points.
    pub origins: usize,
    /// Steps between two of them.
    pub step: usize,
}

impl Default for BacktestParams {
    fn default() -> Self {
        Self { origins: 6, step: 1 }
    }
}

/// Errors so many steps ahead, over all points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HorizonError {
    /// Steps ahead, from 1.
    pub ahead: usize,
    /// The mean absolute error.
    pub mae: f64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The part of values that were in their interval.
    pub coverage: f64,
}

/// How well forecasts would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// How many values were known at each point.
    pub origins: Vec<usize>,
    /// The mean absolute error over all forecasts.
    pub mae: f64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The mean of absolute errors over values that are not 0.
    pub mape: Option<f64>,
    /// The error over that of repeating the last season (or value): below 1
    /// is better.
    pub mase: Option<f64>,
    /// The part of values that were in their interval.
    pub coverage: f64,
    /// The mean absolute error of repeating the last season (or value).
    pub naive_mae: f64,
    /// By steps ahead.
    pub horizons: Vec<HorizonError>,
}

/// Forecasts the end of a series from several points before it. The kind of
/// model is chosen once, at the earliest point; its parameters are found anew
/// at each.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` where nothing would be left to learn
/// from; `cancelled`; and those of [`Fitted::new`].
pub fn backtest(series: &[f64], params: &ForecastParams, points: &BacktestParams, work: &Work<'_>) -> Result<Backtest> {
    params.check()?;
    check(series, params.period)?;
    if points.origins == 0 || points.step == 0 {
        return Err(bad_parameter("origins and step must be 1 or more."));
    }
    let held = params.horizon + (points.origins - 1) * points.step;
    let least = LEAST.max(2 * params.period) + 4;
    if series.len() < held + least {
        let message = format!(
            "Trying {} forecasts of {} steps needs {} values; the series has {}. Take fewer or shorter ones.",
            points.origins,
            params.horizon,
            held + least,
            series.len()
        );
        return Err(not_enough(message));
    }
    let origins: Vec<usize> = (0..points.origins).map(|i| series.len() - held + i * points.step).collect();
    let first = Fitted::new(&series[..origins[0]], params, work)?;
    let total = origins.len() as u64;
    let found: Vec<Result<Vec<Step>>> = work.each(origins.clone(), |i, origin| {
        work.check()?;
        work.progress.report("backtest", i as u64, Some(total));
        let known = &series[..origin];
        let fitted = if i == 0 { first.clone() } else { first.again(known, params)? };
        let forecast = fitted.forecast(params);
        let step = |ahead: usize| {
            let truth = series[origin + ahead];
            let period = if origin >= params.period { params.period } else { 1 };
            Step {
                ahead,
                truth,
                error: forecast.values[ahead] - truth,
                naive: known[origin - period + ahead % period] - truth,
                inside: (forecast.low[ahead]..=forecast.high[ahead]).contains(&truth),
            }
        };
        Ok((0..params.horizon).map(step).collect())
    });
    let mut steps = Vec::new();
    for part in found {
        steps.extend(part?);
    }
    let horizons = (0..params.horizon)
        .map(|ahead| {
            let own: Vec<&Step> = steps.iter().filter(|step| step.ahead == ahead).collect();
            let mean = |f: &dyn Fn(&Step) -> f64| own.iter().map(|step| f(step)).sum::<f64>() / own.len() as f64;
            HorizonError {
                ahead: ahead + 1,
                mae: mean(&|s| s.error.abs()),
                rmse: mean(&|s| s.error * s.error).sqrt(),
                coverage: mean(&|s| f64::from(u8::from(s.inside))),
            }
        })
        .collect();
    let mean = |f: &dyn Fn(&Step) -> f64| steps.iter().map(f).sum::<f64>() / steps.len() as f64;
    let (mae, naive_mae) = (mean(&|s| s.error.abs()), mean(&|s| s.naive.abs()));
    let relative: Vec<f64> = steps.iter().filter(|s| s.truth != 0.0).map(|s| (s.error / s.truth).abs()).collect();
    Ok(Backtest {
        origins,
        mae,
        rmse: mean(&|s| s.error * s.error).sqrt(),
        mape: (!relative.is_empty()).then(|| relative.iter().sum::<f64>() / relative.len() as f64),
        mase: (naive_mae > 0.0).then(|| mae / naive_mae),
        coverage: mean(&|s| f64::from(u8::from(s.inside))),
        naive_mae,
        horizons,
    })
}

struct Step {
    ahead: usize,
    truth: f64,
    error: f64,
    naive: f64,
    inside: bool,
}
