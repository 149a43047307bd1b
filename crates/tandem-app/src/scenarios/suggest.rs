//! Which column probably plays which role: by its name in either language, its
//! type and its content. A pure function; a person decides.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use super::{
    Mapping,
    facts::ColumnFacts,
    manifest::{ColumnKind, Input, Role},
};

/// Below this score a column is not suggested for a role that can be left out.
const CLEAR: f64 = 0.5;

/// A column for a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The role.
    pub role: String,
    /// The column.
    pub column: String,
    /// How well it fits, 0 to about 2.
    pub score: f64,
    /// Why it was chosen.
    pub reason: Text,
}

/// A column for each role that has a fitting one, each column at most once.
/// Required roles take the best there is; others only what clearly fits.
pub fn suggest(input: &Input, columns: &[ColumnFacts]) -> Vec<Suggestion> {
    let mut pairs: Vec<(usize, usize, Fit)> = Vec::new();
    for (r, role) in input.roles.iter().enumerate() {
        for (c, column) in columns.iter().enumerate() {
            if let Some(fit) = fit(role, column)
                && (role.required || fit.score >= CLEAR)
            {
                pairs.push((r, c, fit));
            }
        }
    }
    // The surest pair first; among equals the earlier role and column.
    pairs.sort_by(|a, b| b.2.score.total_cmp(&a.2.score).then(a.0.cmp(&b.0)).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<(usize, usize, Fit)> = Vec::new();
    for (r, c, fit) in pairs {
        if chosen.iter().all(|(role, column, _)| *role != r && *column != c) {
            chosen.push((r, c, fit));
        }
    }
    // A quantity belongs to the price of one piece, and to nothing else.
    let unit_price = chosen.iter().any(|(r, _, fit)| input.roles[*r].name == "amount" && fit.unit_price);
    if !unit_price {
        chosen.retain(|(r, _, _)| input.roles[*r].name != "quantity");
    }
    chosen.sort_by_key(|(r, _, _)| *r);
    chosen
        .into_iter()
        .map(|(r, c, fit)| Suggestion {
            role: input.roles[r].name.clone(),
            column: columns[c].name.clone(),
            score: fit.score,
            reason: fit.reason,
        })
        .collect()
}

/// The suggestions as a mapping.
pub fn mapping(suggestions: &[Suggestion]) -> Mapping {
    Mapping(suggestions.iter().map(|s| (s.role.clone(), s.column.clone())).collect())
}

struct Fit {
    score: f64,
    unit_price: bool,
    reason: Text,
}

/// How well a column fits a role; `None` where it can't play it.
fn fit(role: &Role, column: &ColumnFacts) -> Option<Fit> {
    if !role.accepts.contains(&column.kind) {
        return None;
    }
    let content = match role.name.as_str() {
        "customer" => customer(column),
        "time" => time(column)?,
        "amount" => amount(column)?,
        _ => number(column)?,
    };
    let name = normalize(&column.name);
    let avoided = role.hints.avoid.iter().any(|part| has_word(&name, &normalize(part)));
    let (by_name, unit_price) = match (best(&name, &role.hints.names), best(&name, &role.hints.unit_price)) {
        (n, p) if p > n => (p * 0.9, true),
        (n, _) => (n, false),
    };
    let score = by_name + content - if avoided { 0.8 } else { 0.0 };
    let required_or_named = role.required || by_name > 0.0 || (content >= CLEAR && !avoided);
    (score > 0.0 && required_or_named).then(|| Fit { score, unit_price, reason: reason(by_name, unit_price) })
}

fn reason(by_name: f64, unit_price: bool) -> Text {
    if unit_price {
        Text::new("its name means a price of one piece", "列名像单价")
    } else if by_name >= 0.5 {
        Text::new("by its name", "列名相符")
    } else {
        Text::new("by its type and content", "类型与内容相符")
    }
}

/// Several values a customer, but many customers: neither a flag nor a row number.
fn customer(column: &ColumnFacts) -> f64 {
    let kind = match column.kind {
        ColumnKind::Integer | ColumnKind::Text => 0.2,
        // Identifiers read as numbers because some are missing.
        _ if column.samples.iter().all(|s| s.parse::<f64>().is_ok_and(|v| v.fract() == 0.0)) => 0.1,
        _ => return -0.5,
    };
    let spread = match (column.distinct, column.distinct_ratio) {
        (Some(distinct), Some(ratio)) if distinct < 5 && ratio < 0.5 => -0.5,
        (Some(_), Some(ratio)) if ratio > 0.98 => -0.2,
        (Some(_), Some(ratio)) if ratio > 0.01 => 0.2,
        _ => 0.0,
    };
    // A date written as a number is no customer.
    let dates = !column.samples.is_empty() && column.samples.iter().all(|s| is_date(s));
    kind + spread - if dates { 0.6 } else { 0.0 }
}

/// A date or moment; text and numbers only where they read as one.
fn time(column: &ColumnFacts) -> Option<f64> {
    match column.kind {
        ColumnKind::Date | ColumnKind::Timestamp => Some(0.8),
        // Nothing speaks against a column without values; its name decides.
        _ if column.samples.is_empty() => Some(0.0),
        _ if column.samples.iter().all(|s| is_date(s)) => Some(0.5),
        _ => None,
    }
}

/// Text plays a number's part only where most of it reads as one.
fn number(column: &ColumnFacts) -> Option<f64> {
    if column.kind != ColumnKind::Text {
        return Some(0.0);
    }
    let numbers = column.samples.iter().filter(|s| s.parse::<f64>().is_ok_and(f64::is_finite)).count();
    (numbers > 0 && numbers * 2 >= column.samples.len()).then_some(-0.1)
}

/// Money has fractions and many values.
fn amount(column: &ColumnFacts) -> Option<f64> {
    let fractions = column.samples.iter().any(|s| s.parse::<f64>().is_ok_and(|v| v.fract() != 0.0));
    let varied = column.distinct.is_none_or(|d| d > 20);
    Some(match column.kind {
        ColumnKind::Number | ColumnKind::Decimal if fractions && varied => 0.5,
        ColumnKind::Number | ColumnKind::Decimal if fractions => 0.2,
        _ => return number(column),
    })
}

/// `YYYYMMDD`, or `YYYY-MM-DD` and what may follow it.
fn is_date(text: &str) -> bool {
    let digits: String = text.chars().take(10).filter(char::is_ascii_digit).collect();
    let compact = text.len() == 8 && digits.len() == 8;
    let iso = text.len() >= 10 && digits.len() == 8 && matches!(text.as_bytes().get(4), Some(b'-' | b'/'));
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    (compact || iso)
        && (1900..2100).contains(&part(0..4))
        && (1..=12).contains(&part(4..6))
        && (1..=31).contains(&part(6..8))
}

/// How well a name matches the names that fit, the first ones best: 1 at the most.
fn best(name: &str, names: &[String]) -> f64 {
    let step = 0.2 / names.len().max(1) as f64;
    names
        .iter()
        .enumerate()
        .map(|(i, hint)| {
            let hint = normalize(hint);
            let score = if name == hint || name.replace('_', "") == hint.replace('_', "") {
                1.0
            } else if has_word(name, &hint) {
                0.65
            } else {
                return 0.0;
            };
            score - step * i as f64
        })
        .fold(0.0, f64::max)
}

/// Whether the words of `part` stand in `name` one after the other; Chinese
/// has no gaps between words, so there any place will do.
fn has_word(name: &str, part: &str) -> bool {
    if part.is_empty() {
        return false;
    }
    if !part.is_ascii() {
        return name.contains(part);
    }
    format!("_{name}_").contains(&format!("_{part}_"))
}

/// Lower case, words parted by `_`: `CustomerID`, `customer id` and `Customer-Id` become `customer_id`.
fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.trim().chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            out.push('_');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
        before = c;
    }
    out.trim_matches('_').to_owned()
}

/// The hints of a role, checked for what would never match.
#[cfg(test)]
fn dead_hints(hints: &super::manifest::Hints) -> Vec<&String> {
    hints.names.iter().chain(&hints.unit_price).filter(|h| normalize(h).is_empty()).collect()
}

#[cfg(test)]
mod tests;
