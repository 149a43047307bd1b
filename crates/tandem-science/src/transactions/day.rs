//! Calendar days from columns of any type that can tell time.

use arrow::{
    array::{Array, ArrayRef, AsArray, timezone::Tz},
    compute::cast,
    datatypes::{
        DataType, Date32Type, Date64Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    },
};
use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeZone};
use tandem_core::{Error, ErrorCode, Result};

use super::day_of;

/// A row without a readable time.
pub(super) const UNREADABLE: i32 = i32::MIN;

/// The days of a column since 1970-01-01, and whether its time zone has a name
/// that is unknown here.
pub(super) struct Days {
    pub(super) values: Vec<i32>,
    pub(super) zone_ignored: bool,
}

/// Reads the day of every row.
///
/// Timestamps with a zone (`+08:00`, `Asia/Shanghai`) give the day there. Text is
/// read as `YYYY-MM-DD`, with `/` or `.` for `-`, as `YYYY年M月D日` or as
/// `YYYYMMDD`, each optionally followed by a time; numbers as `YYYYMMDD`.
pub(super) fn days(column: &ArrayRef) -> Result<Days> {
    use DataType as T;
    let plain = |values| Ok(Days { values, zone_ignored: false });
    match column.data_type() {
        T::Date32 => plain(
            column.as_primitive::<Date32Type>().iter().map(|v| v.and_then(in_calendar).unwrap_or(UNREADABLE)).collect(),
        ),
        T::Date64 => plain(from_ticks(column.as_primitive::<Date64Type>().iter(), 1_000, None)),
        T::Timestamp(unit, zone) => {
            let (zone, zone_ignored) = zone_of(zone.as_deref());
            let values = match unit {
                TimeUnit::Second => from_ticks(column.as_primitive::<TimestampSecondType>().iter(), 1, zone),
                TimeUnit::Millisecond => {
                    from_ticks(column.as_primitive::<TimestampMillisecondType>().iter(), 1_000, zone)
                }
                TimeUnit::Microsecond => {
                    from_ticks(column.as_primitive::<TimestampMicrosecondType>().iter(), 1_000_000, zone)
                }
                TimeUnit::Nanosecond => {
                    from_ticks(column.as_primitive::<TimestampNanosecondType>().iter(), 1_000_000_000, zone)
                }
            };
            Ok(Days { values, zone_ignored })
        }
        T::Utf8 => plain(from_texts(column.as_string::<i32>().iter())),
        T::LargeUtf8 => plain(from_texts(column.as_string::<i64>().iter())),
        T::Utf8View => plain(from_texts(column.as_string_view().iter())),
        T::Int32 | T::Int64 | T::UInt32 | T::UInt64 => {
            let wide = cast(column, &T::Int64).map_err(Error::internal)?;
            let numbers = wide.as_primitive::<Int64Type>().iter();
            plain(numbers.map(|v| v.and_then(from_digits).unwrap_or(UNREADABLE)).collect())
        }
        T::Float32 | T::Float64 => {
            let wide = cast(column, &T::Float64).map_err(Error::internal)?;
            let numbers = wide.as_primitive::<Float64Type>().iter();
            plain(
                numbers
                    .map(|v| v.filter(|v| v.fract() == 0.0).and_then(|v| from_digits(v as i64)).unwrap_or(UNREADABLE))
                    .collect(),
            )
        }
        T::Dictionary(_, values) => days(&cast(column, values).map_err(Error::internal)?),
        T::Null => plain(vec![UNREADABLE; column.len()]),
        other => Err(Error::new(
            ErrorCode::SchemaMismatch,
            format!(
                "A time column must hold dates, timestamps, ISO text or YYYYMMDD numbers, and this one is {other}. Choose another."
            ),
        )),
    }
}

/// Within the years 0001 to 9999, which every format of ours can write.
fn in_calendar(day: i32) -> Option<i32> {
    (-719_162..=2_932_896).contains(&day).then_some(day)
}

