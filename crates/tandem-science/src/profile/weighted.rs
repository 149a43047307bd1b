//! Sorted values with counts, of all values or of a sample, and what follows
//! from them: quantiles, the most frequent, the histogram.

use std::cmp::Ordering;

/// Distinct values in order, each with how often it comes.
#[derive(Debug, Clone)]
pub(super) struct Weighted<T> {
    pairs: Vec<(T, u64)>,
    total: u64,
    population: u64,
}

/// How far a share read from a sample of `n` can be off, with 99 % confidence:
/// 2.576 standard errors at one half, where they are largest.
pub(super) fn share_error(n: u64) -> f64 {
    2.576 * 0.5 / (n.max(1) as f64).sqrt()
}

impl<T> Weighted<T> {
    /// All values with their counts, in any order.
    pub(super) fn of_counts(mut pairs: Vec<(T, u64)>, order: impl Fn(&T, &T) -> Ordering) -> Self {
        pairs.sort_unstable_by(|a, b| order(&a.0, &b.0));
        let total = pairs.iter().map(|p| p.1).sum();
        Self { pairs, total, population: total }
    }

    /// A uniform sample of `population` values.
    pub(super) fn of_sample(mut sample: Vec<T>, population: u64, order: impl Fn(&T, &T) -> Ordering) -> Self {
        sample.sort_unstable_by(&order);
        let total = sample.len() as u64;
        let mut pairs: Vec<(T, u64)> = Vec::new();
        for value in sample {
            match pairs.last_mut() {
                Some((last, count)) if order(last, &value) == Ordering::Equal => *count += 1,
                _ => pairs.push((value, 1)),
            }
        }
        Self { pairs, total, population }
    }

    pub(super) fn pairs(&self) -> &[(T, u64)] {
        &self.pairs
    }

    /// Whether these are all values.
    pub(super) fn is_exact(&self) -> bool {
        self.total == self.population
    }

    /// How many values were looked at.
    pub(super) fn looked_at(&self) -> u64 {
        self.total
    }

    /// A count among those looked at, scaled up to all.
    pub(super) fn scaled(&self, count: u64) -> u64 {
        if self.is_exact() {
            return count;
        }
        (count as f64 * self.population as f64 / self.total.max(1) as f64).round() as u64
    }

    /// Sum of the counts of values that `with` accepts, scaled up.
    pub(super) fn count(&self, with: impl Fn(&T) -> bool) -> u64 {
        self.scaled(self.pairs.iter().filter(|p| with(&p.0)).map(|p| p.1).sum())
    }

    /// The smallest value that at least a share `p` do not exceed.
    pub(super) fn quantile(&self, p: f64) -> Option<&T> {
        let rank = ((p * self.total as f64).ceil() as u64).max(1);
        let mut below = 0;
        self.pairs.iter().find_map(|(value, count)| {
            below += count;
            (below >= rank).then_some(value)
        })
    }

    /// The `most` most frequent with their counts among those looked at; ties in
    /// the order of values. Values that came once are left out where not every
    /// value can be shown, and so are those whose count in a sample is chance.
    pub(super) fn top(&self, most: usize) -> Vec<(&T, u64)> {
        let all_fit = self.is_exact() && self.pairs.len() <= most;
        let least = if all_fit {
            1
        } else if self.is_exact() {
            2
        } else {
            5
        };
        let mut order: Vec<usize> = (0..self.pairs.len()).filter(|&i| self.pairs[i].1 >= least).collect();
        order.sort_by(|&a, &b| self.pairs[b].1.cmp(&self.pairs[a].1).then(a.cmp(&b)));
        order.truncate(most);
        order.into_iter().map(|i| (&self.pairs[i].0, self.pairs[i].1)).collect()
    }
}

/// Equal bars over numbers, with what lies outside of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bars {
    /// Lower end, upper end, count among those looked at.
    pub(super) bars: Vec<(f64, f64, u64)>,
    pub(super) below: u64,
    pub(super) above: u64,
}

/// Fewer different values than this have a bar each, and there are at most as many bars.
const BARS: usize = 20;

