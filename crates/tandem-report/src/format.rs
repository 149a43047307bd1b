//! Numbers and dates as people of each language write them.

use chrono::{NaiveDate, TimeDelta};
use tandem_core::Lang;

use crate::{Interval, Number, NumberFormat, NumberStyle};

/// What stands where there is no number.
pub const MISSING: &str = "–";

/// A value in its format: separators, sign, currency and unit included.
///
/// Rounds half to even on the binary value, as `format!` does, so that the
/// same value gives the same text everywhere. A value that is not finite is
/// [`MISSING`].
pub fn number(value: f64, format: &NumberFormat, lang: Lang) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    let body = match format.style {
        NumberStyle::Date => return date(value, lang),
        NumberStyle::Percent => format!("{}%", plain(value * 100.0, format.decimals)),
        NumberStyle::Count => scaled(value, format.decimals.or(Some(0)), format.compact, lang),
        NumberStyle::Decimal => scaled(value, format.decimals, format.compact, lang),
        NumberStyle::Money => money(value, format, lang),
    };
    let plus = format.signed && value > 0.0 && body.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let body = if plus { format!("+{body}") } else { body };
    match &format.unit {
        Some(unit) => format!("{body}\u{a0}{}", unit.get(lang)),
        None => body,
    }
}

/// A value that may be missing.
pub fn optional(value: Option<f64>, format: &NumberFormat, lang: Lang) -> String {
    value.map_or_else(|| MISSING.to_owned(), |v| number(v, format, lang))
}

/// The value of a number with its unit, without its interval.
pub fn value(n: &Number, lang: Lang) -> String {
    optional(n.value, &n.format, lang)
}

/// The ends of an interval, such as `1,204 – 1,377`.
pub fn interval(i: &Interval, format: &NumberFormat, lang: Lang) -> String {
    let bare = NumberFormat { unit: None, ..format.clone() };
    format!("{} – {}", number(i.low, &bare, lang), number(i.high, &bare, lang))
}

/// A date given in days since 1970-01-01, such as `30 Sep 1997` or `1997年9月30日`.
pub fn date(days: f64, lang: Lang) -> String {
    let Some(date) = day(days) else { return MISSING.to_owned() };
    match lang {
        Lang::En => date.format("%-d %b %Y").to_string(),
        Lang::Zh => date.format("%Y年%-m月%-d日").to_string(),
    }
}

/// The date so many days after 1970-01-01, where the calendar has it.
pub fn day(days: f64) -> Option<NaiveDate> {
    if !days.is_finite() || days.abs() > 3_000_000.0 {
        return None;
    }
    NaiveDate::default().checked_add_signed(TimeDelta::days(days.floor() as i64))
}

/// Digits after the point that show about three significant figures.
pub fn decimals_for(value: f64) -> u8 {
    let magnitude = value.abs();
    if magnitude >= 100.0 || magnitude == 0.0 {
        0
    } else if magnitude >= 10.0 {
        1
    } else if magnitude >= 1.0 {
        2
    } else {
        // 0.0123 → 4 digits, at most 6.
        (2.0 - magnitude.log10().floor()).clamp(3.0, 6.0) as u8
    }
}

/// The label of a tick on an axis with steps of `step` up to `max`: all ticks
/// of an axis are shortened alike, with just the digits the step needs. The
/// unit is left to the axis' own label.
pub(crate) fn tick(value: f64, step: f64, max: f64, format: &NumberFormat, lang: Lang) -> String {
    let digits = |step: f64| {
        let mut decimals = 0u8;
        let mut rest = step.abs();
        while decimals < 6 && (rest - rest.round()).abs() > 1e-6 * rest.max(1e-6) {
            rest *= 10.0;
            decimals += 1;
        }
        Some(decimals)
    };
    match format.style {
        NumberStyle::Date => date(value, lang),
        NumberStyle::Percent => format!("{}%", plain(value * 100.0, digits(step * 100.0))),
        NumberStyle::Count | NumberStyle::Decimal | NumberStyle::Money => {
            let body = match steps(lang).iter().find(|(size, _)| max.abs() >= *size) {
                Some(_) if value == 0.0 => "0".to_owned(),
                Some((size, name)) => format!("{}{name}", plain(value.abs() / size, digits(step / size))),
                None => plain(value.abs(), digits(step)),
            };
            let sign = if value < 0.0 { "−" } else { "" };
            match format.style {
                NumberStyle::Money if value != 0.0 => with_currency(sign, &body, format.currency.as_deref()),
                _ => format!("{sign}{body}"),
            }
        }
    }
}

