//! Groups around their means.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::{
    cluster::KMeansParams,
    design::Dense,
    model::{Learned, Learner},
};

use super::{clusters, describe::Rows};
use crate::{
    Ask, Function, Host, Output, Outputs, gives,
    page::{figures, t},
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    clusters: u32,
    starts: u32,
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let table = gives::with(ask.table("table")?, &[("cluster".to_owned(), ColumnKind::Integer)])?;
    Ok(gives::known([("table", table), ("clusters", gives::columns(clusters::CLUSTERS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    columns(ask)?;
    let rows = Rows::read(ask, host)?;
    let learner =
        KMeansParams { clusters: params.clusters, starts: params.starts, seed: ask.seed, ..KMeansParams::default() };
    let trained = rows.learn(&Learner::KMeans(learner), host)?;
    let Learned::KMeans { layout, model } = &trained.model.learned else {
        return Err(Error::internal("k-means learned something else"));
    };
    let dense = layout.standardized(&rows.prepared.features);
    let labels: Vec<Option<u32>> = model.assign(&dense, &host.work()).into_iter().map(Some).collect();
    let explained = explained(&dense, &model.centers, &labels);
    let mut page = Section::new("clusters", t("Clusters", "聚类结果"));
    page = page.block(figures(
        "figures",
        t("In figures", "概况"),
        vec![
            (t("Clusters", "聚类数"), Some(model.centers.len() as f64)),
            (t("Share of variance that clusters explain", "聚类解释的方差比例"), explained),
        ],
    ));
    page = clusters::blocks(&rows, &labels).into_iter().fold(page, Section::block);
    let column = gives::integers(labels.iter().map(|label| label.map(i64::from)));
    let outputs = [
        ("table", gives::beside(&rows.batches, vec![("cluster".to_owned(), column)])?),
        ("clusters", clusters::table(&rows, &labels)?),
        ("report", Output::Report(page)),
        ("model", Output::Model(Arc::new(trained))),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

/// How much nearer rows are to their centre than to the mean of all, in squares.
fn explained(rows: &Dense, centers: &[Vec<f64>], labels: &[Option<u32>]) -> Option<f64> {
    let mut means = vec![0.0; rows.width];
    for row in 0..rows.rows {
        means.iter_mut().zip(rows.row(row)).for_each(|(mean, x)| *mean += x / rows.rows as f64);
    }
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let total: f64 = (0..rows.rows).map(|row| distance(rows.row(row), &means)).sum();
    let center = |row: usize| labels.get(row).copied().flatten().and_then(|label| centers.get(label as usize));
    let within: f64 = (0..rows.rows).filter_map(|row| Some(distance(rows.row(row), center(row)?))).sum();
    (total > 0.0).then(|| 1.0 - within / total)
}
