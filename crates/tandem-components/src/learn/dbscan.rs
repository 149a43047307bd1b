//! Groups where rows are dense.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::cluster::{DbscanParams, dbscan};

use super::{clusters, describe::Rows};
use crate::{
    Ask, Function, Host, Output, Outputs, gives,
    page::{caution, figures, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    distance: f64,
    neighbours: u32,
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let table = gives::with(ask.table("table")?, &[("cluster".to_owned(), ColumnKind::Integer)])?;
    Ok(gives::known([("table", table), ("clusters", gives::columns(clusters::CLUSTERS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let Params { distance, neighbours } = ask.params()?;
    columns(ask)?;
    let rows = Rows::read(ask, host)?;
    let (_, dense) = rows.matrix();
    let found = dbscan(&dense, DbscanParams { distance, neighbours }, &host.work()).map_err(told)?;
    let noise = found.noise as f64 / dense.rows.max(1) as f64;
    let mut page = Section::new("clusters", t("Clusters", "聚类结果"));
    page = page.block(figures(
        "figures",
        t("In figures", "概况"),
        vec![
            (t("Clusters", "聚类数"), Some(found.sizes.len() as f64)),
            (t("Share of rows in no cluster", "噪声行比例"), Some(noise)),
        ],
    ));
    if found.sizes.is_empty() || noise > 0.5 {
        page = page.block(caution(
            "mostly_noise",
            "Most rows are in no cluster. Take a larger distance, or fewer neighbours.",
            "大部分行不属于任何聚类，请加大距离，或减少邻居数。",
        ));
    } else if found.sizes.len() == 1 {
        page = page.block(caution(
            "one_cluster",
            "All rows that are not noise are one cluster. Take a smaller distance.",
            "除噪声外所有行都在同一个聚类中，请减小距离。",
        ));
    }
    page = clusters::blocks(&rows, &found.labels).into_iter().fold(page, Section::block);
    let column = gives::integers(found.labels.iter().map(|label| label.map(i64::from)));
    let outputs = [
        ("table", gives::beside(&rows.batches, vec![("cluster".to_owned(), column)])?),
        ("clusters", clusters::table(&rows, &found.labels)?),
        ("report", Output::Report(page)),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}
