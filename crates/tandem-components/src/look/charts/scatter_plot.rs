//! A point for each row.

use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_report::{Plot, PointSeries};

use super::{
    along::Along,
    drawing::{Drawing, MOST_MARKS, count, floats, left_out, many},
    keys::{Series, Wish, color},
};
use crate::{Ask, Host, Outputs, learn::features::words, page::t};

#[derive(Deserialize)]
struct Params {
    x: String,
    y: String,
    #[serde(default)]
    series: Option<String>,
    limit: u32,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let (x, y) = (Along::of(table, &params.x, None)?, Along::of(table, &params.y, None)?);
    let whole = t("Rows", "行");
    let wish = Wish { by: "count(*)", most: 7, other: true, natural: false, only: "true" };
    let series = Series::of(host, table, params.series.as_deref(), whole, wish)?;
    let limit = params.limit.min(MOST_MARKS);
    let there = format!("{} IS NOT NULL AND {} IS NOT NULL", x.sql, y.sql);
    // Which points are drawn is decided by the points themselves: the same ones each time.
    let found = host.query(&format!(
        "SELECT {x} AS \"x\", {y} AS \"y\", {s} AS \"s\" FROM {from} WHERE {there} ORDER BY row_hash({x}, {y}, {s}), 1, 2, 3 LIMIT {limit}",
        x = x.sql,
        y = y.sql,
        s = series.sql(),
        from = table.sql(),
    ))?;
    let counted = host
        .query(&format!("SELECT count(*) AS \"all\", count(*) FILTER (WHERE {there}) AS \"n\" FROM {}", table.sql()))?;
    let (all, drawable) = (count(&counted, "all")?, count(&counted, "n")?);
    let places = series.places();
    let mut groups: Vec<Vec<[f64; 2]>> = vec![Vec::new(); series.texts().len()];
    let names = words(&found, "s")?;
    for ((x, y), name) in floats(&found, "x")?.into_iter().zip(floats(&found, "y")?).zip(&names) {
        let group = name.as_deref().and_then(|name| places.get(name)).and_then(|at| groups.get_mut(*at));
        if let (Some(x), Some(y), Some(group)) = (x, y, group) {
            group.push([x, y]);
        }
    }
    let mut notes: Vec<Text> = series.note().into_iter().collect();
    notes.extend(sampled(drawable, u64::from(limit)));
    notes.extend(left_out(all - drawable.min(all), "without both values", "缺少坐标值"));
    let points = series.texts().into_iter().zip(groups).enumerate();
    let series = points.map(|(at, (name, points))| PointSeries { name, color: color(at), points }).collect();
    Ok(Drawing {
        id: "scatter_plot",
        title: params.title,
        otherwise: t(format!("{} and {}", params.x, params.y), format!("“{}”与“{}”", params.x, params.y)),
        alt: t(
            format!(
                "{} points, “{}” to the right and “{}” up.",
                many(drawable.min(u64::from(limit))),
                params.x,
                params.y
            ),
            format!("{} 个点，横轴“{}”，纵轴“{}”。", many(drawable.min(u64::from(limit))), params.x, params.y),
        ),
        notes,
        empty: drawable == 0,
        plot: Plot::Scatter { x: x.axis, y: y.axis, series, marks: Vec::new() },
    }
    .give())
}

/// That not every point is drawn, where that is so.
pub(super) fn sampled(all: u64, limit: u64) -> Option<Text> {
    (all > limit).then(|| {
        t(
            format!("{} of {} points are drawn, chosen evenly.", many(limit), many(all)),
            format!("共 {} 个点，均匀抽取其中 {} 个画出。", many(all), many(limit)),
        )
    })
}
