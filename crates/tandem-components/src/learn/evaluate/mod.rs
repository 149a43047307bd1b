//! How good the answers of a model are on rows that it has not seen.

mod binary;
mod groups;
mod numbers;
mod several;

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::design::{Target, TargetKind};

use super::{
    features::{count, once, some_rows, words},
    needs,
};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{caution, figures, t},
    refusal::{cannot, told, too_little},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const METRICS: &Shape = &[
    ("measure", ColumnKind::Text),
    ("value", ColumnKind::Number),
    ("low", ColumnKind::Number),
    ("high", ColumnKind::Number),
];
const GROUPS: &Shape = &[
    ("group", ColumnKind::Text),
    ("rows", ColumnKind::Integer),
    ("measure", ColumnKind::Text),
    ("value", ColumnKind::Number),
];

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    group: Option<String>,
    threshold: f64,
}

/// Answers beside the truth.
struct Judged {
    target: Target,
    threshold: f64,
    /// Probabilities (of two classes of the second, of more of each), or numbers.
    predicted: Vec<f64>,
    /// Codes of classes, or numbers.
    truth: Vec<f64>,
    /// The column by which rows are grouped, and the group of each.
    groups: Option<(String, Vec<Option<String>>)>,
}

/// One figure.
struct Measure {
    name: &'static str,
    words: Text,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
}

impl Measure {
    fn new(name: &'static str, en: &str, zh: &str, value: impl Into<Option<f64>>) -> Self {
        Self { name, words: t(en, zh), value: value.into(), interval: None }
    }
}

impl Judged {
    /// Which rows are of the second of two classes.
    fn positive(&self) -> Vec<bool> {
        self.truth.iter().map(|class| *class > 0.5).collect()
    }
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("metrics", gives::columns(METRICS)), ("groups", gives::columns(GROUPS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let (judged, unknown) = judge(ask, host)?;
    let (measures, blocks) = match judged.target.kind {
        TargetKind::Binary => binary::judge(&judged)?,
        TargetKind::Multiclass => several::judge(&judged)?,
        TargetKind::Regression => numbers::judge(&judged)?,
    };
    let name = &judged.target.name;
    let mut page =
        Section::new("evaluation", t(format!("How well {name} is predicted"), format!("“{name}”的预测效果")));
    let rows = measures.iter().map(|measure| (measure.words.clone(), measure.value)).collect();
    if unknown > 0 {
        page = page.block(caution(
            "unknown_truth",
            format!("{unknown} rows were left out: they have no target, or a class that the model has never seen."),
            format!("有 {unknown} 行目标为空，或属于模型从未见过的类别，未参与评价。"),
        ));
    }
    // Pictures before figures.
    page = blocks.into_iter().fold(page, Section::block);
    page = page.block(figures("metrics", t("In figures", "评价指标"), rows));
    let groups = groups::judge(&judged);
    page = groups::blocks(&judged, &groups).into_iter().fold(page, Section::block);
    let metrics = gives::table(
        &gives::columns(METRICS),
        vec![
            gives::texts(measures.iter().map(|measure| Some(measure.name))),
            gives::numbers(measures.iter().map(|measure| measure.value)),
            gives::numbers(measures.iter().map(|measure| measure.interval.map(|interval| interval.0))),
            gives::numbers(measures.iter().map(|measure| measure.interval.map(|interval| interval.1))),
        ],
    )?;
    let table = gives::table(
        &gives::columns(GROUPS),
        vec![
            gives::texts(groups.iter().map(|one| one.group.as_ref())),
            gives::counts(groups.iter().map(|one| one.rows)),
            gives::texts(groups.iter().map(|one| Some(one.measure.name))),
            gives::numbers(groups.iter().map(|one| one.measure.value)),
        ],
    )?;
    let outputs = [("metrics", metrics), ("groups", table), ("report", Output::Report(page))];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

/// Answers for the rows whose truth is known, and how many rows have none.
fn judge(ask: &Ask<'_>, host: &dyn Host) -> Result<(Judged, u64)> {
    let params: Params = ask.params()?;
    let (table, trained) = (ask.table("table")?, host.model("model")?);
    let model = &trained.model;
    let Some(target) = model.signature.target.clone() else {
        return Err(cannot(
            "This model finds structure and predicts nothing, so there is no truth to compare with. Connect a model that was taught a target.",
            "该模型只发现结构，不做预测，没有可对照的真实值。请接入有监督训练得到的模型。",
        ));
    };
    let mut names = needs::inputs(model, table)?;
    names.push(&table.need(&target.name)?.name);
    names.extend(params.group.as_deref());
    let batches = some_rows(host, "table", &once(names))?;
    let truth = target.clone().of(&batches).map_err(told)?;
    if truth.known.is_empty() {
        return Err(too_little(
            format!("No row has a known value of “{}”. Connect rows whose outcome is known.", target.name),
            format!("没有任何一行的“{}”为已知值，请接入结果已知的数据。", target.name),
        ));
    }
    let features = model.encoder.apply(&batches).map_err(told)?.features.take(&truth.known);
    let predicted = model.predict(&features, &host.work()).map_err(told)?;
    let groups = match params.group {
        None => None,
        Some(name) => {
            let all = words(&batches, &name)?;
            let own = truth.known.iter().map(|row| all.get(*row).cloned().flatten()).collect();
            Some((name, own))
        }
    };
    let unknown = (count(&batches) - truth.known.len()) as u64;
    let truth = truth.known.iter().map(|row| truth.values[*row]).collect();
    Ok((Judged { target, threshold: params.threshold, predicted, truth, groups }, unknown))
}
