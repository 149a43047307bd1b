//! Charts of what answers hang on.

use tandem_core::Text;
use tandem_report::{Axis, Block, NumberFormat, Plot, PointSeries};
use tandem_science::{
    boost::Contributions,
    design::{Column, Encoding, Features, TargetKind},
    model::Model,
};

use super::Known;
use crate::{
    learn::importances,
    page::{axis, bars, half, raw, t},
};

/// Features of which it is shown how they work.
const SHOWN: usize = 4;
/// Points of a scatter.
const POINTS: usize = 1_000;
/// Categories of a chart.
const CATEGORIES: usize = 12;

pub(super) fn blocks(known: &[Known], contributions: &Contributions, rows: &Features, model: &Model) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lost: Vec<(String, f64)> =
        known.iter().filter_map(|known| Some((known.name.clone(), known.importance.as_ref()?.loss))).collect();
    let kind = model.signature.target.as_ref().map(|target| target.kind);
    if !lost.is_empty() {
        let (en, zh) = match kind {
            Some(TargetKind::Binary) => ("AUC lost", "AUC 下降"),
            Some(TargetKind::Multiclass) => ("Log loss gained", "对数损失上升"),
            _ => ("Root mean squared error gained", "均方根误差上升"),
        };
        let title = t("How much worse answers are without a feature", "去掉某特征后预测变差多少");
        blocks.push(importances::plain("permutation", title, axis(en, zh), lost));
    }
    let moved: Vec<(String, f64)> = known.iter().map(|known| (known.name.clone(), known.contribution)).collect();
    let title = t("How much a feature moves an answer", "特征对单个预测的平均影响");
    blocks.push(importances::plain("contributions", title, unit(kind), moved));
    // Of several classes there is a picture for each, which nobody would read.
    if kind != Some(TargetKind::Multiclass) {
        blocks.extend(known.iter().take(SHOWN).enumerate().filter_map(|(at, known)| {
            dependence(&format!("dependence_{}", at + 1), &known.name, contributions, rows, model)
        }));
    }
    blocks
}

/// What contributions are measured in.
fn unit(kind: Option<TargetKind>) -> Axis {
    let (en, zh) = match kind {
        Some(TargetKind::Regression) | None => ("Mean change of the answer", "预测值的平均变化"),
        _ => ("Mean change of the log-odds", "对数几率的平均变化"),
    };
    axis(en, zh)
}

/// Contributions over the values of a feature.
fn dependence(id: &str, name: &str, contributions: &Contributions, rows: &Features, model: &Model) -> Option<Block> {
    let at = rows.names.iter().position(|other| other == name)?;
    let of = |row: usize| contributions.of(row, 0)[at];
    let title = t(format!("How “{name}” works"), format!("“{name}”如何起作用"));
    let alt = t(
        format!("Contributions over values of “{name}”: above zero it raises the answer, below it lowers it."),
        format!("“{name}”取值与影响：大于零提高预测，小于零降低预测。"),
    );
    let value = Axis::new(t("Contribution", "影响"), NumberFormat::default().signed());
    let plot = match &rows.columns[at] {
        Column::Numeric(values) => {
            let known = values.iter().enumerate().filter(|(_, value)| value.is_finite());
            let points = known.take(POINTS).map(|(row, value)| [*value, of(row)]).collect();
            let series = vec![PointSeries { name: t("rows", "行"), color: 0, points }];
            Plot::Scatter { x: Axis::new(raw(name), NumberFormat::default()), y: value, series, marks: Vec::new() }
        }
        Column::Categorical { codes, .. } => {
            let Encoding::Categorical { categories, .. } = &model.encoder.columns.get(at)?.encoding else {
                return None;
            };
            let mean = |code: usize| {
                let own: Vec<f64> = (0..rows.rows).filter(|row| codes[*row] as usize == code).map(of).collect();
                (!own.is_empty()).then(|| own.iter().sum::<f64>() / own.len() as f64)
            };
            let one =
                |(code, category): (usize, &String)| -> Option<(Text, f64)> { Some((raw(category), mean(code)?)) };
            let items: Vec<_> = categories.iter().enumerate().take(CATEGORIES).filter_map(one).collect();
            bars(raw(name), value, &items)
        }
    };
    Some(half(id, title, alt, plot))
}
