//! Where a search for the first state begins.

use super::{SeasonKind, Spec, State, TrendKind};

/// A first state from the first values: the season from a moving average, level
/// and trend from a line through what is left.
pub(super) fn state(series: &[f64], period: usize, spec: Spec) -> State {
    let season = match spec.season {
        SeasonKind::None => Vec::new(),
        kind => season(series, period, kind),
    };
    let adjusted: Vec<f64> = (0..series.len().min((2 * period).max(10)))
        .map(|t| match spec.season {
            SeasonKind::None => series[t],
            SeasonKind::Additive => series[t] - season[t % period],
            SeasonKind::Multiplicative => series[t] / season[t % period],
        })
        .collect();
    let n = adjusted.len() as f64;
    let mean = adjusted.iter().sum::<f64>() / n;
    if spec.trend == TrendKind::None {
        return State { level: mean, trend: 0.0, season, next: 0 };
    }
    let middle = (n + 1.0) / 2.0;
    let (mut up, mut across) = (0.0, 0.0);
    for (t, value) in (1..).zip(&adjusted) {
        up += (f64::from(t) - middle) * (value - mean);
        across += (f64::from(t) - middle).powi(2);
    }
    let trend = if across > 0.0 { up / across } else { 0.0 };
    State { level: mean - trend * middle, trend, season, next: 0 }
}

fn season(series: &[f64], period: usize, kind: SeasonKind) -> Vec<f64> {
    let n = series.len();
    // A centred moving average over one period.
    let half = period / 2;
    let average = |t: usize| {
        let inner: f64 = if period.is_multiple_of(2) {
            series[t + 1 - half..t + half].iter().sum::<f64>() + 0.5 * (series[t - half] + series[t + half])
        } else {
            series[t - half..=t + half].iter().sum()
        };
        inner / period as f64
    };
    let mut sums = vec![(0.0, 0.0); period];
    for t in half..n.saturating_sub(half) {
        let relative = if kind == SeasonKind::Additive { series[t] - average(t) } else { series[t] / average(t) };
        sums[t % period].0 += relative;
        sums[t % period].1 += 1.0;
    }
    let neutral = f64::from(u8::from(kind == SeasonKind::Multiplicative));
    let mut season: Vec<f64> =
        sums.into_iter().map(|(sum, count)| if count > 0.0 { sum / count } else { neutral }).collect();
    let mean = season.iter().sum::<f64>() / period as f64;
    match kind {
        SeasonKind::Multiplicative => season.iter_mut().for_each(|s| *s = (*s / mean).max(1e-3)),
        _ => season.iter_mut().for_each(|s| *s -= mean),
    }
    season
}
