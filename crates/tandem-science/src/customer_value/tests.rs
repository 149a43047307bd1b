use std::sync::Arc;

use arrow::array::{Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch};
use chrono::NaiveDate;
use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::transactions::{Cleaner, Cleaning, Roles};

/// Rows of customer, day and amount.
fn transactions(rows: &[(i32, i32, f64)]) -> Transactions {
    let batch = RecordBatch::try_from_iter([
        ("who", Arc::new(Int32Array::from_iter_values(rows.iter().map(|r| r.0))) as arrow::array::ArrayRef),
        ("when", Arc::new(Date32Array::from_iter_values(rows.iter().map(|r| r.1)))),
        ("what", Arc::new(Float64Array::from_iter_values(rows.iter().map(|r| r.2)))),
        ("row", Arc::new(Int64Array::from_iter_values(0..rows.len() as i64))),
    ])
    .unwrap();
    let roles = Roles { customer: "who".into(), time: "when".into(), amount: Some("what".into()), quantity: None };
    let mut cleaner = Cleaner::new(roles, Cleaning::default());
    cleaner.update(&batch).unwrap();
    cleaner.finish().unwrap()
}

fn codes(outcome: &Outcome) -> Vec<WarningCode> {
    outcome.summary.warnings.iter().map(|w| w.code).collect()
}

fn value(rows: &[(i32, i32, f64)], params: &Params) -> Result<Outcome> {
    run(&transactions(rows), params, &(), &Cancel::new())
}

/// 40 customers who buy at different rhythms.
fn regulars() -> Vec<(i32, i32, f64)> {
    (0..40)
        .flat_map(|who| {
            (0..300).step_by(10 + 3 * who as usize).map(move |day| (who, 18_000 + who + day, f64::from(5 + who % 7)))
        })
        .collect()
}

#[test]
fn one_purchase_is_enough_for_segments_only() {
    let outcome = value(&[(1, 18_000, 9.0)], &Params::default()).unwrap();
    assert_eq!(
        codes(&outcome),
        [
            WarningCode::NoForecast,
            WarningCode::NoValue,
            WarningCode::BacktestSkipped,
            WarningCode::HorizonBeyondHistory
        ]
    );
    assert_eq!((outcome.customers.num_rows(), outcome.summary.segments.len()), (1, 1));
    assert!(outcome.summary.headline.expected_purchases.is_none() && outcome.summary.parameters.bgnbd.is_none());
    assert_eq!(outcome.customers.column_by_name("p_alive").unwrap().null_count(), 1);
}

#[test]
fn parameters_out_of_range_are_refused() {
    let bad = |params: Params| value(&regulars(), &params).unwrap_err().code();
    for params in [
        Params { horizon: 0.0, ..Params::default() },
        Params { horizon: f64::NAN, ..Params::default() },
        Params { horizon: 1e9, ..Params::default() },
        Params { discount: -0.1, ..Params::default() },
        Params { discount: f64::INFINITY, ..Params::default() },
        Params { calibration_end: NaiveDate::from_ymd_opt(1999, 1, 1), ..Params::default() },
        Params { calibration_end: NaiveDate::from_ymd_opt(2039, 1, 1), ..Params::default() },
    ] {
        assert_eq!(bad(params), ErrorCode::InvalidParameter);
    }
    let cancel = Cancel::new();
    cancel.cancel();
    let error = run(&transactions(&regulars()), &Params::default(), &(), &cancel).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);
}

#[test]
fn a_calibration_to_the_last_day_leaves_nothing_to_test() {
    let rows = regulars();
    let last = transactions(&rows).counts().last_day;
    let outcome = value(&rows, &Params { calibration_end: last, ..Params::default() }).unwrap();
    assert!(codes(&outcome).contains(&WarningCode::BacktestSkipped));
    assert_eq!(outcome.summary.fits.calibration, outcome.summary.fits.all);
}

#[test]
fn one_wrong_date_far_ahead_is_noticed() {
    let mut rows = regulars();
    assert!(!codes(&value(&rows, &Params::default()).unwrap()).contains(&WarningCode::SuspiciousDates));
    rows.push((1, 30_000, 5.0));
    assert!(codes(&value(&rows, &Params::default()).unwrap()).contains(&WarningCode::SuspiciousDates));
}

#[test]
fn equal_spending_fits_no_model_of_spending_without_a_word() {
    let rows: Vec<_> = regulars().into_iter().map(|(who, day, _)| (who, day, 10.0)).collect();
    let outcome = value(&rows, &Params::default()).unwrap();
    assert!(codes(&outcome).iter().any(|c| matches!(c, WarningCode::GammaGammaAtBoundary | WarningCode::NoValue)));
    if let Some(average) = outcome.customers.column_by_name("expected_average_value") {
        let average = arrow::array::AsArray::as_primitive::<arrow::datatypes::Float64Type>(average);
        assert!(average.iter().flatten().all(|v| (v - 10.0).abs() < 0.1));
    }
}

#[test]
fn discounting_only_lowers_and_never_by_more_than_the_whole_horizon() {
    let rows = regulars();
    let total = |discount| {
        let outcome = value(&rows, &Params { discount, horizon: 52.0, ..Params::default() }).unwrap();
        outcome.summary.headline.expected_value.unwrap().value
    };
    let (none, some) = (total(0.0), total(0.1));
    assert!(some < none && some > none / 1.1, "{some} {none}");
}

#[test]
fn the_seed_decides_the_interval_and_nothing_else() {
    let rows = regulars();
    let with = |seed| value(&rows, &Params { seed, ..Params::default() }).unwrap();
    let (one, same, other) = (with(1), with(1), with(2));
    assert_eq!(one.summary, same.summary);
    assert_eq!(one.customers, other.customers);
    let interval = |o: &Outcome| o.summary.headline.expected_purchases.map(|e| (e.low, e.high));
    if interval(&one).is_some_and(|i| i.0.is_some()) {
        assert_ne!(interval(&one), interval(&other));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn anything_that_can_be_cleaned_can_be_valued(
        rows in prop::collection::vec((0_i32..40, 18_000_i32..18_400, -2_i32..30), 1..400),
    ) {
        let rows: Vec<(i32, i32, f64)> = rows.into_iter().map(|(w, d, a)| (w, d, f64::from(a))).collect();
        prop_assume!(rows.iter().any(|r| r.2 >= 0.0));
        let outcome = value(&rows, &Params { horizon: 10.0, ..Params::default() }).unwrap();
        let table = &outcome.customers;
        let column = |name: &str| {
            arrow::array::AsArray::as_primitive::<arrow::datatypes::Float64Type>(table.column_by_name(name).unwrap()).clone()
        };
        prop_assert!(column("p_alive").iter().flatten().all(|p| (0.0..=1.0).contains(&p)));
        for name in ["expected_purchases", "expected_average_value", "clv"] {
            prop_assert!(column(name).iter().flatten().all(|v| v.is_finite() && v >= 0.0), "{}", name);
        }
        prop_assert_eq!(outcome.summary.segments.iter().map(|s| s.customers).sum::<u64>(), table.num_rows() as u64);
    }
}
