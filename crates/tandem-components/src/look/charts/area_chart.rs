//! Parts of a whole over numbers or times, on top of each other.

use tandem_core::Result;
use tandem_report::{BandSeries, Plot};

use super::{
    along::Along,
    drawing::{Drawing, MOST_MARKS},
    keys::{Series, Wish, color},
    line_chart::Params,
};
use crate::{Ask, Host, Outputs, page::t, refusal::cannot};

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    params.measure.must_add_up()?;
    let x = Along::of(table, &params.x, params.period)?;
    let (by, y) = (params.measure.sql(table)?, params.measure.axis());
    let wish = Wish { by: &by, most: params.most, other: params.other, natural: false, only: "true" };
    let series = Series::of(host, table, params.series.as_deref(), y.label.clone(), wish)?;
    let (lines, notes) = x.totals(host, table, &params.measure, &series, params.limit.min(MOST_MARKS))?;
    if lines.iter().flatten().any(|point| point[1] < 0.0) {
        return Err(cannot(
            "A sum is below zero, and areas on top of each other would hide it. Draw lines instead.",
            "存在小于零的合计，叠加的面积会掩盖它，请改用折线图。",
        ));
    }
    let mut at: Vec<f64> = lines.iter().flatten().map(|point| point[0]).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    // No row there is none of it there.
    let values = |points: &[[f64; 2]]| {
        let mut values = vec![0.0; at.len()];
        for point in points {
            if let Ok(place) = at.binary_search_by(|x| x.total_cmp(&point[0])) {
                values[place] = point[1];
            }
        }
        values
    };
    let bands = series.texts().into_iter().zip(&lines).enumerate();
    let bands = bands.map(|(i, (name, points))| BandSeries { name, color: color(i), values: values(points) }).collect();
    Ok(Drawing {
        id: "area_chart",
        title: params.title,
        otherwise: t(format!("{} by {}", y.label.en, params.x), format!("{}（按“{}”）", y.label.zh, params.x)),
        alt: t(
            format!("{} along “{}”, in {} parts on top of each other.", y.label.en, params.x, lines.len()),
            format!("沿“{}”的{}面积图，共 {} 个部分叠加。", params.x, y.label.zh, lines.len()),
        ),
        notes,
        empty: at.is_empty(),
        plot: Plot::Area { x: x.axis, y, series: bands, at },
    }
    .give())
}
