//! The calibration fit judged on the purchases it has not seen.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tandem_core::{Cancel, Result};

use super::{Fit, Models, snapshot::Snapshot, warning::Warnings};
use crate::{
    bgnbd::BgNbd,
    transactions::{Transactions, date_of},
};

/// Frequencies from this one on share a row.
const MANY: u32 = 7;
/// The most points of the tracking curve.
const MOST_POINTS: i32 = 260;

/// What the calibration fit expected of the hold-out, and what happened. About
/// the customers who bought in the calibration period; those who came later are
/// counted and not forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// First day of the calibration period.
    pub calibration_start: NaiveDate,
    /// Its last day.
    pub calibration_end: NaiveDate,
    /// Last day of the hold-out, which starts the day after `calibration_end`.
    pub holdout_end: NaiveDate,
    /// Its length.
    pub holdout_days: u32,
    /// Customers who bought in the calibration period.
    pub customers: u64,
    /// Customers whose first purchase is in the hold-out.
    pub new_customers: u64,
    /// Purchases in the hold-out.
    pub purchases: Measure,
    /// Money spent in the hold-out (not discounted); absent without a model of spending.
    pub value: Option<Measure>,
    /// Purchases a customer in the hold-out, by repeat purchases before it.
    pub by_frequency: Vec<FrequencyRow>,
    /// Repeat purchases since the first day, week by week.
    pub tracking: Vec<TrackingPoint>,
}

/// Expected against actual, beside a naive forecast: that each customer does in
/// the hold-out what they did in the equally long time before it (in all of the
/// calibration period, scaled, where that is shorter).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What happened, in total.
    pub actual: f64,
    /// What the model expected, in total.
    pub expected: f64,
    /// (expected − actual) / actual, in percent; absent where nothing happened.
    pub error_percent: Option<f64>,
    /// Mean absolute error a customer.
    pub mae: f64,
    /// Root of the mean squared error a customer.
    pub rmse: f64,
    /// Share of what happened that the tenth of the customers with the highest
    /// expectation accounts for (0.1 is no better than chance).
    pub top_tenth_share: Option<f64>,
    /// What the naive forecast expected, in total.
    pub naive_expected: f64,
    /// Its error in percent.
    pub naive_error_percent: Option<f64>,
    /// Its mean absolute error.
    pub naive_mae: f64,
    /// Its root of the mean squared error.
    pub naive_rmse: f64,
    /// Its share of the top tenth.
    pub naive_top_tenth_share: Option<f64>,
}

/// Customers with the same number of repeat purchases before the hold-out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrequencyRow {
    /// Repeat purchases in the calibration period.
    pub frequency: u32,
    /// Whether the row also holds all higher frequencies.
    pub and_more: bool,
    /// How many customers.
    pub customers: u64,
    /// Mean purchases in the hold-out.
    pub actual: f64,
    /// What the model expected.
    pub expected: f64,
    /// What the naive forecast expected.
    pub naive: f64,
}

/// Repeat purchases of the calibration period's customers up to the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackingPoint {
    /// The day.
    pub date: NaiveDate,
    /// Repeat purchases since the first day.
    pub actual: u64,
    /// What the model expects from the days of first purchase alone.
    pub expected: f64,
    /// Whether the day is in the hold-out.
    pub holdout: bool,
}

