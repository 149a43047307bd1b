//! Maximum likelihood, and the choice of a model.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use super::{ErrorKind, SeasonKind, Spec, State, TrendKind, initial, state::Smoothing};
use crate::{
    forecast::{check, minimize::minimize},
    work::{Work, not_enough},
};

/// The most rounds of a search.
const ROUNDS: usize = 300;
/// From where smoothing is sought: a level and season that hardly move, that
/// move, and a season that takes up all that the level leaves.
const STARTS: [[f64; 3]; 3] = [[0.2, 0.1, 0.1], [0.6, 0.2, 0.3], [0.3, 0.05, 0.9]];

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ets {
    /// Which model.
    pub spec: Spec,
    /// The season's length, 1 without.
    pub period: usize,
    /// How fast states follow.
    pub smoothing: Smoothing,
    /// The state before the first value.
    pub first: State,
    /// The state after the last value.
    pub last: State,
    /// The variance of errors (relative ones where they multiply), by degrees
    /// of freedom.
    pub variance: f64,
    /// Of normal errors.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// The same, corrected for short series.
    pub aicc: f64,
    /// Schwarz's criterion.
    pub bic: f64,
    /// What each value was expected to be.
    pub fitted: Vec<f64>,
}

/// The model with the least corrected criterion of Akaike.
///
/// # Errors
/// `invalid_parameter` for a value that is missing; `not_enough_data`;
/// `did_not_converge` where no model fits; `cancelled`.
pub fn choose(series: &[f64], period: usize, work: &Work<'_>) -> Result<Ets> {
    check(series, period)?;
    let all = Spec::allowed(series, period);
    if all.is_empty() {
        return Err(not_enough("The series is too short for any model. Take a longer one."));
    }
    let total = all.len() as u64;
    let fits: Vec<Result<Option<Ets>>> = work.each(all, |i, spec| {
        work.check()?;
        work.progress.report("smooth", i as u64, Some(total));
        Ok(search(series, period, spec, None))
    });
    let mut best: Option<Ets> = None;
    for fit in fits {
        if let Some(fit) = fit?
            && best.as_ref().is_none_or(|best| fit.aicc < best.aicc)
        {
            best = Some(fit);
        }
    }
    best.ok_or_else(nothing)
}

/// One model; from `start`, where the parameters of a similar fit are known.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` where the series does not allow the
/// model; `did_not_converge`.
pub fn fit(series: &[f64], period: usize, spec: Spec, start: Option<&Ets>) -> Result<Ets> {
    check(series, period)?;
    if !Spec::allowed(series, period).contains(&spec) {
        let message = format!("{} does not suit this series: too short, or not above 0.", spec.name());
        return Err(not_enough(message));
    }
    search(series, period, spec, start).ok_or_else(nothing)
}

fn nothing() -> Error {
    let message = "No model of exponential smoothing fits this series. Check it for values far from all others.";
    Error::new(ErrorCode::DidNotConverge, message)
}

fn search(series: &[f64], period: usize, spec: Spec, start: Option<&Ets>) -> Option<Ets> {
    let period = if spec.season == SeasonKind::None { 1 } else { period };
    let space = Space::new(series, period, spec);
    let mut best: Option<(f64, Vec<f64>)> = None;
    let starts: Vec<Vec<f64>> = match start {
        Some(ets) => vec![space.write(&ets.smoothing, &ets.first)],
        None => {
            let first = initial::state(series, period, spec);
            STARTS
                .iter()
                .map(|&[alpha, beta, gamma]| {
                    space.write(
                        &Smoothing { alpha, beta: beta * alpha, gamma: gamma * (1.0 - alpha), phi: 0.95 },
                        &first,
                    )
                })
                .collect()
        }
    };
    for start in starts {
        let found = minimize(|at| space.cost(at), start, ROUNDS);
        if found.value.is_finite() && best.as_ref().is_none_or(|best| found.value < best.0 - 1e-9) {
            best = Some((found.value, found.at));
        }
    }
    let (smoothing, first) = space.read(&best?.1);
    let mut last = first.clone();
    let mut fitted = Vec::with_capacity(series.len());
    let (squares, logs) = run(series, spec, &smoothing, &mut last, |value| fitted.push(value))?;
    let n = series.len() as f64;
    let count = spec.parameters(period) as f64;
    let log_likelihood = -0.5 * n * ((2.0 * std::f64::consts::PI).ln() + 1.0) - n * space.value(squares, logs);
    let aic = 2.0 * count - 2.0 * log_likelihood;
    Some(Ets {
        spec,
        period,
        smoothing,
        first,
        last,
        variance: squares / (n - count + 1.0).max(1.0),
        log_likelihood,
        aic,
        aicc: aic + 2.0 * count * (count + 1.0) / (n - count - 1.0),
        bic: count * n.ln() - 2.0 * log_likelihood,
        fitted,
    })
}

