//! From Arrow's types to the two forms that are counted, and back to values
//! that people read.

use arrow::datatypes::{DataType, TimeUnit};
use chrono::{DateTime, NaiveTime, SecondsFormat};

use super::{
    model::{Kind, Value},
    total::Sum,
};

/// Beyond this JavaScript can't hold a whole number.
const SAFE_INTEGER: u64 = 1 << 53;

/// Digits of decimals that are counted as whole numbers; longer ones as doubles.
pub(super) const COUNTED: u8 = 18;

/// How the numbers of a column read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Codec {
    Integer,
    /// 32-bit floats are written with the digits that they have.
    Number {
        single: bool,
    },
    /// Whole numbers of this many decimals.
    Decimal(i32),
    /// Days since 1970-01-01.
    Date,
    /// Ticks since 1970-01-01T00:00:00, and whether that is in UTC.
    Timestamp {
        per_second: i64,
        utc: bool,
    },
    /// Ticks since midnight.
    Time {
        per_second: i64,
    },
    /// Ticks.
    Duration {
        per_second: i64,
    },
}

/// The form in which a column's values are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Domain {
    Signed(Codec),
    Unsigned,
    Float(Codec),
    Text,
    Boolean,
    /// Only counted: nested types, bytes.
    Opaque,
}

pub(super) const fn ticks(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// What a type is to people, and in which form it is counted.
pub(super) fn describe(data_type: &DataType) -> (Kind, Domain) {
    use DataType as T;
    match data_type {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
            (Kind::Integer, Domain::Signed(Codec::Integer))
        }
        T::UInt64 => (Kind::Integer, Domain::Unsigned),
        T::Float16 | T::Float32 => (Kind::Number, Domain::Float(Codec::Number { single: true })),
        T::Float64 => (Kind::Number, Domain::Float(Codec::Number { single: false })),
        T::Decimal32(_, scale) | T::Decimal64(_, scale) => {
            (Kind::Decimal, Domain::Signed(Codec::Decimal(i32::from(*scale))))
        }
        T::Decimal128(precision, scale) if *precision <= COUNTED => {
            (Kind::Decimal, Domain::Signed(Codec::Decimal(i32::from(*scale))))
        }
        T::Decimal128(..) | T::Decimal256(..) => (Kind::Decimal, Domain::Float(Codec::Number { single: false })),
        T::Date32 => (Kind::Date, Domain::Signed(Codec::Date)),
        T::Date64 => (Kind::Timestamp, Domain::Signed(Codec::Timestamp { per_second: 1_000, utc: false })),
        T::Timestamp(unit, zone) => {
            let codec = Codec::Timestamp { per_second: ticks(*unit), utc: zone.is_some() };
            (Kind::Timestamp, Domain::Signed(codec))
        }
        T::Time32(unit) | T::Time64(unit) => (Kind::Time, Domain::Signed(Codec::Time { per_second: ticks(*unit) })),
        T::Duration(unit) => (Kind::Duration, Domain::Signed(Codec::Duration { per_second: ticks(*unit) })),
        T::Utf8 | T::LargeUtf8 | T::Utf8View => (Kind::Text, Domain::Text),
        T::Boolean => (Kind::Boolean, Domain::Boolean),
        T::Dictionary(_, values) => describe(values),
        T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => (Kind::Binary, Domain::Opaque),
        _ => (Kind::Other, Domain::Opaque),
    }
}

impl Codec {
    /// The number in people's unit: decimals with their point, durations in seconds.
    pub(super) fn scale(self) -> f64 {
        match self {
            Self::Decimal(scale) => 10_f64.powi(scale),
            Self::Duration { per_second } => per_second as f64,
            _ => 1.0,
        }
    }

    /// Whether sums and deviations mean something.
    pub(super) fn is_quantity(self) -> bool {
        matches!(self, Self::Integer | Self::Number { .. } | Self::Decimal(_) | Self::Duration { .. })
    }

    /// Whether values lie on whole numbers.
    pub(super) fn is_whole(self) -> bool {
        !matches!(self, Self::Number { .. })
    }

    pub(super) fn signed(self, value: i64) -> Value {
        match self {
            Self::Integer => integer(value),
            Self::Number { .. } => Value::Number(value as f64),
            Self::Decimal(scale) => exact(value.into(), scale),
            Self::Duration { per_second } => Value::Number(value as f64 / per_second as f64),
            Self::Date => Value::Text(crate::transactions::date_of(i32::try_from(value).unwrap_or(0)).to_string()),
            Self::Timestamp { per_second, utc } => Value::Text(moment(value, per_second, utc)),
            Self::Time { per_second } => Value::Text(clock(value, per_second)),
        }
    }

