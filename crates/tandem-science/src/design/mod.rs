//! From a table to what models compute with, and the same again for new rows.
//!
//! An [`Encoder`] is fitted once on the training rows. It remembers every
//! column's kind, its categories and what is typical of it, is written as a
//! versioned JSON document with the model, and turns any later batch into
//! [`Features`]: numbers with NaN for what is missing, and category codes.
//! Trees take features as they are; linear models take the [`Dense`] matrix of
//! a [`Layout`], with one column for each category.

mod dense;
mod encode;
mod read;
mod target;

pub use dense::{Dense, Layout, Term};
pub use encode::{Applied, EncodedColumn, Encoder, Encoding, FeatureSpec, MAX_CATEGORIES};
pub use target::{Target, TargetColumn, TargetKind};

use serde::{Deserialize, Serialize};

/// How a model reads a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// More and less have a meaning. Truth values are 0 and 1, dates are days,
    /// times are seconds since 1970.
    Numeric,
    /// Equal or not is all there is.
    Categorical,
}

/// The code of a value that was not there.
pub const MISSING: u32 = u32::MAX;
/// The code of a category that the encoder does not know, or that is too rare
/// for a code of its own.
pub const OTHER: u32 = u32::MAX - 1;

/// One encoded column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; NaN is missing. There are no infinities.
    Numeric(Vec<f64>),
    /// Codes below `categories`, or [`MISSING`], or [`OTHER`].
    Categorical {
        /// One code a row.
        codes: Vec<u32>,
        /// How many categories have a code.
        categories: u32,
    },
}

impl Column {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numeric(values) => values.len(),
            Self::Categorical { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows named, in their order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numeric(values) => Self::Numeric(rows.iter().map(|&row| values[row]).collect()),
            Self::Categorical { codes, categories } => {
                Self::Categorical { codes: rows.iter().map(|&row| codes[row]).collect(), categories: *categories }
            }
        }
    }
}

/// Encoded columns of one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
    /// The columns' names.
    pub names: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// How many rows.
    pub rows: usize,
}

impl Features {
    /// Numeric features of slices of one length; NaN is missing.
    pub fn numeric(columns: impl IntoIterator<Item = (String, Vec<f64>)>) -> Self {
        let (names, columns): (Vec<_>, Vec<_>) =
            columns.into_iter().map(|(name, values)| (name, Column::Numeric(values))).unzip();
        let rows = columns.first().map_or(0, Column::len);
        Self { names, columns, rows }
    }

    /// The rows named, in their order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.take(rows)).collect();
        Self { names: self.names.clone(), columns, rows: rows.len() }
    }
}

#[cfg(test)]
mod tests;
