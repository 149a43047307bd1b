//! What the components that learn from a target have in common.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::Columns;
use tandem_science::{
    boost::RoundLoss,
    model::{Learner, Prepared, Task, Trained},
};

use super::{
    features::{Choice, count, names, some_rows},
    trained,
};
use crate::{
    Ask, Host, Output, Outputs,
    refusal::{refuse, told},
};

/// What to learn from which columns, as parameters say it.
#[derive(Deserialize)]
pub(super) struct Params {
    target: String,
    #[serde(default)]
    positive: Option<String>,
    #[serde(flatten)]
    choice: Choice,
}

/// Which kind of answer is taught.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Teach {
    /// A class.
    Classify,
    /// A number.
    Regress,
}

/// A component that gives no table.
pub(super) fn no_table(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(BTreeMap::new())
}

/// Rows encoded for a target, and how many were left out because they have none.
pub(super) fn prepare(ask: &Ask<'_>, host: &dyn Host, teach: Teach) -> Result<(Prepared, u64)> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let features = params.choice.of(table, Some(&params.target))?;
    let mut columns = names(&features);
    columns.push(table.need(&params.target)?.name.clone());
    let batches = some_rows(host, "table", &columns)?;
    let target = params.target;
    let task = match teach {
        Teach::Classify => Task::Classify { target: target.clone(), positive: params.positive },
        Teach::Regress => Task::Regress { target: target.clone() },
    };
    host.work().progress.report("encode", 0, None);
    let prepared = Prepared::new(&batches, &features, &task).map_err(|error| of_target(error, &target, teach))?;
    let unlabelled = (count(&batches) - prepared.rows.len()) as u64;
    Ok((prepared, unlabelled))
}

/// Teaches one way to answer: a model, and a page about it.
pub(super) fn train(ask: &Ask<'_>, host: &dyn Host, teach: Teach, learner: &Learner) -> Result<Outputs> {
    let (prepared, unlabelled) = prepare(ask, host, teach)?;
    let learned = prepared.learn(learner, &host.work(), &mut |loss| draw(host, loss)).map_err(told)?;
    let trained = Trained { unlabelled, ..learned };
    let page = trained::page(&trained, &prepared);
    Ok([("model".to_owned(), Output::Model(Arc::new(trained))), ("report".to_owned(), Output::Report(page))].into())
}

/// A round of training, as points of two curves.
pub(super) fn draw(host: &dyn Host, loss: &RoundLoss) {
    for (series, value) in [("training", loss.training), ("validation", loss.validation)] {
        if let Some(value) = value {
            host.point(series, f64::from(loss.round), value);
        }
    }
}

/// What is wrong with a target, in both languages.
fn of_target(error: Error, target: &str, teach: Teach) -> Error {
    let zh = match (error.code(), teach) {
        (ErrorCode::NotEnoughData, Teach::Classify) => {
            format!("目标列“{target}”的类别不足两个，无法学习如何区分。请检查上游筛选，或改选目标列。")
        }
        (ErrorCode::NotEnoughData, Teach::Regress) => format!("目标列“{target}”没有任何值，请改选目标列。"),
        (ErrorCode::InvalidParameter, Teach::Classify) => {
            format!("目标列“{target}”的类别超过 100 个，或不包含所填的正类。请合并类别、改正正类，或改为预测数值。")
        }
        _ => return told(error),
    };
    refuse(error.code(), error.message().to_owned(), zh)
}