impl<T: Copy> Weighted<T> {
    /// Bars between the least and the greatest value, or between the outer
    /// fences (three interquartile ranges from the quartiles) where values lie
    /// beyond. `whole` keeps their ends on whole numbers.
    pub(super) fn bars(&self, number: impl Fn(T) -> f64, whole: bool) -> Option<Bars> {
        let (min, max) = (number(self.pairs.first()?.0), number(self.pairs.last()?.0));
        if self.pairs.len() <= BARS && self.is_exact() {
            let bars = self.pairs.iter().map(|&(value, count)| (number(value), number(value), count)).collect();
            return Some(Bars { bars, below: 0, above: 0 });
        }
        let (low_fence, high_fence) = self.fences(&number)?;
        let (low, high) = (min.max(low_fence), max.min(high_fence));
        let (low, high) = if low < high { (low, high) } else { (min, max) };
        let (low, width) = if whole {
            let low = low.floor();
            (low, ((high - low + 1.0) / BARS as f64).ceil().max(1.0))
        } else {
            (low, (high - low) / BARS as f64)
        };
        if !(width > 0.0 && width.is_finite()) {
            return Some(Bars { bars: vec![(min, max, self.total)], below: 0, above: 0 });
        }
        let count = if whole { (((high - low) / width).floor() as usize + 1).min(BARS) } else { BARS };
        let edge = |i: usize| if i == count && !whole { high } else { low + width * i as f64 };
        let mut bars: Vec<(f64, f64, u64)> = (0..count).map(|i| (edge(i), edge(i + 1), 0)).collect();
        let (mut below, mut above) = (0, 0);
        for &(value, weight) in &self.pairs {
            let value = number(value);
            if value < low {
                below += weight;
            } else if value > high {
                above += weight;
            } else {
                bars[(((value - low) / width) as usize).min(count - 1)].2 += weight;
            }
        }
        Some(Bars { bars, below, above })
    }

    /// Three interquartile ranges below the first and above the third quartile;
    /// where the quartiles are equal, the same from the 1st and 99th percentile.
    pub(super) fn fences(&self, number: impl Fn(T) -> f64) -> Option<(f64, f64)> {
        let between = |low: f64, high: f64| -> Option<(f64, f64)> {
            Some((number(*self.quantile(low)?), number(*self.quantile(high)?)))
        };
        let (low, high) = match between(0.25, 0.75)? {
            (low, high) if low < high => (low, high),
            _ => between(0.01, 0.99)?,
        };
        Some((low - 3.0 * (high - low), high + 3.0 * (high - low)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[i64]) -> Weighted<i64> {
        Weighted::of_sample(values.to_vec(), values.len() as u64, i64::cmp)
    }

    #[test]
    fn quantiles_are_values_that_occur() {
        let values = of(&[1, 2, 3, 4]);
        let at = |p| *values.quantile(p).unwrap();
        assert_eq!([at(0.0), at(0.25), at(0.26), at(0.5), at(0.75), at(1.0)], [1, 1, 2, 2, 3, 4]);
        assert!(of(&[]).quantile(0.5).is_none());
    }

    #[test]
    fn the_most_frequent_come_first() {
        assert_eq!(of(&[3, 1, 3, 2, 2]).top(2), [(&2, 2), (&3, 2)]);
        assert_eq!(of(&[1, 2, 3]).top(3), [(&1, 1), (&2, 1), (&3, 1)]);
        assert!(of(&[1, 2, 3]).top(2).is_empty());
        let sample = Weighted::of_sample(vec![7; 10], 1_000, i64::cmp);
        assert_eq!((sample.top(1), sample.scaled(10)), (vec![(&7, 10)], 1_000));
    }

    proptest! {
        #[test]
        fn bars_hold_every_value(values in prop::collection::vec(-1_000_i64..1_000, 1..300), far in -1_000_000_i64..1_000_000, whole in any::<bool>()) {
            let mut values = values;
            values.push(far);
            let bars = of(&values).bars(|v| v as f64, whole).unwrap();
            let held: u64 = bars.bars.iter().map(|b| b.2).sum();
            prop_assert_eq!(held + bars.below + bars.above, values.len() as u64);
            prop_assert!(bars.bars.len() <= BARS);
            prop_assert!(bars.bars.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-9));
            for (i, &(from, to, count)) in bars.bars.iter().enumerate() {
                let last = i + 1 == bars.bars.len();
                let inside = |v: f64| v >= from && (v < to || (v <= to && (last || from == to)));
                let expected = values.iter().filter(|&&v| inside(v as f64)).count() as u64;
                // Rounding may put a value that lies on an edge on its other side.
                prop_assert!(whole && count == expected || count.abs_diff(expected) <= 2 || from == to);
            }
        }
    }
}
