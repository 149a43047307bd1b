//! The customers as an Arrow table, which becomes a dataset.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Date32Array, Float64Array, Int8Array, Int32Array, RecordBatch, StringArray},
    datatypes::{Field, Schema},
};
use tandem_core::{Error, Result};

use super::{
    forward::Forward,
    snapshot::{Customer, Snapshot},
};
use crate::{
    rfm::{Scores, Segment},
    transactions::Transactions,
};

/// The columns that hold nulls where there are no amounts or no model, so that
/// the schema is one and the same for every run.
const MAY_BE_UNKNOWN: [&str; 7] =
    ["total_amount", "monetary", "m_score", "p_alive", "expected_purchases", "expected_average_value", "clv"];

/// See [`super::Outcome::customers`] for the columns.
pub(super) fn customers(
    transactions: &Transactions,
    snapshot: &Snapshot,
    scores: &[Scores],
    segments: &[Segment],
    forward: Option<&Forward>,
    unit_days: f64,
) -> Result<RecordBatch> {
    let rows = &snapshot.customers;
    let floats = |value: &dyn Fn(&Customer) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<Float64Array>())
    };
    let forecast = |values: Option<&Vec<f64>>| -> ArrayRef {
        match values {
            Some(values) => Arc::new(Float64Array::from(values.clone())),
            None => Arc::new(Float64Array::new_null(rows.len())),
        }
    };
    let days =
        |day: fn(&Customer) -> i32| -> ArrayRef { Arc::new(rows.iter().map(day).map(Some).collect::<Date32Array>()) };
    let counts = |count: fn(&Customer) -> u32| -> ArrayRef {
        Arc::new(rows.iter().map(|c| count(c) as i32).map(Some).collect::<Int32Array>())
    };
    let scored = |score: fn(&Scores) -> Option<u8>| -> ArrayRef {
        Arc::new(scores.iter().map(|s| score(s).map(|v| v as i8)).collect::<Int8Array>())
    };
    let has_amount = transactions.has_amount();
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "customer",
            Arc::new(rows.iter().map(|c| Some(transactions.customers[c.index].as_str())).collect::<StringArray>()),
        ),
        ("first_day", days(|c| c.first)),
        ("last_day", days(|c| c.last)),
        ("purchase_days", counts(Customer::purchase_days)),
        ("total_amount", floats(&|c| has_amount.then_some(c.spent))),
        ("frequency", counts(|c| c.history.frequency)),
        ("recency", floats(&|c| Some(f64::from(c.history.recency_days) / unit_days))),
        ("age", floats(&|c| Some(f64::from(c.history.age_days) / unit_days))),
        ("monetary", floats(&|c| (has_amount && c.history.frequency > 0).then_some(c.mean))),
        ("r_score", scored(|s| Some(s.r))),
        ("f_score", scored(|s| Some(s.f))),
        ("m_score", scored(|s| s.m)),
        ("segment", Arc::new(segments.iter().map(|s| Some(s.key())).collect::<StringArray>())),
        ("p_alive", forecast(forward.map(|f| &f.p_alive))),
        ("expected_purchases", forecast(forward.map(|f| &f.purchases))),
        ("expected_average_value", forecast(forward.and_then(|f| f.average.as_ref()))),
        ("clv", forecast(forward.and_then(|f| f.value.as_ref()))),
    ];
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), MAY_BE_UNKNOWN.contains(name)))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(Error::internal)
}
