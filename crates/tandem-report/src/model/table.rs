//! Tables.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use super::NumberFormat;

/// Rows and columns with typed cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Stable name inside the report; names the workbook's sheet.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows; each has one cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows the whole has, where `rows` is only its beginning.
    pub total_rows: Option<u64>,
    /// How many of `rows` a page shows before it is asked for more; all where absent.
    pub page_rows: Option<u32>,
    /// A remark below.
    pub note: Option<Text>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Stable name inside the table.
    pub key: String,
    /// Its heading.
    pub label: Text,
    /// What its cells hold.
    #[serde(flatten)]
    pub kind: ColumnKind,
    /// What it means, in a sentence.
    pub help: Option<Text>,
}

/// What a column's cells hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ColumnKind {
    /// Words or identifiers.
    Text,
    /// Numbers.
    Number {
        /// How they are written.
        format: NumberFormat,
        /// Whether each cell also shows its share of the column's largest value as a bar.
        bar: bool,
    },
    /// Words that name a category with a colour of its own.
    Category {
        /// The categories: the words as they stand in the cells, and the index of their colour.
        colors: Vec<CategoryColor>,
    },
}

/// The colour of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryColor {
    /// The category's words, as in the cells.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
}

/// A cell: `null`, a number, a word from the data, or words in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing known.
    Null,
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A word from the data, the same in every language.
    Raw(String),
    /// Words of the product.
    Text(Text),
}

impl Cell {
    /// The number in the cell, if it holds one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(v) => Some(*v as f64),
            Self::Number(v) => Some(*v),
            _ => None,
        }
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Null }
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Null, Self::Int)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Text> for Cell {
    fn from(value: Text) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Raw(value.to_owned())
    }
}

impl Column {
    /// A column of words or identifiers.
    pub fn text(key: &str, label: Text) -> Self {
        Self { key: key.to_owned(), label, kind: ColumnKind::Text, help: None }
    }

    /// A column of numbers.
    pub fn number(key: &str, label: Text, format: NumberFormat) -> Self {
        Self { key: key.to_owned(), label, kind: ColumnKind::Number { format, bar: false }, help: None }
    }

    /// The same column, each number with a bar.
    #[must_use]
    pub fn with_bar(mut self) -> Self {
        if let ColumnKind::Number { bar, .. } = &mut self.kind {
            *bar = true;
        }
        self
    }

    /// The same column, explained.
    #[must_use]
    pub fn with_help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }
}
