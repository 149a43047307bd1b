//! What is known of a table's columns when roles are suggested: little, and
//! cheap to gather from the first rows or from a profile.

use std::collections::HashSet;

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    compute::cast,
    datatypes::{DataType, SchemaRef},
};
use tandem_core::{Error, Result};

use super::manifest::ColumnKind;

/// Rows of a sample that are looked at; more add nothing.
pub const SAMPLE: usize = 5_000;

/// What is known of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Distinct values by rows with a value, 0 to 1, where known.
    pub distinct_ratio: Option<f64>,
    /// How many distinct values were seen, where known.
    pub distinct: Option<u64>,
    /// Rows without a value by rows, 0 to 1, where known.
    pub null_ratio: Option<f64>,
    /// Some of its values, as text.
    pub samples: Vec<String>,
}

/// What a type holds, as far as roles care.
pub fn kind(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::Text,
        DataType::Dictionary(_, values) => kind(values),
        t if t.is_integer() => ColumnKind::Integer,
        t if t.is_floating() => ColumnKind::Number,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            ColumnKind::Decimal
        }
        DataType::Date32 | DataType::Date64 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Timestamp,
        DataType::Boolean => ColumnKind::Boolean,
        _ => ColumnKind::Other,
    }
}

/// The facts of every column, from a sample of its rows (the first few thousand are enough).
///
/// # Errors
/// `internal` where a column can't be read as text.
pub fn from_sample(schema: &SchemaRef, sample: &[RecordBatch]) -> Result<Vec<ColumnFacts>> {
    schema
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let mut facts = Sampled::default();
            for batch in sample {
                let room = SAMPLE.saturating_sub(facts.rows);
                let column = batch.column(i);
                facts.add(&column.slice(0, column.len().min(room)))?;
            }
            Ok(facts.finish(field.name().clone(), kind(field.data_type())))
        })
        .collect()
}

#[derive(Default)]
struct Sampled {
    rows: usize,
    nulls: usize,
    distinct: HashSet<String>,
    samples: Vec<String>,
}

impl Sampled {
    fn add(&mut self, column: &ArrayRef) -> Result<()> {
        let text = cast(column, &DataType::Utf8).map_err(Error::internal)?;
        let Some(text) = text.as_any().downcast_ref::<arrow::array::StringArray>() else { return Ok(()) };
        self.rows += text.len();
        for value in text {
            match value {
                None => self.nulls += 1,
                Some(value) => {
                    if self.samples.len() < 8 {
                        self.samples.push(value.to_owned());
                    }
                    if !self.distinct.contains(value) {
                        self.distinct.insert(value.to_owned());
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(self, name: String, kind: ColumnKind) -> ColumnFacts {
        let present = self.rows - self.nulls;
        let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        ColumnFacts {
            name,
            kind,
            distinct_ratio: ratio(self.distinct.len(), present),
            distinct: Some(self.distinct.len() as u64),
            null_ratio: ratio(self.nulls, self.rows),
            samples: self.samples,
        }
    }
}
