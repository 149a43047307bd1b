//! Intervals of the totals, by simulation with a seed.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Gamma, Poisson, StandardNormal};
use tandem_core::{Cancel, Result};

use super::{Fit, Models, forward::Forward, params::Params, snapshot::Snapshot};
use crate::{bgnbd::BgNbd, gamma_gamma::GammaGamma, optimize::cholesky};

/// Sets of parameters drawn.
const DRAWS: usize = 400;
/// Customers whose own variation is simulated.
const SIMULATED: usize = 20_000;
/// Work allowed for the draws, in customers' curves evaluated.
const CURVES: usize = 400_000;

/// 95 % intervals of totals; absent where they can't be made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) active: Option<(f64, f64)>,
    pub(super) purchases: Option<(f64, f64)>,
    pub(super) value: Option<(f64, f64)>,
}

/// Draws parameters from the normal approximation of their logarithms,
/// computes the totals for each draw, and adds the variation that customers
/// have of themselves as a normal variable of the simulated variance.
///
/// The share that discounting takes off a customer's purchases is held at its
/// estimate.
pub(super) fn totals(
    snapshot: &Snapshot,
    fit: &Fit,
    forward: &Forward,
    params: &Params,
    cancel: &Cancel,
) -> Result<Totals> {
    let (Some(models), Some(bgnbd)) = (fit.models(), &fit.bgnbd) else { return Ok(Totals::default()) };
    let Some(spread) = bgnbd.covariance_of_logs.as_ref().and_then(cholesky) else { return Ok(Totals::default()) };
    let spending = fit.gamma_gamma.as_ref().and_then(|f| Some((f.model, cholesky(f.covariance_of_logs.as_ref()?)?)));
    let mut random = ChaCha8Rng::seed_from_u64(params.seed);
    let own = own_variation(snapshot, models, forward, params, &mut random, cancel)?;
    let draws = (CURVES / forward.curves.keys.len().max(1)).clamp(100, DRAWS);
    let (mut active, mut purchases, mut value) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..draws {
        cancel.check()?;
        let model = BgNbd::from_logs(step(models.bgnbd.logs(), &spread, &mut random));
        let spending =
            spending.as_ref().map(|(model, spread)| GammaGamma::from_logs(step(model.logs(), spread, &mut random)));
        let draw = Draw { model, spending, unit_days: params.unit.days(), horizon: params.horizon };
        let total = draw.totals(snapshot, forward);
        let noise = [(); 3].map(|()| random.sample::<f64, _>(StandardNormal));
        if total.iter().all(|t| t.is_finite()) {
            active.push((total[0] + noise[0] * own[0]).clamp(0.0, snapshot.customers.len() as f64));
            purchases.push((total[1] + noise[1] * own[1]).max(0.0));
            value.push((total[2] + noise[2] * own[2]).max(0.0));
        }
    }
    let enough = active.len() * 10 >= draws * 9;
    let interval = |values: Vec<f64>| if enough { central(values) } else { None };
    Ok(Totals {
        active: interval(active),
        purchases: interval(purchases),
        value: if spending.is_some() { interval(value) } else { None },
    })
}

fn step<const D: usize>(mut at: [f64; D], spread: &[[f64; D]; D], random: &mut ChaCha8Rng) -> [f64; D] {
    let normal: [f64; D] = std::array::from_fn(|_| random.sample(StandardNormal));
    for i in 0..D {
        at[i] += (0..=i).map(|j| spread[i][j] * normal[j]).sum::<f64>();
    }
    at
}

struct Draw {
    model: BgNbd,
    spending: Option<GammaGamma>,
    unit_days: f64,
    horizon: f64,
}

impl Draw {
    /// Active customers, purchases, value; NaN where this draw has no finite value.
    fn totals(&self, snapshot: &Snapshot, forward: &Forward) -> [f64; 3] {
        let curves: Vec<f64> = forward
            .curves
            .keys
            .iter()
            .map(|&(x, age)| self.model.expected_if_alive(self.horizon, x, f64::from(age) / self.unit_days))
            .collect();
        let mut totals = [0.0; 3];
        let known = forward.average.as_deref();
        for (i, customer) in snapshot.customers.iter().enumerate() {
            let h = customer.history;
            let (recency, age) = (f64::from(h.recency_days) / self.unit_days, f64::from(h.age_days) / self.unit_days);
            let alive = self.model.p_alive(h.frequency, recency, age);
            let place = forward.places[i] as usize;
            let purchases = alive * curves[place];
            totals[0] += alive;
            totals[1] += purchases;
            if let (Some(spending), Some(known)) = (&self.spending, known) {
                let average = spending.expected_average(h.frequency, customer.mean).unwrap_or(known[i]);
                totals[2] += purchases * average * discount_share(forward, place);
            }
        }
        totals
    }
}

fn discount_share(forward: &Forward, place: usize) -> f64 {
    let plain = forward.curves.purchases[place];
    if plain > 0.0 { forward.curves.discounted[place] / plain } else { 1.0 }
}

