//! The segments in figures.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use super::{forward::Forward, snapshot::Snapshot};
use crate::rfm::Segment;

/// One segment's customers together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentSummary {
    /// Stable key, as in the customers' table.
    pub segment: Segment,
    /// Its name.
    pub name: Text,
    /// How many customers.
    pub customers: u64,
    /// Of all customers, 0 to 1.
    pub share_of_customers: f64,
    /// What they spent so far.
    pub total_amount: Option<f64>,
    /// Of all spending, 0 to 1.
    pub share_of_amount: Option<f64>,
    /// Mean days since the last purchase.
    pub mean_days_since_last: f64,
    /// Mean days with a purchase.
    pub mean_purchase_days: f64,
    /// Mean purchase (a customer's day).
    pub mean_purchase: Option<f64>,
    /// Mean P(alive).
    pub mean_p_alive: Option<f64>,
    /// Purchases expected within the horizon.
    pub expected_purchases: Option<f64>,
    /// Their discounted value.
    pub expected_value: Option<f64>,
    /// Of the value expected of all, 0 to 1.
    pub share_of_expected_value: Option<f64>,
    /// Discounted value a customer.
    pub mean_clv: Option<f64>,
}

pub(super) fn summarize(
    snapshot: &Snapshot,
    segments: &[Segment],
    forward: Option<&Forward>,
    has_amount: bool,
) -> Vec<SegmentSummary> {
    let everyone = snapshot.customers.len() as f64;
    let spent: f64 = snapshot.customers.iter().map(|c| c.spent).sum();
    let value = forward.and_then(|f| f.value.as_deref());
    let all_value: Option<f64> = value.map(|v| v.iter().sum());
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    Segment::ALL
        .iter()
        .filter_map(|&segment| {
            let members: Vec<usize> = (0..segments.len()).filter(|&i| segments[i] == segment).collect();
            if members.is_empty() {
                return None;
            }
            let n = members.len() as f64;
            let sum = |of: &dyn Fn(usize) -> f64| members.iter().map(|&i| of(i)).sum::<f64>();
            let amount = sum(&|i| snapshot.customers[i].spent);
            let days = sum(&|i| f64::from(snapshot.customers[i].purchase_days()));
            let expected_value = value.map(|v| sum(&|i| v[i]));
            Some(SegmentSummary {
                segment,
                name: segment.name(),
                customers: members.len() as u64,
                share_of_customers: n / everyone,
                total_amount: has_amount.then_some(amount),
                share_of_amount: has_amount.then(|| share(amount, spent)),
                mean_days_since_last: sum(&|i| f64::from(snapshot.end - snapshot.customers[i].last)) / n,
                mean_purchase_days: days / n,
                mean_purchase: has_amount.then(|| amount / days),
                mean_p_alive: forward.map(|f| sum(&|i| f.p_alive[i]) / n),
                expected_purchases: forward.map(|f| sum(&|i| f.purchases[i])),
                expected_value,
                share_of_expected_value: expected_value.zip(all_value).map(|(part, whole)| share(part, whole)),
                mean_clv: expected_value.map(|v| v / n),
            })
        })
        .collect()
}
