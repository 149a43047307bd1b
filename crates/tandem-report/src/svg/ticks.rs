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

/// Calendar ticks: minutes, hours, days, weeks, months, quarters or years.
fn dates(low: f64, high: f64, count: usize, lang: Lang) -> Ticks {
    let (low, high) = spread(low, high);
    let (Some(first), Some(last)) = (format::day(low), format::day(high)) else {
        return Ticks { low, high, at: Vec::new() };
    };
    let rough = (high - low) / count.max(1) as f64;
    let mut at = Vec::new();
    if rough < 1.0 {
        return Ticks { low, high, at: moments(low, high, rough, lang) };
    }
    if rough <= 21.0 {
        let step = [1u32, 2, 7, 14, 21].into_iter().find(|&s| f64::from(s) >= rough).unwrap_or(21);
        let mut day = first;
        while day <= last && at.len() < 60 {
            if days(day) >= low {
                at.push((days(day), short_day(day, at.is_empty(), lang)));
            }
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
            if days(day) >= low {
                at.push((days(day), short_month(day, step, at.is_empty(), lang)));
            }
            let Some(next) = day.checked_add_months(Months::new(step)) else { break };
            day = next;
        }
    }
    Ticks { low, high, at }
}

/// Ticks within days, about `rough` of a day apart: on full hours or minutes.
fn moments(low: f64, high: f64, rough: f64, lang: Lang) -> Vec<(f64, String)> {
    const MINUTES: f64 = 1440.0;
    let step = [1u32, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]
        .into_iter()
        .find(|&minutes| f64::from(minutes) / MINUTES >= rough)
        .unwrap_or(1440);
    let step = f64::from(step);
    let mut at = Vec::new();
    let mut minute = (low * MINUTES / step - 1e-6).ceil() * step;
    while minute <= high * MINUTES + 1e-6 && at.len() < 60 {
        let value = minute / MINUTES;
        if let Some(day) = format::day(value) {
            at.push((value, short_moment(day, minute.rem_euclid(MINUTES) as u32, at.is_empty(), lang)));
        }
        minute += step;
    }
    at
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

/// Times carry their day where it begins, and at the left end.
fn short_moment(day: NaiveDate, minute: u32, first: bool, lang: Lang) -> String {
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    match (minute == 0, first) {
        (true, _) => short_day(day, first, lang),
        (false, true) => format!("{} {time}", short_day(day, false, lang)),
        (false, false) => time,
    }
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

    #[test]
    fn a_day_or_so_is_told_by_the_hour_and_years_by_the_year() {
        let labels = |low: f64, high: f64, lang| {
            axis(low, high, 6, &NumberFormat::date(), lang, false).at.into_iter().map(|(_, l)| l).collect::<Vec<_>>()
        };
        // 2 January 2024 at 18:00, and a day on.
        let from = 19_724.75;
        assert_eq!(labels(from, from + 1.0, Lang::En), ["2 Jan 18:00", "3 Jan", "06:00", "12:00", "18:00"]);
        assert_eq!(
            labels(from, from + 0.5, Lang::Zh),
            ["1月2日 18:00", "20:00", "22:00", "1月3日", "02:00", "04:00", "06:00"]
        );
        assert_eq!(labels(from, from + 0.01, Lang::En)[..3], ["2 Jan 18:00", "18:05", "18:10"]);
        assert_eq!(labels(from, from + 5.0, Lang::En), ["3 Jan 2024", "4 Jan", "5 Jan", "6 Jan", "7 Jan"]);
        assert_eq!(labels(from, from + 3650.0, Lang::Zh).last().map(String::as_str), Some("2032年"));
    }

    proptest! {
        #[test]
        fn ticks_of_times_are_few_and_within(low in -20_000f64..40_000.0, size in 0.001f64..20_000.0, count in 2usize..10) {
            let t = axis(low, low + size, count, &NumberFormat::date(), Lang::En, false);
            prop_assert!(t.at.len() <= 3 * count + 3, "{} ticks", t.at.len());
            prop_assert!(t.at.iter().all(|(v, _)| *v >= low - 1e-6 && *v <= low + size + 1e-6));
            prop_assert!(t.at.windows(2).all(|w| w[0].0 < w[1].0));
        }

        #[test]
        fn ticks_cover_the_range_and_are_few(low in -1e9f64..1e9, size in 0f64..1e9, count in 2usize..10) {
            let t = numbers(low, low + size, count, &NumberFormat::default(), Lang::En, true);
            prop_assert!(t.low <= low + size.abs() * 1e-6 + 1e-6 || size == 0.0);
            prop_assert!(t.high >= low + size - size * 1e-6 - 1e-6 || size == 0.0);
            prop_assert!(t.at.len() >= 2 && t.at.len() <= 2 * count + 3, "{} ticks", t.at.len());
        }
    }
}
