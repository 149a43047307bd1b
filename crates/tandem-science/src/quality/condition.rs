//! What a value must be, made ready for a column's type.

use std::collections::HashSet;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType},
};
use chrono::{DateTime, NaiveDateTime};
use regex::{Regex, RegexBuilder};
use tandem_core::{Error, Result};

use super::{
    check::invalid,
    rule::{Rule, text},
};
use crate::{profile::Value, transactions::day_in_text};

const MICROS_A_DAY: i64 = 86_400_000_000;

/// What single values must be; nulls are passed over.
#[derive(Debug)]
pub(super) enum Condition {
    /// Of numbers, and of text that must be numbers.
    Numbers { min: f64, max: f64 },
    /// Of dates and moments, in microseconds.
    Moments { min: i64, max: i64 },
    /// Of text.
    Texts { min: Option<String>, max: Option<String> },
    /// Of whole numbers.
    Integers(HashSet<i64>),
    /// Of other numbers, by their bits.
    Floats(HashSet<u64>),
    /// Of anything, as text.
    Words(HashSet<String>),
    /// Of anything, as text.
    Pattern(Regex),
}

impl Condition {
    pub(super) fn new(rule: &Rule, data_type: &DataType) -> Result<Self> {
        let data_type = match data_type {
            DataType::Dictionary(_, values) => values,
            other => other,
        };
        match rule {
            Rule::Range { min, max, .. } => range(rule, min.as_ref(), max.as_ref(), data_type),
            Rule::Set { values, .. } => Ok(set(values, data_type)),
            Rule::Pattern { pattern, .. } => RegexBuilder::new(&format!("^(?:{pattern})$"))
                .size_limit(4 << 20)
                .build()
                .map(Self::Pattern)
                .map_err(|e| invalid(format!("“{pattern}” is not a regular expression: {e}"))),
            Rule::NotNull { .. } | Rule::Unique { .. } => Err(invalid(format!("“{rule}” is not about single values."))),
        }
    }

    /// Marks the rows that fail.
    pub(super) fn run(&self, array: &ArrayRef, failing: &mut [bool]) -> Result<()> {
        match self {
            Self::Numbers { min, max } => {
                let within = |v: f64| v >= *min && v <= *max;
                if is_text(array.data_type()) {
                    words(array, failing, |v| v.trim().parse().is_ok_and(within))
                } else {
                    let numbers = cast(array, &DataType::Float64).map_err(Error::internal)?;
                    mark(numbers.as_primitive::<Float64Type>().iter(), failing, within);
                    Ok(())
                }
            }
            Self::Moments { min, max } => {
                let micros = match array.data_type() {
                    DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
                    _ => DataType::Timestamp(TimeUnit::Microsecond, None),
                };
                let moments = cast(array, &micros).map_err(Error::internal)?;
                let within = |v: i64| v >= *min && v <= *max;
                mark(moments.as_primitive::<TimestampMicrosecondType>().iter(), failing, within);
                Ok(())
            }
            Self::Texts { min, max } => {
                let above = |v: &str| min.as_ref().is_none_or(|min| v >= min.as_str());
                words(array, failing, |v| above(v) && max.as_ref().is_none_or(|max| v <= max.as_str()))
            }
            Self::Integers(set) => {
                let numbers = cast(array, &DataType::Int64).map_err(Error::internal)?;
                // What is beyond 64 bits becomes null here, and is in no set of them.
                let nulls = array.logical_nulls();
                for (i, value) in numbers.as_primitive::<Int64Type>().iter().enumerate() {
                    let valid = nulls.as_ref().is_none_or(|n| n.is_valid(i));
                    failing[i] |= valid && value.is_none_or(|v| !set.contains(&v));
                }
                Ok(())
            }
            Self::Floats(set) => {
                let numbers = cast(array, &DataType::Float64).map_err(Error::internal)?;
                mark(numbers.as_primitive::<Float64Type>().iter(), failing, |v| set.contains(&(v + 0.0).to_bits()));
                Ok(())
            }
            Self::Words(set) => words(array, failing, |v| set.contains(v)),
            Self::Pattern(pattern) => words(array, failing, |v| pattern.is_match(v)),
        }
    }
}

