//! Writing SQL: names quoted, values as literals, never pasted.

use serde_json::Value;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::refusal::cannot;

/// A name, quoted.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Several names, quoted, with commas.
pub fn idents<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ")
}

/// A text, quoted.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A column as text, whatever it is.
pub fn as_text(column: &Column) -> String {
    match column.kind {
        ColumnKind::Text => ident(&column.name),
        _ => format!("CAST({} AS VARCHAR)", ident(&column.name)),
    }
}

/// A column as a floating-point number.
pub fn as_number(name: &str) -> String {
    format!("CAST({} AS DOUBLE)", ident(name))
}

/// A finite number.
pub fn number(value: f64) -> String {
    format!("CAST({value:?} AS DOUBLE)")
}

/// Values of a column, separated by commas as a person types them.
///
/// # Errors
/// As [`literal`].
pub fn literals(values: &[Value], kind: ColumnKind) -> Result<String> {
    Ok(values.iter().map(|value| literal(value, kind)).collect::<Result<Vec<_>>>()?.join(", "))
}

/// The SQL type of a kind.
pub fn type_of(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text | ColumnKind::Other => "VARCHAR",
        ColumnKind::Integer => "BIGINT",
        ColumnKind::Number => "DOUBLE",
        ColumnKind::Decimal => "DECIMAL(38, 6)",
        ColumnKind::Date => "DATE",
        ColumnKind::Timestamp => "TIMESTAMP",
        ColumnKind::Boolean => "BOOLEAN",
    }
}

/// The kind that values of all these kinds can take.
pub fn common(kinds: impl IntoIterator<Item = ColumnKind>) -> ColumnKind {
    let join = |a: ColumnKind, b: ColumnKind| match (a, b) {
        _ if a == b => a,
        _ if ColumnKind::NUMERIC.contains(&a) && ColumnKind::NUMERIC.contains(&b) => ColumnKind::Number,
        (ColumnKind::Date, ColumnKind::Timestamp) | (ColumnKind::Timestamp, ColumnKind::Date) => ColumnKind::Timestamp,
        _ => ColumnKind::Text,
    };
    kinds.into_iter().reduce(join).unwrap_or(ColumnKind::Text)
}

/// A value to compare with a column of that kind.
///
/// # Errors
/// `invalid_parameter` where the value can't be one of that kind.
pub fn literal(value: &Value, kind: ColumnKind) -> Result<String> {
    let numeric = ColumnKind::NUMERIC.contains(&kind);
    Ok(match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if kind == ColumnKind::Text => text(&number.to_string()),
        Value::Number(number) => number.to_string(),
        Value::String(value) => match kind {
            ColumnKind::Text | ColumnKind::Other => text(value),
            ColumnKind::Date => format!("CAST({} AS DATE)", text(value)),
            ColumnKind::Timestamp => format!("CAST({} AS TIMESTAMP)", text(value)),
            ColumnKind::Boolean => match value.trim() {
                "true" => "true".to_owned(),
                "false" => "false".to_owned(),
                _ => {
                    return Err(cannot(
                        format!("“{value}” is neither true nor false."),
                        format!("“{value}”既不是 true 也不是 false。"),
                    ));
                }
            },
            _ if numeric => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => value.trim().to_owned(),
                _ => return Err(cannot(format!("“{value}” is no number."), format!("“{value}”不是数字。"))),
            },
            _ => text(value),
        },
        Value::Array(_) | Value::Object(_) => {
            return Err(cannot("A single value is needed, not a list.", "这里只能填一个值，不能是列表。"));
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(ident(r#"a"; DROP"#), r#""a""; DROP""#);
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(literal(&json!("1 OR 1=1"), ColumnKind::Text).unwrap(), "'1 OR 1=1'");
        assert!(literal(&json!("1 OR 1=1"), ColumnKind::Integer).is_err());
        assert!(literal(&json!("NaN"), ColumnKind::Number).is_err());
        assert_eq!(literal(&json!("2020-01-31"), ColumnKind::Date).unwrap(), "CAST('2020-01-31' AS DATE)");
        assert_eq!(literal(&json!(7), ColumnKind::Text).unwrap(), "'7'");
    }
}
