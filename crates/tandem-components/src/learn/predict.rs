//! Answers of a model for the rows of a table.

use std::collections::BTreeMap;

use arrow::array::ArrayRef;
use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_science::{
    design::TargetKind,
    model::{Learned, Model},
};

use super::{features::all_rows, needs};
use crate::{
    Ask, Function, Host, Outputs, gives,
    refusal::{cannot, told},
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    answer: Answer,
    #[serde(default = "half")]
    threshold: f64,
    #[serde(default)]
    suffix: String,
}

fn half() -> f64 {
    0.5
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Answer {
    ClassAndProbability,
    Number,
    Cluster,
    Score,
    Components,
}

impl Answer {
    /// What a model answers.
    fn of(model: &Model) -> Self {
        match (&model.learned, &model.signature.target) {
            (Learned::KMeans { .. }, _) => Self::Cluster,
            (Learned::Components { .. }, _) => Self::Components,
            (Learned::Isolation { .. }, _) => Self::Score,
            (_, Some(target)) if target.kind != TargetKind::Regression => Self::ClassAndProbability,
            _ => Self::Number,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ClassAndProbability => ("class and probability", "类别与概率"),
            Self::Number => ("number", "数值"),
            Self::Cluster => ("cluster", "聚类"),
            Self::Score => ("anomaly score", "异常分数"),
            Self::Components => ("components", "主成分"),
        }
    }

    /// The columns that it adds, where they don't depend on the model.
    fn columns(self, suffix: &str) -> Option<Vec<(String, ColumnKind)>> {
        let name = |name: &str, kind| (format!("{name}{suffix}"), kind);
        match self {
            Self::ClassAndProbability => {
                Some(vec![name("prediction", ColumnKind::Text), name("probability", ColumnKind::Number)])
            }
            Self::Number => Some(vec![name("prediction", ColumnKind::Number)]),
            Self::Cluster => Some(vec![name("cluster", ColumnKind::Integer)]),
            Self::Score => Some(vec![name("anomaly_score", ColumnKind::Number)]),
            Self::Components => None,
        }
    }
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let params: Params = ask.params()?;
    match params.answer.columns(&params.suffix) {
        Some(more) => Ok(gives::known([("table", gives::with(ask.table("table")?, &more)?)])),
        None => Ok(BTreeMap::new()),
    }
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let (table, trained) = (ask.table("table")?, host.model("model")?);
    let (model, work) = (&trained.model, host.work());
    let answers = Answer::of(model);
    if answers != params.answer {
        let ((is, is_zh), (asked, asked_zh)) = (answers.words(), params.answer.words());
        return Err(cannot(
            format!("This model answers with {is}, and {asked} is asked for. Choose “{is}” as the answer."),
            format!("该模型给出的是“{is_zh}”，而所选的是“{asked_zh}”。请把输出改为“{is_zh}”。"),
        ));
    }
    needs::inputs(model, table)?;
    let batches = all_rows(ask, host, "table")?;
    let more: Vec<(String, ArrayRef)> = match (answers, &model.signature.target) {
        (Answer::ClassAndProbability, Some(target)) => {
            let features = model.encoder.apply(&batches).map_err(told)?.features;
            let probabilities = model.predict(&features, &work).map_err(told)?;
            let (called, sure) = decide(&probabilities, target.classes.len(), params.threshold);
            let called = gives::texts(called.into_iter().map(|class| target.classes.get(class)));
            vec![
                (format!("prediction{}", params.suffix), called),
                (format!("probability{}", params.suffix), gives::numbers(sure.into_iter().map(Some))),
            ]
        }
        _ => {
            let found = model.apply(&batches, &work).map_err(told)?;
            let fields = found.schema();
            let names = fields.fields().iter().map(|field| format!("{}{}", field.name(), params.suffix));
            names.zip(found.columns().iter().cloned()).collect()
        }
    };
    let kinds: Vec<_> =
        more.iter().map(|(name, array)| (name.clone(), crate::columns::kind_of(array.data_type()))).collect();
    gives::with(table, &kinds)?;
    Ok([("table".to_owned(), gives::beside(&batches, more)?)].into())
}

/// The class of each row, and a probability: of two classes that of the second,
/// of more that of the class called.
fn decide(probabilities: &[f64], classes: usize, threshold: f64) -> (Vec<usize>, Vec<f64>) {
    if classes == 2 {
        return (probabilities.iter().map(|p| usize::from(*p >= threshold)).collect(), probabilities.to_vec());
    }
    let top = |row: &[f64]| (1..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best });
    probabilities.chunks(classes.max(1)).map(|row| (top(row), row[top(row)])).unzip()
}
