//! Arrow arrays as numbers or as texts.

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    compute::cast,
    datatypes::{DataType, Float64Type, TimeUnit},
};
use tandem_core::{Error, ErrorCode, Result};

use super::Kind;

/// The kind that a type suggests, or `None` for types no model reads.
pub(super) fn kind_of(data_type: &DataType) -> Option<Kind> {
    match data_type {
        t if t.is_numeric() => Some(Kind::Numeric),
        DataType::Boolean | DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Some(Kind::Numeric),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Kind::Categorical),
        DataType::Dictionary(_, value) => kind_of(value),
        _ => None,
    }
}

/// The values as numbers; what is null, NaN or infinite is NaN.
pub(super) fn numbers(name: &str, array: &ArrayRef) -> Result<Vec<f64>> {
    let (array, scale) = match array.data_type() {
        DataType::Float64 => (array.clone(), 1.0),
        DataType::Boolean => (cast(array, &DataType::UInt8).map_err(Error::internal)?, 1.0),
        DataType::Date32 => (cast(array, &DataType::Int32).map_err(Error::internal)?, 1.0),
        DataType::Date64 => (cast(array, &DataType::Int64).map_err(Error::internal)?, 1.0 / 86_400_000.0),
        DataType::Timestamp(unit, _) => {
            let scale = match unit {
                TimeUnit::Second => 1.0,
                TimeUnit::Millisecond => 1e-3,
                TimeUnit::Microsecond => 1e-6,
                TimeUnit::Nanosecond => 1e-9,
            };
            (cast(array, &DataType::Int64).map_err(Error::internal)?, scale)
        }
        other if kind_of(other) == Some(Kind::Numeric) => (array.clone(), 1.0),
        other => {
            let message = format!(
                "Column {name} holds {other}, which is no number. Cast it to a number first, or use it as a category."
            );
            return Err(Error::new(ErrorCode::SchemaMismatch, message));
        }
    };
    let array = cast(&array, &DataType::Float64).map_err(Error::internal)?;
    let array: &Float64Array = array.as_primitive::<Float64Type>();
    let clean = |value: Option<f64>| value.filter(|v| v.is_finite()).map_or(f64::NAN, |v| v * scale);
    Ok(array.iter().map(clean).collect())
}

/// The values as texts, one call a row.
pub(super) fn texts(name: &str, array: &ArrayRef, mut f: impl FnMut(Option<&str>)) -> Result<()> {
    let array = match array.data_type() {
        DataType::Utf8 => array.clone(),
        _ => cast(array, &DataType::Utf8).map_err(|cause| {
            let message = format!("Column {name} holds {}, which can't be a category.", array.data_type());
            Error::new(ErrorCode::SchemaMismatch, message).with_source(cause)
        })?,
    };
    array.as_string::<i32>().iter().for_each(&mut f);
    Ok(())
}
