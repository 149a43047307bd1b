//! Steps of a regular time axis, numbered.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, TimestampMicrosecondArray};
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;
use tandem_core::Text;
use tandem_flow::ColumnKind;

use crate::page::t;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Every {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

/// An axis: whole numbers as they are, or steps of the calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Calendar {
    /// Steps numbered by the column itself.
    Numbered,
    /// Steps of the calendar, in a column of days or of moments.
    Steps(Every, ColumnKind),
}

impl Every {
    /// The season that is usual with such steps.
    pub(crate) fn season(self) -> usize {
        match self {
            Self::Hour => 24,
            Self::Day => 7,
            Self::Week => 52,
            Self::Month => 12,
            Self::Quarter => 4,
            Self::Year => 1,
        }
    }
}

/// The day so many days after 1970-01-01.
fn date(days: i64) -> Option<NaiveDate> {
    let epoch = NaiveDate::default();
    match u64::try_from(days) {
        Ok(days) => epoch.checked_add_days(Days::new(days)),
        Err(_) => epoch.checked_sub_days(Days::new(days.unsigned_abs())),
    }
}

fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

impl Calendar {
    /// The number of the step that a value falls into: a whole number, or
    /// microseconds since 1970. None for moments beyond the calendar.
    pub(crate) fn step(self, value: i64) -> Option<i64> {
        let Self::Steps(every, _) = self else { return Some(value) };
        let day = value.div_euclid(DAY);
        let month = || date(day).map(|date| i64::from(date.year()) * 12 + i64::from(date.month0()));
        match every {
            Every::Hour => Some(value.div_euclid(HOUR)),
            Every::Day => Some(day),
            // 1970-01-01 was a Thursday.
            Every::Week => Some((day + 3).div_euclid(7)),
            Every::Month => month(),
            Every::Quarter => month().map(|month| month.div_euclid(3)),
            Every::Year => month().map(|month| month.div_euclid(12)),
        }
    }

    /// Where a step begins: a whole number, or microseconds since 1970.
    pub(crate) fn begin(self, step: i64) -> Option<i64> {
        let Self::Steps(every, _) = self else { return Some(step) };
        let month = |month: i64| {
            let year = i32::try_from(month.div_euclid(12)).ok()?;
            let month = u32::try_from(month.rem_euclid(12)).ok()?;
            Some(days(NaiveDate::from_ymd_opt(year, month + 1, 1)?))
        };
        let day = match every {
            Every::Hour => return Some(step * HOUR),
            Every::Day => Some(step),
            Every::Week => Some(step * 7 - 3),
            Every::Month => month(step),
            Every::Quarter => month(step * 3),
            Every::Year => month(step * 12),
        };
        day.map(|day| day * DAY)
    }

    /// The beginnings of steps as a column of the table's own kind.
    pub(crate) fn column(self, steps: impl Iterator<Item = i64>) -> ArrayRef {
        let begins = steps.map(|step| self.begin(step));
        match self {
            Self::Numbered => Arc::new(begins.collect::<Int64Array>()),
            Self::Steps(_, ColumnKind::Date) => {
                let day = |begin: Option<i64>| begin.and_then(|begin| i32::try_from(begin.div_euclid(DAY)).ok());
                Arc::new(begins.map(day).collect::<Date32Array>())
            }
            Self::Steps(..) => Arc::new(begins.collect::<TimestampMicrosecondArray>()),
        }
    }

    /// The place of a step on the axis of a chart: days since 1970, or the number itself.
    pub(crate) fn place(self, step: i64) -> f64 {
        let begin = self.begin(step).unwrap_or(step) as f64;
        if self == Self::Numbered { begin } else { begin / DAY as f64 }
    }

    /// What the axis is called.
    pub(crate) fn words(self) -> Text {
        if self == Self::Numbered { t("Step", "步") } else { t("Time", "时间") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_begins_where_it_is_and_ends_where_the_next_begins() {
        let all = [Every::Hour, Every::Day, Every::Week, Every::Month, Every::Quarter, Every::Year];
        for calendar in all.map(|every| Calendar::Steps(every, ColumnKind::Timestamp)) {
            // Before and after 1970, around leap days and ends of years.
            for value in [-DAY * 366, -1, 0, 1, DAY * 59, DAY * 364, DAY * 11_016, DAY * 19_782 + HOUR * 23] {
                let step = calendar.step(value).unwrap();
                let (begin, next) = (calendar.begin(step).unwrap(), calendar.begin(step + 1).unwrap());
                assert!(begin <= value && value < next, "{calendar:?} {value}: {begin} to {next}");
                assert_eq!(calendar.step(begin), Some(step));
            }
        }
        let weeks = Calendar::Steps(Every::Week, ColumnKind::Date);
        // 2024-01-01 was a Monday.
        assert_eq!(weeks.begin(weeks.step(DAY * 19_723).unwrap()), Some(DAY * 19_723));
        assert_eq!(Calendar::Steps(Every::Month, ColumnKind::Date).begin(i64::MAX / 4), None);
    }
}
