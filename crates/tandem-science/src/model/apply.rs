//! Answers for a table.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray},
    datatypes::{Field, Schema},
};
use tandem_core::{Error, Result};

use super::{Learned, Model};
use crate::{
    boost::Contributions,
    design::{Features, TargetKind},
    work::{Work, bad_parameter},
};

impl Model {
    /// The outputs of the signature for each row, in the order of the rows.
    ///
    /// # Errors
    /// `unknown_column` and `schema_mismatch` where the table does not have the
    /// inputs; `cancelled`.
    pub fn apply(&self, batches: &[RecordBatch], work: &Work<'_>) -> Result<RecordBatch> {
        let features = self.encoder.apply(batches)?.features;
        let columns: Vec<ArrayRef> = match &self.learned {
            Learned::Boosting { .. } | Learned::Linear { .. } => self.answers(&self.predict(&features, work)?),
            Learned::KMeans { layout, model } => {
                let labels = model.assign(&layout.standardized(&features), work);
                vec![Arc::new(Int32Array::from_iter_values(labels.into_iter().map(|label| label as i32)))]
            }
            Learned::Components { layout, model } => {
                let places = model.transform(&layout.standardized(&features));
                (0..places.width)
                    .map(|i| {
                        let values = places.values.iter().skip(i).step_by(places.width).copied();
                        Arc::new(Float64Array::from_iter_values(values)) as ArrayRef
                    })
                    .collect()
            }
            Learned::Isolation { layout, model } => {
                let scores = model.scores(&layout.standardized(&features), work)?;
                vec![Arc::new(Float64Array::from(scores))]
            }
        };
        let fields: Vec<Field> = self
            .signature
            .outputs
            .iter()
            .zip(&columns)
            .map(|(output, column)| Field::new(&output.name, column.data_type().clone(), true))
            .collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(Error::internal)
    }

    /// Probabilities, as many as classes for each row (of two classes, the
    /// second alone), or numbers.
    ///
    /// # Errors
    /// `invalid_parameter` for models that predict nothing; `cancelled`.
    pub fn predict(&self, features: &Features, work: &Work<'_>) -> Result<Vec<f64>> {
        match &self.learned {
            Learned::Boosting { model } => model.predict(features, work),
            Learned::Linear { layout, model } => Ok(model.predict(&layout.dense(features))),
            _ => Err(bad_parameter("This model finds structure; it predicts nothing.")),
        }
    }

    /// What each feature contributed to each score of a model that predicts: of
    /// trees as Shapley values, of linear models against the mean of these rows.
    ///
    /// # Errors
    /// `invalid_parameter` for other models; `cancelled`.
    pub fn contributions(&self, features: &Features, work: &Work<'_>) -> Result<Contributions> {
        match &self.learned {
            Learned::Boosting { model } => model.contributions(features, work),
            Learned::Linear { layout, model } => Ok(model.contributions(layout, features)),
            _ => Err(bad_parameter("This model finds structure; it has no answers to explain.")),
        }
    }

    fn answers(&self, predicted: &[f64]) -> Vec<ArrayRef> {
        let Some(target) = &self.signature.target else { return Vec::new() };
        let classes = &target.classes;
        let floats = |values: Vec<f64>| Arc::new(Float64Array::from(values)) as ArrayRef;
        match target.kind {
            TargetKind::Regression => vec![floats(predicted.to_vec())],
            TargetKind::Binary => {
                let called = predicted.iter().map(|p| classes[usize::from(*p >= 0.5)].as_str());
                vec![
                    Arc::new(StringArray::from_iter_values(called)),
                    floats(predicted.iter().map(|p| 1.0 - p).collect()),
                    floats(predicted.to_vec()),
                ]
            }
            TargetKind::Multiclass => {
                let k = classes.len();
                let top = |row: &[f64]| (1..k).fold(0, |best, class| if row[class] > row[best] { class } else { best });
                let called = predicted.chunks(k).map(|row| classes[top(row)].as_str());
                let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(called))];
                columns.extend((0..k).map(|class| floats(predicted.iter().skip(class).step_by(k).copied().collect())));
                columns
            }
        }
    }
}
