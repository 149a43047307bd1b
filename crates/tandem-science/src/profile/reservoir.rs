//! A uniform random sample of a stream, with a seed.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

/// A uniform sample without replacement of everything fed, of a fixed size.
///
/// Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))"
/// (1994), algorithm L: it works out how many values to skip, so that a long
/// stream costs next to nothing.
#[derive(Debug, Clone)]
pub(super) struct Reservoir<T> {
    size: usize,
    items: Vec<T>,
    seen: u64,
    /// The position in the stream of the next value to take.
    next: u64,
    weight: f64,
    random: ChaCha8Rng,
}

impl<T> Reservoir<T> {
    pub(super) fn new(size: usize, seed: u64) -> Self {
        Self { size, items: Vec::new(), seen: 0, next: 0, weight: 1.0, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Feeds `n` values, of which `value(i)` is the i-th.
    #[inline]
    pub(super) fn feed(&mut self, n: usize, value: impl Fn(usize) -> T) {
        let start = self.seen;
        self.seen += n as u64;
        if self.items.len() < self.size {
            let taken = n.min(self.size - self.items.len());
            self.items.extend((0..taken).map(&value));
            if self.items.len() < self.size {
                return;
            }
            self.next = start + taken as u64;
            self.skip();
        }
        while self.next < self.seen {
            let place = self.random.random_range(0..self.size);
            self.items[place] = value((self.next - start) as usize);
            self.next += 1;
            self.skip();
        }
    }

    fn skip(&mut self) {
        self.weight *= (self.uniform().ln() / self.size as f64).exp();
        self.set_next();
    }

    /// Puts the skips where they stand after `seen` values: the weight is the
    /// largest of the `size` smallest of `seen` uniform keys.
    fn settle(&mut self) {
        let (size, rest) = (self.size as f64, (self.seen - self.size as u64) as f64);
        self.weight = Beta::new(size, rest + 1.0).map_or(self.weight, |beta| beta.sample(&mut self.random));
        self.next = self.seen;
        self.set_next();
    }

    /// Keeps fewer values from now on.
    fn shrink(&mut self, size: usize) {
        self.size = size;
        if self.items.len() < size {
            return;
        }
        while self.items.len() > size {
            let place = self.random.random_range(0..self.items.len());
            self.items.swap_remove(place);
        }
        self.settle();
    }

    fn set_next(&mut self) {
        let gap = (self.uniform().ln() / (-self.weight).ln_1p()).floor();
        self.next = self.next.saturating_add(gap as u64);
    }

    /// Above 0 and at most 1.
    fn uniform(&mut self) -> f64 {
        1.0 - self.random.random::<f64>()
    }
}

impl<T: Clone> Reservoir<T> {
    /// Becomes a sample of both streams, of the smaller of the two sizes.
    pub(super) fn merge(&mut self, mut other: Self) {
        if other.size < self.size {
            self.shrink(other.size);
        } else if self.size < other.size {
            other.shrink(self.size);
        }
        if other.items.len() < other.size {
            // It holds everything it has seen.
            let items = other.items;
            return self.feed(items.len(), |i| items[i].clone());
        }
        if self.items.len() < self.size {
            std::mem::swap(self, &mut other);
            return self.merge(other);
        }
        let (mut mine, mut theirs) = (self.seen, other.seen);
        let mut sample = Vec::with_capacity(self.size);
        let mut pool = std::mem::take(&mut self.items);
        while sample.len() < self.size {
            let from_mine = self.random.random_range(0..mine + theirs) < mine;
            let (pool, left) = if from_mine { (&mut pool, &mut mine) } else { (&mut other.items, &mut theirs) };
            if pool.is_empty() {
                break;
            }
            sample.push(pool.swap_remove(self.random.random_range(0..pool.len())));
            *left -= 1;
        }
        self.items = sample;
        self.seen += other.seen;
        self.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(items: &[usize]) -> f64 {
        items.iter().sum::<usize>() as f64 / items.len() as f64
    }

    #[test]
    fn holds_everything_while_it_fits() {
        let mut sample = Reservoir::new(100, 1);
        sample.feed(60, |i| i);
        sample.feed(40, |i| 60 + i);
        assert_eq!(sample.items, (0..100).collect::<Vec<_>>());
    }

    /// Every part of the stream is as likely as any other, however it was fed.
    #[test]
    fn samples_evenly() {
        let mut hits = [0_u32; 10];
        for seed in 0..200 {
            let mut sample = Reservoir::new(50, seed);
            for batch in 0..20 {
                sample.feed(50, |i| batch * 50 + i);
            }
            assert_eq!(sample.items.len(), 50);
            sample.items.iter().for_each(|i| hits[i / 100] += 1);
        }
        // 1,000 each on average, with a standard deviation of 30.
        assert!(hits.iter().all(|&h| (870..1_130).contains(&h)), "{hits:?}");
    }

    #[test]
    fn merged_samples_stand_for_both_streams() {
        let (mut of_small, mut after) = (0.0, 0.0);
        for seed in 0..100 {
            // The larger sample has to shrink.
            let mut large = Reservoir::new(90, seed);
            large.feed(9_000, |i| i);
            let mut small = Reservoir::new(60, 1_000 + seed);
            small.feed(3_000, |i| 9_000 + i);
            large.merge(small);
            assert_eq!((large.items.len(), large.seen), (60, 12_000));
            of_small += large.items.iter().filter(|&&i| i >= 9_000).count() as f64 / 60.0;
            assert_eq!(large.size, 60);
            large.feed(12_000, |i| 12_000 + i);
            after += mean(&large.items);
        }
        assert!((of_small / 100.0 - 0.25).abs() < 0.03, "{of_small}");
        assert!((after / 100.0 / 12_000.0 - 1.0).abs() < 0.05, "{after}");
    }
}
