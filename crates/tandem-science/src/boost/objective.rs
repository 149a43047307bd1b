//! What is minimised: log loss of two or more classes, or squared error.

use crate::{design::TargetKind, work::Work};

/// Rows of one piece of work.
const PIECE: usize = 1 << 15;

/// Loss and derivatives for one kind of target.
#[derive(Clone, Copy)]
pub(super) struct Objective {
    pub(super) kind: TargetKind,
    pub(super) outputs: usize,
}

impl Objective {
    pub(super) fn new(kind: TargetKind, classes: usize) -> Self {
        Self { kind, outputs: if kind == TargetKind::Multiclass { classes } else { 1 } }
    }

    /// The best constant: the mean, or the logarithm of odds.
    pub(super) fn base(&self, target: &[f64]) -> Vec<f64> {
        let n = target.len().max(1) as f64;
        match self.kind {
            TargetKind::Regression => vec![target.iter().sum::<f64>() / n],
            TargetKind::Binary => {
                let p = (target.iter().sum::<f64>() / n).clamp(1e-12, 1.0 - 1e-12);
                vec![(p / (1.0 - p)).ln()]
            }
            TargetKind::Multiclass => (0..self.outputs)
                .map(|class| {
                    let count = target.iter().filter(|&&y| y as usize == class).count();
                    (count as f64 / n).max(1e-12).ln()
                })
                .collect(),
        }
    }

    /// First and second derivatives of output `output` at `scores` (output
    /// after output). There are no second ones where all are 1.
    pub(super) fn derivatives(
        &self,
        target: &[f64],
        scores: &[f64],
        output: usize,
        (gradients, hessians): (&mut [f64], &mut [f64]),
        work: &Work<'_>,
    ) {
        let rows = target.len();
        let pieces: Vec<_> = gradients.chunks_mut(PIECE).zip(hessians.chunks_mut(PIECE)).collect();
        work.each(pieces, |piece, (gradients, hessians)| {
            for (row, (gradient, hessian)) in (piece * PIECE..).zip(gradients.iter_mut().zip(hessians)) {
                match self.kind {
                    TargetKind::Regression => *gradient = scores[row] - target[row],
                    TargetKind::Binary => {
                        let p = sigmoid(scores[row]);
                        (*gradient, *hessian) = (p - target[row], p * (1.0 - p));
                    }
                    TargetKind::Multiclass => {
                        let of = |class: usize| scores[class * rows + row];
                        let top = (0..self.outputs).map(of).fold(f64::NEG_INFINITY, f64::max);
                        let sum: f64 = (0..self.outputs).map(|class| (of(class) - top).exp()).sum();
                        let p = (of(output) - top).exp() / sum;
                        let is = f64::from(u8::from(target[row] as usize == output));
                        // As in Friedman's, each class moves as if the others moved against it.
                        let factor = self.outputs as f64 / (self.outputs as f64 - 1.0);
                        (*gradient, *hessian) = (p - is, factor * p * (1.0 - p));
                    }
                }
            }
        });
    }

    /// Mean log loss, or the root of the mean squared error.
    pub(super) fn loss(&self, target: &[f64], scores: &[f64], work: &Work<'_>) -> f64 {
        let rows = target.len();
        let parts = work.pieces(rows, PIECE, |range| {
            let one = |row: usize| match self.kind {
                TargetKind::Regression => (scores[row] - target[row]).powi(2),
                TargetKind::Binary => {
                    let margin = if target[row] > 0.5 { -scores[row] } else { scores[row] };
                    softplus(margin)
                }
                TargetKind::Multiclass => {
                    let of = |class: usize| scores[class * rows + row];
                    let top = (0..self.outputs).map(of).fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = (0..self.outputs).map(|class| (of(class) - top).exp()).sum();
                    sum.ln() + top - of(target[row] as usize)
                }
            };
            range.map(one).sum::<f64>()
        });
        let mean = parts.into_iter().sum::<f64>() / rows.max(1) as f64;
        if self.kind == TargetKind::Regression { mean.sqrt() } else { mean }
    }
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// ln(1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
