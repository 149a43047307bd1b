//! The best of several ways to learn, by cross-validation.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Block, Cell, Column, NumberFormat, Plot, PointSeries, Section};
use tandem_science::{
    boost::BoostParams,
    design::TargetKind,
    linear::LinearParams,
    model::{Choice, Learner, Prepared, Trained, Trial, Trials, boost_choices, linear_choices, tune},
    split::{By, folds},
};

use super::train::{Teach, draw, prepare};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    learn::trained,
    page::{axis, chart, count, t, table},
    refusal::{cannot, told, too_little},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TRIALS: &Shape = &[
    ("trial", ColumnKind::Integer),
    ("learner", ColumnKind::Text),
    ("measure", ColumnKind::Text),
    ("mean", ColumnKind::Number),
    ("deviation", ColumnKind::Number),
    ("best", ColumnKind::Boolean),
    ("rounds", ColumnKind::Integer),
    ("learning_rate", ColumnKind::Number),
    ("leaves", ColumnKind::Integer),
    ("min_rows", ColumnKind::Integer),
    ("feature_fraction", ColumnKind::Number),
    ("row_fraction", ColumnKind::Number),
    ("l2", ColumnKind::Number),
    ("failure", ColumnKind::Text),
];

#[derive(Deserialize)]
struct Params {
    task: Teach,
    learners: Which,
    trials: usize,
    folds: usize,
    measure: Measure,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Which {
    Boosting,
    Linear,
    Both,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Measure {
    Auto,
    Auc,
    LogLoss,
    Rmse,
    Mae,
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("trials", gives::columns(TRIALS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let choice = match (params.measure, params.task) {
        (Measure::Auto | Measure::Auc, Teach::Classify) => Choice::Auc,
        (Measure::LogLoss, Teach::Classify) => Choice::LogLoss,
        (Measure::Auto | Measure::Rmse, Teach::Regress) => Choice::Rmse,
        (Measure::Mae, Teach::Regress) => Choice::Mae,
        _ => {
            return Err(cannot(
                "AUC and log loss are for classes, RMSE and MAE for numbers. Choose another measure.",
                "AUC 和对数损失用于分类，RMSE 和 MAE 用于数值，请改选评价指标。",
            ));
        }
    };
    let (prepared, unlabelled) = prepare(ask, host, params.task)?;
    let ways = ways(&params, ask.seed);
    let folds = folded(&prepared, params.folds, ask.seed)?;
    let mut done = 0.0;
    let mut watch = |trial: &Trial| {
        done += 1.0;
        if let Some(mean) = trial.mean {
            host.point("score", done, mean);
        }
    };
    let found = tune(&prepared, &ways, &folds, choice, &host.work(), &mut watch).map_err(told)?;
    // The best way learns from all rows, which no fold did.
    let learned = prepared.learn(&ways[found.best], &host.work(), &mut |loss| draw(host, loss)).map_err(told)?;
    let best = Trained { unlabelled, ..learned };
    let mut page = Section::new("tuning", t("Which way learns best", "调参结果"));
    page = page.block(picture(&found)).block(Block::Table(listed(&found)));
    page = trained::page(&best, &prepared).blocks.into_iter().fold(page, Section::block);
    let outputs =
        [("trials", trials(&found)?), ("model", Output::Model(Arc::new(best))), ("report", Output::Report(page))];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

fn ways(params: &Params, seed: u64) -> Vec<Learner> {
    let boost = |count| boost_choices(&BoostParams { seed, ..BoostParams::default() }, count, seed);
    let linear = |count| linear_choices(&LinearParams::default(), count);
    match params.learners {
        Which::Boosting => boost(params.trials),
        Which::Linear => linear(params.trials),
        Which::Both => {
            let few = (params.trials / 3).max(1);
            [linear(few), boost(params.trials.saturating_sub(few).max(1))].concat()
        }
    }
}

/// Folds in which classes are as frequent as in all rows.
fn folded(prepared: &Prepared, count: usize, seed: u64) -> Result<Vec<tandem_science::split::Split>> {
    let rows = prepared.features.rows;
    if rows < 2 * count {
        return Err(too_little(
            format!("{rows} rows are too few for {count} folds. Take fewer folds or more rows."),
            format!("{rows} 行数据不足以做 {count} 折交叉验证，请减少折数或增加行。"),
        ));
    }
    match prepared.kind().map_err(told)?.0 {
        TargetKind::Regression => folds(rows, count, By::Chance, seed).map_err(told),
        _ => {
            let classes: Vec<u32> = prepared.values.iter().map(|class| *class as u32).collect();
            folds(rows, count, By::Class(&classes), seed).map_err(told)
        }
    }
}

fn word(choice: Choice) -> &'static str {
    match choice {
        Choice::Auc => "AUC",
        Choice::LogLoss => "log loss",
        Choice::Rmse => "RMSE",
        Choice::Mae => "MAE",
    }
}

fn learner(trial: &Trial) -> (&'static str, Option<&BoostParams>) {
    match &trial.learner {
        Learner::Boosting(params) => ("boosting", Some(params)),
        _ => ("linear", None),
    }
}

fn trials(found: &Trials) -> Result<Output> {
    let all = &found.trials;
    let boost = |of: fn(&BoostParams) -> f64| all.iter().map(move |trial| learner(trial).1.map(of));
    let whole = |of: fn(&BoostParams) -> u32| all.iter().map(move |trial| learner(trial).1.map(|p| i64::from(of(p))));
    let penalty = |trial: &Trial| match &trial.learner {
        Learner::Boosting(params) => Some(params.l2),
        Learner::Linear(params) => Some(params.l2),
        _ => None,
    };
    gives::table(
        &gives::columns(TRIALS),
        vec![
            gives::counts(1..=all.len() as u64),
            gives::texts(all.iter().map(|trial| Some(learner(trial).0))),
            gives::texts(all.iter().map(|_| Some(word(found.choice)))),
            gives::numbers(all.iter().map(|trial| trial.mean)),
            gives::numbers(all.iter().map(|trial| trial.deviation)),
            Arc::new((0..all.len()).map(|at| Some(at == found.best)).collect::<arrow::array::BooleanArray>()),
            gives::integers(whole(|p| p.rounds)),
            gives::numbers(boost(|p| p.learning_rate)),
            gives::integers(whole(|p| p.leaves)),
            gives::integers(whole(|p| p.min_rows)),
            gives::numbers(boost(|p| p.feature_fraction)),
            gives::numbers(boost(|p| p.row_fraction)),
            gives::numbers(all.iter().map(penalty)),
            gives::texts(all.iter().map(|trial| trial.failure.as_ref())),
        ],
    )
}

fn picture(found: &Trials) -> Block {
    let points = |name: &str| {
        let own = found.trials.iter().enumerate().filter(|(_, trial)| learner(trial).0 == name);
        own.filter_map(|(at, trial)| Some([(at + 1) as f64, trial.mean?])).collect::<Vec<_>>()
    };
    let series = [("boosting", t("gradient boosting", "梯度提升"), 0), ("linear", t("linear model", "线性模型"), 1)]
        .into_iter()
        .map(|(name, words, color)| PointSeries { name: words, color, points: points(name) })
        .filter(|series| !series.points.is_empty())
        .collect();
    let word = word(found.choice);
    let best = found.trials.get(found.best).and_then(|trial| trial.mean).unwrap_or(f64::NAN);
    let alt = t(
        format!("The best of {} trials is number {} with a {word} of {best:.4}.", found.trials.len(), found.best + 1),
        format!("{} 次尝试中最好的是第 {} 次，{word} 为 {best:.4}。", found.trials.len(), found.best + 1),
    );
    let plot = Plot::Scatter { x: count("Trial", "尝试"), y: axis(word, word), series, marks: Vec::new() };
    chart("trials", t("Score of each trial", "各次尝试的得分"), alt, plot)
}

/// The trials as a table of the page, the best first.
fn listed(found: &Trials) -> tandem_report::Table {
    let columns = vec![
        Column::number("trial", t("Trial", "尝试"), NumberFormat::count()),
        Column::text("learner", t("Learner", "模型")),
        Column::number("mean", t(word(found.choice), word(found.choice)), NumberFormat::decimal(4)),
        Column::number("deviation", t("± between folds", "各折标准差"), NumberFormat::decimal(4)),
    ];
    let mut order: Vec<usize> = (0..found.trials.len()).collect();
    order.sort_by_key(|at| *at != found.best);
    let row = |at: usize| -> Vec<Cell> {
        let trial = &found.trials[at];
        vec![((at + 1) as u64).into(), learner(trial).0.into(), trial.mean.into(), trial.deviation.into()]
    };
    table("trials_table", t("All trials", "全部尝试"), columns, order.into_iter().map(row).collect())
}
