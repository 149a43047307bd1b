//! Row filters: a small expression type, so that a policy is never SQL text.

use serde::{Deserialize, Serialize};

/// Which rows exist for a query. Three-valued as SQL is: a row for which it is
/// unknown (null) doesn't exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Filter {
    /// All hold; true where there is none.
    And {
        /// The parts.
        filters: Vec<Filter>,
    },
    /// One holds; false where there is none.
    Or {
        /// The parts.
        filters: Vec<Filter>,
    },
    /// It doesn't hold.
    Not {
        /// The part.
        filter: Box<Filter>,
    },
    /// A column against a value, which is taken as the column's type.
    Compare {
        /// Column of the source, visible or not.
        column: String,
        /// How they are compared.
        is: CompareOp,
        /// With what.
        value: Value,
    },
    /// A column's value is one of these.
    In {
        /// Column of the source, visible or not.
        column: String,
        /// The values, taken as the column's type.
        values: Vec<Value>,
    },
    /// A column has no value.
    IsNull {
        /// Column of the source, visible or not.
        column: String,
    },
    /// A text column matches a pattern with `%` and `_`, `\` before either
    /// for the character itself.
    Like {
        /// Column of the source, visible or not.
        column: String,
        /// The pattern.
        pattern: String,
        /// Whether case is ignored.
        #[serde(default)]
        ignore_case: bool,
    },
}

impl Filter {
    /// The columns that it reads, each as often as it does.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::And { filters } | Self::Or { filters } => filters.iter().flat_map(Self::columns).collect(),
            Self::Not { filter } => filter.columns(),
            Self::Compare { column, .. }
            | Self::In { column, .. }
            | Self::IsNull { column }
            | Self::Like { column, .. } => vec![column],
        }
    }
}

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
}

/// A constant of a filter; dates and times are ISO 8601 text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any number.
    Float(f64),
    /// Text, a date, a time or a decimal.
    Text(String),
}
