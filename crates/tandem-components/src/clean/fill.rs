//! Values for where there are none.

use serde::Deserialize;
use serde_json::Value;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask, Table,
    order::{By, partition, total},
    refusal::cannot,
    select::Select,
    sql::{ident, idents, literal},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    method: Method,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    order: Vec<By>,
    blank: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Method {
    Value,
    Zero,
    Mean,
    Median,
    MostFrequent,
    Min,
    Max,
    Previous,
    Next,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let columns = params.columns.iter().map(|name| table.need(name)).collect::<Result<Vec<_>>>()?;
    for column in &columns {
        fits(column, params.method)?;
        if params.by.contains(&column.name) {
            return Err(cannot(
                format!("“{}” can't be filled by groups of itself.", column.name),
                format!("“{}”不能按自身分组来填充。", column.name),
            ));
        }
    }
    match params.method {
        Method::Value | Method::Zero => by_value(table, &columns, &params),
        Method::Previous | Method::Next => by_neighbour(table, &columns, &params),
        Method::Mean | Method::Median | Method::Min | Method::Max | Method::MostFrequent => {
            by_group(table, &columns, &params)
        }
    }
}

fn fits(column: &Column, method: Method) -> Result<()> {
    let needs_number = matches!(method, Method::Mean | Method::Median | Method::Zero);
    if needs_number && !ColumnKind::NUMERIC.contains(&column.kind) {
        return Err(cannot(
            format!("“{}” is {}: this way of filling is for numbers.", column.name, column.kind.words().en),
            format!("“{}”是{}，这种填充方式只适用于数值列。", column.name, column.kind.words().zh),
        ));
    }
    Ok(())
}

/// The column's value, or nothing where it counts as missing.
fn present(column: &Column, alias: &str, params: &Params) -> String {
    let name = format!("{alias}{}", ident(&column.name));
    match column.kind {
        ColumnKind::Text if params.blank => format!("CASE WHEN btrim({name}) <> '' THEN {name} END"),
        _ => name,
    }
}

fn by_value(table: &Table, columns: &[&Column], params: &Params) -> Result<String> {
    let mut select = Select::of(table);
    for column in columns {
        let value = match params.method {
            Method::Zero => "0".to_owned(),
            _ if params.value.is_null() => {
                return Err(cannot("Say with what to fill.", "请填写用来填充的值。"));
            }
            _ => literal(&params.value, column.kind)?,
        };
        select.set(&column.name, format!("coalesce({}, {value})", present(column, "", params)));
    }
    Ok(select.from(&table.sql()))
}

fn by_neighbour(table: &Table, columns: &[&Column], params: &Params) -> Result<String> {
    if params.order.is_empty() {
        return Err(cannot(
            "Say in which order rows stand: there is no row before another without one.",
            "请选择排序列：没有顺序就没有“上一行”。",
        ));
    }
    let order = total(&params.order, table, &params.by);
    let (function, frame) = match params.method {
        Method::Previous => ("last_value", "UNBOUNDED PRECEDING AND CURRENT ROW"),
        _ => ("first_value", "CURRENT ROW AND UNBOUNDED FOLLOWING"),
    };
    let mut select = Select::of(table);
    for column in columns {
        let value = present(column, "", params);
        let window = format!("{}ORDER BY {order} ROWS BETWEEN {frame}", partition(&params.by));
        select.set(&column.name, format!("{function}({value}) IGNORE NULLS OVER ({window})"));
    }
    Ok(select.from(&table.sql()))
}

/// What a group has to give: a text whose rows are the groups, with the keys
/// as `#by0`, `#by1` … and the values as `#0`, `#1` ….
fn by_group(table: &Table, columns: &[&Column], params: &Params) -> Result<String> {
    if params.method != Method::MostFrequent {
        return Ok(filled(table, &table.sql(), &statistics(table, columns, params), columns, params));
    }
    let mut source = table.sql();
    let mut text = String::new();
    for column in columns {
        text = filled(table, &source, &most_frequent(table, column, params), &[*column], params);
        source = format!("(\n{text}\n)");
    }
    Ok(text)
}

/// The rows of `source` stream past the groups' values, which are few.
fn filled(table: &Table, source: &str, groups: &str, columns: &[&Column], params: &Params) -> String {
    let mut select = Select::of_alias(table, "t");
    for (at, column) in columns.iter().enumerate() {
        select.set(&column.name, format!("coalesce({}, f.\"#{at}\")", present(column, "t.", params)));
    }
    if params.by.is_empty() {
        return select.from(&format!("({groups}) AS f\nCROSS JOIN {source} AS t"));
    }
    let equal = |(at, name): (usize, &String)| format!("f.\"#by{at}\" IS NOT DISTINCT FROM t.{}", ident(name));
    let on: Vec<String> = params.by.iter().enumerate().map(equal).collect();
    select.from(&format!("({groups}) AS f\nRIGHT JOIN {source} AS t ON {}", on.join(" AND ")))
}

fn keys(params: &Params) -> Vec<String> {
    params.by.iter().enumerate().map(|(at, name)| format!("{} AS \"#by{at}\"", ident(name))).collect()
}

fn statistics(table: &Table, columns: &[&Column], params: &Params) -> String {
    let mut list = keys(params);
    for (at, column) in columns.iter().enumerate() {
        let value = present(column, "", params);
        let statistic = match params.method {
            Method::Mean => format!("avg({value})"),
            Method::Median => format!("median(CAST({value} AS DOUBLE))"),
            Method::Min => format!("min({value})"),
            _ => format!("max({value})"),
        };
        list.push(format!("{statistic} AS \"#{at}\""));
    }
    let groups = if params.by.is_empty() { String::new() } else { format!(" GROUP BY {}", idents(&params.by)) };
    format!("SELECT {} FROM {}{groups}", list.join(", "), table.sql())
}

/// The value that most rows of a group have; of several, the least.
fn most_frequent(table: &Table, column: &Column, params: &Params) -> String {
    let value = present(column, "", params);
    let counted = format!(
        "SELECT {}, count(*) AS \"#rows\" FROM {} WHERE {value} IS NOT NULL GROUP BY {}",
        [keys(params), vec![format!("{value} AS \"#0\"")]].concat().join(", "),
        table.sql(),
        (1..=params.by.len() + 1).map(|at| at.to_string()).collect::<Vec<_>>().join(", ")
    );
    let names: Vec<String> = (0..params.by.len()).map(|at| format!("#by{at}")).collect();
    if names.is_empty() {
        // One row even where there is no value at all.
        return format!("SELECT first_value(\"#0\" ORDER BY \"#rows\" DESC, \"#0\") AS \"#0\" FROM ({counted})");
    }
    format!(
        "SELECT {0}, first_value(\"#0\" ORDER BY \"#rows\" DESC, \"#0\") AS \"#0\" FROM ({counted}) GROUP BY {0}",
        idents(&names)
    )
}
