//! The best of several ways to learn, by cross-validation.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{Learner, Prepared};
use crate::{
    boost::BoostParams,
    design::TargetKind,
    evaluate::{Calibration, Classes, Numbers, Ranking},
    linear::LinearParams,
    split::Split,
    work::{Work, bad_parameter},
};

/// By which measure the best is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The most AUC (of several classes: its mean).
    Auc,
    /// The least log loss.
    LogLoss,
    /// The least root mean squared error.
    Rmse,
    /// The least mean absolute error.
    Mae,
}

/// One way to learn, and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The way.
    #[serde(flatten)]
    pub learner: Learner,
    /// The measure of each fold; none where the fit failed.
    pub scores: Vec<f64>,
    /// Their mean.
    pub mean: Option<f64>,
    /// How much they differ.
    pub deviation: Option<f64>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// All ways that were tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trials {
    /// The measure.
    pub choice: Choice,
    /// In the order in which they were given.
    pub trials: Vec<Trial>,
    /// The best of them; the first of equals.
    pub best: usize,
}

impl Choice {
    fn more_is_better(self) -> bool {
        self == Self::Auc
    }

    /// Measures predictions of rows.
    ///
    /// # Errors
    /// `invalid_parameter` where the measure does not suit the target;
    /// `not_enough_data` where there is nothing to measure.
    pub fn measure(self, (kind, classes): (TargetKind, usize), predicted: &[f64], truth: &[f64]) -> Result<f64> {
        self.check(kind)?;
        let positive = || truth.iter().map(|y| *y > 0.5).collect::<Vec<bool>>();
        let codes = || truth.iter().map(|y| *y as usize).collect::<Vec<usize>>();
        match (self, kind) {
            (Self::Auc, TargetKind::Binary) => Ok(Ranking::of(predicted, &positive())?.auc),
            (Self::LogLoss, TargetKind::Binary) => Ok(Calibration::of(predicted, &positive(), 10)?.log_loss),
            (Self::Auc, TargetKind::Multiclass) => Classes::of(predicted, classes, &codes())?
                .macro_auc
                .ok_or_else(|| crate::work::not_enough("Only one class is among the rows of a fold.")),
            (Self::LogLoss, TargetKind::Multiclass) => Ok(Classes::of(predicted, classes, &codes())?.log_loss),
            (Self::Rmse, TargetKind::Regression) => Ok(Numbers::of(predicted, truth)?.rmse),
            (Self::Mae, TargetKind::Regression) => Ok(Numbers::of(predicted, truth)?.mae),
            // Barred by the check.
            _ => Err(bad_parameter("This measure does not suit the target.")),
        }
    }

    fn check(self, kind: TargetKind) -> Result<()> {
        match (self, kind) {
            (Self::Auc | Self::LogLoss, TargetKind::Regression) => {
                Err(bad_parameter("AUC and log loss are for classes. Choose RMSE or MAE for a number."))
            }
            (Self::Rmse | Self::Mae, TargetKind::Binary | TargetKind::Multiclass) => {
                Err(bad_parameter("RMSE and MAE are for numbers. Choose AUC or log loss for classes."))
            }
            _ => Ok(()),
        }
    }
}

/// Tries each way on each fold. A way that fails is kept with its reason.
/// Categories are encoded once for all folds: codes tell nothing of the target.
/// `watch` sees each trial when it is done.
///
/// # Errors
/// `invalid_parameter` without ways or folds, or for a measure that does not
/// suit; `cancelled`; the failure of the first way if all fail.
pub fn tune(
    prepared: &Prepared,
    learners: &[Learner],
    folds: &[Split],
    choice: Choice,
    work: &Work<'_>,
    watch: &mut dyn FnMut(&Trial),
) -> Result<Trials> {
    let kind = prepared.kind()?;
    if learners.is_empty() || folds.is_empty() {
        return Err(bad_parameter("Tuning needs something to try and folds to try it on."));
    }
    choice.check(kind.0)?;
    let total = (learners.len() * folds.len()) as u64;
    let mut trials = Vec::with_capacity(learners.len());
    let mut first_failure = None;
    let mut best: Option<(usize, f64)> = None;
    for (i, learner) in learners.iter().enumerate() {
        let mut trial =
            Trial { learner: learner.clone(), scores: Vec::new(), mean: None, deviation: None, failure: None };
        for (j, fold) in folds.iter().enumerate() {
            work.check()?;
            work.progress.report("tune", (i * folds.len() + j) as u64, Some(total));
            let quiet = Work { progress: &(), ..*work };
            let held = prepared.take(&fold.test);
            let score = prepared.take(&fold.train).learn(learner, &quiet, &mut |_| {}).and_then(|trained| {
                choice.measure(kind, &trained.model.predict(&held.features, &quiet)?, &held.values)
            });
            match score {
                Ok(score) => trial.scores.push(score),
                Err(error) => {
                    work.check()?;
                    trial.failure = Some(error.message().to_owned());
                    first_failure.get_or_insert(error);
                    break;
                }
            }
        }
        if trial.failure.is_none() {
            let n = trial.scores.len() as f64;
            let mean = trial.scores.iter().sum::<f64>() / n;
            let squares: f64 = trial.scores.iter().map(|s| (s - mean).powi(2)).sum();
            (trial.mean, trial.deviation) = (Some(mean), Some((squares / n).sqrt()));
            let better = |b: f64| if choice.more_is_better() { mean > b } else { mean < b };
            if best.is_none_or(|(_, b)| better(b)) {
                best = Some((i, mean));
            }
        }
        watch(&trial);
        trials.push(trial);
    }
    match (best, first_failure) {
        (Some((best, _)), _) => Ok(Trials { choice, trials, best }),
        (None, Some(error)) => Err(error),
        (None, None) => Err(bad_parameter("Nothing was tried.")),
    }
}

/// Ways to boost: `base` itself, then drawn ones around what mostly works.
pub fn boost_choices(base: &BoostParams, count: usize, seed: u64) -> Vec<Learner> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut all = vec![Learner::Boosting(base.clone())];
    while all.len() < count {
        // Evenly over the logarithms of what differs in size.
        let mut between = |low: f64, high: f64| (random.random_range(low.ln()..=high.ln())).exp();
        let learning_rate = between(0.02, 0.2);
        all.push(Learner::Boosting(BoostParams {
            learning_rate,
            // Slower learning takes more rounds.
            rounds: (between(6.0, 20.0) / learning_rate).round() as u32,
            leaves: between(6.0, 96.0).round() as u32,
            min_rows: between(5.0, 120.0).round() as u32,
            l2: between(1e-3, 30.0),
            feature_fraction: between(0.5, 1.0).min(1.0),
            row_fraction: between(0.6, 1.0).min(1.0),
            ..base.clone()
        }));
    }
    all.truncate(count);
    all
}

/// Linear models with penalties from none to strong.
pub fn linear_choices(base: &LinearParams, count: usize) -> Vec<Learner> {
    let steps = count.saturating_sub(2).max(1) as f64;
    (0..count)
        .map(|i| {
            let l2 = if i == 0 { 0.0 } else { 10_f64.powf(-2.0 + 6.0 * (i - 1) as f64 / steps) };
            Learner::Linear(LinearParams { l2, ..base.clone() })
        })
        .collect()
}
