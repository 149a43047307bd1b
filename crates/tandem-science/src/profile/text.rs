//! Columns of text.

use super::{Limits, counter::Counter, hll::HyperLogLog, model::TextProfile, reservoir::Reservoir, weighted::Weighted};

/// Characters kept of a value for showing it.
const SHOWN: usize = 200;

/// What is known of a column's values so far. Values are told apart by a 64-bit
/// hash.
#[derive(Debug)]
pub(super) struct Text {
    limits: Limits,
    count: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Every value with its count: all figures follow from it.
    Exact {
        counter: Counter<u32>,
        values: Vec<Distinct>,
        /// Of the texts kept.
        bytes: usize,
    },
    Sketch(Box<Sketch>),
}

#[derive(Debug, Clone)]
struct Distinct {
    text: Box<str>,
    look: Look,
}

#[derive(Debug)]
struct Sketch {
    distinct: HyperLogLog,
    sample: Reservoir<Box<str>>,
    looks: Looks,
    min: Box<str>,
    max: Box<str>,
}

/// What a column's values come to.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) count: u64,
    pub(super) distinct: f64,
    pub(super) exact: bool,
    pub(super) range: Option<(Box<str>, Box<str>)>,
    pub(super) profile: Option<TextProfile>,
    /// All values, or a sample of them.
    pub(super) values: Weighted<Box<str>>,
}

impl Text {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, count: 0, state: State::Exact { counter: Counter::new(), values: Vec::new(), bytes: 0 } }
    }

    /// Takes in one value and its hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64, text: &str) {
        self.count += 1;
        match &mut self.state {
            State::Exact { counter, values, bytes } => {
                counter.add(hash, 1, || {
                    values.push(Distinct { text: cut(text).into(), look: Look::of(text) });
                    *bytes += cut(text).len();
                    values.len() as u32 - 1
                });
                if values.len() > self.limits.exact || *bytes > self.limits.bytes {
                    self.overflow();
                }
            }
            State::Sketch(sketch) => sketch.add(hash, text),
        }
    }

    #[cold]
    fn overflow(&mut self) {
        if let State::Exact { counter, values, bytes } = &self.state {
            let mean = bytes / values.len().max(1) + 1;
            let sample = (2 * self.limits.bytes / mean).clamp(1_024, self.limits.sample);
            let mut sketch = Sketch::new(Limits { sample, ..self.limits });
            sketch.add_counts(counter, values);
            self.state = State::Sketch(Box::new(sketch));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        match (&mut self.state, other.state) {
            (State::Exact { counter, values, bytes }, State::Exact { counter: theirs, values: their_values, .. }) => {
                for (hash, count, id) in theirs.iter() {
                    counter.add(hash, count, || {
                        let value = &their_values[id as usize];
                        *bytes += value.text.len();
                        values.push(value.clone());
                        values.len() as u32 - 1
                    });
                }
                if values.len() > self.limits.exact || *bytes > self.limits.bytes {
                    self.overflow();
                }
            }
            (State::Sketch(mine), State::Exact { counter, values, .. }) => mine.add_counts(&counter, &values),
            (State::Exact { counter, values, .. }, State::Sketch(mut theirs)) => {
                theirs.add_counts(counter, values);
                self.state = State::Sketch(theirs);
            }
            (State::Sketch(mine), State::Sketch(theirs)) => mine.merge(*theirs),
        }
    }

    pub(super) fn finish(self) -> Summary {
        let count = self.count;
        match self.state {
            State::Sketch(sketch) => Summary {
                count,
                distinct: sketch.distinct.estimate().min(count as f64),
                exact: false,
                range: Some((sketch.min, sketch.max)),
                profile: sketch.looks.profile(count),
                values: Weighted::of_sample(sketch.sample.into_items(), count, Ord::cmp),
            },
            State::Exact { counter, values, .. } => {
                let mut looks = Looks::default();
                counter.iter().for_each(|(_, count, id)| looks.add(values[id as usize].look, count));
                let distinct = values.len() as f64;
                let mut texts: Vec<Option<Box<str>>> = values.into_iter().map(|v| Some(v.text)).collect();
                let pairs = counter
                    .iter()
                    .map(|(_, count, id)| (texts[id as usize].take().unwrap_or_default(), count))
                    .collect();
                let values = Weighted::of_counts(pairs, Ord::cmp);
                let range = values.pairs().first().zip(values.pairs().last());
                Summary {
                    count,
                    distinct,
                    exact: true,
                    range: range.map(|(min, max)| (min.0.clone(), max.0.clone())),
                    profile: looks.profile(count),
                    values,
                }
            }
        }
    }
}