fn money(value: f64, format: &NumberFormat, lang: Lang) -> String {
    // Cents matter below a thousand, and not above.
    let decimals = format.decimals.unwrap_or(if value.abs() >= 1000.0 { 0 } else { 2 });
    let digits = scaled(value.abs(), Some(decimals), format.compact, lang);
    let sign = if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) { "−" } else { "" };
    with_currency(sign, &digits, format.currency.as_deref())
}

fn with_currency(sign: &str, digits: &str, code: Option<&str>) -> String {
    match code.map(|code| (code, symbol(code))) {
        None => format!("{sign}{digits}"),
        Some((_, Some(symbol))) => format!("{sign}{symbol}{digits}"),
        Some((code, None)) => format!("{sign}{code}\u{a0}{digits}"),
    }
}

/// The steps by which each language shortens large numbers.
fn steps(lang: Lang) -> &'static [(f64, &'static str)] {
    match lang {
        Lang::En => &[(1e9, "B"), (1e6, "M")],
        Lang::Zh => &[(1e8, "\u{a0}亿"), (1e4, "\u{a0}万")],
    }
}

/// The sign of the currencies that have one everybody knows.
fn symbol(code: &str) -> Option<&'static str> {
    Some(match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "CNY" | "JPY" => "¥",
        "INR" => "₹",
        "KRW" => "₩",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "SGD" => "S$",
        "AUD" => "A$",
        "CAD" => "C$",
        _ => return None,
    })
}

/// Digits with separators, shortened by the language's own steps where asked.
fn scaled(value: f64, decimals: Option<u8>, compact: bool, lang: Lang) -> String {
    match steps(lang).iter().find(|(size, _)| compact && value.abs() >= *size) {
        Some((size, name)) => {
            let value = value / size;
            format!("{}{name}", plain(value, Some(decimals_for(value))))
        }
        None => plain(value, decimals),
    }
}

/// Digits with separators in groups of three; a typographic minus.
fn plain(value: f64, decimals: Option<u8>) -> String {
    // By magnitude, but a whole number has no digits to show.
    let own = || if value.fract() == 0.0 { 0 } else { decimals_for(value) };
    let decimals = usize::from(decimals.unwrap_or_else(own));
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), ""), |(w, f)| (w, f));
    let mut out = String::with_capacity(digits.len() + whole.len() / 3 + 3);
    if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use tandem_core::Text;

    use super::*;

    #[test]
    fn numbers_carry_separators_sign_and_unit() {
        let n = |v, f: &NumberFormat| number(v, f, Lang::En);
        assert_eq!(n(1_234_567.0, &NumberFormat::count()), "1,234,567");
        assert_eq!(n(-1234.5, &NumberFormat::decimal(1)), "−1,234.5");
        assert_eq!(n(-0.001, &NumberFormat::decimal(1)), "0.0");
        assert_eq!(n(0.1234, &NumberFormat::percent(1)), "12.3%");
        assert_eq!(n(12.0, &NumberFormat::decimal(0).with_unit(Text::new("weeks", "周"))), "12\u{a0}weeks");
        assert_eq!(n(0.5, &NumberFormat::percent(0).signed()), "+50%");
        assert_eq!(n(f64::NAN, &NumberFormat::count()), MISSING);
        assert_eq!(n(0.01234, &NumberFormat::default()), "0.0123");
        assert_eq!(n(18.0, &NumberFormat::default()), "18");
        assert_eq!(n(18.25, &NumberFormat::default()), "18.2");
    }

    #[test]
    fn money_knows_its_currency_or_stays_bare() {
        assert_eq!(number(12.5, &NumberFormat::money(Some("GBP")), Lang::En), "£12.50");
        assert_eq!(number(-12_345.6, &NumberFormat::money(Some("CHF")), Lang::En), "−CHF\u{a0}12,346");
        assert_eq!(number(12_345.6, &NumberFormat::money(None), Lang::Zh), "12,346");
    }

    #[test]
    fn each_language_shortens_by_its_own_steps() {
        let f = NumberFormat::money(Some("CNY")).compact();
        assert_eq!(number(1_234_567.0, &f, Lang::En), "¥1.23M");
        assert_eq!(number(1_234_567.0, &f, Lang::Zh), "¥123\u{a0}万");
        assert_eq!(number(234_567_890.0, &f, Lang::Zh), "¥2.35\u{a0}亿");
        assert_eq!(number(9_999.0, &f, Lang::Zh), "¥9,999");
        assert_eq!(number(45_678.0, &f, Lang::En), "¥45,678");
    }

    #[test]
    fn dates_are_written_the_way_of_the_language() {
        assert_eq!(date(10_134.0, Lang::En), "30 Sep 1997");
        assert_eq!(date(10_134.0, Lang::Zh), "1997年9月30日");
        assert_eq!(date(1e12, Lang::En), MISSING);
    }
}
