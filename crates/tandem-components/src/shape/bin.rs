//! Numbers in a few ranges.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask, Table,
    refusal::cannot,
    select::Select,
    sql::{as_number, ident, number, text},
};

#[derive(Deserialize)]
struct Params {
    column: String,
    method: Method,
    #[serde(default)]
    bins: Option<usize>,
    #[serde(default)]
    width: Option<f64>,
    #[serde(default)]
    edges: Vec<f64>,
    #[serde(default)]
    labels: Vec<String>,
    show: Show,
    name: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Method {
    Equal,
    Quantile,
    Width,
    Edges,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Show {
    Label,
    Number,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    table.need(&params.column)?;
    let value = format!("CAST(t.{} AS DOUBLE)", ident(&params.column));
    let mut select = Select::of_alias(table, "t");
    if params.method == Method::Width {
        let width = params.width.filter(|width| *width > 0.0);
        let width = number(width.ok_or_else(|| cannot("Say how wide a range is.", "请填写每段的宽度。"))?);
        let low = format!("floor({value} / {width}) * {width}");
        let shown = match params.show {
            Show::Number => format!("CAST(floor({value} / {width}) AS BIGINT)"),
            // `concat` makes a text of nothing too.
            Show::Label => {
                format!("CASE WHEN {value} IS NOT NULL THEN {} END", label(&low, &format!("({low} + {width})")))
            }
        };
        select.add(&params.name, shown)?;
        return Ok(select.from(&format!("{} AS t", table.sql())));
    }
    let (edges, source) = edges(&params, table)?;
    // Which range: the first whose upper edge is above the value.
    let shown = |at: usize| match (params.show, params.labels.get(at)) {
        (Show::Number, _) => format!("CAST({} AS BIGINT)", at + 1),
        (Show::Label, Some(label)) => text(label),
        (Show::Label, None) => match (at.checked_sub(1).and_then(|below| edges.get(below)), edges.get(at)) {
            (Some(low), Some(high)) => label(low, high),
            (None, Some(high)) => format!("concat('< ', {})", shown_number(high)),
            (Some(low), None) => format!("concat('≥ ', {})", shown_number(low)),
            (None, None) => text("all"),
        },
    };
    let cases: String =
        edges.iter().enumerate().map(|(at, edge)| format!(" WHEN {value} < {edge} THEN {}", shown(at))).collect();
    select.add(&params.name, format!("CASE WHEN {value} IS NULL THEN NULL{cases} ELSE {} END", shown(edges.len())))?;
    Ok(select.from(&source))
}

/// The edges between the ranges, as text, and the source that has them.
fn edges(params: &Params, table: &Table) -> Result<(Vec<String>, String)> {
    let plain = format!("{} AS t", table.sql());
    if params.method == Method::Edges {
        let mut edges = params.edges.clone();
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        if edges.is_empty() {
            return Err(cannot("Say where one range ends and the next begins.", "请填写分界值。"));
        }
        return Ok((edges.into_iter().map(number).collect(), plain));
    }
    let bins = params.bins.unwrap_or(5).max(2);
    let value = as_number(&params.column);
    let edge = |at: usize| {
        let share = at as f64 / bins as f64;
        let text = match params.method {
            Method::Quantile => format!("percentile_cont({share:?}) WITHIN GROUP (ORDER BY {value})"),
            _ => format!("min({value}) + (max({value}) - min({value})) * {}", number(share)),
        };
        format!("{text} AS \"#{at}\"")
    };
    let list: Vec<String> = (1..bins).map(edge).collect();
    let names = (1..bins).map(|at| format!("e.\"#{at}\"")).collect();
    Ok((names, format!("(SELECT {} FROM {}) AS e\nCROSS JOIN {plain}", list.join(", "), table.sql())))
}

fn label(low: &str, high: &str) -> String {
    format!("concat('[', {}, ', ', {}, ')')", shown_number(low), shown_number(high))
}

/// A number as it is read in a label: without `.0`, and not longer than it must be.
fn shown_number(edge: &str) -> String {
    format!("regexp_replace(CAST(round({edge}, 4) AS VARCHAR), '\\.0$', '')")
}
