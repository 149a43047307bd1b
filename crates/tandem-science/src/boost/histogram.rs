//! Sums of gradients by bin, in whole numbers.
//!
//! First and second derivatives are rounded to whole numbers, packed into one
//! word and added with one addition. Words are emptied into wide totals after
//! [`BLOCK`] rows, before a field can overflow. Whole numbers add up to the same
//! in any order, so threads can share the rows.

use super::bins::Binned;
use crate::work::Work;

/// Rows after which words are emptied.
const BLOCK: usize = 8_192;
const BLOCK_BITS: u32 = 13;
/// Rows for which a second thread is worth its start.
const SHARE: usize = 32_768;

/// First and second derivatives of all rows, packed.
pub(super) struct Gradients {
    /// Above `shift` bits the first derivative, below them the second.
    pub(super) packed: Vec<i64>,
    shift: u32,
    /// What one unit is worth.
    unit: (f64, f64),
    /// Every second derivative is 1: their sum is a number of rows.
    pub(super) constant: bool,
}

/// A sum of first and second derivatives in units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) gradient: i64,
    pub(super) hessian: i64,
}

impl std::ops::Add for Sum {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }
}

impl std::ops::Sub for Sum {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }
}

impl Gradients {
    /// Packs the derivatives that `of` gives for each row.
    pub(super) fn pack(gradients: &[f64], hessians: Option<&[f64]>, work: &Work<'_>) -> Self {
        let largest = |values: &[f64]| {
            let parts = work.pieces(values.len(), 1 << 16, |r| values[r].iter().fold(0.0_f64, |m, v| m.max(v.abs())));
            parts.into_iter().fold(0.0, f64::max)
        };
        let shift = if hessians.is_some() { 32 } else { BLOCK_BITS + 1 };
        let most = |bits: u32| ((1_u64 << bits) - 1) as f64;
        let unit = |largest: f64, bits: u32| if largest > 0.0 { largest / most(bits) } else { 1.0 };
        let gradient_unit = unit(largest(gradients), 63 - shift - BLOCK_BITS);
        let hessian_unit = hessians.map_or(1.0, |h| unit(largest(h), shift - BLOCK_BITS));
        let mut packed = vec![0_i64; gradients.len()];
        let pieces: Vec<&mut [i64]> = packed.chunks_mut(1 << 16).collect();
        work.each(pieces, |piece, words| {
            for (row, word) in (piece << 16..).zip(words) {
                let gradient = (gradients[row] / gradient_unit).round() as i64;
                let hessian = hessians.map_or(1, |h| (h[row] / hessian_unit).round() as i64);
                *word = (gradient << shift) + hessian;
            }
        });
        Self { packed, shift, unit: (gradient_unit, hessian_unit), constant: hessians.is_none() }
    }

    fn unpack(&self, word: i64) -> Sum {
        Sum { gradient: word >> self.shift, hessian: word & ((1 << self.shift) - 1) }
    }

    /// The sum of `rows`.
    pub(super) fn sum(&self, rows: &[u32]) -> Sum {
        rows.chunks(BLOCK)
            .map(|block| self.unpack(block.iter().fold(0_i64, |sum, &row| sum.wrapping_add(self.packed[row as usize]))))
            .fold(Sum::default(), |a, b| a + b)
    }

    /// The first derivative in its own measure.
    pub(super) fn gradient(&self, sum: Sum) -> f64 {
        sum.gradient as f64 * self.unit.0
    }

    /// The second derivative in its own measure.
    pub(super) fn hessian(&self, sum: Sum) -> f64 {
        sum.hessian as f64 * self.unit.1
    }
}

/// Sums by bin of every feature; feature `f` begins at `Offsets::of(f)`.
pub(super) type Histogram = Vec<Sum>;

/// Where each feature's bins begin.
pub(super) struct Offsets(Vec<usize>);

impl Offsets {
    pub(super) fn new(binned: &Binned) -> Self {
        let mut offsets = vec![0];
        for bins in &binned.bins {
            offsets.push(offsets[offsets.len() - 1] + bins.len());
        }
        Self(offsets)
    }