pub(super) fn run(
    transactions: &Transactions,
    past: &Snapshot,
    fit: &Fit,
    cut: i32,
    unit_days: f64,
    warnings: &mut Warnings,
    cancel: &Cancel,
) -> Result<Option<Backtest>> {
    let holdout_days = (transactions.last_day - cut) as u32;
    let Some(models) = fit.models() else {
        warnings.backtest_skipped("too few customers bought again before it", "在此之前的复购客户太少");
        return Ok(None);
    };
    if holdout_days == 0 {
        warnings.backtest_skipped("the data ends with the calibration period", "数据在校准期末即结束");
        return Ok(None);
    }
    let ahead = f64::from(holdout_days) / unit_days;
    let expected = expect(past, &models.bgnbd, ahead, unit_days, cancel)?;
    let seen = Seen::of(transactions, past, cut, holdout_days);
    let value = models.averages(past).map(|average| {
        let money: Vec<f64> = expected.iter().zip(average).map(|(n, a)| n * a).collect();
        measure(&seen.spent, &money, &seen.recent_spent)
    });
    Ok(Some(Backtest {
        calibration_start: date_of(transactions.first_day),
        calibration_end: date_of(cut),
        holdout_end: date_of(transactions.last_day),
        holdout_days,
        customers: past.customers.len() as u64,
        new_customers: (transactions.len() - past.customers.len()) as u64,
        purchases: measure(&seen.purchases, &expected, &seen.recent),
        value,
        by_frequency: by_frequency(past, &seen, &expected),
        tracking: tracking(transactions, past, &models, cut, unit_days, cancel)?,
    }))
}

/// Expected purchases of each customer in the hold-out. Customers of one
/// frequency and age differ in P(alive) only.
fn expect(past: &Snapshot, model: &BgNbd, ahead: f64, unit_days: f64, cancel: &Cancel) -> Result<Vec<f64>> {
    let mut order: Vec<usize> = (0..past.customers.len()).collect();
    let key = |i: usize| {
        let h = past.customers[i].history;
        (h.frequency, h.age_days)
    };
    order.sort_unstable_by_key(|&i| key(i));
    let mut expected = vec![0.0; order.len()];
    for same in order.chunk_by(|&a, &b| key(a) == key(b)) {
        cancel.check()?;
        let (x, age_days) = key(same[0]);
        let age = f64::from(age_days) / unit_days;
        let if_alive = model.expected_if_alive(ahead, x, age);
        for &i in same {
            let recency = f64::from(past.customers[i].history.recency_days) / unit_days;
            expected[i] = if_alive * model.p_alive(x, recency, age);
        }
    }
    Ok(expected)
}

/// What each customer did in the hold-out, and recently before it.
struct Seen {
    purchases: Vec<f64>,
    spent: Vec<f64>,
    recent: Vec<f64>,
    recent_spent: Vec<f64>,
}

impl Seen {
    fn of(transactions: &Transactions, past: &Snapshot, cut: i32, holdout_days: u32) -> Self {
        let calibration_days = cut - transactions.first_day + 1;
        let window = calibration_days.min(holdout_days as i32);
        let scale = f64::from(holdout_days) / f64::from(window);
        let n = past.customers.len();
        let mut seen = Self {
            purchases: Vec::with_capacity(n),
            spent: Vec::with_capacity(n),
            recent: Vec::with_capacity(n),
            recent_spent: Vec::with_capacity(n),
        };
        for customer in &past.customers {
            let range = transactions.offsets[customer.index]..transactions.offsets[customer.index + 1];
            let (days, amounts) = (&transactions.days[range.clone()], &transactions.amounts[range]);
            let known = days.partition_point(|&d| d <= cut);
            let old = days.partition_point(|&d| d <= cut - window);
            seen.purchases.push((days.len() - known) as f64);
            seen.spent.push(amounts[known..].iter().sum());
            seen.recent.push((known - old) as f64 * scale);
            seen.recent_spent.push(amounts[old..known].iter().sum::<f64>() * scale);
        }
        seen
    }
}

