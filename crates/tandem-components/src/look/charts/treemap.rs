//! Parts of a whole as areas.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{Plot, TreemapItem};

use super::{
    bar_chart::crossed,
    drawing::Drawing,
    keys::{Keys, Series, Wish, color},
    measure::Measure,
};
use crate::{Ask, Host, Outputs, page::t};

#[derive(Deserialize)]
struct Params {
    category: String,
    #[serde(default)]
    series: Option<String>,
    #[serde(flatten)]
    measure: Measure,
    most: u32,
    other: bool,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    params.measure.must_add_up()?;
    let (by, value) = (params.measure.sql(table)?, params.measure.axis());
    let wish = Wish { by: &by, most: params.most, other: params.other, natural: false, only: "true" };
    let parts = Keys::of(host, table, &params.category, wish)?;
    let groups = Wish { most: 7, other: true, ..wish };
    let series = Series::of(host, table, params.series.as_deref(), t("", ""), groups)?;
    let cells = crossed(host, table, &by, &parts, &series)?;
    let (names, mut items, mut below) = (parts.texts(), Vec::new(), 0_u64);
    for ((at, group), row) in series.texts().into_iter().enumerate().zip(&cells) {
        for (name, amount) in names.iter().zip(row) {
            match amount {
                Some(amount) if *amount > 0.0 => {
                    let detail = params.series.is_some().then(|| group.clone());
                    items.push(TreemapItem { name: name.clone(), color: color(at), value: *amount, detail });
                }
                Some(amount) if *amount < 0.0 => below += 1,
                _ => {}
            }
        }
    }
    items.sort_by(|a, b| b.value.total_cmp(&a.value));
    let mut notes: Vec<_> = parts.note().into_iter().chain(series.note()).collect();
    if below > 0 {
        notes.push(t(
            format!("{below} parts below zero have no area and are left out."),
            format!("{below} 个小于零的部分没有面积，未画出。"),
        ));
    }
    let alt = match items.first() {
        Some(first) => t(
            format!("{} of each “{}”; “{}” is the largest.", value.label.en, params.category, first.name.en),
            format!("各“{}”的{}，最大的是“{}”。", params.category, value.label.zh, first.name.zh),
        ),
        None => t("No parts.", "没有任何部分。"),
    };
    Ok(Drawing {
        id: "treemap",
        title: params.title,
        otherwise: t(
            format!("{} by {}", value.label.en, params.category),
            format!("{}（按“{}”）", value.label.zh, params.category),
        ),
        alt,
        notes,
        empty: items.is_empty(),
        plot: Plot::Treemap { value, items },
    }
    .give())
}