    pub(super) fn total(&self) -> usize {
        self.0[self.0.len() - 1]
    }

    pub(super) fn of(&self, feature: usize) -> std::ops::Range<usize> {
        self.0[feature]..self.0[feature + 1]
    }
}

/// The histogram of `rows`.
pub(super) fn build(
    binned: &Binned,
    gradients: &Gradients,
    offsets: &Offsets,
    rows: &[u32],
    words: &mut [Vec<[i64; 256]>],
    work: &Work<'_>,
) -> Histogram {
    let threads = words.len().min(rows.len() / SHARE).max(1);
    let size = rows.len().div_ceil(threads).max(1);
    let parts: Vec<(&mut Vec<[i64; 256]>, &[u32])> = words.iter_mut().zip(rows.chunks(size)).collect();
    let mut parts = work.each(parts, |_, (words, rows)| part(binned, gradients, offsets, rows, words)).into_iter();
    let mut sum = parts.next().unwrap_or_else(|| vec![Sum::default(); offsets.total()]);
    for part in parts {
        sum.iter_mut().zip(part).for_each(|(a, b)| *a = *a + b);
    }
    sum
}

fn part(
    binned: &Binned,
    gradients: &Gradients,
    offsets: &Offsets,
    rows: &[u32],
    words: &mut [[i64; 256]],
) -> Histogram {
    let width = binned.width();
    let mut totals = vec![Sum::default(); offsets.total()];
    for block in rows.chunks(BLOCK) {
        for &row in block {
            let row = row as usize;
            let gradient = gradients.packed[row];
            let cells = &binned.by_row[row * width..(row + 1) * width];
            for (words, &bin) in words.iter_mut().zip(cells) {
                let word = &mut words[usize::from(bin)];
                *word = word.wrapping_add(gradient);
            }
        }
        for (feature, words) in words.iter_mut().enumerate() {
            for (total, word) in totals[offsets.of(feature)].iter_mut().zip(words) {
                *total = *total + gradients.unpack(std::mem::take(word));
            }
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use tandem_core::Cancel;

    use super::*;
    use crate::design::Features;

    #[test]
    fn sums_are_those_of_the_rows_whatever_the_threads() {
        let cancel = Cancel::new();
        let rows = 100_000_usize;
        let x: Vec<f64> = (0..rows).map(|i| (i % 97) as f64).collect();
        let features = Features::numeric([("x".to_owned(), x.clone())]);
        let gradients: Vec<f64> = (0..rows).map(|i| ((i * 7_919) % 1_000) as f64 / 500.0 - 1.0).collect();
        let hessians: Vec<f64> = gradients.iter().map(|g| 0.25 * (1.0 - g.abs())).collect();
        let all: Vec<u32> = (0..rows as u32).collect();
        for hessians in [None, Some(&hessians[..])] {
            let mut last: Option<Histogram> = None;
            for threads in [1, 3] {
                let work = Work { threads, ..Work::new(&cancel) };
                let binned = Binned::new(&features, 255, 0, &work);
                let packed = Gradients::pack(&gradients, hessians, &work);
                let offsets = Offsets::new(&binned);
                let mut words = vec![vec![[0; 256]; 1]; threads];
                let histogram = build(&binned, &packed, &offsets, &all, &mut words, &work);
                let of = |v: f64, values: &dyn Fn(usize) -> f64| -> f64 {
                    (0..rows).filter(|&i| x[i] == v).map(values).sum()
                };
                for bin in [0, 40, 96] {
                    let (gradient, hessian) = (packed.gradient(histogram[bin]), packed.hessian(histogram[bin]));
                    assert!((gradient - of(bin as f64, &|i| gradients[i])).abs() < 5e-3);
                    let expected = of(bin as f64, &|i| hessians.map_or(1.0, |h| h[i]));
                    assert!((hessian - expected).abs() < 1e-3 && hessian > 0.0, "{hessian} {expected}");
                }
                assert_eq!(histogram.iter().fold(Sum::default(), |a, b| a + *b), packed.sum(&all));
                assert!(last.replace(histogram.clone()).is_none_or(|last| last == histogram));
            }
        }
    }
}
