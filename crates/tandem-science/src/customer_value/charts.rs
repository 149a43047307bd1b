//! Data for the report's charts.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{forward::Forward, snapshot::Snapshot};
use crate::{
    rfm::Scores,
    transactions::{Transactions, date_of},
};

/// Bins of the histogram of P(alive).
const BINS: usize = 10;
/// Frequencies from this one on share a bar.
const MANY: usize = 10;

/// Everything that is drawn and is not in the back-test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Charts {
    /// Customers by P(alive), in tenths; empty without a model.
    pub p_alive: Vec<Bin>,
    /// Customers by days with a purchase: 1, 2, …, 10 and more.
    pub purchase_days: Vec<Bin>,
    /// Customers by recency score and frequency score.
    pub rf_grid: Vec<RfCell>,
    /// How much of the expected value the best tenths of the customers hold;
    /// of what was spent, where nothing is forecast. Empty without amounts.
    pub concentration: Vec<Concentration>,
    /// The history, month by month.
    pub months: Vec<Month>,
}

/// One bar: values from `from` up to, and in the last bar including, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end.
    pub from: f64,
    /// Upper end; absent where the bar is open.
    pub to: Option<f64>,
    /// How many customers.
    pub customers: u64,
}

/// One cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RfCell {
    /// Recency score, 1 to 5.
    pub r: u8,
    /// Frequency score, 1 to 5.
    pub f: u8,
    /// How many customers.
    pub customers: u64,
    /// What they spent so far.
    pub total_amount: f64,
}

/// A point of the concentration curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// Share of the customers, the best first, 0 to 1.
    pub customers: f64,
    /// Their share of the value, 0 to 1.
    pub value: f64,
}

/// One calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Month {
    /// Its first day.
    pub month: NaiveDate,
    /// Purchases (customers' days).
    pub purchases: u64,
    /// Customers whose first purchase it saw.
    pub new_customers: u64,
    /// Sum of its purchases.
    pub amount: f64,
}

pub(super) fn all(
    transactions: &Transactions,
    snapshot: &Snapshot,
    scores: &[Scores],
    forward: Option<&Forward>,
) -> Charts {
    let spent: Vec<f64> = snapshot.customers.iter().map(|c| c.spent).collect();
    let value = forward.and_then(|f| f.value.as_deref()).or(transactions.has_amount().then_some(&spent));
    Charts {
        p_alive: forward.map(|f| p_alive(&f.p_alive)).unwrap_or_default(),
        purchase_days: purchase_days(snapshot),
        rf_grid: rf_grid(snapshot, scores),
        concentration: value.map(concentration).unwrap_or_default(),
        months: months(transactions),
    }
}

fn p_alive(values: &[f64]) -> Vec<Bin> {
    let mut counts = [0; BINS];
    for value in values {
        counts[((value * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let edge = |i: usize| i as f64 / BINS as f64;
    counts.iter().enumerate().map(|(i, &customers)| Bin { from: edge(i), to: Some(edge(i + 1)), customers }).collect()
}

fn purchase_days(snapshot: &Snapshot) -> Vec<Bin> {
    let mut counts = [0; MANY];
    for customer in &snapshot.customers {
        counts[(customer.history.frequency as usize).min(MANY - 1)] += 1;
    }
    let bar = |(i, &customers): (usize, &u64)| {
        let from = i as f64 + 1.0;
        Bin { from, to: (i + 1 < MANY).then_some(from), customers }
    };
    counts.iter().enumerate().map(bar).collect()
}

fn rf_grid(snapshot: &Snapshot, scores: &[Scores]) -> Vec<RfCell> {
    let mut cells: Vec<RfCell> =
        (0..25).map(|i| RfCell { r: i / 5 + 1, f: i % 5 + 1, customers: 0, total_amount: 0.0 }).collect();
    for (customer, score) in snapshot.customers.iter().zip(scores) {
        let cell = &mut cells[usize::from((score.r - 1) * 5 + score.f - 1)];
        cell.customers += 1;
        cell.total_amount += customer.spent;
    }
    cells
}

fn concentration(values: &[f64]) -> Vec<Concentration> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let total: f64 = sorted.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let mut sum = 0.0;
    let mut taken = 0;
    (0..=BINS)
        .map(|tenth| {
            let until = sorted.len() * tenth / BINS;
            sum += sorted[taken..until].iter().sum::<f64>();
            taken = until;
            Concentration { customers: until as f64 / sorted.len() as f64, value: (sum / total).min(1.0) }
        })
        .collect()
}

fn months(transactions: &Transactions) -> Vec<Month> {
    let index = |day: i32| {
        let date = date_of(day);
        (date.year() * 12 + date.month0() as i32) as usize
    };
    let (start, end) = (index(transactions.first_day), index(transactions.last_day));
    let mut months: Vec<Month> = (start..=end)
        .map(|i| Month {
            month: NaiveDate::from_ymd_opt((i / 12) as i32, (i % 12) as u32 + 1, 1).unwrap_or_default(),
            purchases: 0,
            new_customers: 0,
            amount: 0.0,
        })
        .collect();
    for (_, days, amounts) in transactions.iter() {
        for (i, (&day, amount)) in days.iter().zip(amounts).enumerate() {
            let month = &mut months[index(day) - start];
            month.purchases += 1;
            month.new_customers += u64::from(i == 0);
            month.amount += amount;
        }
    }
    months
}
