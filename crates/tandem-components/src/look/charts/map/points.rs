//! Places by longitude and latitude.

use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;
use tandem_report::{Axis, NumberFormat, PlaceSeries, Plot};

use super::super::{
    drawing::{Drawing, MOST_MARKS, count, floats, left_out, many},
    keys::{Series, Wish, color},
    scatter_plot::sampled,
};
use crate::{
    Ask, Host, Outputs,
    learn::features::words,
    page::{raw, t},
    refusal::cannot,
    sql::as_number,
};

#[derive(Deserialize)]
struct Params {
    longitude: String,
    latitude: String,
    #[serde(default)]
    size: Option<String>,
    #[serde(default)]
    series: Option<String>,
    limit: u32,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    for name in [Some(&params.longitude), Some(&params.latitude), params.size.as_ref()].into_iter().flatten() {
        let kind = table.need(name)?.kind;
        if !ColumnKind::NUMERIC.contains(&kind) {
            return Err(cannot(
                format!("“{name}” is {}. Choose a column of numbers.", kind.words().en),
                format!("“{name}”是{}，请改选数值列。", kind.words().zh),
            ));
        }
    }
    let wish = Wish { by: "count(*)", most: 7, other: true, natural: false, only: "true" };
    let series = Series::of(host, table, params.series.as_deref(), t("Places", "地点"), wish)?;
    let (x, y) = (as_number(&params.longitude), as_number(&params.latitude));
    let size = params.size.as_deref().map_or_else(|| "CAST(NULL AS DOUBLE)".to_owned(), as_number);
    let there = format!("{x} BETWEEN -180 AND 180 AND {y} BETWEEN -90 AND 90");
    let limit = params.limit.min(MOST_MARKS);
    let found = host.query(&format!(
        "SELECT {x} AS \"x\", {y} AS \"y\", {size} AS \"size\", {s} AS \"s\" FROM {from} WHERE {there} \
         ORDER BY row_hash({x}, {y}, {size}, {s}), 1, 2, 3, 4 LIMIT {limit}",
        s = series.sql(),
        from = table.sql(),
    ))?;
    let counted = host
        .query(&format!("SELECT count(*) AS \"all\", count(*) FILTER (WHERE {there}) AS \"n\" FROM {}", table.sql()))?;
    let (all, drawable) = (count(&counted, "all")?, count(&counted, "n")?);
    let places = series.places();
    let mut groups: Vec<(Vec<[f64; 2]>, Vec<f64>)> = vec![(Vec::new(), Vec::new()); series.texts().len()];
    let (names, sizes) = (words(&found, "s")?, floats(&found, "size")?);
    for (((x, y), size), name) in floats(&found, "x")?.into_iter().zip(floats(&found, "y")?).zip(sizes).zip(&names) {
        let group = name.as_deref().and_then(|name| places.get(name)).and_then(|at| groups.get_mut(*at));
        if let (Some(x), Some(y), Some((points, sizes))) = (x, y, group) {
            points.push([x, y]);
            sizes.push(size.unwrap_or(0.0).max(0.0));
        }
    }
    let mut notes: Vec<Text> = series.note().into_iter().collect();
    notes.extend(sampled(drawable, u64::from(limit)));
    notes.extend(left_out(all - drawable.min(all), "without a place on the globe", "没有有效经纬度"));
    let drawn = drawable.min(u64::from(limit));
    let groups = series.texts().into_iter().zip(groups).enumerate().map(|(at, (name, (points, sizes)))| PlaceSeries {
        name,
        color: color(at),
        points,
        sizes: params.size.is_some().then_some(sizes),
    });
    Ok(Drawing {
        id: "map",
        title: params.title,
        otherwise: t("Places", "地点分布"),
        alt: t(
            format!("{} places by longitude and latitude.", many(drawn)),
            format!("按经纬度画出的 {} 个地点。", many(drawn)),
        ),
        notes,
        empty: drawable == 0,
        plot: Plot::PointMap {
            value: params.size.as_deref().map(|size| Axis::new(raw(size), NumberFormat::default())),
            series: groups.collect(),
        },
    }
    .give())
}
