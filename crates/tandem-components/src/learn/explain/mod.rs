//! What the answers of a model hang on, over all rows and row by row.

mod pictures;

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::{
    boost::Contributions,
    design::{Features, Target, TargetKind},
    explain::{Importance, permutation_importance},
    model::{Choice, Learned, Model},
};

use super::{
    features::{once, some_rows, words},
    needs,
};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{caution, t},
    refusal::{cannot, told},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const IMPORTANCES: &Shape = &[
    ("feature", ColumnKind::Text),
    ("loss", ColumnKind::Number),
    ("deviation", ColumnKind::Number),
    ("contribution", ColumnKind::Number),
    ("gain", ColumnKind::Number),
];
const CONTRIBUTIONS: &Shape = &[
    ("row", ColumnKind::Integer),
    ("id", ColumnKind::Text),
    ("class", ColumnKind::Text),
    ("feature", ColumnKind::Text),
    ("value", ColumnKind::Text),
    ("contribution", ColumnKind::Number),
];
/// Rows whose contributions are averaged, at the least.
const AVERAGED: usize = 1_000;

#[derive(Deserialize)]
struct Params {
    rows: usize,
    #[serde(default)]
    id: Option<String>,
    repeats: u32,
    sample: usize,
}

/// What is known of one feature.
struct Known {
    name: String,
    importance: Option<Importance>,
    contribution: f64,
    gain: Option<f64>,
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("importances", gives::columns(IMPORTANCES)), ("contributions", gives::columns(CONTRIBUTIONS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let (table, trained) = (ask.table("table")?, host.model("model")?);
    let model = &trained.model;
    let Some(target) = &model.signature.target else {
        return Err(cannot(
            "This model finds structure and predicts nothing, so there are no answers to explain. Connect a model that was taught a target.",
            "该模型只发现结构，不做预测，没有可解释的预测结果。请接入有监督训练得到的模型。",
        ));
    };
    let mut names = needs::inputs(model, table)?;
    let truth = table.column(&target.name).map(|column| column.name.as_str());
    names.extend(truth);
    names.extend(params.id.as_deref());
    let batches = some_rows(host, "table", &once(names))?;
    let features = model.encoder.apply(&batches).map_err(told)?.features;
    let importance = match truth {
        Some(_) => permuted(ask, host, model, (&batches, &features), &params)?,
        None => Vec::new(),
    };
    let shown = features.rows.min(params.rows.max(AVERAGED));
    let first = features.take(&(0..shown).collect::<Vec<_>>());
    let contributions = model.contributions(&first, &host.work()).map_err(told)?;
    let known = known(model, &features, importance, &contributions);
    let mut page = Section::new(
        "explanation",
        t(format!("What {} hangs on", target.name), format!("“{}”的影响因素", target.name)),
    );
    page = pictures::blocks(&known, &contributions, &first, model).into_iter().fold(page, Section::block);
    if truth.is_none() {
        page = page.block(caution(
            "no_truth",
            format!(
                "The table has no column “{}”, so it can't be said how much worse answers are without a feature.",
                target.name
            ),
            format!("表中没有“{}”列，无法计算去掉某个特征后预测变差多少。", target.name),
        ));
    }
    let rows = per_row(&batches, &params, target, &features, &contributions)?;
    let outputs = [("importances", importances(&known)?), ("contributions", rows), ("report", Output::Report(page))];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

/// How much worse answers are when a feature's values are dealt out anew.
fn permuted(
    ask: &Ask<'_>,
    host: &dyn Host,
    model: &Model,
    (batches, features): (&[RecordBatch], &Features),
    params: &Params,
) -> Result<Vec<Importance>> {
    let Some(target) = model.signature.target.clone() else { return Ok(Vec::new()) };
    let (kind, classes) = (target.kind, target.classes.len());
    let truth = target.of(batches).map_err(told)?;
    // Rows come in an order of chance: the first are a sample.
    let rows: Vec<usize> = truth.known.iter().copied().take(params.sample.max(2)).collect();
    if rows.len() < 2 {
        return Ok(Vec::new());
    }
    let values: Vec<f64> = rows.iter().map(|row| truth.values[*row]).collect();
    let choice = match kind {
        TargetKind::Binary => Choice::Auc,
        TargetKind::Multiclass => Choice::LogLoss,
        TargetKind::Regression => Choice::Rmse,
    };
    let sign = if choice == Choice::Auc { 1.0 } else { -1.0 };
    let work = host.work();
    let score = |changed: &Features| -> Result<f64> {
        Ok(sign * choice.measure((kind, classes), &model.predict(changed, &work)?, &values)?)
    };
    permutation_importance(&features.take(&rows), score, params.repeats, ask.seed, &work).map_err(told)
}

fn known(model: &Model, features: &Features, importance: Vec<Importance>, contributions: &Contributions) -> Vec<Known> {
    let gains = match &model.learned {
        Learned::Boosting { model } => model.gains(),
        _ => Vec::new(),
    };
    let whole: f64 = gains.iter().sum();
    let share = |at: usize| gains.get(at).map(|gain| if whole > 0.0 { gain / whole } else { 0.0 });
    let means = contributions.importance();
    let one = |(at, name): (usize, &String)| Known {
        name: name.clone(),
        importance: importance.get(at).cloned(),
        contribution: means.get(at).copied().unwrap_or(0.0),
        gain: share(at),
    };
    let mut all: Vec<Known> = features.names.iter().enumerate().map(one).collect();
    let key = |known: &Known| (known.importance.as_ref().map_or(0.0, |i| i.loss), known.contribution);
    all.sort_by(|a, b| key(b).0.total_cmp(&key(a).0).then(key(b).1.total_cmp(&key(a).1)).then(a.name.cmp(&b.name)));
    all
}

fn importances(known: &[Known]) -> Result<Output> {
    let of = |f: fn(&Importance) -> f64| known.iter().map(move |known| known.importance.as_ref().map(f));
    gives::table(
        &gives::columns(IMPORTANCES),
        vec![
            gives::texts(known.iter().map(|known| Some(&known.name))),
            gives::numbers(of(|importance| importance.loss)),
            gives::numbers(of(|importance| importance.deviation)),
            gives::numbers(known.iter().map(|known| Some(known.contribution))),
            gives::numbers(known.iter().map(|known| known.gain)),
        ],
    )
}

/// The contributions to the answers of the first rows.
fn per_row(
    batches: &[RecordBatch],
    params: &Params,
    target: &Target,
    features: &Features,
    contributions: &Contributions,
) -> Result<Output> {
    let first = head(batches, params.rows);
    let ids = params.id.as_ref().map(|id| words(&first, id)).transpose()?;
    let values: Vec<Vec<Option<String>>> =
        features.names.iter().map(|name| words(&first, name)).collect::<Result<_>>()?;
    let several = target.kind == TargetKind::Multiclass;
    let (mut rows, mut id, mut class, mut feature, mut value, mut found) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in 0..features.rows.min(params.rows) {
        for output in 0..contributions.base.len() {
            let own = contributions.of(row, output);
            for (at, name) in features.names.iter().enumerate() {
                rows.push(Some(i64::try_from(row + 1).map_err(Error::internal)?));
                id.push(ids.as_ref().and_then(|ids| ids.get(row).cloned().flatten()));
                class.push(target.classes.get(output).filter(|_| several));
                feature.push(Some(name));
                value.push(values[at].get(row).cloned().flatten());
                found.push(own.get(at).copied());
            }
        }
    }
    gives::table(
        &gives::columns(CONTRIBUTIONS),
        vec![
            gives::integers(rows),
            gives::texts(id),
            gives::texts(class),
            gives::texts(feature),
            gives::texts(value),
            gives::numbers(found),
        ],
    )
}

/// The first rows.
fn head(batches: &[RecordBatch], rows: usize) -> Vec<RecordBatch> {
    let mut left = rows;
    let take = |batch: &RecordBatch| {
        let own = batch.num_rows().min(left);
        left -= own;
        batch.slice(0, own)
    };
    batches.iter().map(take).collect()
}
