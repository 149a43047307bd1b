//! Columns of numbers, dates and moments: everything with an order and a size.

use super::{
    Limits,
    counter::Counter,
    hll::HyperLogLog,
    moments::Moments,
    reservoir::Reservoir,
    total::{Long, Sum, Total, Whole},
    weighted::Weighted,
};
use crate::hashing::hash_word;

/// Values counted between two looks at how many there are.
const CHUNK: usize = 1_024;

/// A number as it is counted.
pub(super) trait Cell: Copy + PartialOrd + Default + std::fmt::Debug {
    /// What adds its values up.
    type Total: Total<Self>;

    /// Its identity, from which it can be had back.
    fn key(self) -> u64;
    fn from_key(key: u64) -> Self;
    fn number(self) -> f64;
    fn order(&self, other: &Self) -> std::cmp::Ordering;
}

impl Cell for i64 {
    type Total = Whole;

    fn key(self) -> u64 {
        self as u64
    }
    fn from_key(key: u64) -> Self {
        key as i64
    }
    fn number(self) -> f64 {
        self as f64
    }
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.cmp(other)
    }
}

impl Cell for u64 {
    type Total = Whole;

    fn key(self) -> u64 {
        self
    }
    fn from_key(key: u64) -> Self {
        key
    }
    fn number(self) -> f64 {
        self as f64
    }
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.cmp(other)
    }
}

/// Finite values only.
impl Cell for f64 {
    type Total = Long;

    fn key(self) -> u64 {
        // Zero has no sign.
        (self + 0.0).to_bits()
    }
    fn from_key(key: u64) -> Self {
        Self::from_bits(key)
    }
    fn number(self) -> f64 {
        self
    }
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.total_cmp(other)
    }
}

/// What is known of a column's values so far.
#[derive(Debug)]
pub(super) struct Numeric<T: Cell> {
    limits: Limits,
    count: u64,
    sorted: Sorted<T>,
    state: State<T>,
}

#[derive(Debug)]
enum State<T: Cell> {
    /// Every value with its count: all figures follow from it.
    Exact(Counter<()>),
    Sketch(Box<Sketch<T>>),
}

#[derive(Debug)]
struct Sketch<T: Cell> {
    distinct: HyperLogLog,
    sample: Reservoir<T>,
    moments: Moments,
    total: T::Total,
    min: T,
    max: T,
    zeros: u64,
    negatives: u64,
}

/// What a column's values come to.
#[derive(Debug)]
pub(super) struct Summary<T> {
    pub(super) count: u64,
    /// An estimate where `exact` is false.
    pub(super) distinct: f64,
    pub(super) exact: bool,
    /// No value comes twice, for certain.
    pub(super) unique: bool,
    /// Least and greatest value, where there is one.
    pub(super) range: Option<(T, T)>,
    pub(super) moments: Moments,
    pub(super) sum: Sum,
    pub(super) zeros: u64,
    pub(super) negatives: u64,
    /// All values, or a sample of them.
    pub(super) values: Weighted<T>,
}

