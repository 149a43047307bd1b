//! Values that nobody should read, in a form that still can be worked with.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{as_text, ident, number, text},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<One>,
    #[serde(default)]
    salt: Option<String>,
}

#[derive(Deserialize)]
struct One {
    column: String,
    method: Method,
    #[serde(default)]
    keep_start: u32,
    #[serde(default)]
    keep_end: u32,
    #[serde(default)]
    width: Option<f64>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Method {
    Hash,
    Partial,
    Empty,
    Bucket,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let salt = params.salt.as_deref().unwrap_or_default();
    let mut select = Select::of(table);
    for one in &params.columns {
        select.set(&one.column, masked(table.need(&one.column)?, one, salt)?);
    }
    Ok(select.from(&table.sql()))
}

fn masked(column: &Column, one: &One, salt: &str) -> Result<String> {
    let (name, value) = (ident(&column.name), as_text(column));
    Ok(match one.method {
        Method::Hash => format!("left(encode(sha256({} || {value}), 'hex'), 32)", text(salt)),
        Method::Partial => {
            let (start, end) = (one.keep_start, one.keep_end);
            // A value so short that nothing would be hidden is hidden altogether.
            format!(
                "CASE WHEN {value} IS NULL THEN NULL WHEN character_length({value}) <= {} THEN '****' \
                 ELSE left({value}, {start}) || '****' || right({value}, {end}) END",
                start + end
            )
        }
        Method::Empty => format!("CASE WHEN false THEN {name} END"),
        Method::Bucket => bucket(column, one.width.unwrap_or(10.0))?,
    })
}

/// The lower edge of the bucket: in the column's unit for numbers, in days for dates.
fn bucket(column: &Column, width: f64) -> Result<String> {
    let name = ident(&column.name);
    let whole = width.max(1.0).round();
    Ok(match column.kind {
        ColumnKind::Integer => {
            format!("CAST(floor(CAST({name} AS DOUBLE) / {0}) * {0} AS BIGINT)", number(whole))
        }
        ColumnKind::Number | ColumnKind::Decimal => {
            format!("floor(CAST({name} AS DOUBLE) / {0}) * {0}", number(width))
        }
        ColumnKind::Date | ColumnKind::Timestamp => {
            let to = if column.kind == ColumnKind::Date { "DATE" } else { "TIMESTAMP" };
            format!(
                "CAST(date_bin(INTERVAL '{whole} days', CAST({name} AS TIMESTAMP), TIMESTAMP '1970-01-01T00:00:00') AS {to})"
            )
        }
        _ => {
            return Err(cannot(
                format!("“{}” is {}, which has no buckets.", column.name, column.kind.words().en),
                format!("“{}”是{}，不能分段。", column.name, column.kind.words().zh),
            ));
        }
    })
}
