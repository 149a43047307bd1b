//! From a table to a model.

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{Learned, Model};
use crate::{
    boost::{BoostModel, BoostParams, RoundLoss},
    cluster::{IsolationForest, IsolationParams, KMeans, KMeansParams, Pca},
    design::{Encoder, FeatureSpec, Features, Layout, Target, TargetColumn, TargetKind},
    linear::{LinearFit, LinearModel, LinearParams},
    split::{By, Split, train_test},
    work::{Work, bad_parameter, not_enough},
};

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// The class of a row.
    Classify {
        /// The column with the classes.
        target: String,
        /// Of two classes, the one whose probability is asked for.
        #[serde(default)]
        positive: Option<String>,
    },
    /// A number.
    Regress {
        /// The column with the numbers.
        target: String,
    },
    /// Nothing that is known before: structure.
    Describe,
}

/// By what to learn, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "learner", content = "params", rename_all = "snake_case")]
pub enum Learner {
    /// Boosted trees.
    Boosting(BoostParams),
    /// Linear or logistic regression.
    Linear(LinearParams),
    /// Groups around centres.
    KMeans(KMeansParams),
    /// As many principal components.
    Components(usize),
    /// Outliers.
    Isolation(IsolationParams),
}

/// What to learn from which columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSpec {
    /// Columns that the model may use.
    pub features: Vec<FeatureSpec>,
    /// What to answer.
    #[serde(flatten)]
    pub task: Task,
    /// By what, and how.
    #[serde(flatten)]
    pub learner: Learner,
}

/// Encoded rows with their target: what all learners begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// How columns became features.
    pub encoder: Encoder,
    /// Rows whose target is known.
    pub features: Features,
    /// The target, where there is one.
    pub target: Option<Target>,
    /// Its values, one for each of the rows.
    pub values: Vec<f64>,
    /// Which rows of the table these are.
    pub rows: Vec<usize>,
}

/// A model, and what was seen while it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// Rows it was made from.
    pub rows: u64,
    /// Rows left out because their target is not known.
    pub unlabelled: u64,
    /// Of boosted trees: the loss by rounds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<RoundLoss>,
    /// Of linear models: what can be said of coefficients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<LinearFit>,
}

impl Prepared {
    /// Encodes a table for a task. The encoder learns from all rows whose
    /// target is known.
    ///
    /// # Errors
    /// `unknown_column`, `schema_mismatch`, `invalid_parameter`,
    /// `not_enough_data`.
    pub fn new(batches: &[RecordBatch], features: &[FeatureSpec], task: &Task) -> Result<Self> {
        let column = match task {
            Task::Classify { target, positive } => Some(Target::classes(batches, target, positive.as_deref())?),
            Task::Regress { target } => Some(Target::number(batches, target)?),
            Task::Describe => None,
        };
        if let Some(TargetColumn { target, .. }) = &column
            && features.iter().any(|feature| feature.name == target.name)
        {
            return Err(bad_parameter(format!(
                "Column {} is what to predict; it can't be a feature too.",
                target.name
            )));
        }
        let encoder = Encoder::fit(batches, features)?;
        let all = encoder.apply(batches)?.features;
        let Some(column) = column else {
            let rows = (0..all.rows).collect();
            return Ok(Self { encoder, features: all, target: None, values: Vec::new(), rows });
        };
        let values = column.known.iter().map(|&row| column.values[row]).collect();
        let features = if column.known.len() == all.rows { all } else { all.take(&column.known) };
        Ok(Self { encoder, features, target: Some(column.target), values, rows: column.known })
    }

