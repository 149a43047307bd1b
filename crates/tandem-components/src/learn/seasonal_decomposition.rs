//! Trend, season and what is left of series.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind, Columns};
use tandem_report::{Block, Section};
use tandem_science::forecast::{Decomposition, decompose};

use super::series::{self, Read, Series};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{axis, chart, figures, line, lines, t},
    refusal::{cannot, told},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const VALUES: &Shape = &[
    ("actual", ColumnKind::Number),
    ("trend", ColumnKind::Number),
    ("seasonal", ColumnKind::Number),
    ("remainder", ColumnKind::Number),
];
const STRENGTHS: &Shape = &[
    ("steps", ColumnKind::Integer),
    ("trend_strength", ColumnKind::Number),
    ("seasonal_strength", ColumnKind::Number),
];
/// Series that are drawn.
const DRAWN: usize = 3;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    series: series::Params,
    smoothness: usize,
    robust: bool,
}

fn strengths(params: &Params) -> Vec<Column> {
    let group = params.series.group().map(|group| Column::new(group, ColumnKind::Text));
    group.into_iter().chain(gives::columns(STRENGTHS)).collect()
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let params: Params = ask.params()?;
    let table = params.series.keys(ask, &gives::columns(VALUES))?;
    Ok(gives::known([("table", table), ("strengths", strengths(&params))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let columns = params.series.keys(ask, &gives::columns(VALUES))?;
    let read = params.series.read(ask, host)?;
    if read.season < 2 {
        return Err(cannot(
            "Without a season there is nothing to take apart. Set the steps of a season to 2 or more.",
            "没有季节周期就无法分解，请把季节周期设为 2 或更大。",
        ));
    }
    // The smoother's length is odd.
    let smoothness = params.smoothness | 1;
    let mut found: Vec<(&Series, Decomposition)> = Vec::new();
    for series in &read.series {
        host.work().check()?;
        found.push((series, decompose(&series.values, read.season, smoothness, params.robust).map_err(told)?));
    }
    let name = params.series.value();
    let mut page = Section::new("decomposition", t(format!("{name} taken apart"), format!("“{name}”的季节分解")));
    for (at, (series, parts)) in found.iter().take(DRAWN).enumerate() {
        page = pictures(at, series, parts, &read, name).into_iter().fold(page, Section::block);
    }
    let outputs = [
        ("table", table(&columns, &read, &found, &params)?),
        ("strengths", strength_table(&params, &found)?),
        ("report", Output::Report(page)),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

fn table(columns: &[Column], read: &Read, found: &[(&Series, Decomposition)], params: &Params) -> Result<Output> {
    let each = |of: fn(&Series, &Decomposition) -> Vec<f64>| {
        gives::numbers(found.iter().flat_map(|(series, parts)| of(series, parts)).map(Some))
    };
    let mut arrays = Vec::new();
    if params.series.group().is_some() {
        let names = found.iter().flat_map(|(series, _)| series.values.iter().map(|_| series.group.as_ref()));
        arrays.push(gives::texts(names));
    }
    arrays.push(read.calendar.column(found.iter().flat_map(|(series, _)| series.steps(0))));
    arrays.push(each(|series, _| series.values.clone()));
    arrays.push(each(|_, parts| parts.trend.clone()));
    arrays.push(each(|_, parts| parts.seasonal.clone()));
    arrays.push(each(|_, parts| parts.remainder.clone()));
    gives::table(columns, arrays)
}

fn strength_table(params: &Params, found: &[(&Series, Decomposition)]) -> Result<Output> {
    let mut arrays = Vec::new();
    if params.series.group().is_some() {
        arrays.push(gives::texts(found.iter().map(|(series, _)| series.group.as_ref())));
    }
    arrays.push(gives::counts(found.iter().map(|(series, _)| series.values.len() as u64)));
    arrays.push(gives::numbers(found.iter().map(|(_, parts)| Some(parts.trend_strength))));
    arrays.push(gives::numbers(found.iter().map(|(_, parts)| Some(parts.seasonal_strength))));
    gives::table(&strengths(params), arrays)
}

fn pictures(at: usize, series: &Series, parts: &Decomposition, read: &Read, value: &str) -> Vec<Block> {
    let name = series.group.as_deref().unwrap_or(value);
    let points = |values: &[f64]| {
        series.steps(0).zip(values).map(|(step, value)| [read.calendar.place(step), *value]).collect::<Vec<_>>()
    };
    let draw = |id: &str, (en, zh): (&str, &str), alt, lines_of: Vec<(tandem_core::Text, u8, &[f64])>| {
        let series = lines_of.into_iter().map(|(words, color, values)| line(words, color, points(values))).collect();
        let title = t(format!("{name}: {en}"), format!("{name}：{zh}"));
        chart(&format!("{id}_{}", at + 1), title, alt, lines(read.axis(), axis(value, value), series))
    };
    vec![
        figures(
            &format!("strengths_{}", at + 1),
            t(format!("{name} in figures"), format!("{name} 概况")),
            vec![
                (t("Strength of the trend, 0 to 1", "趋势强度（0 到 1）"), Some(parts.trend_strength)),
                (t("Strength of the season, 0 to 1", "季节强度（0 到 1）"), Some(parts.seasonal_strength)),
            ],
        ),
        draw(
            "trend",
            ("values and trend", "实际值与趋势"),
            t("The slow part of the series.", "序列中缓慢变化的部分。"),
            vec![(t("actual", "实际"), 0, series.values.as_slice()), (t("trend", "趋势"), 1, &parts.trend)],
        ),
        draw(
            "season",
            ("season and remainder", "季节与残差"),
            t("What repeats, and what is left.", "重复出现的部分，以及剩余部分。"),
            vec![(t("season", "季节"), 2, parts.seasonal.as_slice()), (t("remainder", "残差"), 3, &parts.remainder)],
        ),
    ]
}
