//! How much goes from each value of a column to each of the next.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{FlowLink, FlowNode, Plot};

use super::{
    bar_chart::crossed,
    drawing::Drawing,
    keys::{Keys, Series, Wish, color},
    measure::Measure,
};
use crate::{
    Ask, Host, Outputs,
    page::{raw, t},
    refusal::cannot,
};

#[derive(Deserialize)]
struct Params {
    stages: Vec<String>,
    #[serde(flatten)]
    measure: Measure,
    most: u32,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    params.measure.must_add_up()?;
    if params.stages.len() < 2 {
        return Err(cannot("Choose two columns or more: from where, and to where.", "请至少选择两列：起点与终点。"));
    }
    let (by, value) = (params.measure.sql(table)?, params.measure.axis());
    let wish = Wish { by: &by, most: params.most, other: true, natural: false, only: "true" };
    let mut stages = Vec::new();
    for column in &params.stages {
        stages.push(Series::Of(Keys::of(host, table, column, wish)?));
    }
    let (mut nodes, mut first) = (Vec::new(), Vec::new());
    for (stage, keys) in (0u32..).zip(&stages) {
        first.push(nodes.len());
        let part = |(at, name)| FlowNode { name, stage, color: color(at) };
        nodes.extend(keys.texts().into_iter().enumerate().map(part));
    }
    let (mut links, mut below) = (Vec::new(), false);
    for (at, pair) in stages.windows(2).enumerate() {
        let [Series::Of(from), to] = pair else { continue };
        let cells = crossed(host, table, &by, from, to)?;
        for (into, row) in cells.iter().enumerate() {
            for (out, amount) in row.iter().enumerate() {
                let amount = amount.unwrap_or(0.0);
                below |= amount < 0.0;
                let ends = (u32::try_from(first[at] + out), u32::try_from(first[at + 1] + into));
                if let (true, (Ok(from), Ok(to))) = (amount > 0.0, ends) {
                    links.push(FlowLink { from, to, value: amount });
                }
            }
        }
    }
    // Ribbons that leave a part in the order of where they go cross less.
    links.sort_by_key(|link| (link.from, link.to));
    let mut notes: Vec<_> = stages.iter().filter_map(Series::note).collect();
    if below {
        notes.push(t("Sums below zero are left out.", "小于零的合计未画出。"));
    }
    let (start, end) = (params.stages.first(), params.stages.last());
    let (start, end) = (start.map_or("", String::as_str), end.map_or("", String::as_str));
    Ok(Drawing {
        id: "sankey",
        title: params.title,
        otherwise: t(
            format!("{} from {start} to {end}", value.label.en),
            format!("{}：从“{start}”到“{end}”", value.label.zh),
        ),
        alt: t(
            format!("{} flows between {} stages, from “{start}” to “{end}”.", links.len(), params.stages.len()),
            format!("{} 个阶段之间的 {} 条流，从“{start}”到“{end}”。", params.stages.len(), links.len()),
        ),
        notes,
        empty: links.is_empty(),
        plot: Plot::Sankey { value, stages: params.stages.iter().map(|name| raw(name)).collect(), nodes, links },
    }
    .give())
}