fn from_ticks(values: impl Iterator<Item = Option<i64>>, per_second: i64, zone: Option<Tz>) -> Vec<i32> {
    values
        .map(|value| {
            let seconds = value.map(|v| v.div_euclid(per_second));
            let local = match zone {
                None => seconds,
                Some(zone) => seconds.and_then(|utc| local_seconds(utc, zone)),
            };
            let day = local.and_then(|seconds| i32::try_from(seconds.div_euclid(86_400)).ok());
            day.and_then(in_calendar).unwrap_or(UNREADABLE)
        })
        .collect()
}

fn local_seconds(utc: i64, zone: Tz) -> Option<i64> {
    let moment = DateTime::from_timestamp(utc, 0)?.naive_utc();
    Some(utc + i64::from(zone.offset_from_utc_datetime(&moment).fix().local_minus_utc()))
}

/// The zone, and whether its name is unknown; `None` is UTC.
fn zone_of(name: Option<&str>) -> (Option<Tz>, bool) {
    match name {
        None => (None, false),
        Some(name) if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") => (None, false),
        Some(name) => name.parse::<Tz>().map_or((None, true), |zone| (Some(zone), false)),
    }
}

fn from_texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vec<i32> {
    let mut last = ("", UNREADABLE);
    values
        .map(|value| {
            let Some(text) = value else { return UNREADABLE };
            // Rows often come in order of time, so the day is that of the row before.
            if text != last.0 {
                last = (text, from_text(text).unwrap_or(UNREADABLE));
            }
            last.1
        })
        .collect()
}

/// `YYYYMMDD` as a number, between 1900 and 2200.
pub(super) fn from_digits(number: i64) -> Option<i32> {
    if !(19_000_101..=22_001_231).contains(&number) {
        return None;
    }
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32).map(day_of)
}

/// The day that a text begins with.
pub(super) fn from_text(text: &str) -> Option<i32> {
    let text = text.trim();
    let (year, rest) = digits(text, 4, 4)?;
    let (month, day, rest) = match rest.chars().next()? {
        separator @ ('-' | '/' | '.') => {
            let (month, rest) = digits(&rest[1..], 1, 2)?;
            let (day, rest) = digits(rest.strip_prefix(separator)?, 1, 2)?;
            (month, day, rest)
        }
        '年' => {
            let (month, rest) = digits(rest.strip_prefix('年')?, 1, 2)?;
            let (day, rest) = digits(rest.strip_prefix('月')?, 1, 2)?;
            (month, day, rest.strip_prefix('日')?)
        }
        _ => {
            let (month, rest) = digits(rest, 2, 2)?;
            let (day, rest) = digits(rest, 2, 2)?;
            if !(1900..=2200).contains(&year) {
                return None;
            }
            (month, day, rest)
        }
    };
    is_time_or_nothing(rest).then_some(())?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(day_of)
}

/// Between `least` and `most` digits, and what follows them.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    Some((text[..count].parse().ok()?, &text[count..]))
}

/// What may follow a date: nothing, or `T` or blanks and a time of day with an
/// optional fraction and offset, or the six digits of `YYYYMMDDHHMMSS`.
fn is_time_or_nothing(rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    if rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_digit()) {
        return NaiveTime::parse_from_str(rest, "%H%M%S").is_ok();
    }
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return false };
    let time = time.trim();
    let clock = time.trim_end_matches(['Z', 'z']);
    let clock = match clock.rfind(['+', '-']) {
        Some(at) if offset_is_plausible(&clock[at + 1..]) => clock[..at].trim_end(),
        Some(_) => return false,
        None => clock.strip_suffix("UTC").map_or(clock, str::trim_end),
    };
    ["%H:%M:%S%.f", "%H:%M", "%H"].iter().any(|format| NaiveTime::parse_from_str(clock, format).is_ok())
        || (clock.len() == 2 && clock.parse::<u8>().is_ok_and(|hour| hour < 24))
}

fn offset_is_plausible(text: &str) -> bool {
    matches!(text.len(), 2 | 4 | 5) && text.bytes().all(|b| b.is_ascii_digit() || b == b':')
}