fn mark<V>(values: impl Iterator<Item = Option<V>>, failing: &mut [bool], good: impl Fn(V) -> bool) {
    for (failing, value) in failing.iter_mut().zip(values) {
        *failing |= value.is_some_and(|v| !good(v));
    }
}

/// Tests any column as text.
fn words(array: &ArrayRef, failing: &mut [bool], good: impl Fn(&str) -> bool) -> Result<()> {
    match array.data_type() {
        DataType::Utf8 => mark(array.as_string::<i32>().iter(), failing, good),
        DataType::LargeUtf8 => mark(array.as_string::<i64>().iter(), failing, good),
        DataType::Utf8View => mark(array.as_string_view().iter(), failing, good),
        other => {
            let texts = cast(array, &DataType::Utf8)
                .map_err(|e| invalid(format!("Values of type {other} can't be tested as text.")).with_source(e))?;
            mark(texts.as_string::<i32>().iter(), failing, good);
        }
    }
    Ok(())
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_moment(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
}

fn range(rule: &Rule, min: Option<&Value>, max: Option<&Value>, data_type: &DataType) -> Result<Condition> {
    if min.is_none() && max.is_none() {
        return Err(invalid(format!("The rule “{rule}” needs a least or a greatest value.")));
    }
    let order = |fine: bool| if fine { Ok(()) } else { Err(invalid(format!("In “{rule}” no value is possible."))) };
    let both_numbers = [min, max].into_iter().flatten().all(|v| number(v).is_some());
    if is_moment(data_type) {
        let bound = |value: &Value, end: bool| {
            moment(value, end)
                .ok_or_else(|| invalid(format!("In “{rule}”, {} is not a date such as 2024-12-31.", text(value))))
        };
        let min = min.map(|v| bound(v, false)).transpose()?.unwrap_or(i64::MIN);
        let max = max.map(|v| bound(v, true)).transpose()?.unwrap_or(i64::MAX);
        order(min <= max)?;
        return Ok(Condition::Moments { min, max });
    }
    if data_type.is_numeric() || (is_text(data_type) && both_numbers && !is_written(min) && !is_written(max)) {
        let bound = |value: &Value| {
            number(value).ok_or_else(|| invalid(format!("In “{rule}”, {} is not a number.", text(value))))
        };
        let min = min.map(bound).transpose()?.unwrap_or(f64::NEG_INFINITY);
        let max = max.map(bound).transpose()?.unwrap_or(f64::INFINITY);
        order(min <= max)?;
        return Ok(Condition::Numbers { min, max });
    }
    if !is_text(data_type) {
        return Err(invalid(format!("“{rule}” is about values of type {data_type}, which have no range.")));
    }
    let (min, max) = (min.map(text), max.map(text));
    order(min.as_ref().zip(max.as_ref()).is_none_or(|(min, max)| min <= max))?;
    Ok(Condition::Texts { min, max })
}

/// Whether a bound was written as text.
fn is_written(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Text(_)))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok().filter(|v: &f64| v.is_finite()),
        Value::Boolean(_) => None,
    }
}

/// Microseconds since 1970; a date is its first, or its last moment.
fn moment(value: &Value, end: bool) -> Option<i64> {
    let Value::Text(text) = value else { return None };
    let text = text.trim();
    if text.len() <= 10 {
        let day = i64::from(day_in_text(text)?);
        return Some(day * MICROS_A_DAY + if end { MICROS_A_DAY - 1 } else { 0 });
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.timestamp_micros());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|moment| moment.and_utc().timestamp_micros())
}

fn set(values: &[Value], data_type: &DataType) -> Condition {
    if data_type.is_integer() {
        let whole = |v: &Value| match v {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            other => number(other).filter(|n| n.fract() == 0.0).map(|n| n as i64),
        };
        return Condition::Integers(values.iter().filter_map(whole).collect());
    }
    if data_type.is_numeric() {
        return Condition::Floats(values.iter().filter_map(number).map(|v| (v + 0.0).to_bits()).collect());
    }
    Condition::Words(values.iter().map(text).collect())
}
