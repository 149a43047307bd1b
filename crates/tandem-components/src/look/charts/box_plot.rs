//! How a column of numbers is spread in each category: quartiles, whiskers and
//! what lies beyond them, after Tukey (1977). Quartiles lie between neighbours
//! (type 7 of Hyndman and Fan, 1996).

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;
use tandem_report::{Axis, NumberFormat, Plot, Spread};

use super::{
    drawing::{Drawing, count, counts, floats, left_out, many},
    keys::{Series, Wish},
};
use crate::{
    Ask, Host, Outputs,
    learn::features::words,
    page::{raw, t},
    refusal::cannot,
    sql::as_number,
};

/// Different values beyond the whiskers that are drawn, over all boxes.
const OUTLIERS: u32 = 300;

#[derive(Deserialize)]
struct Params {
    value: String,
    #[serde(default)]
    category: Option<String>,
    most: u32,
    other: bool,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let kind = table.need(&params.value)?.kind;
    if !ColumnKind::NUMERIC.contains(&kind) {
        return Err(cannot(
            format!("“{}” is {}: it has no quartiles. Choose a column of numbers.", params.value, kind.words().en),
            format!("“{}”是{}，没有四分位数。请改选数值列。", params.value, kind.words().zh),
        ));
    }
    let value = as_number(&params.value);
    let there = format!("{value} IS NOT NULL AND NOT isnan({value}) AND abs({value}) < 1e300");
    let wish = Wish { by: "count(*)", most: params.most, other: params.other, natural: true, only: &there };
    let series = Series::of(host, table, params.category.as_deref(), t("All", "全部"), wish)?;
    let from = table.sql();
    // A quartile is a mean of its two neighbours, weighted by how near they are.
    let quartile = |share: &str| format!("sum(\"v\" * greatest(0.0, 1.0 - abs(\"i\" - (\"n\" - 1) * {share})))");
    let boxes = format!(
        "WITH d AS (SELECT {s} AS \"k\", {value} AS \"v\" FROM {from} WHERE {there} AND {filter}),\n\
         r AS (SELECT \"k\", \"v\", CAST(row_number() OVER (PARTITION BY \"k\" ORDER BY \"v\") - 1 AS DOUBLE) AS \"i\", \
         CAST(count(*) OVER (PARTITION BY \"k\") AS DOUBLE) AS \"n\" FROM d),\n\
         q AS (SELECT \"k\", max(\"n\") AS \"n\", {low} AS \"q1\", {middle} AS \"q2\", {high} AS \"q3\" FROM r GROUP BY \"k\"),\n\
         b AS (SELECT q.\"k\", q.\"n\", q.\"q1\", q.\"q2\", q.\"q3\", \
         min(d.\"v\") FILTER (WHERE d.\"v\" >= q.\"q1\" - 1.5 * (q.\"q3\" - q.\"q1\")) AS \"low\", \
         max(d.\"v\") FILTER (WHERE d.\"v\" <= q.\"q3\" + 1.5 * (q.\"q3\" - q.\"q1\")) AS \"high\" \
         FROM q JOIN d ON q.\"k\" = d.\"k\" GROUP BY q.\"k\", q.\"n\", q.\"q1\", q.\"q2\", q.\"q3\")",
        s = series.sql(),
        filter = series.filter(),
        low = quartile("0.25"),
        middle = quartile("0.5"),
        high = quartile("0.75"),
    );
    let found = host.query(&format!("{boxes}\nSELECT * FROM b ORDER BY \"k\""))?;
    let beyond = host.query(&format!(
        "{boxes}\nSELECT DISTINCT b.\"k\", d.\"v\", greatest(b.\"low\" - d.\"v\", d.\"v\" - b.\"high\") AS \"far\", \
         count(*) OVER () AS \"all\" FROM b JOIN (SELECT DISTINCT \"k\", \"v\" FROM d) AS d ON b.\"k\" = d.\"k\" \
         WHERE d.\"v\" < b.\"low\" OR d.\"v\" > b.\"high\" ORDER BY \"far\" DESC, 1, 2 LIMIT {OUTLIERS}"
    ))?;
    let places = series.places();
    let mut spreads: Vec<Option<Spread>> = vec![None; series.texts().len()];
    let rows = counts(&found, "n")?;
    let column = |name: &str| floats(&found, name);
    let (q1, q2, q3, low, high) = (column("q1")?, column("q2")?, column("q3")?, column("low")?, column("high")?);
    for (at, name) in words(&found, "k")?.iter().enumerate() {
        let place = name.as_deref().and_then(|name| places.get(name)).and_then(|place| spreads.get_mut(*place));
        if let (Some(place), Some(q1), Some(median), Some(q3)) = (place, q1[at], q2[at], q3[at]) {
            let (low, high) = (low[at].unwrap_or(q1).min(q1), high[at].unwrap_or(q3).max(q3));
            *place = Some(Spread { rows: rows[at], low, q1, median, q3, high, outliers: Vec::new() });
        }
    }
    let of = words(&beyond, "k")?;
    for (name, value) in of.iter().zip(floats(&beyond, "v")?) {
        let place = name.as_deref().and_then(|name| places.get(name)).and_then(|place| spreads.get_mut(*place));
        if let (Some(Some(spread)), Some(value)) = (place, value) {
            spread.outliers.push(value);
        }
    }
    let mut notes: Vec<_> = series.note().into_iter().collect();
    let outliers = counts(&beyond, "all")?.first().copied().unwrap_or(0);
    if outliers > u64::from(OUTLIERS) {
        notes.push(t(
            format!("Beyond the whiskers, the {OUTLIERS} farthest of {} different values are drawn.", many(outliers)),
            format!("须外共有 {} 个不同取值，只画出最远的 {OUTLIERS} 个。", many(outliers)),
        ));
    }
    let missing = host.query(&format!("SELECT count(*) - count(*) FILTER (WHERE {there}) AS \"n\" FROM {from}"))?;
    notes.extend(left_out(count(&missing, "n")?, "without a value", "缺少数值"));
    let (categories, boxes): (Vec<_>, Vec<_>) =
        series.texts().into_iter().zip(spreads).filter_map(|(name, spread)| Some((name, spread?))).unzip();
    let by = params.category.as_deref();
    Ok(Drawing {
        id: "box_plot",
        title: params.title,
        otherwise: match by {
            Some(by) => t(format!("{} by {by}", params.value), format!("“{}”的分布（按“{by}”）", params.value)),
            None => t(format!("How {} is spread", params.value), format!("“{}”的分布", params.value)),
        },
        alt: t(
            format!("Quartiles and whiskers of “{}” in {} boxes.", params.value, boxes.len()),
            format!("“{}”的四分位数与须，共 {} 个箱。", params.value, boxes.len()),
        ),
        notes,
        empty: boxes.is_empty(),
        plot: Plot::Box {
            category: by.map_or_else(|| t("", ""), raw),
            categories,
            value: Axis::new(raw(&params.value), NumberFormat::default()),
            boxes,
        },
    }
    .give())
}
