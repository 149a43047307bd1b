//! Functions that make much out of little (`repeat('x', 10000000000)`), held to
//! what a batch may reasonably take: operators count the memory they hold, but
//! not what an expression makes.

use std::{hash::Hash, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, FieldRef, Float64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit},
};
use datafusion::{
    common::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    },
};

/// Most bytes that one call may make.
const MAX_BYTES: f64 = 256.0 * 1024.0 * 1024.0;
/// What an element of a list takes.
const ELEMENT_BYTES: f64 = 8.0;

/// How the size of a result is estimated from the arguments, never too low by
/// more than a small factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Estimate {
    /// The first argument's bytes, so many times as the second says.
    Times,
    /// As many characters as the second argument says.
    Length,
    /// As many elements as the second argument says, each of the first's size.
    Elements,
    /// From the first number to the second by the third.
    Series,
    /// Each byte of the first may become the third.
    Replace,
    /// All arguments side by side.
    Sum,
}

/// A function whose calls are refused where they would make too much.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Bounded {
    inner: ScalarUDF,
    estimate: Estimate,
}

impl Bounded {
    /// The function with a bound, where it needs one.
    pub(super) fn wrap(function: &Arc<ScalarUDF>) -> Option<Arc<ScalarUDF>> {
        let estimate = match function.name() {
            "repeat" => Estimate::Times,
            "lpad" | "rpad" => Estimate::Length,
            "array_repeat" | "array_resize" => Estimate::Elements,
            "range" | "generate_series" => Estimate::Series,
            "replace" | "regexp_replace" => Estimate::Replace,
            "concat" | "concat_ws" | "overlay" | "array_concat" | "translate" => Estimate::Sum,
            _ => return None,
        };
        Some(Arc::new(ScalarUDF::new_from_impl(Self { inner: function.as_ref().clone(), estimate })))
    }
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    // Not `simplify`: it would put the unbounded function in this one's place.

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        check_bytes(self.name(), self.estimate.bytes(&args)?)?;
        self.inner.invoke_with_args(args)
    }
}

/// # Errors
/// Memory is exhausted where one call would make more than it may.
pub(super) fn check_bytes(name: &str, bytes: f64) -> Result<()> {
    if bytes > MAX_BYTES {
        return Err(DataFusionError::ResourcesExhausted(format!("{name} would make more than 256 MiB at once")));
    }
    Ok(())
}

impl Estimate {
    fn bytes(self, args: &ScalarFunctionArgs) -> Result<f64> {
        let rows = args.number_rows as f64;
        Ok(match self {
            Self::Sum => args.args.iter().map(|value| total_bytes(value, rows)).sum(),
            Self::Times => per_row(args, |row, arrays| bytes_at(arrays.first(), row) * number_at(arrays.get(1), row))?,
            // A character takes at most four bytes.
            Self::Length => per_row(args, |row, arrays| 4.0 * number_at(arrays.get(1), row))?,
            Self::Elements => per_row(args, |row, arrays| {
                let numbers = arrays.iter().map(|array| number_at(Some(array), row)).fold(0.0, f64::max);
                let widest = arrays.iter().map(|array| bytes_at(Some(array), row)).fold(ELEMENT_BYTES, f64::max);
                numbers * widest
            })?,
            Self::Series => per_row(args, |row, arrays| {
                let at = |index: usize| number_at(arrays.get(index), row);
                let (from, to) = if arrays.len() == 1 { (0.0, at(0)) } else { (at(0), at(1)) };
                let step = if arrays.len() > 2 { at(2) } else { 1.0 };
                let count = if step == 0.0 { 0.0 } else { ((to - from) / step).max(0.0) };
                count * ELEMENT_BYTES
            })?,
            Self::Replace => per_row(args, |row, arrays| {
                let text = bytes_at(arrays.first(), row);
                (text + 1.0) * bytes_at(arrays.get(2), row) + text
            })?,
        })
    }
}

/// The sum over all rows.
fn per_row(args: &ScalarFunctionArgs, bytes: impl Fn(usize, &[ArrayRef]) -> f64) -> Result<f64> {
    let all_scalar = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
    let rows = if all_scalar { 1 } else { args.number_rows };
    let arrays = args.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>>>()?;
    Ok((0..rows).map(|row| bytes(row, &arrays)).sum())
}

fn total_bytes(value: &ColumnarValue, rows: f64) -> f64 {
    match value {
        ColumnarValue::Array(array) => array.to_data().get_slice_memory_size().unwrap_or(0) as f64,
        ColumnarValue::Scalar(scalar) => scalar.size() as f64 * rows,
    }
}

/// Bytes of a text or of any other value.
fn bytes_at(array: Option<&ArrayRef>, row: usize) -> f64 {
    let Some(array) = array else { return 0.0 };
    if array.is_null(row) {
        return 0.0;
    }
    let length = match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).len(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).len(),
        DataType::Utf8View => array.as_string_view().value(row).len(),
        _ => array.slice(row, 1).to_data().get_slice_memory_size().unwrap_or(0),
    };
    length as f64
}

/// A number; dates, times and intervals in seconds (a month as four weeks);
/// 0 for anything else.
fn number_at(array: Option<&ArrayRef>, row: usize) -> f64 {
    let Some(array) = array else { return 0.0 };
    if array.is_null(row) {
        return 0.0;
    }
    let one = array.slice(row, 1);
    let as_float = |one: &ArrayRef| {
        cast(one, &DataType::Float64)
            .ok()
            .and_then(|one| one.as_primitive_opt::<Float64Type>().map(|one| one.value(0)))
            .unwrap_or(0.0)
    };
    let seconds = |kind: &DataType, per_second: f64| {
        cast(&one, kind).and_then(|one| cast(&one, &DataType::Int64)).map_or(0.0, |one| as_float(&one) / per_second)
    };
    match array.data_type() {
        kind if kind.is_numeric() => as_float(&one),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            seconds(&DataType::Timestamp(TimeUnit::Second, None), 1.0)
        }
        DataType::Duration(_) => seconds(&DataType::Duration(TimeUnit::Microsecond), 1e6),
        DataType::Interval(_) => {
            let Ok(one) = cast(&one, &DataType::Interval(IntervalUnit::MonthDayNano)) else { return 0.0 };
            one.as_primitive_opt::<IntervalMonthDayNanoType>().map_or(0.0, |one| {
                let one = one.value(0);
                f64::from(one.months) * 28.0 * 86400.0 + f64::from(one.days) * 86400.0 + one.nanoseconds as f64 / 1e9
            })
        }
        _ => 0.0,
    }
}
