//! What is compared, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::TableRef;

/// What is compared.
#[derive(Debug, Clone)]
pub struct CompareRequest {
    /// The older side, a table of the plan.
    pub from: TableRef,
    /// The newer side, a table of the plan.
    pub to: TableRef,
    /// Columns that tell rows apart; without them only columns and counts are
    /// compared.
    pub key: Vec<String>,
    /// Most rows that are shown as examples.
    pub sample: usize,
}

/// How two tables differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Columns.
    pub schema: SchemaDiff,
    /// Rows of the older side.
    pub from_rows: u64,
    /// Rows of the newer side.
    pub to_rows: u64,
    /// Rows by key, where one was given.
    pub rows: Option<RowDiff>,
}

/// A column and its type, as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnType {
    /// Its name.
    pub name: String,
    /// Its type, as [`type_name`](crate::type_name) writes it.
    pub data_type: String,
}

/// How the columns differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaDiff {
    /// Columns of the newer side alone.
    pub added: Vec<ColumnType>,
    /// Columns of the older side alone.
    pub removed: Vec<ColumnType>,
    /// Columns of both with another type: how it is on the newer side, and how
    /// it was.
    pub retyped: Vec<(ColumnType, String)>,
}

/// How the rows differ, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDiff {
    /// Keys of the newer side alone.
    pub added: u64,
    /// Keys of the older side alone.
    pub removed: u64,
    /// Keys of both with another value in at least one column.
    pub changed: u64,
    /// Keys of both with the same values.
    pub unchanged: u64,
    /// For each column that was compared, the changed rows in which it differs.
    pub changed_columns: Vec<(String, u64)>,
    /// Columns of both whose values were not compared: their types differ, or
    /// they are lists or structures.
    pub not_compared: Vec<String>,
    /// Rows that differ, by key, the first of them.
    pub sample: Vec<RowChange>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// How.
    pub kind: ChangeKind,
    /// Its key.
    pub key: Vec<Cell>,
    /// Columns that differ; for a row that was added or removed, all that have a
    /// value.
    pub columns: Vec<CellChange>,
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// On the newer side alone.
    Added,
    /// On the older side alone.
    Removed,
    /// On both, with other values.
    Changed,
}

/// A column and its value as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The column.
    pub column: String,
    /// Its value; none where it is null.
    pub value: Option<String>,
}

/// A column whose value differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The column.
    pub column: String,
    /// Its value on the older side.
    pub before: Option<String>,
    /// Its value on the newer side.
    pub after: Option<String>,
}
