//! Decisions at a threshold.

use serde::{Deserialize, Serialize};

/// What a decision did: everything scored `threshold` or more was called
/// positive. Ratios without a denominator are absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// The score from which on.
    pub threshold: f64,
    /// Positives called positive.
    pub true_positives: u64,
    /// Negatives called positive.
    pub false_positives: u64,
    /// Negatives called negative.
    pub true_negatives: u64,
    /// Positives called negative.
    pub false_negatives: u64,
    /// The part of decisions that are right.
    pub accuracy: Option<f64>,
    /// The part of those called positive that are.
    pub precision: Option<f64>,
    /// The part of positives called positive.
    pub recall: Option<f64>,
    /// The part of negatives called negative.
    pub specificity: Option<f64>,
    /// The harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// The mean of recall and specificity.
    pub balanced_accuracy: Option<f64>,
    /// Matthews' correlation of decision and truth.
    pub matthews: Option<f64>,
    /// Cohen's agreement beyond chance.
    pub kappa: Option<f64>,
}

/// Thresholds that are best in one respect; the highest of equals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// The most F1.
    pub f1: Confusion,
    /// The most recall and specificity together (Youden).
    pub youden: Confusion,
}

impl Confusion {
    /// Counts the decisions. Rows without a score are called negative.
    pub fn at(threshold: f64, scores: &[f64], positive: &[bool]) -> Self {
        let mut counts = [[0_u64; 2]; 2];
        for (score, positive) in scores.iter().zip(positive) {
            counts[usize::from(*positive)][usize::from(*score >= threshold)] += 1;
        }
        Self::of_counts(threshold, counts)
    }

    /// From counts by truth and decision.
    fn of_counts(threshold: f64, counts: [[u64; 2]; 2]) -> Self {
        let [[tn, fp], [fn_, tp]] = counts.map(|row| row.map(|count| count as f64));
        let ratio = |a: f64, b: f64| (b > 0.0).then(|| a / b);
        let total = tn + fp + fn_ + tp;
        let (recall, specificity) = (ratio(tp, tp + fn_), ratio(tn, tn + fp));
        let chance = ((tp + fp) * (tp + fn_) + (tn + fn_) * (tn + fp)) / total.max(1.0);
        let spread = ((tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_)).sqrt();
        Self {
            threshold,
            true_positives: counts[1][1],
            false_positives: counts[0][1],
            true_negatives: counts[0][0],
            false_negatives: counts[1][0],
            accuracy: ratio(tp + tn, total),
            precision: ratio(tp, tp + fp),
            recall,
            specificity,
            f1: ratio(2.0 * tp, 2.0 * tp + fp + fn_),
            balanced_accuracy: recall.zip(specificity).map(|(a, b)| (a + b) / 2.0),
            matthews: ratio(tp * tn - fp * fn_, spread),
            kappa: ratio(tp + tn - chance, total - chance),
        }
    }
}

impl Thresholds {
    /// Tries every score as threshold. `None` without rows.
    pub fn best(scores: &[f64], positive: &[bool]) -> Option<Self> {
        let mut order: Vec<usize> = (0..scores.len()).filter(|&row| !scores[row].is_nan()).collect();
        order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let positives = order.iter().filter(|&&row| positive[row]).count() as u64;
        let negatives = order.len() as u64 - positives;
        let (mut tp, mut fp) = (0, 0);
        let mut best: Option<Self> = None;
        for (i, &row) in order.iter().enumerate() {
            tp += u64::from(positive[row]);
            fp += u64::from(!positive[row]);
            if order.get(i + 1).is_some_and(|&next| scores[next] == scores[row]) {
                continue;
            }
            let here = Confusion::of_counts(scores[row], [[negatives - fp, fp], [positives - tp, tp]]);
            let better = |a: Option<f64>, b: Option<f64>| a.unwrap_or(-1.0) > b.unwrap_or(-1.0);
            match &mut best {
                None => best = Some(Self { f1: here, youden: here }),
                Some(best) => {
                    if better(here.f1, best.f1.f1) {
                        best.f1 = here;
                    }
                    if better(here.balanced_accuracy, best.youden.balanced_accuracy) {
                        best.youden = here;
                    }
                }
            }
        }
        best
    }
}
