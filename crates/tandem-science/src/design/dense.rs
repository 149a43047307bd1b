//! The matrix of numbers that linear models, distances and components need.

use serde::{Deserialize, Serialize};

use super::{Column, Encoder, Encoding, Features, MISSING, OTHER};

/// One column of the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Term {
    /// A number, with the training mean where it is missing.
    Value {
        /// The feature's index.
        feature: usize,
        /// What stands in for what is missing.
        mean: f64,
        /// Its standard deviation in training.
        deviation: f64,
    },
    /// 1 where the feature is missing.
    Missing {
        /// The feature's index.
        feature: usize,
    },
    /// 1 where the feature is of this category.
    Category {
        /// The feature's index.
        feature: usize,
        /// The category's code, or [`OTHER`].
        code: u32,
    },
}

/// Which columns the matrix has, in order, and what they are called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The columns.
    pub terms: Vec<Term>,
    /// Their names: `tenure`, `Contract = Two year`, `income is missing`.
    pub names: Vec<String>,
}

/// A matrix of numbers, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// `rows × width` numbers.
    pub values: Vec<f64>,
    /// How many columns.
    pub width: usize,
    /// How many rows.
    pub rows: usize,
}

impl Dense {
    /// The numbers of one row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The rows named, in their order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row).iter().copied()).collect();
        Self { values, width: self.width, rows: rows.len() }
    }
}

impl Layout {
    /// The layout of an encoder's features. With `reference`, the most frequent
    /// category of each column has no column: the others are compared with it,
    /// and the matrix has full rank. Distances want all of them.
    ///
    /// Numbers that were constant in training are left out, and so is a
    /// category that training never had.
    pub fn new(encoder: &Encoder, reference: bool) -> Self {
        let mut layout = Self { terms: Vec::new(), names: Vec::new() };
        for (feature, column) in encoder.columns.iter().enumerate() {
            match &column.encoding {
                Encoding::Numeric { mean, deviation, min, max } => {
                    if max > min {
                        layout.push(Term::Value { feature, mean: *mean, deviation: *deviation }, column.name.clone());
                    }
                }
                Encoding::Categorical { categories, other, .. } => {
                    for (code, category) in categories.iter().enumerate().skip(usize::from(reference)) {
                        layout.push(
                            Term::Category { feature, code: code as u32 },
                            format!("{} = {category}", column.name),
                        );
                    }
                    if *other > 0 {
                        layout.push(Term::Category { feature, code: OTHER }, format!("{} = …", column.name));
                    }
                }
            }
            let known = match &column.encoding {
                Encoding::Numeric { min, max, .. } => max > min,
                Encoding::Categorical { categories, .. } => !categories.is_empty(),
            };
            if column.missing > 0 && known {
                layout.push(Term::Missing { feature }, format!("{} is missing", column.name));
            }
        }
        layout
    }

    /// How many columns.
    pub fn width(&self) -> usize {
        self.terms.len()
    }

    fn push(&mut self, term: Term, name: String) {
        self.terms.push(term);
        self.names.push(name);
    }

    /// The matrix of features. A category that is not known has 0 in all
    /// columns of its feature.
    pub fn dense(&self, features: &Features) -> Dense {
        let width = self.width();
        let mut values = vec![0.0; features.rows * width];
        for (at, term) in self.terms.iter().enumerate() {
            let cells = values.iter_mut().skip(at).step_by(width.max(1));
            match (term, &features.columns[term.feature()]) {
                (Term::Value { mean, .. }, Column::Numeric(numbers)) => {
                    cells.zip(numbers).for_each(|(cell, &n)| *cell = if n.is_nan() { *mean } else { n });
                }
                (Term::Missing { .. }, Column::Numeric(numbers)) => {
                    cells.zip(numbers).for_each(|(cell, n)| *cell = f64::from(u8::from(n.is_nan())));
                }
                (Term::Missing { .. }, Column::Categorical { codes, .. }) => {
                    cells.zip(codes).for_each(|(cell, &code)| *cell = f64::from(u8::from(code == MISSING)));
                }
                (Term::Category { code: own, .. }, Column::Categorical { codes, .. }) => {
                    cells.zip(codes).for_each(|(cell, code)| *cell = f64::from(u8::from(code == own)));
                }
                // The kinds are the encoder's own.
                (Term::Value { .. }, Column::Categorical { .. }) | (Term::Category { .. }, Column::Numeric(_)) => {}
            }
        }
        Dense { values, width, rows: features.rows }
    }

    /// As [`Self::dense`], with numbers as standard deviations from their
    /// training mean, so that no unit weighs more than another.
    pub fn standardized(&self, features: &Features) -> Dense {
        let mut dense = self.dense(features);
        for (at, term) in self.terms.iter().enumerate() {
            if let Term::Value { mean, deviation, .. } = term {
                let scale = if *deviation > 0.0 { 1.0 / deviation } else { 0.0 };
                dense.values.iter_mut().skip(at).step_by(self.width()).for_each(|v| *v = (*v - mean) * scale);
            }
        }
        dense
    }
}

impl Term {
    /// The index of the feature it is made of.
    pub fn feature(&self) -> usize {
        match self {
            Self::Value { feature, .. } | Self::Missing { feature } | Self::Category { feature, .. } => *feature,
        }
    }
}
