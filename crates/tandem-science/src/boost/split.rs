//! The best split of a leaf.

use super::{
    bins::{Binned, Bins},
    categories,
    histogram::{Gradients, Offsets, Sum},
    params::BoostParams,
};

/// A split that may be made.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub(super) feature: usize,
    pub(super) gain: f64,
    pub(super) side: Side,
    /// L2 penalty that the values of its leaves have.
    pub(super) l2: f64,
}

/// Which bins go left.
#[derive(Debug, Clone)]
pub(super) enum Side {
    /// Bins up to this one; and whether the missing do.
    UpTo { bin: u8, missing: bool },
    /// These bins.
    Among(Box<[bool; 256]>),
}

/// A leaf's sums and the rules a split must keep.
pub(super) struct Leaf<'a> {
    pub(super) gradients: &'a Gradients,
    pub(super) params: &'a BoostParams,
    pub(super) total: Sum,
    pub(super) rows: usize,
}

impl Leaf<'_> {
    /// How many rows a sum stands for. It is exact where second derivatives
    /// are 1, and in proportion to them elsewhere.
    pub(super) fn rows_of(&self, sum: Sum) -> f64 {
        if self.gradients.constant {
            return sum.hessian as f64;
        }
        (sum.hessian as f64 / self.total.hessian.max(1) as f64 * self.rows as f64).round()
    }

    pub(super) fn is_allowed(&self, sum: Sum) -> bool {
        self.rows_of(sum) >= f64::from(self.params.min_rows)
            && self.gradients.hessian(sum) >= self.params.min_hessian
            && sum.hessian > 0
    }

    pub(super) fn score(&self, sum: Sum, l2: f64) -> f64 {
        let gradient = self.gradients.gradient(sum);
        gradient * gradient / (self.gradients.hessian(sum) + l2)
    }

    /// The best split over the features allowed; the first of equals.
    pub(super) fn best(
        &self,
        binned: &Binned,
        histogram: &[Sum],
        offsets: &Offsets,
        allowed: &[bool],
    ) -> Option<Split> {
        if self.rows < 2 * self.params.min_rows as usize {
            return None;
        }
        let mut best: Option<Split> = None;
        for (feature, bins) in binned.bins.iter().enumerate().filter(|(feature, _)| allowed[*feature]) {
            let sums = &histogram[offsets.of(feature)];
            let found = match bins {
                Bins::Numeric { .. } => self.numeric(feature, bins, sums),
                Bins::Categorical { .. } => categories::best(self, feature, sums),
            };
            if let Some(found) = found
                && best.as_ref().is_none_or(|best| found.gain > best.gain)
            {
                best = Some(found);
            }
        }
        best
    }

    fn numeric(&self, feature: usize, bins: &Bins, sums: &[Sum]) -> Option<Split> {
        let l2 = self.params.l2;
        let floor = self.score(self.total, l2) + self.params.min_gain;
        let (known, missing) = match bins.missing() {
            Some(bin) => (&sums[..usize::from(bin)], sums[usize::from(bin)]),
            None => (sums, Sum::default()),
        };
        let some_missing = missing.hessian > 0;
        let mut best: Option<Split> = None;
        for missing_left in [false, true].into_iter().take(if some_missing { 2 } else { 1 }) {
            let mut left = if missing_left { missing } else { Sum::default() };
            // With the missing on the right, all the known may be on the left.
            let last = known.len() - usize::from(!some_missing || missing_left);
            for (bin, sum) in known.iter().enumerate().take(last) {
                left = left + *sum;
                let right = self.total - left;
                if !self.is_allowed(left) {
                    continue;
                }
                if !self.is_allowed(right) {
                    break;
                }
                let gain = self.score(left, l2) + self.score(right, l2) - floor;
                if gain > 1e-12 && best.as_ref().is_none_or(|best| gain > best.gain) {
                    // Where training saw none missing here, they follow the larger side.
                    let missing = if some_missing { missing_left } else { self.rows_of(left) >= self.rows_of(right) };
                    best = Some(Split { feature, gain, side: Side::UpTo { bin: bin as u8, missing }, l2 });
                }
            }
        }
        best
    }
}
