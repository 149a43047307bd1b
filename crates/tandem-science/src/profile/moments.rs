//! Mean and variance of a stream, in a stable and mergeable form.

/// Count, mean and sum of squared deviations (Chan, Golub and LeVeque 1979).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) count: f64,
    pub(super) mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes in many values.
    pub(super) fn add_all(&mut self, n: usize, value: impl Fn(usize) -> f64) {
        if n == 0 {
            return;
        }
        let count = n as f64;
        // Four sums at once, so that one addition need not wait for the other.
        let mut lanes = [0.0; 4];
        for i in 0..n {
            lanes[i & 3] += value(i);
        }
        let mean = lanes.iter().sum::<f64>() / count;
        let mut lanes = [0.0; 4];
        for i in 0..n {
            let off = value(i) - mean;
            lanes[i & 3] += off * off;
        }
        self.merge(Self { count, mean, squares: lanes.iter().sum() });
    }

    /// Takes in one value `count` times.
    pub(super) fn add(&mut self, value: f64, count: u64) {
        self.merge(Self { count: count as f64, mean: value, squares: 0.0 });
    }

    pub(super) fn merge(&mut self, other: Self) {
        let count = self.count + other.count;
        if count == 0.0 {
            return;
        }
        let off = other.mean - self.mean;
        self.squares += other.squares + off * off * self.count * other.count / count;
        self.mean += off * other.count / count;
        self.count = count;
    }

    /// The standard deviation of a sample (divided by n − 1), as DuckDB and
    /// PostgreSQL's `stddev` have it; `None` below two values.
    pub(super) fn standard_deviation(&self) -> Option<f64> {
        (self.count > 1.0).then(|| (self.squares / (self.count - 1.0)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_give_the_whole(values in prop::collection::vec(-1e6_f64..1e6, 2..200), cut in 0_usize..200) {
            let n = values.len();
            let mean = values.iter().sum::<f64>() / n as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
            let (first, second) = values.split_at(cut.min(n));
            let mut moments = Moments::default();
            moments.add_all(first.len(), |i| first[i]);
            second.iter().for_each(|&v| moments.add(v, 1));
            prop_assert!((moments.mean - mean).abs() < 1e-6);
            prop_assert!((moments.standard_deviation().unwrap() - variance.sqrt()).abs() < 1e-6);
        }
    }

    #[test]
    fn a_large_offset_loses_nothing() {
        let mut moments = Moments::default();
        moments.add_all(1_000, |i| 1e12 + (i % 2) as f64);
        assert!((moments.standard_deviation().unwrap() - 0.500_25).abs() < 1e-4);
    }
}
