//! Parameters: read from text, checked against the manifest's JSON Schema, and
//! filled with defaults.
//!
//! Of JSON Schema this knows what the packs use: `type` (string, number,
//! integer, boolean), `enum`, `minimum`, `exclusiveMinimum`, `maximum`,
//! `format: date`, `pattern` of the form `^[A-Z]{n}$`, and `default`.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Lang, Result, Text};
use tandem_report::{Cell, NumberFormat, Param, format};

use super::Manifest;

/// The parameters of a run, checked, in the manifest's order, defaults
/// included. A parameter without a default that was not set is absent; so is
/// one set to `null` or to an empty string.
///
/// # Errors
/// `invalid_parameter` for a name there is not, or a value that does not fit.
pub fn settle(manifest: &Manifest, given: &Map<String, Value>) -> Result<Map<String, Value>> {
    for name in given.keys() {
        schema(manifest, name)?;
    }
    let mut settled = Map::new();
    for (name, schema) in manifest.properties() {
        let set = given.get(name).filter(|v| !v.is_null() && v.as_str() != Some(""));
        if let Some(value) = set.or_else(|| schema.get("default")) {
            check(name, schema, value)?;
            settled.insert(name.clone(), value.clone());
        }
    }
    Ok(settled)
}

/// A parameter written as text, such as `39` or `week`.
///
/// # Errors
/// `invalid_parameter` for a name there is not, or a text that is not of its type.
pub fn parse(manifest: &Manifest, name: &str, text: &str) -> Result<Value> {
    let schema = schema(manifest, name)?;
    let text = text.trim();
    let value = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().filter(|v| v.is_finite()).map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => Some(Value::from(text)),
    };
    let value = value.ok_or_else(|| invalid(format!("{name} must be a number, and “{text}” is none.")))?;
    if !text.is_empty() {
        check(name, schema, &value)?;
    }
    Ok(value)
}

/// The settled parameters with their labels, for a report.
pub fn describe(manifest: &Manifest, settled: &Map<String, Value>) -> Vec<Param> {
    let text = |value: Option<&Value>| value.and_then(|v| serde_json::from_value::<Text>(v.clone()).ok());
    manifest
        .properties()
        .map(|(name, schema)| {
            let value = settled.get(name);
            let named = value.and_then(Value::as_str).and_then(|v| text(schema.get("x-enum-labels")?.get(v)));
            let unit_of = schema.get("x-unit-from").and_then(Value::as_str);
            let unit = unit_of.and_then(|other| {
                let other_value = settled.get(other)?.as_str()?;
                let labels = manifest.params.get("properties")?.get(other)?.get("x-enum-labels")?;
                text(labels.get(other_value))
                    .map(|t| Text::new(format!("× {}", t.en.to_lowercase()), format!("× {}", t.zh)))
            });
            Param {
                key: name.clone(),
                label: text(schema.get("x-label")).unwrap_or_else(|| Text::new(name, name)),
                value: match (named, value) {
                    (None, Some(Value::Number(n)))
                        if schema.get("x-format").and_then(Value::as_str) == Some("percent") =>
                    {
                        Cell::Raw(percent(n.as_f64().unwrap_or(f64::NAN)))
                    }
                    (Some(named), _) => Cell::Text(named),
                    (None, Some(Value::String(s))) => Cell::Raw(s.clone()),
                    (None, Some(Value::Number(n))) => n.as_i64().map_or_else(|| whole(n.as_f64()), Cell::Int),
                    (None, Some(other)) => Cell::Raw(other.to_string()),
                    (None, None) => Cell::Null,
                },
                unit: unit.or_else(|| text(schema.get("x-unit"))),
            }
        })
        .collect()
}

/// 0.1 is written 10%, 0.125 12.5%; alike in both languages.
fn percent(share: f64) -> String {
    let digits = u8::from((share * 100.0).fract().abs() > 1e-9);
    format::number(share, &NumberFormat::percent(digits), Lang::En)
}

/// 39.0 is written 39.
fn whole(value: Option<f64>) -> Cell {
    match value {
        Some(v) if v.fract() == 0.0 && v.abs() < 1e15 => Cell::Int(v as i64),
        Some(v) => Cell::from(v),
        None => Cell::Null,
    }
}

