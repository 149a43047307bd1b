//! What each column holds.

use std::{collections::BTreeMap, sync::Arc};

use arrow::datatypes::Schema;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Axis, Block, NumberFormat, Plot, Section};
use tandem_science::profile::{ColumnProfile, Histogram, Profile, Profiler, Value};

use crate::{
    Ask, Function, Host, Output, Outputs,
    columns::schema_of,
    gives::{self, Shape},
    page::{bars, count, figures, half, raw, t},
    refusal::{told, too_little},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TABLE: &Shape = &[
    ("column", ColumnKind::Text),
    ("kind", ColumnKind::Text),
    ("rows", ColumnKind::Integer),
    ("nulls", ColumnKind::Integer),
    ("null_share", ColumnKind::Number),
    ("distinct", ColumnKind::Integer),
    ("min", ColumnKind::Text),
    ("max", ColumnKind::Text),
    ("mean", ColumnKind::Text),
    ("deviation", ColumnKind::Number),
    ("p05", ColumnKind::Text),
    ("median", ColumnKind::Text),
    ("p95", ColumnKind::Text),
    ("zeros", ColumnKind::Integer),
    ("top", ColumnKind::Text),
    ("top_share", ColumnKind::Number),
    ("warnings", ColumnKind::Text),
];
/// Columns that are drawn.
const DRAWN: usize = 40;
/// Frequent values of a chart.
const TOP: usize = 12;

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    columns: Vec<String>,
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("table", gives::columns(TABLE))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let names: Vec<String> = if params.columns.is_empty() { table.names().cloned().collect() } else { params.columns };
    if names.is_empty() {
        return Err(too_little("The table has no columns.", "该表没有任何列。"));
    }
    let batches = host.rows("table", 0, &names)?;
    let schema = match batches.first() {
        Some(first) => first.schema(),
        None => {
            let own = names.iter().map(|name| table.need(name).cloned()).collect::<Result<Vec<_>>>()?;
            Arc::new(Schema::clone(&schema_of(&own)))
        }
    };
    let mut profiler = Profiler::new(schema).with_threads(host.work().threads);
    for batch in &batches {
        host.work().check()?;
        profiler.update(batch).map_err(told)?;
    }
    let profile = profiler.finish();
    let mut page = Section::new("profile", t("What the columns hold", "各列概况"));
    page = page.block(figures(
        "figures",
        t("In figures", "概况"),
        vec![
            (t("Rows", "行数"), Some(profile.rows as f64)),
            (t("Columns", "列数"), Some(profile.columns.len() as f64)),
            (t("Columns that tell rows apart", "可作为主键的列"), Some(profile.key_candidates.len() as f64)),
        ],
    ));
    let items: Vec<_> = profile.columns.iter().map(|column| (raw(&column.name), column.null_share)).collect();
    let alt = t("How many rows have no value, column by column.", "各列中没有值的行所占比例。");
    let plot = bars(t("Column", "列"), crate::page::share("Share without a value", "空值比例"), &items);
    page = page.block(crate::page::chart("nulls", t("Empty values", "空值"), alt, plot));
    let drawn = profile.columns.iter().enumerate().take(DRAWN).filter_map(|(at, column)| picture(at, column));
    page = drawn.fold(page, Section::block);
    Ok([("table".to_owned(), listed(&profile)?), ("report".to_owned(), Output::Report(page))].into())
}

