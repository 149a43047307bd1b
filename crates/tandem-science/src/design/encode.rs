//! What is learnt of the columns, and how it is applied.

use std::collections::HashMap;

use arrow::{array::RecordBatch, datatypes::DataType};
use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use super::{Column, Features, Kind, MISSING, OTHER, read};
use crate::work::{bad_parameter, not_enough};

/// The most categories of a column that get a code of their own.
pub const MAX_CATEGORIES: usize = 250;
/// The version of the document this release writes.
const VERSION: u32 = 1;

/// A column that a model shall use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSpec {
    /// The column's name.
    pub name: String,
    /// How it is read; the type decides where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

impl<S: Into<String>> From<S> for FeatureSpec {
    fn from(name: S) -> Self {
        Self { name: name.into(), kind: None }
    }
}

/// What an encoder knows of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodedColumn {
    /// The column's name.
    pub name: String,
    /// The type it had, as Arrow writes it.
    pub data_type: String,
    /// Rows without a value in training.
    pub missing: u64,
    /// How it is read.
    #[serde(flatten)]
    pub encoding: Encoding,
}

/// How a column is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Encoding {
    /// As numbers.
    Numeric {
        /// Mean in training.
        mean: f64,
        /// Standard deviation in training.
        deviation: f64,
        /// Smallest in training.
        min: f64,
        /// Largest in training.
        max: f64,
    },
    /// As categories.
    Categorical {
        /// In the order of their codes: the most frequent first, equally
        /// frequent ones by text.
        categories: Vec<String>,
        /// Training rows of each.
        counts: Vec<u64>,
        /// Training rows of categories that were too many or too rare.
        other: u64,
    },
}

/// A fitted preprocessing of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    version: u32,
    /// The columns, in the order of the features.
    pub columns: Vec<EncodedColumn>,
}

/// Encoded rows, and what was noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The features.
    pub features: Features,
    /// For each column: rows without a value.
    pub missing: Vec<u64>,
    /// For each column: rows with a category that training did not have.
    pub unknown: Vec<u64>,
}

impl Encoder {
    /// Learns the columns of `batches`, which have one schema.
    ///
    /// # Errors
    /// `unknown_column`; `schema_mismatch` for a type that no model reads;
    /// `invalid_parameter` without columns; `not_enough_data` without rows.
    pub fn fit(batches: &[RecordBatch], specs: &[FeatureSpec]) -> Result<Self> {
        if specs.is_empty() {
            return Err(bad_parameter("No columns were chosen as features. Choose at least one."));
        }
        let Some(first) = batches.iter().find(|batch| batch.num_rows() > 0) else {
            return Err(not_enough("There are no rows to learn from."));
        };
        let mut columns = Vec::with_capacity(specs.len());
        for spec in specs {
            let data_type = find(first, &spec.name)?.data_type().clone();
            let Some(kind) = spec.kind.or_else(|| read::kind_of(&data_type)) else {
                let message =
                    format!("Column {} holds {data_type}, which no model reads. Leave it out or cast it.", spec.name);
                return Err(Error::new(ErrorCode::SchemaMismatch, message));
            };
            let (encoding, missing) = match kind {
                Kind::Numeric => numeric(batches, &spec.name)?,
                Kind::Categorical => categorical(batches, &spec.name)?,
            };
            columns.push(EncodedColumn {
                name: spec.name.clone(),
                data_type: data_type.to_string(),
                missing,
                encoding,
            });
        }
        Ok(Self { version: VERSION, columns })
    }

    /// Encodes rows that may be new. Columns are found by name.
    ///
    /// # Errors
    /// `unknown_column` and `schema_mismatch` as [`Self::fit`].
    pub fn apply(&self, batches: &[RecordBatch]) -> Result<Applied> {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let mut applied = Applied {
            features: Features { rows, ..Features::default() },
            missing: Vec::with_capacity(self.columns.len()),
            unknown: Vec::with_capacity(self.columns.len()),
        };
        for column in &self.columns {
            let (encoded, missing, unknown) = column.apply(batches, rows)?;
            applied.features.names.push(column.name.clone());
            applied.features.columns.push(encoded);
            applied.missing.push(missing);
            applied.unknown.push(unknown);
        }
        Ok(applied)
    }

