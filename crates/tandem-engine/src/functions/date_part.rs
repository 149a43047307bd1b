//! `extract(month FROM day)` without a calendar object per row: dates and times without a zone are split with whole
//! numbers and the days of our time are looked up, everything else is left to the function that the engine brings.
//! The same answers, at a tenth of the time.

use std::{
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int32Array},
    datatypes::{
        DataType, Date32Type, FieldRef, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType,
    },
};
use datafusion::{
    common::{Result, ScalarValue},
    logical_expr::{
        ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
        expr::ScalarFunction,
        planner::{ExprPlanner, PlannerResult},
        preimage::PreimageResult,
        simplify::SimplifyContext,
    },
};

/// Days since 1970 that lie within the years of the function that is replaced, with room on both sides.
const DAYS: RangeInclusive<i64> = -90_000_000..=90_000_000;

/// Plans `extract(… FROM …)` as the function of this module.
#[derive(Debug)]
pub(crate) struct ExtractPlanner(Arc<ScalarUDF>);

impl ExtractPlanner {
    /// From all functions, `date_part` among them.
    pub(crate) fn of(functions: &[Arc<ScalarUDF>]) -> Option<Self> {
        functions.iter().find(|function| function.name() == "date_part").cloned().map(Self)
    }
}

impl ExprPlanner for ExtractPlanner {
    fn plan_extract(&self, args: Vec<Expr>) -> Result<PlannerResult<Vec<Expr>>> {
        Ok(PlannerResult::Planned(Expr::ScalarFunction(ScalarFunction::new_udf(self.0.clone(), args))))
    }
}

/// `date_part` with a short way for what is asked most.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DatePart {
    inner: ScalarUDF,
}

impl DatePart {
    /// The function with a short way, where it is `date_part`.
    pub(super) fn wrap(function: &Arc<ScalarUDF>) -> Option<Arc<ScalarUDF>> {
        let is_it = function.name() == "date_part";
        is_it.then(|| Arc::new(ScalarUDF::new_from_impl(Self { inner: function.as_ref().clone() })))
    }
}

impl ScalarUDFImpl for DatePart {
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

    fn preimage(&self, args: &[Expr], literal: &Expr, info: &SimplifyContext) -> Result<PreimageResult> {
        self.inner.inner().preimage(args, literal, info)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let [ColumnarValue::Scalar(part), ColumnarValue::Array(array)] = args.args.as_slice()
            && let Some(part) = Part::of(part)
            && let Some(parts) = part.of_array(array)
        {
            return Ok(ColumnarValue::Array(parts));
        }
        self.inner.invoke_with_args(args)
    }
}

/// A part with a short way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Quarter,
    Month,
    Day,
    DayOfYear,
    /// From Sunday, which is 0.
    DayOfWeek,
    /// From Monday, which is 1.
    IsoDayOfWeek,
    Hour,
    Minute,
    Second,
}

impl Part {
    fn of(name: &ScalarValue) -> Option<Self> {
        Some(match name.try_as_str().flatten()?.to_ascii_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "day" => Self::Day,
            "doy" => Self::DayOfYear,
            "dow" => Self::DayOfWeek,
            "isodow" => Self::IsoDayOfWeek,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            _ => return None,
        })
    }

    /// `None` where the values are of another type, or too far from now. One loop for each part, as a choice inside
    /// of the loop would cost as much as what it chooses.
    fn of_array(self, array: &ArrayRef) -> Option<ArrayRef> {
        let calendar = CALENDAR.as_slice();
        match self {
            Self::Year => each(array, |day, _| date(calendar, day).0),
            Self::Quarter => each(array, |day, _| (date(calendar, day).1 + 2) / 3),
            Self::Month => each(array, |day, _| date(calendar, day).1),
            Self::Day => each(array, |day, _| date(calendar, day).2),
            Self::DayOfYear => each(array, |day, _| day - first_of_year(date(calendar, day).0) + 1),
            Self::DayOfWeek => each(array, |day, _| (day + 4).rem_euclid(7)),
            Self::IsoDayOfWeek => each(array, |day, _| (day + 3).rem_euclid(7) + 1),
            Self::Hour => each(array, |_, second| second / 3_600),
            Self::Minute => each(array, |_, second| second / 60 % 60),
            Self::Second => each(array, |_, second| second % 60),
        }
    }
}

