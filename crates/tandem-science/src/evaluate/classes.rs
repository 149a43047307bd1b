//! Answers among several classes.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{LEAST, Ranking};
use crate::work::{bad_parameter, not_enough};

/// How one class is told from the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassQuality {
    /// Rows of this class.
    pub rows: u64,
    /// The part of those called so that are.
    pub precision: Option<f64>,
    /// The part of its rows called so.
    pub recall: Option<f64>,
    /// The harmonic mean of both.
    pub f1: Option<f64>,
    /// The AUC of its probability against all other rows.
    pub auc: Option<f64>,
}

/// Answers among several classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classes {
    /// Rows by true class, then by the class called.
    pub confusion: Vec<Vec<u64>>,
    /// The part that is right.
    pub accuracy: f64,
    /// The mean F1 over classes; 0 for a class without one.
    pub macro_f1: f64,
    /// The mean of negative logarithms of the probability of what was true.
    pub log_loss: f64,
    /// The mean AUC over classes that have one.
    pub macro_auc: Option<f64>,
    /// Each class.
    pub classes: Vec<ClassQuality>,
}

impl Classes {
    /// Judges `classes` probabilities for each row; called is the most likely
    /// class, the first of equals.
    ///
    /// # Errors
    /// `invalid_parameter` where sizes don't fit; `not_enough_data` without rows.
    pub fn of(probabilities: &[f64], classes: usize, truth: &[usize]) -> Result<Self> {
        let fits = classes > 0
            && probabilities.len() == truth.len() * classes
            && truth.iter().all(|&class| class < classes)
            && probabilities.iter().all(|p| !p.is_nan());
        if !fits {
            return Err(bad_parameter("Every row must have a probability for each class, and a true class."));
        }
        if truth.is_empty() {
            return Err(not_enough("There are no rows to judge."));
        }
        let n = truth.len() as f64;
        let mut confusion = vec![vec![0_u64; classes]; classes];
        let mut log_loss = 0.0;
        for (row, &own) in probabilities.chunks(classes).zip(truth) {
            let called = (1..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best });
            confusion[own][called] += 1;
            log_loss -= row[own].clamp(LEAST, 1.0).ln();
        }
        let quality = |class: usize| {
            let hits = confusion[class][class] as f64;
            let rows: u64 = confusion[class].iter().sum();
            let called: u64 = confusion.iter().map(|row| row[class]).sum();
            let scores: Vec<f64> = probabilities.iter().skip(class).step_by(classes).copied().collect();
            let own: Vec<bool> = truth.iter().map(|&t| t == class).collect();
            ClassQuality {
                rows,
                precision: (called > 0).then(|| hits / called as f64),
                recall: (rows > 0).then(|| hits / rows as f64),
                f1: (rows + called > 0).then(|| 2.0 * hits / (rows + called) as f64),
                auc: Ranking::of(&scores, &own).ok().map(|ranking| ranking.auc),
            }
        };
        let all: Vec<ClassQuality> = (0..classes).map(quality).collect();
        let known: Vec<f64> = all.iter().filter_map(|class| class.auc).collect();
        Ok(Self {
            accuracy: (0..classes).map(|class| confusion[class][class]).sum::<u64>() as f64 / n,
            macro_f1: all.iter().map(|class| class.f1.unwrap_or(0.0)).sum::<f64>() / classes as f64,
            log_loss: log_loss / n,
            macro_auc: (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
            classes: all,
            confusion,
        })
    }
}
