//! Which features an answer hangs on, whatever the model.
//!
//! (What each feature contributed to each answer of a boosted model is in
//! [`crate::boost`].)

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::{
    design::Features,
    work::{Work, bad_parameter, not_enough},
};

/// How much worse answers are without a feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// The score lost, on average.
    pub loss: f64,
    /// How much that differs from one try to another.
    pub deviation: f64,
}

/// Permutation importance (Breiman, "Random Forests", Machine Learning 45,
/// 2001): a feature's values are dealt out anew among the rows, `repeats`
/// times, and `score` (the higher the better) is measured on each. Give rows
/// that the model was not trained on.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` for fewer than two rows; `cancelled`;
/// and those of `score`.
pub fn permutation_importance(
    features: &Features,
    score: impl Fn(&Features) -> Result<f64> + Sync,
    repeats: u32,
    seed: u64,
    work: &Work<'_>,
) -> Result<Vec<Importance>> {
    if repeats == 0 {
        return Err(bad_parameter("repeats must be 1 or more."));
    }
    if features.rows < 2 {
        return Err(not_enough("Importance is judged on two rows or more."));
    }
    let whole = score(features)?;
    let total = features.columns.len() as u64;
    let found: Vec<Result<Importance>> = work.each((0..features.columns.len()).collect(), |_, column| {
        work.progress.report("importance", column as u64, Some(total));
        // Each feature has chance of its own, so that threads don't matter.
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(column as u64 + 1);
        let mut changed = features.clone();
        let mut order: Vec<usize> = (0..features.rows).collect();
        let mut losses = Vec::with_capacity(repeats as usize);
        for _ in 0..repeats {
            work.check()?;
            order.shuffle(&mut random);
            changed.columns[column] = features.columns[column].take(&order);
            losses.push(whole - score(&changed)?);
        }
        let n = f64::from(repeats);
        let loss = losses.iter().sum::<f64>() / n;
        let squares: f64 = losses.iter().map(|l| (l - loss).powi(2)).sum();
        Ok(Importance { feature: features.names[column].clone(), loss, deviation: (squares / n).sqrt() })
    });
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use tandem_core::{Cancel, ErrorCode};

    use super::*;
    use crate::{design::Column, testing::uniform};

    #[test]
    fn only_what_the_answer_hangs_on_matters_whatever_the_threads() {
        let features =
            Features::numeric(["a", "b", "c"].iter().zip(1..).map(|(n, s)| ((*n).to_owned(), uniform(s, 500))));
        // The answer is 3a + b.
        let Column::Numeric(a) = features.columns[0].clone() else { panic!() };
        let Column::Numeric(b) = features.columns[1].clone() else { panic!() };
        let score = |changed: &Features| {
            let (Column::Numeric(x), Column::Numeric(y)) = (&changed.columns[0], &changed.columns[1]) else { panic!() };
            let error = |i: usize| (3.0 * (x[i] - a[i]) + y[i] - b[i]).powi(2);
            Ok(-(0..500).map(error).sum::<f64>() / 500.0)
        };
        let cancel = Cancel::new();
        let of =
            |threads| permutation_importance(&features, score, 5, 7, &Work { threads, ..Work::new(&cancel) }).unwrap();
        let found = of(1);
        // E(x − x′)² of independent uniforms is 1/6.
        assert!((found[0].loss - 9.0 / 6.0).abs() < 0.15 && (found[1].loss - 1.0 / 6.0).abs() < 0.03, "{found:?}");
        assert_eq!((found[2].loss, found[2].deviation), (0.0, 0.0));
        assert_eq!(of(3), found);
        cancel.cancel();
        let error = permutation_importance(&features, score, 5, 7, &Work::new(&cancel)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Cancelled);
    }
}
