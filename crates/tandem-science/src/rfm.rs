//! Recency, frequency and monetary value: scores from 1 to 5 and the eight
//! named segments.
//!
//! A score is the fifth of all customers in which somebody stands, 5 the best.
//! Equal values get equal scores: with `w` of `n` customers strictly worse, the
//! score is `1 + floor(5 w / n)`. So where half of all customers bought once,
//! they all score 1 and nobody scores 2; the order of rows never matters.
//!
//! A customer is high in a dimension when their score is at least the average
//! of all customers' scores; high or low in three dimensions makes eight
//! segments. Without amounts there are four, of recency and frequency.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

/// Scores from 1 (worst fifth) to 5 (best fifth); `higher_is_better` is false
/// for days since the last purchase. Values must be finite.
pub fn quintile_scores(values: &[f64], higher_is_better: bool) -> Vec<u8> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| {
        let ordering = values[a].total_cmp(&values[b]);
        if higher_is_better { ordering } else { ordering.reverse() }
    });
    let mut scores = vec![1; values.len()];
    let mut worse = 0;
    for (place, &customer) in order.iter().enumerate() {
        if place > 0 && values[customer] != values[order[place - 1]] {
            worse = place;
        }
        scores[customer] = 1 + (5 * worse / values.len()) as u8;
    }
    scores
}

/// A customer's scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores {
    /// Recency: 5 bought most recently.
    pub r: u8,
    /// Frequency: 5 bought on the most days.
    pub f: u8,
    /// Monetary value: 5 spent most. `None` without amounts.
    pub m: Option<u8>,
}

/// Scores of all customers: days since the last purchase, days with a purchase,
/// and total spent (`None` without amounts).
pub fn scores(recency_days: &[f64], purchase_days: &[f64], spent: Option<&[f64]>) -> Vec<Scores> {
    let r = quintile_scores(recency_days, false);
    let f = quintile_scores(purchase_days, true);
    let m = spent.map(|values| quintile_scores(values, true));
    (0..r.len()).map(|i| Scores { r: r[i], f: f[i], m: m.as_ref().map(|m| m[i]) }).collect()
}

macro_rules! segments {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $en:literal, $zh:literal, $recent:literal, $frequent:literal, $valuable:expr;)+) => {
        /// A named segment. The first eight need amounts, the last four are used
        /// without them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Segment { $($(#[$doc])* $name,)+ }

        impl Segment {
            /// All of them, in order of presentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable key, as in the data and in JSON.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)+ }
            }

            /// The name that people read.
            pub fn name(self) -> Text {
                match self { $(Self::$name => Text::new($en, $zh),)+ }
            }

            /// Whether its customers are high in recency, frequency and value.
            pub const fn highs(self) -> (bool, bool, Option<bool>) {
                match self { $(Self::$name => ($recent, $frequent, $valuable),)+ }
            }
        }
    };
}

segments! {
    /// Recent, frequent, spends much.
    ImportantValue = "important_value", "Champions", "重要价值客户", true, true, Some(true);
    /// Recent, rare, spends much.
    ImportantDevelop = "important_develop", "High value, to develop", "重要发展客户", true, false, Some(true);
    /// Long ago, frequent, spends much.
    ImportantKeep = "important_keep", "High value, to keep", "重要保持客户", false, true, Some(true);
    /// Long ago, rare, spends much.
    ImportantWinBack = "important_win_back", "High value, to win back", "重要挽留客户", false, false, Some(true);
    /// Recent, frequent, spends little.
    GeneralValue = "general_value", "Regulars", "一般价值客户", true, true, Some(false);
    /// Recent, rare, spends little.
    GeneralDevelop = "general_develop", "Ordinary, to develop", "一般发展客户", true, false, Some(false);
    /// Long ago, frequent, spends little.
    GeneralKeep = "general_keep", "Ordinary, to keep", "一般保持客户", false, true, Some(false);
    /// Long ago, rare, spends little.
    GeneralWinBack = "general_win_back", "Ordinary, to win back", "一般挽留客户", false, false, Some(false);
    /// Recent and frequent; amounts unknown.
    Value = "value", "Active", "价值客户", true, true, None;
    /// Recent and rare; amounts unknown.
    Develop = "develop", "To develop", "发展客户", true, false, None;
    /// Long ago and frequent; amounts unknown.
    Keep = "keep", "To keep", "保持客户", false, true, None;
    /// Long ago and rare; amounts unknown.
    WinBack = "win_back", "To win back", "挽留客户", false, false, None;
}

