//! What SQL can call beside the engine's own functions.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringArray},
    datatypes::DataType,
};
use tandem_engine::{ScalarFunction, Takes};
use tandem_science::hashing::hash_rows;

pub(crate) mod moment;
mod phone;
pub mod region;
mod segment;
mod width;

/// All of them, for whoever opens an engine.
pub fn functions() -> Vec<ScalarFunction> {
    vec![
        row_hash(),
        of_text("half_width", |text| Some(width::half(text))),
        of_text("cn_mobile", phone::mobile),
        region::function(),
        segment::function(),
        segment::count(),
        moment::function("parse_moment", false),
        moment::function("parse_moment_strict", true),
    ]
}

/// `row_hash(a, b, …)`: a number from 0 to 2⁶³ − 1 that is the same on every
/// machine and in every run, spread evenly; for samples and splits that do not
/// depend on the order of rows. Not for secrets.
fn row_hash() -> ScalarFunction {
    ScalarFunction::new("row_hash", Takes::Any, DataType::Int64, |columns, rows| {
        let mut hashes = Vec::new();
        hash_rows(columns, rows, &mut hashes)?;
        #[expect(clippy::cast_possible_wrap, reason = "the highest bit was dropped")]
        let numbers = hashes.into_iter().map(|hash| (hash >> 1) as i64);
        Ok(Arc::new(Int64Array::from_iter_values(numbers)))
    })
}

/// A function from one text to another, or to nothing.
fn of_text(name: &'static str, of: fn(&str) -> Option<String>) -> ScalarFunction {
    ScalarFunction::new(name, Takes::These(vec![DataType::Utf8]), DataType::Utf8, move |columns, rows| {
        Ok(match columns.first() {
            Some(column) => Arc::new(texts(column).map(|text| text.and_then(of)).collect::<StringArray>()) as ArrayRef,
            None => Arc::new(StringArray::new_null(rows)),
        })
    })
}

/// The values of a column of text.
fn texts(column: &ArrayRef) -> impl Iterator<Item = Option<&str>> {
    column.as_string::<i32>().iter()
}
