//! Bars over categories.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{BarSeries, Plot};

use super::{
    drawing::{Drawing, floats},
    keys::{Keys, Series, Wish, color},
    measure::Measure,
};
use crate::{
    Ask, Host, Outputs, Table,
    learn::features::words,
    page::{raw, t},
};

#[derive(Deserialize)]
struct Params {
    category: String,
    #[serde(flatten)]
    measure: Measure,
    #[serde(default)]
    series: Option<String>,
    layout: Layout,
    direction: Direction,
    order: Order,
    most: u32,
    other: bool,
    #[serde(default)]
    title: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Layout {
    Grouped,
    Stacked,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Direction {
    Lying,
    Standing,
}

/// The order of categories.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// The greatest first.
    Value,
    /// Their own.
    Category,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let stacked = params.layout == Layout::Stacked && params.series.is_some();
    if stacked {
        params.measure.must_add_up()?;
    }
    let (by, value) = (params.measure.sql(table)?, params.measure.axis());
    let natural = params.order == Order::Category;
    let wish = Wish { by: &by, most: params.most, other: params.other, natural, only: "true" };
    let categories = Keys::of(host, table, &params.category, wish)?;
    let inner = Wish { most: 7, other: true, natural: true, ..wish };
    let series = Series::of(host, table, params.series.as_deref(), value.label.clone(), inner)?;
    let cells = crossed(host, table, &by, &categories, &series)?;
    let bar = |(at, (name, values))| BarSeries { name, color: color(at), values };
    let first = categories.texts().into_iter().next();
    let alt = match first {
        Some(first) => t(
            format!("{} for each “{}”, beginning with “{}”.", value.label.en, params.category, first.en),
            format!("各“{}”的{}，首项为“{}”。", params.category, value.label.zh, first.zh),
        ),
        None => t("No bars.", "没有柱。"),
    };
    Ok(Drawing {
        id: "bar_chart",
        title: params.title,
        otherwise: t(
            format!("{} by {}", value.label.en, params.category),
            format!("{}（按“{}”）", value.label.zh, params.category),
        ),
        alt,
        notes: categories.note().into_iter().chain(series.note()).collect(),
        empty: categories.len() == 0,
        plot: Plot::Bar {
            category: raw(&params.category),
            categories: categories.texts(),
            series: series.texts().into_iter().zip(cells).enumerate().map(bar).collect(),
            value,
            horizontal: params.direction == Direction::Lying,
            stacked,
            category_colors: None,
            marks: Vec::new(),
        },
    }
    .give())
}

/// The measure of each series in each category: `cells[series][category]`.
pub(super) fn crossed(
    host: &dyn Host,
    table: &Table,
    measure: &str,
    categories: &Keys,
    series: &Series,
) -> Result<Vec<Vec<Option<f64>>>> {
    let found = host.query(&format!(
        "SELECT {} AS \"c\", {} AS \"s\", {measure} AS \"v\" FROM {} WHERE {} AND {} GROUP BY 1, 2 ORDER BY 1, 2",
        categories.sql(),
        series.sql(),
        table.sql(),
        categories.filter(),
        series.filter(),
    ))?;
    let (rows, columns) = (series.places(), categories.places());
    let mut cells = vec![vec![None; categories.len()]; series.texts().len()];
    let (of, among) = (words(&found, "c")?, words(&found, "s")?);
    for ((category, series), value) in of.iter().zip(&among).zip(floats(&found, "v")?) {
        let at = |places: &std::collections::HashMap<&str, usize>, name: &Option<String>| {
            name.as_deref().and_then(|name| places.get(name)).copied()
        };
        if let (Some(column), Some(row)) = (at(&columns, category), at(&rows, series)) {
            cells[row][column] = value;
        }
    }
    Ok(cells)
}
