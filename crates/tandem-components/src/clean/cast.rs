//! Columns of another type.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{as_text, ident},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<Conversion>,
    on_error: OnError,
    loose: bool,
}

#[derive(Deserialize)]
struct Conversion {
    column: String,
    to: ColumnKind,
    #[serde(default)]
    digits: Option<u8>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum OnError {
    Empty,
    Fail,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of(table);
    for conversion in &params.columns {
        select.set(&conversion.column, cast(table.need(&conversion.column)?, conversion, &params)?);
    }
    Ok(select.from(&table.sql()))
}

fn cast(column: &Column, conversion: &Conversion, params: &Params) -> Result<String> {
    use ColumnKind as K;
    let name = ident(&column.name);
    let word = if params.on_error == OnError::Empty { "TRY_CAST" } else { "CAST" };
    let to = match conversion.to {
        K::Text | K::Other => "VARCHAR".to_owned(),
        K::Integer => "BIGINT".to_owned(),
        K::Number => "DOUBLE".to_owned(),
        K::Decimal => format!("DECIMAL(38, {})", conversion.digits.unwrap_or(2).min(18)),
        K::Date => "DATE".to_owned(),
        K::Timestamp => "TIMESTAMP".to_owned(),
        K::Boolean => "BOOLEAN".to_owned(),
    };
    let numeric = |kind: K| K::NUMERIC.contains(&kind);
    Ok(match (column.kind, conversion.to) {
        (from, to) if from == to && to != K::Decimal => name,
        (K::Text, K::Boolean) => boolean(&name, params.on_error),
        (K::Text, K::Integer) => {
            // Exactly where it is written as a whole number, else rounded: `12.0` is 12.
            let text = loosened(&name, params.loose);
            let rounded = format!("{word}(round({word}({text} AS DOUBLE)) AS BIGINT)");
            format!("coalesce(TRY_CAST({text} AS BIGINT), {rounded})")
        }
        (K::Text, to_kind) if numeric(to_kind) => format!("{word}({} AS {to})", loosened(&name, params.loose)),
        (K::Text, K::Date | K::Timestamp) => format!("{word}(nullif(btrim({name}), '') AS {to})"),
        (K::Number | K::Decimal, K::Integer) => format!("{word}(round({name}) AS BIGINT)"),
        (K::Boolean, to_kind) if numeric(to_kind) => format!("CAST(CAST({name} AS BIGINT) AS {to})"),
        (from, K::Boolean) if numeric(from) => format!("({name} <> 0)"),
        (from, to_kind) if numeric(from) && numeric(to_kind) => format!("{word}({name} AS {to})"),
        (_, K::Text) => as_text(column),
        (K::Date, K::Timestamp) | (K::Timestamp, K::Date) => format!("CAST({name} AS {to})"),
        (from, to) => {
            let (from, to) = (from.words(), to.words());
            return Err(cannot(
                format!(
                    "“{}” is {}, which can't become {}. Date parts or an expression may do.",
                    column.name, from.en, to.en
                ),
                format!("“{}”是{}，不能转换为{}。可以试试“日期拆分”或表达式。", column.name, from.zh, to.zh),
            ));
        }
    })
}

/// Without what people write into numbers: spaces, thousands separators, currencies.
fn loosened(name: &str, loose: bool) -> String {
    if loose {
        format!("nullif(regexp_replace({name}, '[\\s,，¥￥$€£]', '', 'g'), '')")
    } else {
        format!("nullif(btrim({name}), '')")
    }
}

fn boolean(name: &str, on_error: OnError) -> String {
    let text = format!("lower(btrim({name}))");
    let other = match on_error {
        OnError::Empty => "NULL".to_owned(),
        OnError::Fail => format!("CAST(nullif({text}, '') AS BOOLEAN)"),
    };
    format!(
        "CASE WHEN {text} IN ('true', 't', 'yes', 'y', '1', '是', '真', '对') THEN true \
         WHEN {text} IN ('false', 'f', 'no', 'n', '0', '否', '假', '错') THEN false ELSE {other} END"
    )
}
