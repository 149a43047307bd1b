//! Round numbers and dates to label an axis with.

use chrono::{Datelike, Days, Months, NaiveDate};
use tandem_core::Lang;

use crate::{NumberFormat, NumberStyle, format};

/// Labelled values along an axis, and the ends they round it to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Ascending `(value, label)`.
    pub(super) at: Vec<(f64, String)>,
}

/// About `count` ticks from `low` to `high` in steps of 1, 2, 2.5 or 5 times a
/// power of ten. The ends are widened to full steps where `widen` says so.
pub(super) fn numbers(low: f64, high: f64, count: usize, format: &NumberFormat, lang: Lang, widen: bool) -> Ticks {
    let (low, high) = spread(low, high);
    let step = nice_step((high - low) / count.max(1) as f64, format);
    let (first, last) = if widen {
        ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil())
    } else {
        ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor())
    };
    let max = (first * step).abs().max((last * step).abs());
    let steps = (last - first).clamp(0.0, 1000.0) as u32;
    let at = (0..=steps)
        .map(|i| (first + f64::from(i)) * step)
        // -0 and rounding dust would be written out.
        .map(|v| if v.abs() < step * 1e-9 { 0.0 } else { v })
        .map(|v| (v, format::tick(v, step, max, format, lang)))
        .collect();
    let (low, high) = if widen { (first * step, last * step) } else { (low, high) };
    Ticks { low, high, at }
}

/// The same for an axis that isn't a plain number.
pub(super) fn axis(low: f64, high: f64, count: usize, format: &NumberFormat, lang: Lang, widen: bool) -> Ticks {
    if format.style == NumberStyle::Date {
        dates(low, high, count, lang)
    } else {
        numbers(low, high, count, format, lang, widen)
    }
}

/// A range that has a length, whatever the data.
fn spread(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = (if low.is_finite() { low } else { 0.0 }, if high.is_finite() { high } else { 1.0 });
    if high > low {
        (low, high)
    } else if low == 0.0 {
        (0.0, 1.0)
    } else {
        (low - low.abs() / 2.0, low + low.abs() / 2.0)
    }
}

fn nice_step(rough: f64, format: &NumberFormat) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|&s| s >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    if format.style == NumberStyle::Count { step.max(1.0).ceil() } else { step }
}

/// Calendar ticks: days, weeks, months, quarters or years.
fn dates(low: f64, high: f64, count: usize, lang: Lang) -> Ticks {
    let (low, high) = spread(low, high);
    let (Some(first), Some(last)) = (format::day(low), format::day(high)) else {
        return Ticks { low, high, at: Vec::new() };
    };
    let rough = (high - low) / count.max(1) as f64;
    let mut at = Vec::new();
    if rough <= 21.0 {
        let step = [1u32, 2, 7, 14, 21].into_iter().find(|&s| f64::from(s) >= rough).unwrap_or(21);
        let mut day = first;
        while day <= last && at.len() < 60 {
            at.push((days(day), short_day(day, at.is_empty(), lang)));
            let Some(next) = day.checked_add_days(Days::new(step.into())) else { break };
            day = next;
        }
    } else {
        let step = [1u32, 2, 3, 6, 12, 24, 60, 120, 240, 600]
            .into_iter()
            .find(|&m| f64::from(m) * 30.44 >= rough)
            .unwrap_or(1200);
        let Some(mut day) = month_start(first, step) else { return Ticks { low, high, at } };
        while day <= last && at.len() < 60 {
            if day >= first {
                at.push((days(day), short_month(day, step, at.is_empty(), lang)));
            }
            let Some(next) = day.checked_add_months(Months::new(step)) else { break };
            day = next;
        }
    }
    Ticks { low, high, at }
}

fn days(date: NaiveDate) -> f64 {
    date.signed_duration_since(NaiveDate::default()).num_days() as f64
}

/// The first of the month at or before `date` that a step of so many months falls on.
fn month_start(date: NaiveDate, step: u32) -> Option<NaiveDate> {
    let month0 = if step >= 12 { 0 } else { date.month0() / step * step };
    NaiveDate::from_ymd_opt(date.year(), month0 + 1, 1)
}

fn short_day(date: NaiveDate, with_year: bool, lang: Lang) -> String {
    let pattern = match (lang, with_year) {
        (Lang::En, true) => "%-d %b %Y",
        (Lang::En, false) => "%-d %b",
        (Lang::Zh, true) => "%Y年%-m月%-d日",
        (Lang::Zh, false) => "%-m月%-d日",
    };
    date.format(pattern).to_string()
}

/// Months carry their year where it begins, and at the left end.
fn short_month(date: NaiveDate, step: u32, first: bool, lang: Lang) -> String {
    let pattern = match (lang, step >= 12, first || date.month() == 1) {
        (Lang::En, true, _) => "%Y",
        (Lang::Zh, true, _) => "%Y年",
        (Lang::En, false, true) => "%b %Y",
        (Lang::En, false, false) => "%b",
        (Lang::Zh, false, true) => "%Y年%-m月",
        (Lang::Zh, false, false) => "%-m月",
    };
    date.format(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_round_and_labels_have_the_digits_they_need() {
        let t = numbers(0.0, 0.93, 5, &NumberFormat::percent(1), Lang::En, true);
        assert_eq!(
            t.at.iter().map(|(_, l)| l.as_str()).collect::<Vec<_>>(),
            ["0%", "20%", "40%", "60%", "80%", "100%"]
        );
        let t = numbers(0.0, 2.2, 4, &NumberFormat::count(), Lang::En, true);
        assert_eq!(t.at.iter().map(|(v, _)| *v).collect::<Vec<_>>(), [0.0, 1.0, 2.0, 3.0]);
        let t = numbers(0.0, 23_000.0, 4, &NumberFormat::count(), Lang::Zh, true);
        assert_eq!(t.at.last().map(|(_, l)| l.as_str()), Some("3\u{a0}万"));
    }

    #[test]
    fn dates_fall_on_the_first_of_the_month() {
        let t = axis(9_862.0, 10_410.0, 6, &NumberFormat::date(), Lang::En, false);
        assert_eq!(t.at.first().map(|(_, l)| l.as_str()), Some("Jan 1997"));
        assert!(t.at.iter().any(|(_, l)| l == "Jan 1998"));
        assert!(t.at.windows(2).all(|w| w[0].0 < w[1].0));
    }

    proptest! {
        #[test]
        fn ticks_cover_the_range_and_are_few(low in -1e9f64..1e9, size in 0f64..1e9, count in 2usize..10) {
            let t = numbers(low, low + size, count, &NumberFormat::default(), Lang::En, true);
            prop_assert!(t.low <= low + size.abs() * 1e-6 + 1e-6 || size == 0.0);
            prop_assert!(t.high >= low + size - size * 1e-6 - 1e-6 || size == 0.0);
            prop_assert!(t.at.len() >= 2 && t.at.len() <= 2 * count + 3, "{} ticks", t.at.len());
        }
    }
}
