//! What is odd about a column, judged from what was counted.

use std::collections::BTreeMap;

use super::{
    codec::Codec,
    model::{ColumnProfile, Kind, Value},
    numeric::{self, Cell},
    text,
    warning::{Warning, WarningCode as Code},
};
use crate::transactions::{amount_in_text, day_in_digits, day_in_text, day_of};

/// Share from which most of a column is said to be something.
const MOST: f64 = 0.9;

/// Words that people write where there is no value.
const NULL_WORDS: [&str; 18] = [
    "null",
    "(null)",
    "none",
    "nil",
    "nan",
    "n/a",
    "#n/a",
    "na",
    "-",
    "--",
    "?",
    "unknown",
    "missing",
    "undefined",
    "无",
    "空",
    "未知",
    "暂无",
];
/// Parts of names of codes that are not quantities, though they are written in digits.
const CODE_NAMES: [&str; 19] = [
    "zip", "postal", "postcode", "phone", "mobile", "tel", "code", "sku", "barcode", "ean", "upc", "gtin", "isbn",
    "account", "邮编", "电话", "手机", "编码", "条码",
];

/// What any kind of column may show. `count` values are not null.
pub(super) fn of_column(profile: &mut ColumnProfile, rows: u64, count: u64) {
    if rows == 0 {
        return;
    }
    if count == 0 && profile.nulls == rows {
        profile.warnings.push(Warning::new(Code::AllNull));
        return;
    }
    if profile.null_share >= 0.5 {
        profile.warnings.push(Warning::new(Code::ManyNulls).with("share", profile.null_share));
    }
    let Some(distinct) = profile.distinct else { return };
    if distinct.exact && distinct.count == 1 && count > 1 {
        profile.warnings.push(Warning::new(Code::Constant).example(shown(profile.min.as_ref())));
        return;
    }
    let dominant = profile.top.first().filter(|top| top.share >= 0.95 && count >= 20);
    if let Some(top) = dominant {
        let warning = Warning::new(Code::DominantValue).with("share", top.share).example(shown(Some(&top.value)));
        profile.warnings.push(warning);
    }
    let share = distinct.count as f64 / count.max(1) as f64;
    if distinct.exact && share >= 0.99 && distinct.count < count && matches!(profile.kind, Kind::Integer | Kind::Text) {
        profile.warnings.push(Warning::new(Code::NearlyUnique).with("repeated", (count - distinct.count) as f64));
    }
}

/// What numbers, dates and moments may show.
pub(super) fn of_numbers<T: Cell>(profile: &mut ColumnProfile, summary: &numeric::Summary<T>, codec: Codec) {
    if let Some(count) = profile.not_finite.filter(|n| *n > 0) {
        profile.warnings.push(Warning::new(Code::NotFinite).with("count", count as f64));
    }
    if summary.count == 0 {
        return;
    }
    let values = &summary.values;
    let share = |count: u64| count as f64 / summary.count as f64;
    match codec {
        Codec::Integer => of_integers(profile, summary),
        Codec::Number { .. } => {
            let whole = |v: &T| v.number().fract() == 0.0;
            if values.pairs().iter().all(|p| whole(&p.0)) && summary.distinct > 2.0 {
                profile.warnings.push(Warning::new(Code::IntegerAsFloat));
                let large = values.count(|v| v.number().abs() > 9_007_199_254_740_992.0);
                if large > 0 {
                    profile.warnings.push(Warning::new(Code::PrecisionLost).with("count", large as f64));
                }
            }
        }
        Codec::Date | Codec::Timestamp { .. } => {
            let day = |v: &T| match codec {
                Codec::Timestamp { per_second, .. } => (v.number() / per_second as f64 / 86_400.0).floor(),
                _ => v.number(),
            };
            let count = values.count(|v| is_placeholder(day(v)));
            let all = values.pairs().len() == 1;
            if count > 0 && !all {
                profile.warnings.push(Warning::new(Code::PlaceholderDates).with("count", count as f64));
            }
        }
        _ => {}
    }
    let looks_like_code = profile.warnings.iter().any(|w| matches!(w.code, Code::LikelyId | Code::DateAsNumber));
    if !codec.is_quantity() || looks_like_code {
        return;
    }
    if summary.negatives > 0 && share(summary.negatives) <= 0.05 {
        let warning = Warning::new(Code::FewNegatives);
        profile.warnings.push(warning.with("count", summary.negatives as f64).with("share", share(summary.negatives)));
    }
    if let Some((low, high)) = values.fences(T::number).filter(|_| summary.distinct > 10.0) {
        let outside = values.count(|v| v.number() < low || v.number() > high);
        if outside > 0 {
            let warning = Warning::new(Code::Outliers).with("count", outside as f64).with("share", share(outside));
            let scale = codec.scale();
            profile.warnings.push(warning.with("low", low / scale).with("high", high / scale));
        }
    }
}