fn schema<'a>(manifest: &'a Manifest, name: &str) -> Result<&'a Value> {
    manifest.properties().find(|(n, _)| *n == name).map(|(_, s)| s).ok_or_else(|| {
        let known: Vec<&str> = manifest.properties().map(|(n, _)| n.as_str()).collect();
        invalid(format!("{} has no parameter “{name}”. It has: {}.", manifest.name, known.join(", ")))
    })
}

fn check(name: &str, schema: &Value, value: &Value) -> Result<()> {
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or("string");
    let fits = match kind {
        "integer" => value.as_i64().is_some(),
        "number" => value.as_f64().is_some_and(f64::is_finite),
        "boolean" => value.is_boolean(),
        _ => value.is_string(),
    };
    if !fits {
        return Err(invalid(format!("{name} must be a {kind}, and {value} is none.")));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        return Err(invalid(format!("{name} must be one of {}; it is {value}.", allowed.join(", "))));
    }
    if let Some(v) = value.as_f64() {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let (least, above, most) = (bound("minimum"), bound("exclusiveMinimum"), bound("maximum"));
        if least.is_some_and(|b| v < b) || above.is_some_and(|b| v <= b) || most.is_some_and(|b| v > b) {
            let from = least.map(|b| format!("at least {b}")).or_else(|| above.map(|b| format!("above {b}")));
            let to = most.map(|b| format!("at most {b}"));
            let range: Vec<String> = from.into_iter().chain(to).collect();
            return Err(invalid(format!("{name} must be {}; it is {v}.", range.join(" and "))));
        }
    }
    if let Some(text) = value.as_str() {
        if schema.get("format").and_then(Value::as_str) == Some("date") && text.parse::<NaiveDate>().is_err() {
            return Err(invalid(format!("{name} must be a date such as 2024-03-05; it is “{text}”.")));
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && let Some(length) = capitals(pattern)
            && !(text.len() == length && text.bytes().all(|b| b.is_ascii_uppercase()))
        {
            return Err(invalid(format!("{name} must be {length} capital letters, such as CNY; it is “{text}”.")));
        }
    }
    Ok(())
}

/// The `n` of `^[A-Z]{n}$`.
fn capitals(pattern: &str) -> Option<usize> {
    pattern.strip_prefix("^[A-Z]{")?.strip_suffix("}$")?.parse().ok()
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenarios::customer_value::manifest;

    fn settled(given: Value) -> Result<Map<String, Value>> {
        settle(&manifest().unwrap(), given.as_object().unwrap())
    }

    #[test]
    fn defaults_fill_what_is_absent() {
        let s = settled(json!({"horizon": 12, "calibration_end": ""})).unwrap();
        assert_eq!(s["unit"], "week");
        assert_eq!(s["horizon"], 12);
        assert!(!s.contains_key("calibration_end") && !s.contains_key("currency"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        for (given, part) in [
            (json!({"unit": "year"}), "day, week, month"),
            (json!({"horizon": 0}), "above 0"),
            (json!({"discount": -0.1}), "at least 0"),
            (json!({"horizon": "39"}), "must be a number"),
            (json!({"calibration_end": "1997-13-01"}), "2024-03-05"),
            (json!({"currency": "usd"}), "3 capital letters"),
            (json!({"horizn": 1}), "no parameter “horizn”"),
        ] {
            let error = settled(given).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameter);
            assert!(error.message().contains(part), "{}", error.message());
        }
    }

    #[test]
    fn text_becomes_the_type_of_the_parameter() {
        let m = manifest().unwrap();
        assert_eq!(parse(&m, "horizon", "39").unwrap(), json!(39.0));
        assert_eq!(parse(&m, "unit", "day").unwrap(), json!("day"));
        assert!(parse(&m, "horizon", "soon").is_err() && parse(&m, "horizon", "NaN").is_err());
    }

    #[test]
    fn parameters_are_described_in_both_languages() {
        let m = manifest().unwrap();
        let described = describe(&m, &settled(json!({"unit": "month", "horizon": 12.0})).unwrap());
        assert_eq!(described[0].value, Cell::Text(Text::new("Months", "月")));
        assert_eq!(described[1].value, Cell::Int(12));
        assert_eq!(described[1].unit, Some(Text::new("× months", "× 月")));
        assert_eq!(described[2].value, Cell::Raw("10%".into()));
    }
}