fn measure(actual: &[f64], expected: &[f64], naive: &[f64]) -> Measure {
    let n = actual.len().max(1) as f64;
    let total: f64 = actual.iter().sum();
    let percent = |sum: f64| (total > 0.0).then(|| (sum - total) / total * 100.0);
    let mae = |of: &[f64]| of.iter().zip(actual).map(|(e, a)| (e - a).abs()).sum::<f64>() / n;
    let rmse = |of: &[f64]| (of.iter().zip(actual).map(|(e, a)| (e - a).powi(2)).sum::<f64>() / n).sqrt();
    let (expected_sum, naive_sum) = (expected.iter().sum(), naive.iter().sum());
    Measure {
        actual: total,
        expected: expected_sum,
        error_percent: percent(expected_sum),
        mae: mae(expected),
        rmse: rmse(expected),
        top_tenth_share: top_tenth_share(actual, expected),
        naive_expected: naive_sum,
        naive_error_percent: percent(naive_sum),
        naive_mae: mae(naive),
        naive_rmse: rmse(naive),
        naive_top_tenth_share: top_tenth_share(actual, naive),
    }
}

/// Where the border of the tenth runs through customers of equal expectation,
/// they count in proportion.
fn top_tenth_share(actual: &[f64], expected: &[f64]) -> Option<f64> {
    let total: f64 = actual.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut order: Vec<usize> = (0..actual.len()).collect();
    order.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]));
    let (mut room, mut caught) = (actual.len() as f64 / 10.0, 0.0);
    for equal in order.chunk_by(|&a, &b| expected[a] == expected[b]) {
        let part = (room / equal.len() as f64).min(1.0);
        caught += part * equal.iter().map(|&i| actual[i]).sum::<f64>();
        room -= equal.len() as f64;
        if room <= 0.0 {
            break;
        }
    }
    Some(caught / total)
}

fn by_frequency(past: &Snapshot, seen: &Seen, expected: &[f64]) -> Vec<FrequencyRow> {
    (0..=MANY)
        .filter_map(|frequency| {
            let members: Vec<usize> = (0..past.customers.len())
                .filter(|&i| past.customers[i].history.frequency.min(MANY) == frequency)
                .collect();
            let mean = |of: &[f64]| members.iter().map(|&i| of[i]).sum::<f64>() / members.len() as f64;
            (!members.is_empty()).then(|| FrequencyRow {
                frequency,
                and_more: frequency == MANY,
                customers: members.len() as u64,
                actual: mean(&seen.purchases),
                expected: mean(expected),
                naive: mean(&seen.recent),
            })
        })
        .collect()
}

fn tracking(
    transactions: &Transactions,
    past: &Snapshot,
    models: &Models,
    cut: i32,
    unit_days: f64,
    cancel: &Cancel,
) -> Result<Vec<TrackingPoint>> {
    let (first, last) = (transactions.first_day, transactions.last_day);
    let span = (last - first) as usize + 1;
    let mut starts = vec![0_u32; span];
    let mut repeats = vec![0_u64; span];
    for customer in &past.customers {
        starts[(customer.first - first) as usize] += 1;
        let range = transactions.offsets[customer.index] + 1..transactions.offsets[customer.index + 1];
        for &day in &transactions.days[range] {
            repeats[(day - first) as usize] += 1;
        }
    }
    let starts: Vec<(i32, f64)> =
        (first..).zip(&starts).filter(|(_, n)| **n > 0).map(|(day, &n)| (day, f64::from(n))).collect();
    let weeks = (span as i32 / 7 / MOST_POINTS + 1) * 7;
    // Expected repeat purchases by age in days, worked out when first needed.
    let mut by_age: Vec<Option<f64>> = vec![None; span];
    let mut points = Vec::new();
    let (mut actual, mut counted) = (0, 0);
    for end in (first..=last).skip(weeks as usize - 1).step_by(weeks as usize) {
        cancel.check()?;
        let through = (end - first) as usize + 1;
        actual += repeats[counted..through].iter().sum::<u64>();
        counted = through;
        let mut expected = 0.0;
        for &(start, customers) in starts.iter().take_while(|s| s.0 < end) {
            let age = (end - start) as usize;
            let purchases = *by_age[age].get_or_insert_with(|| models.bgnbd.expected_new(age as f64 / unit_days));
            expected += customers * purchases;
        }
        points.push(TrackingPoint { date: date_of(end), actual, expected, holdout: end > cut });
    }
    Ok(points)
}