    /// Reads the document.
    ///
    /// # Errors
    /// `unsupported_format` for a later version; `malformed_file` for anything else.
    pub fn from_json(text: &str) -> Result<Self> {
        let encoder: Self = serde_json::from_str(text).map_err(|cause| {
            Error::new(ErrorCode::MalformedFile, "This is no preprocessing document.").with_source(cause)
        })?;
        if encoder.version > VERSION {
            let message = "This preprocessing was made by a later release. Update the program and try again.";
            return Err(Error::new(ErrorCode::UnsupportedFormat, message));
        }
        Ok(encoder)
    }
}

impl EncodedColumn {
    /// The kind.
    pub fn kind(&self) -> Kind {
        match self.encoding {
            Encoding::Numeric { .. } => Kind::Numeric,
            Encoding::Categorical { .. } => Kind::Categorical,
        }
    }

    fn apply(&self, batches: &[RecordBatch], rows: usize) -> Result<(Column, u64, u64)> {
        match &self.encoding {
            Encoding::Numeric { .. } => {
                let mut values = Vec::with_capacity(rows);
                for batch in batches {
                    values.extend(read::numbers(&self.name, find(batch, &self.name)?)?);
                }
                let missing = values.iter().filter(|v| v.is_nan()).count() as u64;
                Ok((Column::Numeric(values), missing, 0))
            }
            Encoding::Categorical { categories, .. } => {
                let known: HashMap<&str, u32> = categories.iter().map(String::as_str).zip(0..).collect();
                let mut codes = Vec::with_capacity(rows);
                for batch in batches {
                    read::texts(&self.name, find(batch, &self.name)?, |text| {
                        codes.push(text.map_or(MISSING, |text| known.get(text).copied().unwrap_or(OTHER)));
                    })?;
                }
                let missing = codes.iter().filter(|code| **code == MISSING).count() as u64;
                let unknown = codes.iter().filter(|code| **code == OTHER).count() as u64;
                Ok((Column::Categorical { codes, categories: categories.len() as u32 }, missing, unknown))
            }
        }
    }
}

pub(super) fn find<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| {
        let message = format!("There is no column {name}. Name one of the table's columns.");
        Error::new(ErrorCode::UnknownColumn, message)
    })
}

fn numeric(batches: &[RecordBatch], name: &str) -> Result<(Encoding, u64)> {
    let (mut count, mut missing) = (0_u64, 0_u64);
    let (mut mean, mut squares) = (0.0, 0.0);
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    for batch in batches {
        for value in read::numbers(name, find(batch, name)?)? {
            if value.is_nan() {
                missing += 1;
                continue;
            }
            count += 1;
            let step = value - mean;
            mean += step / count as f64;
            squares += step * (value - mean);
            min = min.min(value);
            max = max.max(value);
        }
    }
    if count == 0 {
        // Nothing is known: what comes later counts as it is.
        return Ok((Encoding::Numeric { mean: 0.0, deviation: 0.0, min: 0.0, max: 0.0 }, missing));
    }
    let deviation = (squares / count.saturating_sub(1).max(1) as f64).sqrt();
    Ok((Encoding::Numeric { mean, deviation, min, max }, missing))
}

fn categorical(batches: &[RecordBatch], name: &str) -> Result<(Encoding, u64)> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut missing = 0;
    for batch in batches {
        read::texts(name, find(batch, name)?, |text| match text {
            None => missing += 1,
            Some(text) => match counts.get_mut(text) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(text.to_owned(), 1);
                }
            },
        })?;
    }
    let mut all: Vec<(String, u64)> = counts.into_iter().collect();
    all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let other = all.iter().skip(MAX_CATEGORIES).map(|(_, count)| count).sum();
    all.truncate(MAX_CATEGORIES);
    let (categories, counts) = all.into_iter().unzip();
    Ok((Encoding::Categorical { categories, counts, other }, missing))
}

/// The type as the signature of a model names it.
pub(super) fn type_name(data_type: &DataType) -> String {
    data_type.to_string()
}