    /// What values add up to; none where that is too large for a double.
    pub(super) fn sum(self, sum: Sum) -> Option<Value> {
        match (sum, self) {
            (Sum::Whole(sum), Self::Decimal(scale)) => Some(exact(sum, scale)),
            (Sum::Whole(sum), Self::Duration { .. }) => Some(Value::Number(sum as f64 / self.scale())),
            (Sum::Whole(sum), _) => Some(match i64::try_from(sum) {
                Ok(sum) => integer(sum),
                Err(_) => Value::Text(sum.to_string()),
            }),
            (Sum::Float(sum), _) => sum.is_finite().then_some(Value::Number(sum)),
        }
    }

    /// A value between values: a mean, or the edge of a bar.
    pub(super) fn between(self, value: f64) -> Value {
        match self {
            Self::Integer if value.fract() == 0.0 && value.abs() < SAFE_INTEGER as f64 => Value::Integer(value as i64),
            Self::Integer | Self::Number { single: false } => Value::Number(value),
            Self::Number { single: true } => {
                let short = value as f32;
                Value::Number(if f64::from(short) == value { shortest(short) } else { value })
            }
            Self::Decimal(_) | Self::Duration { .. } => Value::Number(value / self.scale()),
            _ => self.signed(value.round() as i64),
        }
    }
}

pub(super) fn unsigned(value: u64) -> Value {
    i64::try_from(value).map_or_else(|_| Value::Text(value.to_string()), integer)
}

fn integer(value: i64) -> Value {
    if value.unsigned_abs() <= SAFE_INTEGER { Value::Integer(value) } else { Value::Text(value.to_string()) }
}

/// 3.86 rather than 3.859999895095825.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// A decimal of that many places, from its digits; text where a double would
/// not have them all.
pub(super) fn exact(digits: i128, scale: i32) -> Value {
    match digits.unsigned_abs() <= u128::from(SAFE_INTEGER) {
        true => Value::Number(digits as f64 / 10_f64.powi(scale)),
        false => Value::Text(decimal(digits, scale)),
    }
}

fn decimal(value: i128, scale: i32) -> String {
    let Some(scale) = usize::try_from(scale).ok().filter(|s| *s > 0) else {
        return format!("{value}{}", "0".repeat(scale.unsigned_abs() as usize));
    };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
}

fn moment(value: i64, per_second: i64, utc: bool) -> String {
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let Some(moment) = DateTime::from_timestamp(value.div_euclid(per_second), nanos as u32) else {
        return value.to_string();
    };
    let text = moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    if utc { text } else { text.trim_end_matches('Z').to_owned() }
}

fn clock(value: i64, per_second: i64) -> String {
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    u32::try_from(value.div_euclid(per_second))
        .ok()
        .and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos as u32))
        .map_or_else(|| value.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let text = |s: &str| Value::Text(s.into());
        assert_eq!(Codec::Date.signed(10_134), text("1997-09-30"));
        let stamp = Codec::Timestamp { per_second: 1_000_000, utc: false };
        assert_eq!(stamp.signed(1_485_630_413_000_000), text("2017-01-28T19:06:53"));
        assert_eq!(stamp.signed(-500_000), text("1969-12-31T23:59:59.500"));
        assert_eq!(Codec::Timestamp { per_second: 1, utc: true }.signed(0), text("1970-01-01T00:00:00Z"));
        assert_eq!(Codec::Time { per_second: 1_000 }.signed(3_600_500), text("01:00:00.500"));
        assert_eq!(Codec::Decimal(2).signed(386), Value::Number(3.86));
        assert_eq!(Codec::Decimal(2).signed(-123_456_789_012_345_678), text("-1234567890123456.78"));
        assert_eq!(Codec::Integer.signed(1 << 60), text("1152921504606846976"));
        assert_eq!(unsigned(u64::MAX), text("18446744073709551615"));
        assert_eq!(Codec::Number { single: true }.between(f64::from(3.86_f32)), Value::Number(3.86));
        assert_eq!(Codec::Integer.between(2.5), Value::Number(2.5));
        assert_eq!(Codec::Integer.between(2.0), Value::Integer(2));
    }
}
