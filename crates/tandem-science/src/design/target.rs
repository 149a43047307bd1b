//! What is to be predicted.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{encode, read};
use crate::work::{bad_parameter, not_enough};

/// The most classes that a target may have.
const MAX_CLASSES: usize = 100;

/// What kind of answer a model gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// One of two classes.
    Binary,
    /// One of several classes.
    Multiclass,
    /// A number.
    Regression,
}

/// The target in a model's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The column's name.
    pub name: String,
    /// The type it had.
    pub data_type: String,
    /// What kind of answer.
    pub kind: TargetKind,
    /// The classes in the order of their codes; of two, the second is the one
    /// whose probability is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
}

/// The target of given rows.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetColumn {
    /// What it is.
    pub target: Target,
    /// Numbers, or codes of classes; NaN where it is missing or a class that is
    /// not known.
    pub values: Vec<f64>,
    /// Rows that have a value, in order.
    pub known: Vec<usize>,
}

impl Target {
    /// Learns the classes of a column. `positive` names the class whose
    /// probability is asked for; without it, it is the last by text.
    ///
    /// # Errors
    /// `unknown_column`; `schema_mismatch`; `not_enough_data` for fewer than two
    /// classes; `invalid_parameter` for more than a hundred, or a `positive`
    /// that is no class.
    pub fn classes(batches: &[RecordBatch], name: &str, positive: Option<&str>) -> Result<TargetColumn> {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for batch in batches {
            read::texts(name, encode::find(batch, name)?, |text| {
                if let Some(text) = text {
                    *counts.entry(text.to_owned()).or_default() += 1;
                }
            })?;
        }
        let mut classes: Vec<String> = counts.into_keys().collect();
        match classes.len() {
            0 | 1 => {
                let message = format!("Column {name} has {} classes, and telling apart needs two.", classes.len());
                return Err(not_enough(message));
            }
            n if n > MAX_CLASSES => {
                let message = format!(
                    "Column {name} has {n} classes; {MAX_CLASSES} is the most. Group them, or predict a number instead."
                );
                return Err(bad_parameter(message));
            }
            _ => {}
        }
        // By number where all are numbers: 2 before 10.
        let mut keyed: Vec<(Option<f64>, String)> = classes.drain(..).map(|c| (c.parse().ok(), c)).collect();
        if keyed.iter().all(|(number, _)| number.is_some_and(|n: f64| !n.is_nan())) {
            keyed.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal).then(a.1.cmp(&b.1)));
        } else {
            keyed.sort_by(|a, b| a.1.cmp(&b.1));
        }
        classes.extend(keyed.into_iter().map(|(_, class)| class));
        if let Some(positive) = positive {
            let Some(at) = classes.iter().position(|class| class == positive) else {
                let message = format!("Column {name} has no class {positive}. Name one of: {}.", classes.join(", "));
                return Err(bad_parameter(message));
            };
            let class = classes.remove(at);
            classes.push(class);
        }
        let kind = if classes.len() == 2 { TargetKind::Binary } else { TargetKind::Multiclass };
        let data_type = type_of(batches, name)?;
        Self { name: name.to_owned(), data_type, kind, classes }.of(batches)
    }

    /// A column of numbers.
    ///
    /// # Errors
    /// `unknown_column`; `schema_mismatch`; `not_enough_data` without a value.
    pub fn number(batches: &[RecordBatch], name: &str) -> Result<TargetColumn> {
        let data_type = type_of(batches, name)?;
        let target =
            Self { name: name.to_owned(), data_type, kind: TargetKind::Regression, classes: Vec::new() }.of(batches)?;
        if target.known.is_empty() {
            return Err(not_enough(format!("Column {name} has no values.")));
        }
        Ok(target)
    }

    /// This target in rows that may be new.
    ///
    /// # Errors
    /// `unknown_column`; `schema_mismatch`.
    pub fn of(self, batches: &[RecordBatch]) -> Result<TargetColumn> {
        let mut values = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
        let codes: HashMap<&str, u32> = self.classes.iter().map(String::as_str).zip(0..).collect();
        for batch in batches {
            let array = encode::find(batch, &self.name)?;
            match self.kind {
                TargetKind::Regression => values.extend(read::numbers(&self.name, array)?),
                _ => read::texts(&self.name, array, |text| {
                    values.push(text.and_then(|text| codes.get(text)).map_or(f64::NAN, |&code| f64::from(code)));
                })?,
            }
        }
        let known = (0..values.len()).filter(|&row| !values[row].is_nan()).collect();
        Ok(TargetColumn { target: self, values, known })
    }
}

fn type_of(batches: &[RecordBatch], name: &str) -> Result<String> {
    let first = batches.first().ok_or_else(|| not_enough("There are no rows to learn from."))?;
    Ok(encode::type_name(encode::find(first, name)?.data_type()))
}