/// Follows the series: the sum of squared errors, and of logarithms of expected
/// values where errors multiply. `None` where the model breaks down.
fn run(
    series: &[f64],
    spec: Spec,
    smoothing: &Smoothing,
    state: &mut State,
    mut each: impl FnMut(f64),
) -> Option<(f64, f64)> {
    let (mut squares, mut logs) = (0.0, 0.0);
    for value in series {
        let (base, expected) = state.expect(spec, smoothing);
        let error = value - expected;
        if spec.error == ErrorKind::Multiplicative {
            if expected <= 0.0 {
                return None;
            }
            squares += (error / expected).powi(2);
            logs += expected.ln();
        } else {
            squares += error * error;
        }
        if spec.season == SeasonKind::Multiplicative && (base <= 0.0 || state.season[state.next] <= 0.0) {
            return None;
        }
        state.advance(spec, smoothing, base, error);
        each(expected);
    }
    (squares.is_finite() && logs.is_finite()).then_some((squares, logs))
}

/// Parameters as free numbers of order one.
struct Space<'a> {
    series: &'a [f64],
    period: usize,
    spec: Spec,
    /// The size of values, by which states are measured.
    scale: f64,
}

fn inside(x: f64, low: f64, high: f64) -> f64 {
    low + (high - low) / (1.0 + (-x).exp())
}

fn outside(v: f64, low: f64, high: f64) -> f64 {
    let part = ((v - low) / (high - low)).clamp(1e-6, 1.0 - 1e-6);
    (part / (1.0 - part)).ln()
}

impl<'a> Space<'a> {
    fn new(series: &'a [f64], period: usize, spec: Spec) -> Self {
        let size = series.iter().map(|v| v.abs()).sum::<f64>() / series.len() as f64;
        Self { series, period, spec, scale: if size > 0.0 { size } else { 1.0 } }
    }

    fn season_scale(&self) -> f64 {
        if self.spec.season == SeasonKind::Multiplicative { 1.0 } else { self.scale }
    }

    fn write(&self, smoothing: &Smoothing, first: &State) -> Vec<f64> {
        let mut at = vec![outside(smoothing.alpha, 1e-4, 0.9999)];
        if self.spec.trend != TrendKind::None {
            at.push(outside(smoothing.beta, 0.0, smoothing.alpha));
            at.push(first.trend / self.scale * 10.0);
        }
        if self.spec.trend == TrendKind::Damped {
            at.push(outside(smoothing.phi, 0.8, 0.98));
        }
        at.push(first.level / self.scale);
        if self.spec.season != SeasonKind::None {
            at.push(outside(smoothing.gamma, 0.0, 1.0 - smoothing.alpha));
            at.extend(first.season[..self.period - 1].iter().map(|s| s / self.season_scale()));
        }
        at
    }

    fn read(&self, at: &[f64]) -> (Smoothing, State) {
        let mut rest = at.iter().copied();
        let mut next = || rest.next().unwrap_or_default();
        let alpha = inside(next(), 1e-4, 0.9999);
        let mut smoothing = Smoothing { alpha, beta: 0.0, gamma: 0.0, phi: 1.0 };
        let mut state = State { level: 0.0, trend: 0.0, season: Vec::new(), next: 0 };
        if self.spec.trend != TrendKind::None {
            smoothing.beta = inside(next(), 0.0, alpha);
            state.trend = next() * self.scale / 10.0;
        }
        if self.spec.trend == TrendKind::Damped {
            smoothing.phi = inside(next(), 0.8, 0.98);
        }
        state.level = next() * self.scale;
        if self.spec.season != SeasonKind::None {
            smoothing.gamma = inside(next(), 0.0, 1.0 - alpha);
            state.season = (1..self.period).map(|_| next() * self.season_scale()).collect();
            // Seasons of one period cancel out.
            let all = if self.spec.season == SeasonKind::Multiplicative { self.period as f64 } else { 0.0 };
            state.season.push(all - state.season.iter().sum::<f64>());
        }
        (smoothing, state)
    }

    /// The negative log-likelihood of a value, up to a constant.
    fn cost(&self, at: &[f64]) -> f64 {
        let (smoothing, mut state) = self.read(at);
        run(self.series, self.spec, &smoothing, &mut state, |_| {})
            .map_or(f64::INFINITY, |(squares, logs)| self.value(squares, logs))
    }

    /// Half the logarithm of the variance of errors, and that of expected
    /// values. Errors that are only rounding count as equally small, so that
    /// the simplest of perfect models is chosen.
    fn value(&self, squares: f64, logs: f64) -> f64 {
        let n = self.series.len() as f64;
        let scale = if self.spec.error == ErrorKind::Multiplicative { 1.0 } else { self.scale };
        0.5 * (squares / n).max(1e-18 * scale * scale).ln() + logs / n
    }
}