fn of_integers<T: Cell>(profile: &mut ColumnProfile, summary: &numeric::Summary<T>) {
    let values = &summary.values;
    let dates = values.count(|v| v.number().abs() < 1e9 && day_in_digits(v.number() as i64).is_some());
    let share = dates as f64 / summary.count as f64;
    if share >= MOST && summary.distinct > 1.0 {
        profile
            .warnings
            .push(Warning::new(Code::DateAsNumber).with("share", share).example(shown(profile.max.as_ref())));
        return;
    }
    let lower = profile.name.to_lowercase();
    let named_id = lower == "id"
        || lower.ends_with("_id")
        || profile.name.ends_with("Id")
        || profile.name.ends_with("ID")
        || lower.ends_with("编号")
        || lower.ends_with("no");
    let named_code = CODE_NAMES.iter().any(|part| lower.contains(part));
    let nearly_unique = summary.distinct >= 0.98 * summary.count as f64 && summary.count >= 100;
    if named_id || named_code || (nearly_unique && summary.negatives == 0) {
        profile.warnings.push(Warning::new(Code::LikelyId));
    }
    if named_code {
        zeros_lost(profile, summary);
    }
}

/// Codes of a fixed number of digits of which some are shorter: 02134, a postal
/// code, becomes 2134 when it is read as a number.
fn zeros_lost<T: Cell>(profile: &mut ColumnProfile, summary: &numeric::Summary<T>) {
    let digits = |v: &T| v.number().abs().max(1.0).log10().floor() as i32 + 1;
    let Some(longest) = summary.values.pairs().last().map(|p| digits(&p.0)).filter(|d| *d >= 4) else { return };
    let full = summary.values.count(|v| digits(v) == longest);
    let short = summary.values.count(|v| digits(v) < longest);
    if short > 0 && full as f64 >= 0.5 * summary.count as f64 && summary.negatives == 0 {
        let example = shown(profile.min.as_ref());
        let warning = Warning::new(Code::LeadingZerosLost).with("count", short as f64);
        profile.warnings.push(warning.with("digits", f64::from(longest)).example(example));
    }
}

fn is_placeholder(day: f64) -> bool {
    [(1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1900, 1, 1), (1970, 1, 1), (2099, 12, 31), (9999, 12, 31)]
        .into_iter()
        .filter_map(|(year, month, of_month)| chrono::NaiveDate::from_ymd_opt(year, month, of_month))
        .any(|date| f64::from(day_of(date)) == day)
}

/// What text may show.
pub(super) fn of_text(profile: &mut ColumnProfile, summary: &text::Summary) {
    let (Some(look), count) = (profile.text, summary.count) else { return };
    if count == 0 {
        return;
    }
    let share = |n: u64| n as f64 / count as f64;
    let mut add = |code: Code, n: u64| {
        if n > 0 {
            profile.warnings.push(Warning::new(code).with("count", n as f64).with("share", share(n)));
        }
    };
    add(Code::BlankText, look.empty + look.blank);
    add(Code::PaddedText, look.padded);
    add(Code::BrokenText, look.broken);
    let values = &summary.values;
    add(Code::NullAsText, values.count(|v| NULL_WORDS.contains(&v.trim().to_lowercase().as_str())));

    let filled = values.count(|v| !v.trim().is_empty());
    if filled == 0 {
        return;
    }
    let of_filled = |n: u64| n as f64 / filled as f64;
    let example = |with: &dyn Fn(&str) -> bool| {
        values.pairs().iter().find(|p| with(&p.0)).map(|p| p.0.to_string()).unwrap_or_default()
    };
    let dates = of_filled(values.count(|v| day_in_text(v).is_some()));
    // 007 and 0571 are codes: as numbers they would lose their zeros.
    let is_number = |v: &str| amount_in_text(v) && !has_leading_zero(v);
    let numbers = of_filled(values.count(|v| is_number(v)));
    if dates >= MOST {
        let warning = Warning::new(Code::DateAsText).with("share", dates);
        profile.warnings.push(warning.example(example(&|v| day_in_text(v).is_some())));
    } else if numbers >= MOST {
        let warning = Warning::new(Code::NumberAsText).with("share", numbers);
        profile.warnings.push(warning.example(example(&is_number)));
    }
    spellings(profile, summary);
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim().as_bytes();
    digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
}

/// Values that people would call the same. Only among a limited number of
/// different ones: in free text and identifiers it means nothing.
fn spellings(profile: &mut ColumnProfile, summary: &text::Summary) {
    if !summary.exact || summary.distinct > 5_000.0 {
        return;
    }
    let mut groups: BTreeMap<String, (u32, &str, &str)> = BTreeMap::new();
    for (value, _) in summary.values.pairs() {
        let folded = value.trim().to_lowercase();
        if !folded.is_empty() {
            let group = groups.entry(folded).or_insert((0, value, value));
            group.0 += 1;
            group.2 = value;
        }
    }
    let mixed: Vec<_> = groups.values().filter(|g| g.0 > 1).collect();
    if let Some((_, first, last)) = mixed.first() {
        let warning = Warning::new(Code::MixedCase).with("groups", mixed.len() as f64);
        profile.warnings.push(warning.example(format!("{first} / {last}")));
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Integer(number)) => number.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Boolean(flag)) => flag.to_string(),
    }
}