    /// These rows alone.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            encoder: self.encoder.clone(),
            features: self.features.take(rows),
            target: self.target.clone(),
            values: if self.values.is_empty() {
                Vec::new()
            } else {
                rows.iter().map(|&row| self.values[row]).collect()
            },
            rows: rows.iter().map(|&row| self.rows[row]).collect(),
        }
    }

    /// Kind and classes of the target.
    ///
    /// # Errors
    /// `invalid_parameter` without a target.
    pub fn kind(&self) -> Result<(TargetKind, usize)> {
        let target = self.target.as_ref().ok_or_else(|| bad_parameter("This learner needs a target to predict."))?;
        Ok((target.kind, target.classes.len()))
    }

    /// Learns from these rows. `watch` sees each round of boosting.
    ///
    /// # Errors
    /// Those of the learner.
    pub fn learn(&self, learner: &Learner, work: &Work<'_>, watch: &mut dyn FnMut(&RoundLoss)) -> Result<Trained> {
        let layout = |reference| Layout::new(&self.encoder, reference);
        let (mut curve, mut linear) = (Vec::new(), None);
        let learned = match learner {
            Learner::Boosting(params) => {
                let kind = self.kind()?;
                let held = (params.early_stopping > 0).then(|| self.hold(kind, params.seed)).transpose()?;
                let fitted = match held {
                    Some(split) => {
                        let (train, held) = (self.take(&split.train), self.take(&split.test));
                        let validation = Some((&held.features, &held.values[..]));
                        BoostModel::fit(&train.features, &train.values, kind, validation, params, work, watch)?
                    }
                    None => BoostModel::fit(&self.features, &self.values, kind, None, params, work, watch)?,
                };
                curve = fitted.curve;
                Learned::Boosting { model: fitted.model }
            }
            Learner::Linear(params) => {
                let kind = self.kind()?;
                let layout = layout(true);
                let fit = LinearModel::fit(&layout.dense(&self.features), &self.values, kind, params, work)?;
                let model = fit.model.clone();
                linear = Some(fit);
                Learned::Linear { layout, model }
            }
            Learner::KMeans(params) => {
                let layout = layout(false);
                let model = KMeans::fit(&layout.standardized(&self.features), params, work)?.model;
                Learned::KMeans { layout, model }
            }
            Learner::Components(count) => {
                let layout = layout(false);
                let model = Pca::fit(&layout.standardized(&self.features), *count, work)?;
                Learned::Components { layout, model }
            }
            Learner::Isolation(params) => {
                let layout = layout(false);
                let model = IsolationForest::fit(&layout.standardized(&self.features), params, work)?;
                Learned::Isolation { layout, model }
            }
        };
        let target =
            self.target.clone().filter(|_| matches!(learned, Learned::Boosting { .. } | Learned::Linear { .. }));
        Ok(Trained {
            model: Model::new(self.encoder.clone(), target, learned),
            rows: self.features.rows as u64,
            unlabelled: 0,
            curve,
            fit: linear,
        })
    }

    /// A fifth of the rows by which boosting knows when to stop.
    fn hold(&self, (kind, _): (TargetKind, usize), seed: u64) -> Result<Split> {
        if self.features.rows < 10 {
            return Err(not_enough("Stopping early needs ten rows or more. Set early_stopping to 0."));
        }
        if kind == TargetKind::Regression {
            return train_test(self.features.rows, 0.2, By::Chance, seed);
        }
        let classes: Vec<u32> = self.values.iter().map(|&y| y as u32).collect();
        train_test(self.features.rows, 0.2, By::Class(&classes), seed)
    }
}

/// Makes a model from a table.
///
/// # Errors
/// Those of [`Prepared::new`] and [`Prepared::learn`].
pub fn train(
    batches: &[RecordBatch],
    spec: &TrainSpec,
    work: &Work<'_>,
    watch: &mut dyn FnMut(&RoundLoss),
) -> Result<Trained> {
    work.progress.report("encode", 0, None);
    let prepared = Prepared::new(batches, &spec.features, &spec.task)?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let unlabelled = (rows - prepared.rows.len()) as u64;
    Ok(Trained { unlabelled, ..prepared.learn(&spec.learner, work, watch)? })
}
