//! The directions in which rows differ most.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Block, Plot, PointSeries, Section};
use tandem_science::{
    cluster::Pca,
    model::{Learned, Learner},
};

use super::describe::Rows;
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{axis, bars, chart, half, raw, share, t},
    refusal::cannot,
};

pub(super) const FUNCTION: Function = Function { columns, run };

const LOADINGS: &Shape = &[
    ("component", ColumnKind::Integer),
    ("variance_share", ColumnKind::Number),
    ("column", ColumnKind::Text),
    ("weight", ColumnKind::Number),
];
/// Points of a scatter.
const POINTS: usize = 2_000;

#[derive(Deserialize)]
struct Params {
    components: usize,
}

fn added(ask: &Ask<'_>) -> Result<Vec<(String, ColumnKind)>> {
    let Params { components } = ask.params()?;
    Ok((1..=components).map(|at| (format!("component_{at}"), ColumnKind::Number)).collect())
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let table = gives::with(ask.table("table")?, &added(ask)?)?;
    Ok(gives::known([("table", table), ("loadings", gives::columns(LOADINGS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let Params { components } = ask.params()?;
    columns(ask)?;
    let rows = Rows::read(ask, host)?;
    let width = rows.matrix().0.width();
    if components > width {
        return Err(cannot(
            format!(
                "The chosen columns have {width} directions. Ask for at most as many components, or choose more columns."
            ),
            format!("所选的列只有 {width} 个方向，请减少主成分个数，或选择更多列。"),
        ));
    }
    let trained = rows.learn(&Learner::Components(components), host)?;
    let Learned::Components { layout, model } = &trained.model.learned else {
        return Err(Error::internal("components learned something else"));
    };
    let places = model.transform(&layout.standardized(&rows.prepared.features));
    let along = |at: usize| places.values.iter().skip(at).step_by(places.width.max(1)).copied();
    let more = (0..places.width).map(|at| (format!("component_{}", at + 1), gives::numbers(along(at).map(Some))));
    let mut page = Section::new("components", t("Principal components", "主成分分析"));
    page = page.block(variance(model));
    if places.width >= 2 {
        page = page.block(scatter(along(0).zip(along(1)).map(|(x, y)| [x, y]).take(POINTS).collect()));
    }
    for (at, direction) in model.components.iter().enumerate().take(2) {
        page = page.block(weights(at, direction, &layout.names));
    }
    let outputs = [
        ("table", gives::beside(&rows.batches, more.collect())?),
        ("loadings", loadings(model, &layout.names)?),
        ("report", Output::Report(page)),
        ("model", Output::Model(Arc::new(trained))),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

fn loadings(model: &Pca, names: &[String]) -> Result<Output> {
    let each = || (0..model.components.len()).flat_map(|at| (0..names.len()).map(move |column| (at, column)));
    gives::table(
        &gives::columns(LOADINGS),
        vec![
            gives::counts(each().map(|(at, _)| at as u64 + 1)),
            gives::numbers(each().map(|(at, _)| model.ratios.get(at).copied())),
            gives::texts(each().map(|(_, column)| names.get(column))),
            gives::numbers(each().map(|(at, column)| model.components[at].get(column).copied())),
        ],
    )
}

fn variance(model: &Pca) -> Block {
    let items: Vec<_> =
        model.ratios.iter().enumerate().map(|(at, ratio)| (raw(&(at + 1).to_string()), *ratio)).collect();
    let together: f64 = model.ratios.iter().sum();
    let alt = t(
        format!("Together they hold {:.1} % of the variance.", together * 100.0),
        format!("合计解释 {:.1}% 的方差。", together * 100.0),
    );
    let plot = bars(t("Component", "主成分"), share("Share of the variance", "方差比例"), &items);
    chart("variance", t("How much each component holds", "各主成分的方差比例"), alt, plot)
}

fn scatter(points: Vec<[f64; 2]>) -> Block {
    let plot = Plot::Scatter {
        x: axis("Component 1", "主成分 1"),
        y: axis("Component 2", "主成分 2"),
        series: vec![PointSeries { name: t("rows", "行"), color: 0, points }],
        marks: Vec::new(),
    };
    let alt = t("Rows that lie together are alike.", "位置相近的行彼此相似。");
    chart("places", t("Rows along the first two components", "各行在前两个主成分上的位置"), alt, plot)
}

fn weights(at: usize, direction: &[f64], names: &[String]) -> Block {
    let mut items: Vec<_> = names.iter().zip(direction).map(|(name, weight)| (raw(name), *weight)).collect();
    items.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.en.cmp(&b.0.en)));
    items.truncate(12);
    let most = items.first().map_or("", |(name, _)| name.en.as_str()).to_owned();
    let title = t(format!("What component {} is made of", at + 1), format!("主成分 {} 的构成", at + 1));
    let alt = t(format!("“{most}” weighs most."), format!("“{most}”的权重最大。"));
    half(&format!("weights_{}", at + 1), title, alt, bars(t("Column", "列"), axis("Weight", "权重"), &items))
}
