//! Rows that random splits part from the rest at once.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::BooleanArray;
use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Mark, MarkAxis, Plot, Section};
use tandem_science::{
    cluster::IsolationParams,
    model::{Learned, Learner},
};

use super::describe::Rows;
use crate::{
    Ask, Function, Host, Output, Outputs, gives,
    page::{axis, chart, count, figures, spread, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    trees: u32,
    sample: u32,
    share: f64,
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let more = [("anomaly_score".to_owned(), ColumnKind::Number), ("anomaly".to_owned(), ColumnKind::Boolean)];
    Ok(gives::known([("table", gives::with(ask.table("table")?, &more)?)]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    columns(ask)?;
    let rows = Rows::read(ask, host)?;
    let learner = IsolationParams { trees: params.trees, sample: params.sample, seed: ask.seed };
    let trained = rows.learn(&Learner::Isolation(learner), host)?;
    let Learned::Isolation { layout, model } = &trained.model.learned else {
        return Err(Error::internal("the forest learned something else"));
    };
    let scores = model.scores(&layout.standardized(&rows.prepared.features), &host.work()).map_err(told)?;
    let border = border(&scores, params.share);
    let unusual: Vec<bool> = scores.iter().map(|score| border.is_some_and(|border| *score >= border)).collect();
    let found = unusual.iter().filter(|unusual| **unusual).count();
    let (edges, counts) = spread(&scores, 40);
    let plot = Plot::Histogram {
        x: axis("Anomaly score", "异常分数"),
        y: count("Rows", "行数"),
        edges,
        counts,
        color: 0,
        marks: border
            .map(|value| Mark { axis: MarkAxis::X, value, label: t("marked from here", "由此起标记") })
            .into_iter()
            .collect(),
    };
    let alt = t(
        format!("{found} rows are marked. Where nothing is odd, nearly all scores are about 0.5 or below."),
        format!("已标记 {found} 行。若没有异常，分数大多在 0.5 左右或以下。"),
    );
    let page = Section::new("anomalies", t("Unusual rows", "异常行"))
        .block(figures(
            "figures",
            t("In figures", "概况"),
            vec![
                (t("Rows marked", "标记的行数"), Some(found as f64)),
                (t("Score from which rows are marked", "标记的分数下限"), border),
                (t("Highest score", "最高分数"), scores.iter().copied().reduce(f64::max)),
            ],
        ))
        .block(chart("scores", t("How scores are spread", "异常分数的分布"), alt, plot));
    let more = vec![
        ("anomaly_score".to_owned(), gives::numbers(scores.into_iter().map(Some))),
        ("anomaly".to_owned(), Arc::new(unusual.into_iter().map(Some).collect::<BooleanArray>()) as _),
    ];
    let outputs = [
        ("table", gives::beside(&rows.batches, more)?),
        ("report", Output::Report(page)),
        ("model", Output::Model(Arc::new(trained))),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

/// The score that the share of rows with the highest scores reaches; none where the share is less than a row.
fn border(scores: &[f64], share: f64) -> Option<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let place = (scores.len() as f64 * share).round() as usize;
    sorted.get(place.checked_sub(1)?).copied()
}
