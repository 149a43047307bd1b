//! Lines over numbers or times.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{LineSeries, Plot};

use super::{
    along::Along,
    drawing::{Drawing, MOST_MARKS},
    keys::{Series, Wish, color},
    measure::Measure,
};
use crate::{Ask, Host, Outputs, look::time_series::Period, page::t};

#[derive(Deserialize)]
pub(super) struct Params {
    pub(super) x: String,
    #[serde(default)]
    pub(super) period: Option<Period>,
    #[serde(flatten)]
    pub(super) measure: Measure,
    #[serde(default)]
    pub(super) series: Option<String>,
    pub(super) most: u32,
    pub(super) other: bool,
    pub(super) limit: u32,
    #[serde(default)]
    pub(super) title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let x = Along::of(table, &params.x, params.period)?;
    let (by, y) = (params.measure.sql(table)?, params.measure.axis());
    let wish = Wish { by: &by, most: params.most, other: params.other, natural: false, only: "true" };
    let series = Series::of(host, table, params.series.as_deref(), y.label.clone(), wish)?;
    let (lines, notes) = x.totals(host, table, &params.measure, &series, params.limit.min(MOST_MARKS))?;
    let line = |(at, (name, points))| LineSeries {
        name,
        color: Some(color(at)),
        dashed: false,
        area: false,
        points,
        band: None,
    };
    let title = t(format!("{} by {}", y.label.en, params.x), format!("{}（按“{}”）", y.label.zh, params.x));
    Ok(Drawing {
        id: "line_chart",
        title: params.title,
        alt: t(
            format!("{} as {} along “{}”.", y.label.en, if lines.len() == 1 { "a line" } else { "lines" }, params.x),
            format!("沿“{}”的{}折线图，共 {} 条。", params.x, y.label.zh, lines.len()),
        ),
        otherwise: title,
        notes,
        empty: lines.iter().all(Vec::is_empty),
        plot: Plot::Line {
            x: x.axis,
            y,
            series: series.texts().into_iter().zip(lines).enumerate().map(line).collect(),
            marks: Vec::new(),
        },
    }
    .give())
}