impl Sketch {
    fn new(limits: Limits) -> Self {
        Self {
            distinct: HyperLogLog::new(),
            sample: Reservoir::new(limits.sample, limits.seed),
            looks: Looks::default(),
            min: Box::default(),
            max: Box::default(),
        }
    }

    #[inline]
    fn add(&mut self, hash: u64, text: &str) {
        self.distinct.add(hash);
        self.looks.add(Look::of(text), 1);
        self.extend(text);
        self.sample.feed(1, |_| cut(text).into());
    }

    #[inline]
    fn extend(&mut self, text: &str) {
        if *text < *self.min {
            self.min = cut(text).into();
        }
        if *text > *self.max {
            self.max = cut(text).into();
        }
    }

    fn add_counts(&mut self, counter: &Counter<u32>, values: &[Distinct]) {
        if let (0, Some(first)) = (self.looks.count, values.first()) {
            (self.min, self.max) = (first.text.clone(), first.text.clone());
        }
        for (hash, count, id) in counter.iter() {
            let value = &values[id as usize];
            self.distinct.add(hash);
            self.looks.add(value.look, count);
            self.extend(&value.text);
            self.sample.feed(count as usize, |_| value.text.clone());
        }
    }

    fn merge(&mut self, other: Self) {
        self.distinct.merge(&other.distinct);
        self.extend(&other.min);
        self.extend(&other.max);
        self.looks.merge(&other.looks);
        self.sample.merge(other.sample);
    }
}

/// The beginning of a text, [`SHOWN`] characters at the most.
fn cut(text: &str) -> &str {
    if text.len() <= SHOWN {
        return text;
    }
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end])
}

/// What one value looks like.
#[derive(Debug, Clone, Copy)]
struct Look {
    chars: u64,
    empty: bool,
    blank: bool,
    padded: bool,
    broken: bool,
}

impl Look {
    #[inline]
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
            return Self { chars: 0, empty: true, blank: false, padded: false, broken: false };
        };
        let plain = |byte: u8| byte > b' ' && byte < 0x7f;
        let padded = !(plain(first) && plain(last)) && text.trim().len() != text.len();
        if text.is_ascii() {
            let blank = padded && text.trim().is_empty();
            return Self { chars: bytes.len() as u64, empty: false, blank, padded: padded && !blank, broken: false };
        }
        let blank = padded && text.trim().is_empty();
        Self {
            chars: text.chars().count() as u64,
            empty: false,
            blank,
            padded: padded && !blank,
            broken: text.contains('\u{fffd}'),
        }
    }
}

/// What all values look like.
#[derive(Debug, Clone, Copy, Default)]
struct Looks {
    count: u64,
    min: u64,
    max: u64,
    chars: u64,
    empty: u64,
    blank: u64,
    padded: u64,
    broken: u64,
}

impl Looks {
    #[inline]
    fn add(&mut self, look: Look, count: u64) {
        self.min = if self.count == 0 { look.chars } else { self.min.min(look.chars) };
        self.max = self.max.max(look.chars);
        self.count += count;
        self.chars += look.chars * count;
        self.empty += u64::from(look.empty) * count;
        self.blank += u64::from(look.blank) * count;
        self.padded += u64::from(look.padded) * count;
        self.broken += u64::from(look.broken) * count;
    }

    fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        self.chars += other.chars;
        self.empty += other.empty;
        self.blank += other.blank;
        self.padded += other.padded;
        self.broken += other.broken;
    }

    fn profile(&self, count: u64) -> Option<TextProfile> {
        (count > 0).then(|| TextProfile {
            min_length: self.min,
            max_length: self.max,
            mean_length: self.chars as f64 / count as f64,
            empty: self.empty,
            blank: self.blank,
            padded: self.padded,
            broken: self.broken,
        })
    }
}
