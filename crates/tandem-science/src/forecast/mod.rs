//! What a series will be: exponential smoothing with its intervals, seasonal
//! decomposition, and how well forecasts would have done.
//!
//! A series is regular in time and has no gaps; the time axis stays with the
//! caller.

mod backtest;
pub mod ets;
mod forecaster;
mod minimize;
mod stl;

pub use backtest::{Backtest, BacktestParams, HorizonError, backtest};
pub use forecaster::{Fitted, Forecast, ForecastParams, Method};
pub use stl::{Decomposition, decompose};

use tandem_core::Result;

use crate::work::{bad_parameter, not_enough};

/// The fewest values of a series.
const LEAST: usize = 4;

fn check(series: &[f64], period: usize) -> Result<()> {
    if let Some(at) = series.iter().position(|v| !v.is_finite()) {
        let message = format!("Value {} of the series is missing. Fill gaps before forecasting.", at + 1);
        return Err(bad_parameter(message));
    }
    if series.len() < LEAST {
        let message = format!("{} values are too few to forecast from; {LEAST} is the least.", series.len());
        return Err(not_enough(message));
    }
    if period == 0 {
        return Err(bad_parameter("period must be 1 (no season) or more."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