fn listed(profile: &Profile) -> Result<Output> {
    let all = &profile.columns;
    let word =
        |of: fn(&ColumnProfile) -> Option<&Value>| gives::texts(all.iter().map(move |column| of(column).map(shown)));
    let whole = |of: fn(&ColumnProfile) -> Option<u64>| {
        gives::integers(all.iter().map(move |column| of(column).and_then(|n| i64::try_from(n).ok())))
    };
    let quantile = |p: f64| {
        let of = move |column: &ColumnProfile| {
            column
                .quantiles
                .as_ref()?
                .values
                .iter()
                .find(|quantile| quantile.p == p)
                .map(|quantile| shown(&quantile.value))
        };
        gives::texts(all.iter().map(of))
    };
    let warnings = |column: &ColumnProfile| {
        let codes = column.warnings.iter().filter_map(|warning| code(&warning.code));
        Some(codes.collect::<Vec<_>>().join(", ")).filter(|codes| !codes.is_empty())
    };
    gives::table(
        &gives::columns(TABLE),
        vec![
            gives::texts(all.iter().map(|column| Some(&column.name))),
            gives::texts(all.iter().map(|column| code(&column.kind))),
            gives::counts(all.iter().map(|_| profile.rows)),
            gives::counts(all.iter().map(|column| column.nulls)),
            gives::numbers(all.iter().map(|column| Some(column.null_share))),
            whole(|column| column.distinct.map(|distinct| distinct.count)),
            word(|column| column.min.as_ref()),
            word(|column| column.max.as_ref()),
            word(|column| column.mean.as_ref()),
            gives::numbers(all.iter().map(|column| column.std)),
            quantile(0.05),
            quantile(0.5),
            quantile(0.95),
            whole(|column| column.zeros),
            word(|column| column.top.first().map(|top| &top.value)),
            gives::numbers(all.iter().map(|column| column.top.first().map(|top| top.share))),
            gives::texts(all.iter().map(warnings)),
        ],
    )
}

/// A stable code as documents write it.
fn code(of: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(of).ok()?.as_str().map(str::to_owned)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) => value.clone(),
    }
}

/// A number, or days since 1970.
fn place(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Number(value) => Some(*value),
        Value::Boolean(_) => None,
        Value::Text(text) => {
            let days = |moment: NaiveDateTime| moment.and_utc().timestamp() as f64 / 86_400.0;
            let date = text.parse::<NaiveDate>().ok().and_then(|date| date.and_hms_opt(0, 0, 0));
            date.or_else(|| text.trim_end_matches('Z').parse().ok()).map(days)
        }
    }
}

fn picture(at: usize, column: &ColumnProfile) -> Option<Block> {
    let (id, title) = (format!("column_{}", at + 1), raw(&column.name));
    let spread = column.histogram.as_ref().and_then(|found| histogram(column, found));
    if let Some(plot) = spread {
        let alt =
            t(format!("How the values of “{}” are spread.", column.name), format!("“{}”的取值分布。", column.name));
        return Some(half(&id, title, alt, plot));
    }
    let items: Vec<(Text, f64)> =
        column.top.iter().take(TOP).map(|top| (raw(&shown(&top.value)), top.count as f64)).collect();
    let first = items.first()?.0.en.clone();
    let alt = t(
        format!("“{first}” is the most frequent value of “{}”.", column.name),
        format!("“{}”最常见的取值是“{first}”。", column.name),
    );
    Some(half(&id, title, alt, bars(t("Value", "取值"), count("Rows", "行数"), &items)))
}

/// The bars of a column whose values have a place; none where each bar is one value.
fn histogram(column: &ColumnProfile, found: &Histogram) -> Option<Plot> {
    let mut edges = vec![place(&found.bins.first()?.from)?];
    for bin in &found.bins {
        edges.push(place(&bin.to)?);
    }
    if !edges.windows(2).all(|pair| pair[0] < pair[1]) {
        return None;
    }
    let dates = found.bins.first().is_some_and(|bin| matches!(bin.from, Value::Text(_)));
    let format = if dates { NumberFormat::date() } else { NumberFormat::default() };
    Some(Plot::Histogram {
        x: Axis::new(raw(&column.name), format),
        y: count("Rows", "行数"),
        edges,
        counts: found.bins.iter().map(|bin| bin.count as f64).collect(),
        color: 0,
        marks: Vec::new(),
    })
}
