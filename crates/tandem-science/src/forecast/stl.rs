//! Trend, season and what is left, by loess.
//!
//! Cleveland, Cleveland, McRae and Terpenning, "STL: A Seasonal-Trend
//! Decomposition Procedure Based on Loess" (Journal of Official Statistics 6,
//! 1990), as the crate `stlrs` has it.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use super::check;
use crate::work::{bad_parameter, not_enough};

/// A series in parts that add up to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decomposition {
    /// The slow part.
    pub trend: Vec<f64>,
    /// The part that repeats with the period.
    pub seasonal: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
    /// How much of what is not season the trend explains, from 0 to 1.
    pub trend_strength: f64,
    /// How much of what is not trend the season explains, from 0 to 1.
    pub seasonal_strength: f64,
}

/// Decomposes a series. `smoothness` is the length of the seasonal smoother in
/// periods, odd and 7 or more: the larger, the less the season changes. `robust`
/// lets outliers count less.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` for less than two periods.
pub fn decompose(series: &[f64], period: usize, smoothness: usize, robust: bool) -> Result<Decomposition> {
    check(series, period)?;
    if period < 2 || smoothness < 7 || smoothness.is_multiple_of(2) {
        return Err(bad_parameter("period must be 2 or more, and smoothness odd and 7 or more."));
    }
    if series.len() < 2 * period {
        let message = format!("{} values are less than two periods of {period}.", series.len());
        return Err(not_enough(message));
    }
    let odd = |length: usize| length + usize::from(length.is_multiple_of(2));
    let trend = (1.5 * period as f64 / (1.0 - 1.5 / smoothness as f64)).ceil() as usize;
    let (inner, outer) = if robust { (2, 15) } else { (5, 0) };
    let found = stlrs::Stl::params()
        .seasonal_length(smoothness)
        .trend_length(odd(trend))
        .low_pass_length(odd(period + 1))
        .seasonal_degree(1)
        .trend_degree(1)
        .low_pass_degree(1)
        .seasonal_jump(1)
        .trend_jump(1)
        .low_pass_jump(1)
        .inner_loops(inner)
        .outer_loops(outer)
        .robust(robust)
        .fit(series, period)
        .map_err(|cause| {
            let message = "The series could not be decomposed. Check the period.";
            Error::new(ErrorCode::ComputeFailed, message).with_source(cause)
        })?;
    let part = |values: &[f64]| values.to_vec();
    let (trend, seasonal, remainder) = (part(found.trend()), part(found.seasonal()), part(found.remainder()));
    let strength = |part: &[f64]| {
        let both: Vec<f64> = part.iter().zip(&remainder).map(|(a, b)| a + b).collect();
        let all = variance(&both);
        if all > 0.0 { (1.0 - variance(&remainder) / all).max(0.0) } else { 0.0 }
    };
    Ok(Decomposition {
        trend_strength: strength(&trend),
        seasonal_strength: strength(&seasonal),
        trend,
        seasonal,
        remainder,
    })
}

fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n
}
