//! Amounts of any numeric type, as whole billionths.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use tandem_core::{Error, ErrorCode, Result};

/// Billionths in one.
pub(super) const NANO: i128 = 1_000_000_000;
/// Larger amounts are taken for damage: sums of them would lose precision.
const LARGEST: f64 = 1e18;

/// One amount as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    Missing,
    Unreadable,
    /// Billionths.
    Nano(i128),
}

impl Amount {
    /// The product, rounded to a billionth.
    pub(super) fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nano(a), Self::Nano(b)) => {
                a.checked_mul(b).map_or(Self::Unreadable, |product| Self::Nano(divide_rounded(product, NANO)))
            }
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            _ => Self::Unreadable,
        }
    }
}

/// Halves are rounded away from zero.
fn divide_rounded(value: i128, by: i128) -> i128 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    value.saturating_add(half) / by
}

/// Reads every row's amount.
pub(super) fn amounts(column: &ArrayRef) -> Result<Vec<Amount>> {
    use DataType as T;
    Ok(match column.data_type() {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
            let wide = cast(column, &T::Int64).map_err(Error::internal)?;
            wide.as_primitive::<Int64Type>()
                .iter()
                .map(|v| v.map_or(Amount::Missing, |v| Amount::Nano(i128::from(v) * NANO)))
                .collect()
        }
        T::Float16 | T::Float32 | T::Float64 | T::UInt64 => {
            let wide = cast(column, &T::Float64).map_err(Error::internal)?;
            let single = matches!(column.data_type(), T::Float32);
            wide.as_primitive::<Float64Type>().iter().map(|v| from_float(v, single)).collect()
        }
        T::Decimal128(_, scale) => {
            let scale = i32::from(*scale);
            column.as_primitive::<Decimal128Type>().iter().map(|v| from_decimal(v, scale)).collect()
        }
        T::Decimal32(..) | T::Decimal64(..) | T::Decimal256(..) => {
            amounts(&cast(column, &T::Decimal128(38, 9)).map_err(|e| {
                Error::new(ErrorCode::SchemaMismatch, "Some amounts are too large to add up. Choose another column.")
                    .with_source(e)
            })?)?
        }
        T::Utf8 => column.as_string::<i32>().iter().map(from_text).collect(),
        T::LargeUtf8 => column.as_string::<i64>().iter().map(from_text).collect(),
        T::Utf8View => column.as_string_view().iter().map(from_text).collect(),
        T::Dictionary(_, values) => amounts(&cast(column, values).map_err(Error::internal)?)?,
        T::Null => vec![Amount::Missing; column.len()],
        other => {
            return Err(Error::new(
                ErrorCode::SchemaMismatch,
                format!("An amount column must hold numbers, and this one is {other}. Choose another."),
            ));
        }
    })
}

fn from_float(value: Option<f64>, single: bool) -> Amount {
    match value {
        None => Amount::Missing,
        // pandas writes a missing number as NaN.
        Some(v) if v.is_nan() => Amount::Missing,
        Some(v) if v.abs() > LARGEST => Amount::Unreadable,
        // A single has seven digits: 3.86 would become 3.859999895.
        Some(v) if single => format!("{}", v as f32).parse::<f64>().map_or(Amount::Unreadable, nano),
        Some(v) => nano(v),
    }
}

fn nano(value: f64) -> Amount {
    Amount::Nano((value * 1e9).round() as i128)
}

fn from_decimal(value: Option<i128>, scale: i32) -> Amount {
    let Some(value) = value else { return Amount::Missing };
    let shift = 9 - scale;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    match power {
        Some(power) if shift >= 0 => value.checked_mul(power).map_or(Amount::Unreadable, Amount::Nano),
        Some(power) => Amount::Nano(divide_rounded(value, power)),
        None => Amount::Unreadable,
    }
}

/// A number with an optional currency sign and commas between thousands;
/// parentheses, as accountants write them, make it negative.
pub(super) fn from_text(value: Option<&str>) -> Amount {
    let Some(text) = value.map(str::trim).filter(|t| !t.is_empty()) else { return Amount::Missing };
    let parse = |t: &str| t.parse::<f64>().ok().filter(|v| v.is_finite() && v.abs() <= LARGEST);
    if let Some(value) = parse(text) {
        return nano(value);
    }
    let (text, negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => match text.strip_prefix('-') {
            Some(rest) => (rest.trim_start(), true),
            None => (text, false),
        },
    };
    let text = text.trim_start_matches(['$', '¥', '￥', '€', '£']).trim_end_matches(['元', '€']).trim();
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '.') || !commas_group_thousands(text) {
        return Amount::Unreadable;
    }
    match parse(&text.replace(',', "")) {
        Some(value) => nano(if negative { -value } else { value }),
        None => Amount::Unreadable,
    }
}

fn commas_group_thousands(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    groups.clone().count() == 0 || (first.len() <= 3 && !first.is_empty() && groups.all(|g| g.len() == 3))
}
