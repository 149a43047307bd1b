//! What the order of scores is worth.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::thin;
use crate::{
    distribution::normal_quantile,
    work::{bad_parameter, not_enough},
};

/// One point of the ROC curve: everything scored `threshold` or more is called
/// positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// The score from which on; `None` above all.
    pub threshold: Option<f64>,
    /// The part of negatives called positive.
    pub false_positive_rate: f64,
    /// The part of positives called positive.
    pub true_positive_rate: f64,
}

/// One point of precision and recall.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecall {
    /// The score from which on.
    pub threshold: f64,
    /// The part of those called positive that are.
    pub precision: f64,
    /// The part of positives called positive.
    pub recall: f64,
}

/// What one tenth (or other part) of rows holds, from the highest scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// The part of all rows up to here.
    pub rows: f64,
    /// The part of positives among the rows of this step.
    pub rate: f64,
    /// That, over the part of positives among all rows.
    pub lift: f64,
    /// The part of all positives up to here.
    pub gain: f64,
    /// Its ratio to the part of rows.
    pub cumulative_lift: f64,
}

/// What the order of scores is worth. Rows of one score are one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// How many positives.
    pub positives: u64,
    /// How many negatives.
    pub negatives: u64,
    /// The probability that a positive is scored above a negative, equal
    /// scores counting half.
    pub auc: f64,
    /// A 95 % interval of it (DeLong, DeLong and Clarke-Pearson, Biometrics 44,
    /// 1988).
    pub auc_interval: (f64, f64),
    /// Precision averaged over the steps of recall.
    pub average_precision: f64,
    /// The largest distance of true and false positive rate.
    pub kolmogorov_smirnov: f64,
    /// Twice the AUC less one.
    pub gini: f64,
    /// The curve, thinned to a few hundred points.
    pub roc: Vec<RocPoint>,
    /// The curve, thinned to a few hundred points.
    pub precision_recall: Vec<PrecisionRecall>,
    /// Tenths of the rows.
    pub lift: Vec<Lift>,
}

/// Rows of one score.
struct Step {
    score: f64,
    positives: u64,
    negatives: u64,
}

fn steps(scores: &[f64], positive: &[bool]) -> Result<Vec<Step>> {
    if scores.len() != positive.len() || scores.iter().any(|s| s.is_nan()) {
        return Err(bad_parameter("Every row must have a score and a true class."));
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut steps: Vec<Step> = Vec::new();
    for row in order {
        // Minus zero is zero.
        if steps.last().is_none_or(|last| last.score != scores[row]) {
            steps.push(Step { score: scores[row] + 0.0, positives: 0, negatives: 0 });
        }
        if let Some(last) = steps.last_mut() {
            last.positives += u64::from(positive[row]);
            last.negatives += u64::from(!positive[row]);
        }
    }
    Ok(steps)
}

impl Ranking {
    /// Judges the scores of rows of which `positive` are of the class sought.
    ///
    /// # Errors
    /// `invalid_parameter` for scores that are no numbers; `not_enough_data`
    /// without a positive or without a negative.
    pub fn of(scores: &[f64], positive: &[bool]) -> Result<Self> {
        let steps = steps(scores, positive)?;
        let positives: u64 = steps.iter().map(|s| s.positives).sum();
        let negatives: u64 = steps.iter().map(|s| s.negatives).sum();
        if positives == 0 || negatives == 0 {
            return Err(not_enough("Only one class is among these rows; an order can't be judged. Take more rows."));
        }
        let (p, n) = (positives as f64, negatives as f64);
        let mut roc = vec![RocPoint { threshold: None, false_positive_rate: 0.0, true_positive_rate: 0.0 }];
        let mut curve = Vec::with_capacity(steps.len());
        let (mut above, mut below) = (0_u64, 0_u64);
        let (mut average_precision, mut largest) = (0.0, 0.0_f64);
        // Twice the pairs in the right order, which is a whole number.
        let mut right = 0_u128;
        // For the variance: how each row does against the other class.
        let (mut of_positives, mut of_negatives) = (0.0, 0.0);
        for step in &steps {
            right += u128::from(step.negatives) * u128::from(2 * above + step.positives);
            let negatives_under = n - below as f64 - 0.5 * step.negatives as f64;
            of_positives += step.positives as f64 * (negatives_under / n).powi(2);
            let positives_over = above as f64 + 0.5 * step.positives as f64;
            of_negatives += step.negatives as f64 * (positives_over / p).powi(2);
            above += step.positives;
            below += step.negatives;
            let precision = above as f64 / (above + below) as f64;
            average_precision += precision * step.positives as f64 / p;
            let (fpr, tpr) = (below as f64 / n, above as f64 / p);
            largest = largest.max(tpr - fpr);
            roc.push(RocPoint { threshold: Some(step.score), false_positive_rate: fpr, true_positive_rate: tpr });
            curve.push(PrecisionRecall { threshold: step.score, precision, recall: tpr });
        }
        let auc = right as f64 / 2.0 / p / n;
        let variance = |sum: f64, count: f64| {
            if count > 1.0 { (sum - count * auc * auc) / (count - 1.0) / count } else { 0.0 }
        };
        let error = (variance(of_positives, p) + variance(of_negatives, n)).max(0.0).sqrt();
        let reach = normal_quantile(0.975) * error;
        Ok(Self {
            positives,
            negatives,
            auc,
            auc_interval: ((auc - reach).max(0.0), (auc + reach).min(1.0)),
            average_precision,
            kolmogorov_smirnov: largest,
            gini: 2.0 * auc - 1.0,
            roc: thin(roc),
            precision_recall: thin(curve),
            lift: lift(&steps, positives, negatives, 10),
        })
    }
}

/// Rows in `parts` parts; where rows of one score lie across a border, each
/// side has its share of their positives.
fn lift(steps: &[Step], positives: u64, negatives: u64, parts: usize) -> Vec<Lift> {
    let total = (positives + negatives) as f64;
    let base = positives as f64 / total;
    let mut found = Vec::with_capacity(parts);
    let (mut rows, mut held, mut before) = (0.0, 0.0, 0.0);
    let mut rest = steps.iter().map(|s| (s.positives as f64, (s.positives + s.negatives) as f64));
    let mut open = (0.0, 0.0);
    for part in 1..=parts {
        let border = total * part as f64 / parts as f64;
        loop {
            if open.1 <= 0.0 {
                let Some(next) = rest.next() else { break };
                open = next;
            }
            let take = open.1.min(border - rows);
            let of_these = open.0 * take / open.1;
            rows += take;
            held += of_these;
            open = (open.0 - of_these, open.1 - take);
            if rows >= border - 1e-9 {
                break;
            }
        }
        let rate = (held - before) / (total / parts as f64);
        before = held;
        let gain = held / positives as f64;
        let share = part as f64 / parts as f64;
        found.push(Lift { rows: share, rate, lift: rate / base, gain, cumulative_lift: gain / share });
    }
    found
}
