//! The profile as it is stored and shown.

use serde::{Deserialize, Serialize};

use super::warning::Warning;

/// What a table holds, column by column. It reads as a data description: every
/// figure says whether it is exact, and how far it can be off where it is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Rows seen.
    pub rows: u64,
    /// Columns in the table's order.
    pub columns: Vec<ColumnProfile>,
    /// Columns that identify a row, the surest first.
    pub key_candidates: Vec<KeyCandidate>,
}

/// A column no value of which comes twice and that is never null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyCandidate {
    /// Its name.
    pub column: String,
    /// Whether that is certain, or likely by the estimate of distinct values.
    pub certain: bool,
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whole numbers.
    Integer,
    /// Floating point numbers.
    Number,
    /// Numbers with a fixed number of decimals.
    Decimal,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// Calendar days.
    Date,
    /// Moments.
    Timestamp,
    /// Times of day.
    Time,
    /// Lengths of time.
    Duration,
    /// Bytes.
    Binary,
    /// Lists, structs and what else is only counted.
    Other,
}

/// One value as JSON has it. Dates and moments are ISO 8601 text; whole numbers
/// beyond ±2^53, which JavaScript can't hold, are text too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Text, and all that has no form of its own in JSON.
    Text(String),
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// What kind of values it holds.
    pub kind: Kind,
    /// Its exact type, as Arrow names it.
    pub data_type: String,
    /// Rows without a value.
    pub nulls: u64,
    /// Of all rows, 0 to 1.
    pub null_share: f64,
    /// How many different values; `None` for kinds that are only counted.
    pub distinct: Option<Distinct>,
    /// Least value; text by its bytes, cut to 200 characters.
    pub min: Option<Value>,
    /// Greatest value.
    pub max: Option<Value>,
    /// Mean; of dates and moments too.
    pub mean: Option<Value>,
    /// Sample standard deviation, of numbers.
    pub std: Option<f64>,
    /// Sum, of numbers: exact of whole numbers and decimals, the nearest double of others.
    pub sum: Option<Value>,
    /// Values that are zero, of numbers.
    pub zeros: Option<u64>,
    /// Values below zero, of numbers.
    pub negatives: Option<u64>,
    /// NaN and infinite values, which the other figures leave out.
    pub not_finite: Option<u64>,
    /// Quantiles, of what has an order other than text.
    pub quantiles: Option<Quantiles>,
    /// How values are spread, for the same kinds.
    pub histogram: Option<Histogram>,
    /// The most frequent values, the most frequent first; none where hardly any
    /// value comes twice.
    pub top: Vec<TopValue>,
    /// Lengths and the like, of text.
    pub text: Option<TextProfile>,
    /// What is odd about it.
    pub warnings: Vec<Warning>,
}

/// How many different values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Distinct {
    /// The number.
    pub count: u64,
    /// Whether it is exact.
    pub exact: bool,
    /// Relative standard error of an estimate (HyperLogLog: 0.0081).
    pub relative_error: f64,
}

/// The smallest value that at least a share `p` of the values do not exceed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// p = 0.01, 0.05, 0.25, 0.5, 0.75, 0.95 and 0.99.
    pub values: Vec<Quantile>,
    /// Whether they are exact.
    pub exact: bool,
    /// Where they come from a sample: p can be off by this much at the most,
    /// with 99 % confidence.
    pub rank_error: f64,
}

/// One quantile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// The share, 0 to 1.
    pub p: f64,
    /// The value.
    pub value: Value,
}

/// How values are spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bars of equal width, or one for each value where there are few.
    pub bins: Vec<Bin>,
    /// Values below the first bar: outliers that would flatten the rest.
    pub below: u64,
    /// Values above the last bar.
    pub above: u64,
    /// Whether counts are exact, or scaled up from a sample.
    pub exact: bool,
}

/// One bar: values from `from` up to, and in the last bar including, `to`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end.
    pub from: Value,
    /// Upper end; equal to `from` where the bar is one value.
    pub to: Value,
    /// How many values.
    pub count: u64,
}

/// A frequent value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopValue {
    /// The value; text cut to 200 characters.
    pub value: Value,
    /// How often it comes.
    pub count: u64,
    /// Of all values that are not null, 0 to 1.
    pub share: f64,
    /// Whether the count is exact, or scaled up from a sample.
    pub exact: bool,
}

/// What text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TextProfile {
    /// Fewest characters.
    pub min_length: u64,
    /// Most characters.
    pub max_length: u64,
    /// Mean characters.
    pub mean_length: f64,
    /// Values without a character.
    pub empty: u64,
    /// Values of white space only, and not empty.
    pub blank: u64,
    /// Values with white space before or after the text.
    pub padded: u64,
    /// Values with U+FFFD, which stands for what could not be decoded.
    pub broken: u64,
}
