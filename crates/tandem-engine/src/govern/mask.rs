//! What a mask makes of a column.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, StringBuilder, new_null_array},
    compute::cast,
    datatypes::{
        DataType, Date32Type, Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};

use crate::Mask;

/// What stands for the characters that aren't shown.
const HIDDEN: &str = "****";

/// The column as the query sees it.
pub(super) fn masked_field(field: &Field, mask: &Mask) -> Field {
    let data_type = match mask {
        Mask::Hash { .. } | Mask::Partial { .. } => DataType::Utf8View,
        Mask::Null | Mask::Bucket { .. } => field.data_type().clone(),
    };
    Field::new(field.name(), data_type, true)
}

/// The values as the query sees them.
pub(super) fn apply(mask: &Mask, array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match mask {
        Mask::Hash { salt } => hash(array, salt),
        Mask::Partial { keep_start, keep_end } => as_text(array, |value| Some(partial(value, *keep_start, *keep_end))),
        Mask::Null => Ok(new_null_array(array.data_type(), array.len())),
        Mask::Bucket { width } => Ok(bucket(array, *width)),
    }
}

fn hash(array: &ArrayRef, salt: &str) -> Result<ArrayRef, ArrowError> {
    let key = blake3::derive_key("tandem 2025 column mask", salt.as_bytes());
    as_text(array, |value| {
        let hash = blake3::keyed_hash(&key, value.as_bytes()).to_hex();
        Some(hash.as_str().chars().take(32).collect())
    })
}

/// Each value as text, changed.
fn as_text(array: &ArrayRef, change: impl Fn(&str) -> Option<String>) -> Result<ArrayRef, ArrowError> {
    let mut texts = StringBuilder::with_capacity(array.len(), array.len() * 32);
    match array.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let views = cast(array, &DataType::Utf8View)?;
            for value in views.as_string_view() {
                texts.append_option(value.and_then(&change));
            }
        }
        _ => {
            let options = FormatOptions::default().with_display_error(false);
            let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
            for row in 0..array.len() {
                let text = if array.is_null(row) { None } else { Some(formatter.value(row).try_to_string()?) };
                texts.append_option(text.as_deref().and_then(&change));
            }
        }
    }
    cast(&texts.finish(), &DataType::Utf8View)
}

fn partial(value: &str, keep_start: usize, keep_end: usize) -> String {
    let characters = value.chars().count();
    if characters <= keep_start.saturating_add(keep_end) {
        return HIDDEN.to_owned();
    }
    let start: String = value.chars().take(keep_start).collect();
    let end: String = value.chars().skip(characters - keep_end).collect();
    format!("{start}{HIDDEN}{end}")
}

/// The lower edge of each value's bucket; null where a bucket makes no sense.
fn bucket(array: &ArrayRef, width: f64) -> ArrayRef {
    let nothing = || new_null_array(array.data_type(), array.len());
    if !(width.is_finite() && width > 0.0) {
        return nothing();
    }
    macro_rules! whole {
        ($kind:ty, $unit:expr) => {
            floor_to::<$kind>(array, |value| {
                let step = (width * $unit).ceil().max(1.0) as i128;
                let value = i128::from(value);
                (value - value.rem_euclid(step)).try_into().ok()
            })
        };
    }
    match array.data_type() {
        DataType::Int8 => whole!(Int8Type, 1.0),
        DataType::Int16 => whole!(Int16Type, 1.0),
        DataType::Int32 => whole!(Int32Type, 1.0),
        DataType::Int64 => whole!(Int64Type, 1.0),
        DataType::UInt8 => whole!(UInt8Type, 1.0),
        DataType::UInt16 => whole!(UInt16Type, 1.0),
        DataType::UInt32 => whole!(UInt32Type, 1.0),
        DataType::UInt64 => whole!(UInt64Type, 1.0),
        DataType::Date32 => whole!(Date32Type, 1.0),
        DataType::Timestamp(TimeUnit::Second, _) => whole!(TimestampSecondType, 1.0),
        DataType::Timestamp(TimeUnit::Millisecond, _) => whole!(TimestampMillisecondType, 1e3),
        DataType::Timestamp(TimeUnit::Microsecond, _) => whole!(TimestampMicrosecondType, 1e6),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => whole!(TimestampNanosecondType, 1e9),
        DataType::Decimal128(_, scale) => whole!(Decimal128Type, 10f64.powi(i32::from(*scale))),
        DataType::Float32 => floor_to::<Float32Type>(array, |value| {
            let edge = (f64::from(value) / width).floor() * width;
            edge.is_finite().then_some(edge as f32)
        }),
        DataType::Float64 => floor_to::<Float64Type>(array, |value| {
            let edge = (value / width).floor() * width;
            edge.is_finite().then_some(edge)
        }),
        _ => nothing(),
    }
}

fn floor_to<T: ArrowPrimitiveType>(array: &ArrayRef, floor: impl Fn(T::Native) -> Option<T::Native>) -> ArrayRef {
    match array.as_primitive_opt::<T>() {
        Some(values) => {
            let floored: PrimitiveArray<T> = values.iter().map(|value| value.and_then(&floor)).collect();
            Arc::new(floored.with_data_type(array.data_type().clone()))
        }
        None => new_null_array(array.data_type(), array.len()),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Float64Array, Int32Array, StringArray};

    use super::*;

    fn texts(array: &ArrayRef) -> Vec<Option<String>> {
        array.as_string_view().iter().map(|value| value.map(str::to_owned)).collect()
    }

    #[test]
    fn partial_keeps_the_ends_and_tells_no_length() {
        assert_eq!(partial("13812345678", 3, 4), "138****5678");
        assert_eq!(partial("13812345678901", 3, 4), "138****8901");
        assert_eq!(partial("上海市静安区", 2, 1), "上海****区");
        assert_eq!(partial("1234567", 3, 4), "****");
        assert_eq!(partial("", 0, 0), "****");
        assert_eq!(partial("ab", usize::MAX, usize::MAX), "****");
    }

    #[test]
    fn equal_values_hash_alike_whatever_their_type_and_the_salt_matters() {
        let mask = |salt: &str| Mask::Hash { salt: salt.into() };
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(42), None]));
        let strings: ArrayRef = Arc::new(StringArray::from(vec![Some("42"), None]));
        let (a, b) = (texts(&apply(&mask("s"), &numbers).unwrap()), texts(&apply(&mask("s"), &strings).unwrap()));
        assert_eq!(a, b);
        assert_eq!((a[0].as_ref().unwrap().len(), a[1].is_none()), (32, true));
        assert_ne!(a, texts(&apply(&mask("t"), &numbers).unwrap()));
    }

    #[test]
    fn buckets_go_down_also_below_zero() {
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![0, 9, 10, -1, i32::MIN]));
        let buckets = bucket(&numbers, 10.0);
        assert_eq!(
            buckets.as_primitive::<Int32Type>().iter().collect::<Vec<_>>(),
            [Some(0), Some(0), Some(10), Some(-10), None]
        );
        let numbers: ArrayRef = Arc::new(Float64Array::from(vec![0.25, -0.25, f64::NAN]));
        let buckets = bucket(&numbers, 0.5);
        assert_eq!(buckets.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(0.0), Some(-0.5), None]);
    }

    #[test]
    fn a_bucket_that_makes_no_sense_shows_nothing() {
        let text: ArrayRef = Arc::new(StringArray::from(vec!["secret"]));
        assert_eq!(bucket(&text, 10.0).null_count(), 1);
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![7]));
        for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(bucket(&numbers, width).null_count(), 1, "{width}");
        }
    }
}