impl<T: Cell> Numeric<T> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, count: 0, sorted: Sorted::default(), state: State::Exact(Counter::new()) }
    }

    /// Takes in values, none of them null or not finite.
    pub(super) fn update(&mut self, values: &[T]) {
        self.count += values.len() as u64;
        self.sorted.update(values);
        for chunk in values.chunks(CHUNK) {
            match &mut self.state {
                State::Sketch(sketch) => sketch.update(chunk),
                State::Exact(counter) => {
                    for value in chunk {
                        counter.add(value.key(), 1, || ());
                    }
                    if counter.len() > self.limits.exact {
                        self.state = State::Sketch(Box::new(Sketch::of(counter, self.limits)));
                    }
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sorted.merge(other.sorted);
        match (&mut self.state, other.state) {
            (State::Exact(mine), State::Exact(theirs)) => {
                theirs.iter().for_each(|(key, count, ())| mine.add(key, count, || ()));
                if mine.len() > self.limits.exact {
                    self.state = State::Sketch(Box::new(Sketch::of(mine, self.limits)));
                }
            }
            (State::Sketch(mine), State::Exact(theirs)) => mine.add_counts(&theirs),
            (State::Exact(mine), State::Sketch(mut theirs)) => {
                theirs.add_counts(mine);
                self.state = State::Sketch(theirs);
            }
            (State::Sketch(mine), State::Sketch(theirs)) => mine.merge(*theirs),
        }
    }

    pub(super) fn finish(self) -> Summary<T> {
        let count = self.count;
        match self.state {
            State::Sketch(sketch) => Summary {
                count,
                distinct: sketch.distinct.estimate().min(count as f64),
                exact: false,
                unique: self.sorted.is_strict(),
                range: Some((sketch.min, sketch.max)),
                moments: sketch.moments,
                sum: sketch.total.sum(),
                zeros: sketch.zeros,
                negatives: sketch.negatives,
                values: Weighted::of_sample(sketch.sample.into_items(), count, T::order),
            },
            State::Exact(counter) => {
                let pairs = counter.iter().map(|(key, count, ())| (T::from_key(key), count)).collect();
                let values = Weighted::of_counts(pairs, T::order);
                let total = |with: fn(T) -> bool| values.pairs().iter().filter(|p| with(p.0)).map(|p| p.1).sum();
                let mut moments = Moments::default();
                let mut sum = T::Total::default();
                for &(value, count) in values.pairs() {
                    moments.add(value.number(), count);
                    sum.add(value, count);
                }
                Summary {
                    count,
                    distinct: counter.len() as f64,
                    exact: true,
                    unique: counter.len() as u64 == count,
                    range: values.pairs().first().zip(values.pairs().last()).map(|(min, max)| (min.0, max.0)),
                    moments,
                    sum: sum.sum(),
                    zeros: total(|v| v == T::default()),
                    negatives: total(|v| v < T::default()),
                    values,
                }
            }
        }
    }
}

impl<T: Cell> Sketch<T> {
    fn of(counter: &Counter<()>, limits: Limits) -> Self {
        let first = counter.iter().next().map_or_else(T::default, |(key, ..)| T::from_key(key));
        let mut sketch = Self {
            distinct: HyperLogLog::new(),
            sample: Reservoir::new(limits.sample, limits.seed),
            moments: Moments::default(),
            total: T::Total::default(),
            min: first,
            max: first,
            zeros: 0,
            negatives: 0,
        };
        sketch.add_counts(counter);
        sketch
    }

    fn add_counts(&mut self, counter: &Counter<()>) {
        for (key, count, ()) in counter.iter() {
            let value = T::from_key(key);
            self.distinct.add(hash_word(key));
            self.sample.feed(count as usize, |_| value);
            self.moments.add(value.number(), count);
            self.total.add(value, count);
            self.extend(value, value);
            self.zeros += if value == T::default() { count } else { 0 };
            self.negatives += if value < T::default() { count } else { 0 };
        }
    }

    fn extend(&mut self, min: T, max: T) {
        if min < self.min {
            self.min = min;
        }
        if max > self.max {
            self.max = max;
        }
    }

    fn update(&mut self, values: &[T]) {
        let Some(&first) = values.first() else { return };
        for value in values {
            self.distinct.add(hash_word(value.key()));
        }
        let (mut min, mut max) = (first, first);
        let (mut zeros, mut negatives) = (0, 0);
        for &value in values {
            min = if value < min { value } else { min };
            max = if value > max { value } else { max };
            zeros += u64::from(value == T::default());
            negatives += u64::from(value < T::default());
        }
        self.extend(min, max);
        self.zeros += zeros;
        self.negatives += negatives;
        self.moments.add_all(values.len(), |i| values[i].number());
        values.iter().for_each(|&value| self.total.add(value, 1));
        self.sample.feed(values.len(), |i| values[i]);
    }

    fn merge(&mut self, other: Self) {
        self.distinct.merge(&other.distinct);
        self.sample.merge(other.sample);
        self.moments.merge(other.moments);
        self.total.merge(&other.total);
        self.extend(other.min, other.max);
        self.zeros += other.zeros;
        self.negatives += other.negatives;
    }
}

/// Whether values rise, or fall, all the way: then none comes twice, which is
/// how the keys of most tables are told for certain.
#[derive(Debug, Clone, Copy, Default)]
enum Sorted<T> {
    #[default]
    Empty,
    Strict {
        low: T,
        high: T,
        /// The last value and whether they rise; `None` after a merge, when no
        /// value may follow.
        last: Option<(T, Option<bool>)>,
    },
    No,
}

impl<T: Cell> Sorted<T> {
    fn update(&mut self, values: &[T]) {
        let (Some(&first), Some(&end)) = (values.first(), values.last()) else { return };
        let rises = values.windows(2).all(|w| w[0] < w[1]);
        let falls = !rises && values.windows(2).all(|w| w[0] > w[1]);
        let direction = match (values.len(), rises, falls) {
            (1, ..) => None,
            (_, true, _) => Some(true),
            (_, _, true) => Some(false),
            _ => {
                *self = Self::No;
                return;
            }
        };
        let (low, high) = if first < end { (first, end) } else { (end, first) };
        *self = match *self {
            Self::No | Self::Strict { last: None, .. } => Self::No,
            Self::Empty => Self::Strict { low, high, last: Some((end, direction)) },
            Self::Strict { low: before_low, high: before_high, last: Some((last, before)) } => {
                let step = last < first;
                let fits = |d: Option<bool>| d.is_none_or(|d| d == step);
                if last == first || !fits(before) || !fits(direction) {
                    Self::No
                } else {
                    let low = if before_low < low { before_low } else { low };
                    let high = if before_high > high { before_high } else { high };
                    Self::Strict { low, high, last: Some((end, Some(step))) }
                }
            }
        };
    }

    /// Parts that are strict and apart from one another have no value in common.
    fn merge(&mut self, other: Self) {
        *self = match (*self, other) {
            (Self::Empty, any) | (any, Self::Empty) => any,
            (Self::Strict { low, high, .. }, Self::Strict { low: other_low, high: other_high, .. })
                if high < other_low || other_high < low =>
            {
                let (low, high) = if high < other_low { (low, other_high) } else { (other_low, high) };
                Self::Strict { low, high, last: None }
            }
            _ => Self::No,
        };
    }

    fn is_strict(&self) -> bool {
        !matches!(self, Self::No)
    }
}
