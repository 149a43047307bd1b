//! The steps to come.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{ErrorKind, Ets, SeasonKind};
use crate::distribution::normal_quantile;

/// Paths that are drawn where there is no formula.
const PATHS: usize = 5_000;

impl Ets {
    /// Expected values of the next steps.
    pub fn expect(&self, horizon: usize) -> Vec<f64> {
        self.path(horizon, |_, _| 0.0)
    }

    /// The next steps, where each may be off by what `error` says of the step
    /// and the value expected.
    fn path(&self, horizon: usize, mut error: impl FnMut(usize, f64) -> f64) -> Vec<f64> {
        let mut state = self.last.clone();
        (0..horizon)
            .map(|step| {
                let (base, expected) = state.expect(self.spec, &self.smoothing);
                let error = error(step, expected);
                state.advance(self.spec, &self.smoothing, base, error);
                expected + error
            })
            .collect()
    }

    /// Ranges that hold the next values with probability `level` each. Where
    /// everything adds they follow from the variance of errors; elsewhere they
    /// are quantiles of drawn paths.
    pub fn intervals(&self, horizon: usize, level: f64, seed: u64) -> Vec<(f64, f64)> {
        if self.spec.error == ErrorKind::Additive && self.spec.season != SeasonKind::Multiplicative {
            return self.by_formula(horizon, level);
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let deviation = self.variance.sqrt();
        let multiplies = self.spec.error == ErrorKind::Multiplicative;
        let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(PATHS); horizon];
        for _ in 0..PATHS {
            let path = self.path(horizon, |_, expected| {
                let drawn: f64 = StandardNormal.sample(&mut random);
                drawn * deviation * if multiplies { expected } else { 1.0 }
            });
            draws.iter_mut().zip(path).for_each(|(draws, value)| draws.push(value));
        }
        let beyond = (1.0 - level) / 2.0;
        draws
            .into_iter()
            .map(|mut draws| {
                draws.sort_unstable_by(f64::total_cmp);
                (quantile(&draws, beyond), quantile(&draws, 1.0 - beyond))
            })
            .collect()
    }

    fn by_formula(&self, horizon: usize, level: f64) -> Vec<(f64, f64)> {
        let expected = self.expect(horizon);
        // What one error at the first step does to those after it.
        let shocked = self.path(horizon, |step, _| f64::from(u8::from(step == 0)));
        let reach = normal_quantile(0.5 + level / 2.0);
        let mut sum = 1.0;
        (0..horizon)
            .map(|step| {
                if step > 0 {
                    sum += (shocked[step] - expected[step]).powi(2);
                }
                let reach = reach * (self.variance * sum).sqrt();
                (expected[step] - reach, expected[step] + reach)
            })
            .collect()
    }
}

/// The value below which a part of sorted values is, between its neighbours.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let at = part * (sorted.len() - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}
