//! A value for each pair of two categories, as shades.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::Plot;

use super::{
    bar_chart::{Order, crossed},
    drawing::Drawing,
    keys::{Keys, Series, Wish},
    measure::Measure,
};
use crate::{
    Ask, Host, Outputs,
    page::{raw, t},
};

#[derive(Deserialize)]
struct Params {
    x: String,
    y: String,
    #[serde(flatten)]
    measure: Measure,
    order: Order,
    most: u32,
    other: bool,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let (by, value) = (params.measure.sql(table)?, params.measure.axis());
    let natural = params.order == Order::Category;
    let wish = Wish { by: &by, most: params.most, other: params.other, natural, only: "true" };
    let columns = Keys::of(host, table, &params.x, wish)?;
    let rows = Series::Of(Keys::of(host, table, &params.y, wish)?);
    let mut values = crossed(host, table, &by, &columns, &rows)?;
    // The first row stands at the top, and a heat map is drawn from the bottom.
    let mut names = rows.texts();
    names.reverse();
    values.reverse();
    Ok(Drawing {
        id: "heat_map",
        title: params.title,
        otherwise: t(
            format!("{} by {} and {}", value.label.en, params.x, params.y),
            format!("{}（按“{}”和“{}”）", value.label.zh, params.x, params.y),
        ),
        alt: t(
            format!("{} for each pair of “{}” and “{}”, as shades.", value.label.en, params.x, params.y),
            format!("“{}”与“{}”每对取值的{}，以深浅表示。", params.x, params.y, value.label.zh),
        ),
        notes: columns.note().into_iter().chain(rows.note()).collect(),
        empty: columns.len() == 0,
        plot: Plot::HeatMap {
            x: raw(&params.x),
            x_categories: columns.texts(),
            y: raw(&params.y),
            y_categories: names,
            value,
            values,
            counts: None,
        },
    }
    .give())
}