/// Standard deviations of the three totals at the estimated parameters: each of
/// (at most 20,000, evenly chosen) customers lives one simulated future.
fn own_variation(
    snapshot: &Snapshot,
    models: Models,
    forward: &Forward,
    params: &Params,
    random: &mut ChaCha8Rng,
    cancel: &Cancel,
) -> Result<[f64; 3]> {
    let n = snapshot.customers.len();
    let stride = n.div_ceil(SIMULATED).max(1);
    let unit_days = params.unit.days();
    let mut squares = [0.0; 3];
    for (k, i) in (0..n).step_by(stride).enumerate() {
        if k % 1024 == 0 {
            cancel.check()?;
        }
        let history = snapshot.customers[i].history;
        let alive = random.random::<f64>() < forward.p_alive[i];
        let x = f64::from(history.frequency);
        let age = f64::from(history.age_days) / unit_days;
        let purchases = if alive { future(&models.bgnbd, x, age, params.horizon, random) } else { 0.0 };
        squares[0] += forward.p_alive[i] * (1.0 - forward.p_alive[i]);
        squares[1] += (purchases - forward.purchases[i]).powi(2);
        if let (Some(spending), Some(value)) = (&models.spending, &forward.value) {
            let spent = spend(spending, x, snapshot.customers[i].mean, purchases, random);
            let present = spent * discount_share(forward, forward.places[i] as usize);
            squares[2] += (present - value[i]).powi(2);
        }
    }
    Ok(squares.map(|s| (s * stride as f64).sqrt()))
}

/// Purchases of one active customer within `horizon`: as many as a Poisson
/// process makes, or up to the one after which they leave.
fn future(model: &BgNbd, x: f64, age: f64, horizon: f64, random: &mut ChaCha8Rng) -> f64 {
    let rate = Gamma::new(model.r + x, 1.0 / (model.alpha + age)).map_or(0.0, |d| d.sample(random));
    let leaves = Beta::new(model.a, model.b + x).map_or(0.0, |d| d.sample(random));
    let tries = Poisson::new(rate * horizon).map_or(0.0, |d| d.sample(random));
    // The number of the purchase after which they leave is geometric.
    let uniform: f64 = random.random();
    let last = if leaves < 1.0 { 1.0 + ((1.0 - uniform).ln() / (-leaves).ln_1p()).floor() } else { 1.0 };
    if last.is_nan() { tries } else { tries.min(last) }
}

/// What `purchases` purchases cost a customer whose `x` repeat purchases averaged `mean`.
fn spend(model: &GammaGamma, x: f64, mean: f64, purchases: f64, random: &mut ChaCha8Rng) -> f64 {
    if purchases == 0.0 {
        return 0.0;
    }
    let rate = Gamma::new(model.p * x + model.q, 1.0 / (model.gamma + x * mean)).map_or(f64::NAN, |d| d.sample(random));
    Gamma::new(model.p * purchases, 1.0 / rate).map_or(0.0, |d| d.sample(random))
}

/// The middle 95 %.
fn central(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values.get((share * (values.len() - 1) as f64).round() as usize).copied();
    if values.is_empty() { None } else { at(0.025).zip(at(0.975)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulated futures have the mean that the closed forms say.
    #[test]
    fn simulated_futures_agree_with_expectations() {
        let model = BgNbd { r: 0.6, alpha: 8.0, a: 0.9, b: 2.5 };
        let spending = GammaGamma { p: 4.0, q: 5.0, gamma: 20.0 };
        let mut random = ChaCha8Rng::seed_from_u64(11);
        for (x, age, mean) in [(0_u32, 30.0, 0.0), (3, 30.0, 12.0), (20, 60.0, 50.0)] {
            let n = 60_000;
            let futures: Vec<f64> = (0..n).map(|_| future(&model, f64::from(x), age, 39.0, &mut random)).collect();
            let moments = |values: &[f64]| {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
                (mean, (squares / values.len() as f64 / values.len() as f64).sqrt())
            };
            let expected = model.expected_if_alive(39.0, x, age);
            let (found, error) = moments(&futures);
            assert!((found - expected).abs() < 4.0 * error, "{x}: {found} ± {error}, {expected}");
            let spent: Vec<f64> =
                futures.iter().map(|&k| spend(&spending, f64::from(x), mean, k, &mut random)).collect();
            let expected = expected * spending.expected_average(x, mean).unwrap();
            let (found, error) = moments(&spent);
            assert!((found - expected).abs() < 4.0 * error, "{x}: {found} ± {error}, {expected}");
        }
    }

    #[test]
    fn the_middle_leaves_a_fortieth_on_each_side() {
        assert_eq!(central((0..=1_000).rev().map(f64::from).collect()), Some((25.0, 975.0)));
        assert_eq!(central(Vec::new()), None);
    }
}