/// `part` of every day since 1970 and second of it.
fn each(array: &ArrayRef, part: impl Fn(i32, i32) -> i32) -> Option<ArrayRef> {
    let parts = match array.data_type() {
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().values();
            let within = days.iter().all(|day| DAYS.contains(&i64::from(*day)));
            within.then(|| days.iter().map(|day| part(*day, 0)).collect::<Vec<_>>())
        }
        DataType::Timestamp(unit, None) => match unit {
            TimeUnit::Second => of_times::<1>(array.as_primitive::<TimestampSecondType>().values(), part),
            TimeUnit::Millisecond => of_times::<1_000>(array.as_primitive::<TimestampMillisecondType>().values(), part),
            TimeUnit::Microsecond => {
                of_times::<1_000_000>(array.as_primitive::<TimestampMicrosecondType>().values(), part)
            }
            TimeUnit::Nanosecond => {
                of_times::<1_000_000_000>(array.as_primitive::<TimestampNanosecondType>().values(), part)
            }
        },
        _ => None,
    };
    Some(Arc::new(Int32Array::new(parts?.into(), array.nulls().cloned())))
}

/// Of times that count `SECOND` to a second: a constant, as dividing by one is a multiplication. They are divided as what
/// has no sign, which takes half the time.
fn of_times<const SECOND: i64>(times: &[i64], part: impl Fn(i32, i32) -> i32) -> Option<Vec<i32>> {
    let day = 86_400 * SECOND;
    let before = (i64::MAX / day).min(*DAYS.end());
    let within = times.iter().all(|time| (-before * day..before * day).contains(time));
    let split = |time: &i64| {
        let since = time.wrapping_add(before * day) as u64;
        // Within those bounds, the day and the second of it fit.
        part((since / day as u64) as i32 - before as i32, (since % day as u64 / SECOND as u64) as i32)
    };
    within.then(|| times.iter().map(split).collect())
}

/// The days of `CALENDAR`: from 1900 to 2100.
const KNOWN: RangeInclusive<i32> = -25_567..=47_846;

/// Year, month and day of each day of our time, in 16, 8 and 8 bits.
static CALENDAR: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let packed = |day| {
        let (year, month, day) = civil(day);
        (year as u32) << 16 | (month as u32) << 8 | day as u32
    };
    KNOWN.map(packed).collect()
});

/// Year, month and day of a day since 1970.
#[inline(always)]
fn date(calendar: &[u32], day: i32) -> (i32, i32, i32) {
    match calendar.get(day.wrapping_sub(*KNOWN.start()) as u32 as usize) {
        Some(packed) => ((packed >> 16) as i32, (packed >> 8 & 0xff) as i32, (packed & 0xff) as i32),
        None => civil(day),
    }
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970. Years are taken from March on, so that
/// the leap day is the last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
#[inline(always)]
fn civil(day: i32) -> (i32, i32, i32) {
    let from_march = day + 719_468;
    let era = from_march.div_euclid(146_097);
    let day_of_era = from_march.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i32::from(month <= 2), month, day)
}

/// The first of January, as days since 1970.
#[inline(always)]
fn first_of_year(year: i32) -> i32 {
    let before = year - 1;
    365 * (year - 1970) + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 477
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{Date32Array, TimestampMicrosecondArray, TimestampSecondArray},
        compute::{DatePart as Slow, date_part},
    };
    use proptest::prelude::*;

    use super::*;

    const PARTS: [(Part, Slow); 10] = [
        (Part::Year, Slow::Year),
        (Part::Quarter, Slow::Quarter),
        (Part::Month, Slow::Month),
        (Part::Day, Slow::Day),
        (Part::DayOfYear, Slow::DayOfYear),
        (Part::DayOfWeek, Slow::DayOfWeekSunday0),
        (Part::IsoDayOfWeek, Slow::DayOfWeekMonday1),
        (Part::Hour, Slow::Hour),
        (Part::Minute, Slow::Minute),
        (Part::Second, Slow::Second),
    ];

    fn same(array: ArrayRef) {
        for (part, slow) in PARTS {
            let expected = date_part(array.as_ref(), slow).unwrap();
            assert_eq!(&part.of_array(&array).unwrap(), &expected, "{part:?}");
        }
    }

    proptest! {
        #[test]
        fn every_part_of_a_time_is_that_of_the_calendar(
            times in prop::collection::vec(prop::option::of(-7_000_000_000_000_000_000_i64..7_000_000_000_000_000_000), 1..50),
        ) {
            same(Arc::new(TimestampMicrosecondArray::from(times)));
        }

        #[test]
        fn every_part_of_a_day_is_that_of_the_calendar(days in prop::collection::vec(-90_000_000_i32..=90_000_000, 1..50)) {
            same(Arc::new(Date32Array::from(days)));
        }
    }

    #[test]
    fn every_day_of_eight_hundred_years_is_right() {
        same(Arc::new(Date32Array::from_iter_values(-146_097..146_097)));
    }

    #[test]
    fn a_time_beyond_the_calendar_is_left_to_the_engine() {
        let array: ArrayRef = Arc::new(TimestampSecondArray::from(vec![0, i64::MAX]));
        assert_eq!(Part::Year.of_array(&array), None);
    }
}
