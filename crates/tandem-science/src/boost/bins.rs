//! Features as bins: every value becomes one byte.

use rand::{SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;

use crate::{
    design::{Column, Features, MISSING, OTHER},
    work::Work,
};

/// Rows from which the borders of bins are found.
const SAMPLE: usize = 200_000;
/// The fewest sampled rows of a bin.
const MIN_IN_BIN: usize = 3;
/// Rows that one thread bins at a time.
const PIECE: usize = 65_536;

/// What the bins of a feature mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bins {
    /// Bin `b` holds values up to `borders[b]`, the last one what is larger;
    /// what is missing has one more bin, where training has any.
    Numeric { borders: Vec<f64>, missing: bool },
    /// Bin `c` holds code `c`; then come [`OTHER`] and [`MISSING`].
    Categorical { categories: u32 },
}

impl Bins {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numeric { borders, missing } => borders.len() + 1 + usize::from(*missing),
            Self::Categorical { categories } => *categories as usize + 2,
        }
    }

    /// The bin of what is missing.
    pub(super) fn missing(&self) -> Option<u8> {
        match self {
            Self::Numeric { borders, missing } => missing.then_some((borders.len() + 1) as u8),
            Self::Categorical { .. } => None,
        }
    }

    fn of_number(&self, value: f64) -> u8 {
        match self {
            Self::Numeric { borders, missing } => match (value.is_nan(), missing) {
                (true, true) => (borders.len() + 1) as u8,
                // Only in rows that the bins were not made from.
                (true, false) => 0,
                (false, _) => borders.partition_point(|border| *border < value) as u8,
            },
            Self::Categorical { .. } => 0,
        }
    }

    fn of_code(&self, code: u32) -> u8 {
        match self {
            Self::Categorical { categories } => match code {
                MISSING => (categories + 1) as u8,
                OTHER => *categories as u8,
                code => code.min(*categories) as u8,
            },
            Self::Numeric { .. } => 0,
        }
    }

    /// The code that a bin of a categorical feature holds.
    pub(super) fn code(&self, bin: u8) -> u32 {
        match self {
            Self::Categorical { categories } if u32::from(bin) < *categories => u32::from(bin),
            Self::Categorical { categories } if u32::from(bin) == *categories => OTHER,
            _ => MISSING,
        }
    }
}

/// All rows as bins, once row by row for sums and once column by column for
/// splits.
pub(super) struct Binned {
    pub(super) bins: Vec<Bins>,
    pub(super) rows: usize,
    pub(super) by_row: Vec<u8>,
    pub(super) by_column: Vec<Vec<u8>>,
}

impl Binned {
    pub(super) fn new(features: &Features, most: usize, seed: u64, work: &Work<'_>) -> Self {
        let rows = features.rows;
        let sample: Option<Vec<usize>> = (rows > SAMPLE).then(|| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut sample = index::sample(&mut random, rows, SAMPLE).into_vec();
            sample.sort_unstable();
            sample
        });
        let columns: Vec<&Column> = features.columns.iter().collect();
        let (bins, by_column): (Vec<Bins>, Vec<Vec<u8>>) = work
            .each(columns, |_, column| match column {
                Column::Numeric(values) => {
                    let missing = values.iter().any(|v| v.is_nan());
                    let mut known: Vec<f64> = match &sample {
                        Some(sample) => sample.iter().map(|&row| values[row]).filter(|v| !v.is_nan()).collect(),
                        None => values.iter().copied().filter(|v| !v.is_nan()).collect(),
                    };
                    let bins = Bins::Numeric { borders: borders(&mut known, most - usize::from(missing)), missing };
                    let column = values.iter().map(|&v| bins.of_number(v)).collect();
                    (bins, column)
                }
                Column::Categorical { codes, categories } => {
                    let bins = Bins::Categorical { categories: *categories };
                    let column = codes.iter().map(|&code| bins.of_code(code)).collect();
                    (bins, column)
                }
            })
            .into_iter()
            .unzip();
        let width = by_column.len();
        let mut by_row = vec![0; rows * width];
        let pieces: Vec<&mut [u8]> = by_row.chunks_mut(PIECE * width.max(1)).collect();
        work.each(pieces, |piece, target| {
            for (row, cells) in target.chunks_mut(width).enumerate() {
                for (cell, column) in cells.iter_mut().zip(&by_column) {
                    *cell = column[piece * PIECE + row];
                }
            }
        });
        Self { bins, rows, by_row, by_column }
    }

    pub(super) fn width(&self) -> usize {
        self.bins.len()
    }
}

/// Borders between at most `most` bins of about as many values each. A value
/// that fills a bin of its own gets one.
fn borders(values: &mut [f64], most: usize) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    // Minus zero is zero.
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for &value in values.iter() {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value + 0.0, 1)),
        }
    }
    let between = |i: usize| {
        let (low, high) = (distinct[i].0, distinct[i + 1].0);
        let middle = low + (high - low) / 2.0;
        if middle < high { middle } else { low }
    };
    let mut borders = Vec::new();
    if distinct.len() <= most {
        let mut held = 0;
        for (i, (_, count)) in distinct.iter().enumerate().take(distinct.len().saturating_sub(1)) {
            held += count;
            if held >= MIN_IN_BIN {
                borders.push(between(i));
                held = 0;
            }
        }
        return borders;
    }
    let mean = values.len() as f64 / most as f64;
    let big = |count: usize| count as f64 >= mean;
    let (bigs, held): (usize, usize) =
        distinct.iter().filter(|d| big(d.1)).fold((0, 0), |sum, d| (sum.0 + 1, sum.1 + d.1));
    let (mut rest, mut bins) = (values.len() - held, most.saturating_sub(bigs).max(1));
    let mut target = rest as f64 / bins as f64;
    let mut held = 0;
    for i in 0..distinct.len() - 1 {
        if borders.len() + 1 >= most {
            break;
        }
        let count = distinct[i].1;
        held += count;
        if !big(count) {
            rest -= count;
        }
        let next_is_big = big(distinct[i + 1].1);
        if big(count) || held as f64 >= target || (next_is_big && held as f64 >= (target * 0.5).max(1.0)) {
            borders.push(between(i));
            held = 0;
            if !big(count) {
                bins = bins.saturating_sub(1).max(1);
                target = rest as f64 / bins as f64;
            }
        }
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_many_share() {
        let mut few = [vec![1.0; 5], vec![2.0; 5], vec![4.0; 5]].concat();
        assert_eq!(borders(&mut few, 255), [1.5, 3.0]);
        let mut many: Vec<f64> = (0..10_000).map(f64::from).collect();
        let found = borders(&mut many, 10);
        assert_eq!(found.len(), 9);
        for (i, border) in found.iter().enumerate() {
            assert!((border - 1_000.0 * (i + 1) as f64).abs() < 20.0, "{border}");
        }
        // Half of all values are one value: it shares with nobody.
        let mut zeros: Vec<f64> = (0..10_000).map(|i| f64::from(i.max(5_000) - 5_000)).collect();
        assert_eq!(borders(&mut zeros, 10)[0], 0.5);
        assert!(borders(&mut [], 10).is_empty());
        assert!(borders(&mut [3.0; 9], 10).is_empty());
    }

    #[test]
    fn neighbours_that_have_nothing_between_them_are_parted() {
        let next = 1.0_f64.next_up();
        let mut values = [vec![1.0; 3], vec![next; 3]].concat();
        let found = borders(&mut values, 255);
        let bins = Bins::Numeric { borders: found, missing: false };
        assert_ne!(bins.of_number(1.0), bins.of_number(next));
    }
}
