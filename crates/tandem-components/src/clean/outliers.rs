//! Values far from the others.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask, Table,
    refusal::cannot,
    select::Select,
    sql::{as_number, ident, number},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    method: Method,
    #[serde(default)]
    factor: Option<f64>,
    #[serde(default)]
    limit: Option<f64>,
    #[serde(default)]
    lower: Option<f64>,
    #[serde(default)]
    upper: Option<f64>,
    action: Action,
    #[serde(default)]
    flag: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Method {
    Iqr,
    ZScore,
    Percentile,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Action {
    Remove,
    Cap,
    Empty,
    Flag,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    if params.columns.is_empty() {
        return Err(cannot("Choose a column to look at.", "请选择要检查的列。"));
    }
    let columns = params.columns.iter().map(|name| table.need(name)).collect::<Result<Vec<_>>>()?;
    let mut select = Select::of_alias(table, "t");
    let outside: Vec<String> = columns.iter().enumerate().map(|(at, column)| outside(at, column)).collect();
    // An empty value is no outlier, and where there are no values there are no bounds.
    let any = format!("coalesce({}, false)", outside.join(" OR "));
    match params.action {
        Action::Remove => {}
        Action::Flag => select.add(params.flag.as_deref().unwrap_or("outlier"), any.as_str())?,
        Action::Cap => columns.iter().enumerate().for_each(|(at, column)| select.set(&column.name, capped(at, column))),
        Action::Empty => columns.iter().zip(&outside).for_each(|(column, outside)| {
            select.set(&column.name, format!("CASE WHEN {outside} THEN NULL ELSE t.{} END", ident(&column.name)));
        }),
    }
    let text = select.from(&format!("({}) AS b\nCROSS JOIN {} AS t", bounds(table, &params)?, table.sql()));
    Ok(match params.action {
        Action::Remove => format!("{text}\nWHERE NOT {any}"),
        _ => text,
    })
}

/// One row: for each column the least and the greatest value that is no outlier.
fn bounds(table: &Table, params: &Params) -> Result<String> {
    let mut list = Vec::new();
    for (at, name) in params.columns.iter().enumerate() {
        let value = as_number(name);
        let quantile = |q: f64| format!("percentile_cont({q:?}) WITHIN GROUP (ORDER BY {value})");
        let (low, high) = match params.method {
            Method::Iqr => {
                let (first, third) = (quantile(0.25), quantile(0.75));
                let factor = number(params.factor.unwrap_or(1.5));
                let reach = format!("{factor} * ({third} - {first})");
                (format!("{first} - {reach}"), format!("{third} + {reach}"))
            }
            Method::ZScore => {
                let limit = number(params.limit.unwrap_or(3.0));
                let reach = format!("{limit} * stddev_samp({value})");
                (format!("avg({value}) - {reach}"), format!("avg({value}) + {reach}"))
            }
            Method::Percentile => {
                let (lower, upper) = (params.lower.unwrap_or(0.01), params.upper.unwrap_or(0.99));
                if lower >= upper {
                    return Err(cannot(
                        "The lower percentile must be below the upper one.",
                        "下百分位必须小于上百分位。",
                    ));
                }
                (quantile(lower), quantile(upper))
            }
        };
        list.push(format!("{low} AS \"#low{at}\", {high} AS \"#high{at}\""));
    }
    Ok(format!("SELECT {} FROM {}", list.join(", "), table.sql()))
}

fn outside(at: usize, column: &Column) -> String {
    let value = format!("CAST(t.{} AS DOUBLE)", ident(&column.name));
    format!("{value} < b.\"#low{at}\" OR {value} > b.\"#high{at}\"")
}

/// Whole numbers stay whole: the nearest one inside the bounds.
fn capped(at: usize, column: &Column) -> String {
    let name = format!("t.{}", ident(&column.name));
    let (low, high) = match column.kind {
        ColumnKind::Integer => {
            (format!("CAST(ceil(b.\"#low{at}\") AS BIGINT)"), format!("CAST(floor(b.\"#high{at}\") AS BIGINT)"))
        }
        _ => (format!("b.\"#low{at}\""), format!("b.\"#high{at}\"")),
    };
    let value = format!("CAST({name} AS DOUBLE)");
    format!("CASE WHEN {value} < b.\"#low{at}\" THEN {low} WHEN {value} > b.\"#high{at}\" THEN {high} ELSE {name} END")
}
