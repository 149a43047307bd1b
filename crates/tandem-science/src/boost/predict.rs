//! Answers for rows.

use tandem_core::Result;

use super::{BoostModel, objective::sigmoid, tree::Tree};
use crate::{
    design::{Features, TargetKind},
    work::{Work, bad_parameter},
};

/// Rows of one piece of work.
const PIECE: usize = 4_096;

/// Adds a tree to the scores of rows.
pub(super) fn add(tree: &Tree, features: &Features, scores: &mut [f64], work: &Work<'_>) {
    let pieces: Vec<&mut [f64]> = scores.chunks_mut(PIECE).collect();
    work.each(pieces, |piece, scores| {
        for (row, score) in (piece * PIECE..).zip(scores) {
            *score += tree.value(features, row);
        }
    });
}

impl BoostModel {
    /// The sums of all trees: `outputs` numbers for each row, row by row.
    ///
    /// # Errors
    /// `invalid_parameter` where the features are not those of training;
    /// `cancelled`.
    pub fn scores(&self, features: &Features, work: &Work<'_>) -> Result<Vec<f64>> {
        if features.names != self.features {
            return Err(bad_parameter("These rows do not have the features that the model was trained with."));
        }
        let outputs = self.outputs();
        let parts: Vec<Result<Vec<f64>>> = work.pieces(features.rows, PIECE, |rows| {
            work.check()?;
            let mut scores: Vec<f64> = rows.clone().flat_map(|_| self.base.iter().copied()).collect();
            // Tree by tree: a tree stays in the cache for all rows of a piece.
            for (i, tree) in self.trees.iter().enumerate() {
                let output = i % outputs;
                for (score, row) in scores.iter_mut().skip(output).step_by(outputs).zip(rows.clone()) {
                    *score += tree.value(features, row);
                }
            }
            Ok(scores)
        });
        let mut scores = Vec::with_capacity(features.rows * outputs);
        for part in parts {
            scores.extend(part?);
        }
        Ok(scores)
    }

    /// Probabilities, `classes` for each row (of two classes, the second alone),
    /// or numbers.
    ///
    /// # Errors
    /// As [`Self::scores`].
    pub fn predict(&self, features: &Features, work: &Work<'_>) -> Result<Vec<f64>> {
        let mut scores = self.scores(features, work)?;
        match self.kind {
            TargetKind::Regression => {}
            TargetKind::Binary => scores.iter_mut().for_each(|score| *score = sigmoid(*score)),
            TargetKind::Multiclass => {
                for row in scores.chunks_mut(self.outputs()) {
                    let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    row.iter_mut().for_each(|score| *score = (*score - top).exp());
                    let sum: f64 = row.iter().sum();
                    row.iter_mut().for_each(|score| *score /= sum);
                }
            }
        }
        Ok(scores)
    }
}
