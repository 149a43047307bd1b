//! The rules as they are written, stored and read by people.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::profile::Value;

/// What must hold for every row. Rules other than `not_null` say nothing about
/// rows without a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// Each of the columns has a value.
    NotNull {
        /// The columns.
        columns: Vec<String>,
    },
    /// No two rows have the same values in these columns together.
    Unique {
        /// The columns.
        columns: Vec<String>,
    },
    /// Values lie between the bounds, both included. Numbers for columns of
    /// numbers; ISO dates or moments for those (a date as `max` includes its
    /// whole day; moments without an offset are UTC). Text is compared as
    /// numbers with a number, and as text with text.
    Range {
        /// The columns.
        columns: Vec<String>,
        /// Least value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Value>,
        /// Greatest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Value>,
    },
    /// Values are among these.
    Set {
        /// The columns.
        columns: Vec<String>,
        /// The values allowed.
        values: Vec<Value>,
    },
    /// Values, as text, match the regular expression from beginning to end.
    Pattern {
        /// The columns.
        columns: Vec<String>,
        /// In the syntax of Rust's `regex` crate (no look-around, no back-references).
        pattern: String,
    },
}

impl Rule {
    /// The columns it is about.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::NotNull { columns }
            | Self::Unique { columns }
            | Self::Range { columns, .. }
            | Self::Set { columns, .. }
            | Self::Pattern { columns, .. } => columns,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.columns().join(", ");
        match self {
            Self::NotNull { .. } => write!(f, "{columns}: not null"),
            Self::Unique { .. } => write!(f, "{columns}: unique"),
            Self::Range { min, max, .. } => match (min, max) {
                (Some(min), Some(max)) => write!(f, "{columns}: between {} and {}", text(min), text(max)),
                (Some(min), None) => write!(f, "{columns}: at least {}", text(min)),
                (None, Some(max)) => write!(f, "{columns}: at most {}", text(max)),
                (None, None) => write!(f, "{columns}: any value"),
            },
            Self::Set { values, .. } => {
                let values: Vec<String> = values.iter().map(text).collect();
                write!(f, "{columns}: one of {}", values.join(", "))
            }
            Self::Pattern { pattern, .. } => write!(f, "{columns}: matches {pattern}"),
        }
    }
}

/// A value as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}