/// The average scores, which part high from low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Averages {
    /// Of recency.
    pub r: f64,
    /// Of frequency.
    pub f: f64,
    /// Of monetary value; `None` without amounts.
    pub m: Option<f64>,
}

/// The average scores of all customers.
pub fn averages(scores: &[Scores]) -> Averages {
    let n = scores.len().max(1) as f64;
    let mean = |score: fn(&Scores) -> u8| scores.iter().map(|s| f64::from(score(s))).sum::<f64>() / n;
    let has_amounts = scores.iter().all(|s| s.m.is_some());
    Averages { r: mean(|s| s.r), f: mean(|s| s.f), m: has_amounts.then(|| mean(|s| s.m.unwrap_or_default())) }
}

/// The segment of one customer.
pub fn segment(scores: Scores, averages: &Averages) -> Segment {
    let recent = f64::from(scores.r) >= averages.r;
    let frequent = f64::from(scores.f) >= averages.f;
    let valuable = scores.m.zip(averages.m).map(|(score, average)| f64::from(score) >= average);
    match (valuable, recent, frequent) {
        (Some(true), true, true) => Segment::ImportantValue,
        (Some(true), true, false) => Segment::ImportantDevelop,
        (Some(true), false, true) => Segment::ImportantKeep,
        (Some(true), false, false) => Segment::ImportantWinBack,
        (Some(false), true, true) => Segment::GeneralValue,
        (Some(false), true, false) => Segment::GeneralDevelop,
        (Some(false), false, true) => Segment::GeneralKeep,
        (Some(false), false, false) => Segment::GeneralWinBack,
        (None, true, true) => Segment::Value,
        (None, true, false) => Segment::Develop,
        (None, false, true) => Segment::Keep,
        (None, false, false) => Segment::WinBack,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_values_share_a_score() {
        assert_eq!(quintile_scores(&[1.0, 1.0, 1.0, 2.0, 3.0], true), [1, 1, 1, 4, 5]);
        assert_eq!(quintile_scores(&[10.0, 20.0, 30.0, 40.0, 50.0], false), [5, 4, 3, 2, 1]);
        assert_eq!(quintile_scores(&[7.0; 4], true), [1; 4]);
        assert!(quintile_scores(&[], true).is_empty());
    }

    #[test]
    fn segments_and_their_definition_agree() {
        let averages = Averages { r: 3.0, f: 3.0, m: Some(3.0) };
        let without = Averages { m: None, ..averages };
        for &expected in Segment::ALL {
            let (r, f, m) = expected.highs();
            let score = |high: bool| if high { 3 } else { 2 };
            let scores = Scores { r: score(r), f: score(f), m: m.map(score) };
            assert_eq!(segment(scores, if m.is_some() { &averages } else { &without }), expected);
        }
    }

    proptest! {
        #[test]
        fn scores_follow_the_order(values in prop::collection::vec(0_u16..50, 1..200)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let scores = quintile_scores(&values, true);
            for i in 0..values.len() {
                prop_assert!((1..=5).contains(&scores[i]));
                for j in 0..values.len() {
                    if values[i] < values[j] { prop_assert!(scores[i] <= scores[j]); }
                    if values[i] == values[j] { prop_assert_eq!(scores[i], scores[j]); }
                }
            }
        }
    }
}
