//! SQL over both sides, joined by key.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
    util::display::{ArrayFormatter, FormatOptions},
};
use tandem_core::{Error, Result};

use super::result::{Cell, CellChange, ChangeKind, RowChange};

/// Says that a row is there, in a column that no table can have.
const PRESENT: &str = "\"\u{1}present\"";

/// How a row differs, as the SQL says it.
pub(super) const ADDED: i64 = 1;
pub(super) const REMOVED: i64 = 2;
pub(super) const CHANGED: i64 = 3;
pub(super) const SAME: i64 = 4;

/// A number of an answer.
pub(super) fn int(batch: &RecordBatch, column: usize, row: usize) -> i64 {
    batch.column(column).as_primitive_opt::<Int64Type>().filter(|a| a.is_valid(row)).map_or(0, |a| a.value(row))
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Both sides, joined by key.
pub(super) struct Join<'a> {
    pub(super) keys: &'a [String],
    pub(super) values: &'a [String],
}

impl Join<'_> {
    fn from(&self) -> String {
        let on: Vec<String> =
            self.keys.iter().map(|key| format!("(o.{0} IS NOT DISTINCT FROM n.{0})", quoted(key))).collect();
        format!(
            "(SELECT *, true AS {PRESENT} FROM old) o FULL JOIN (SELECT *, true AS {PRESENT} FROM new) n ON {}",
            on.join(" AND ")
        )
    }

    fn differs(column: &str) -> String {
        format!("(o.{0} IS DISTINCT FROM n.{0})", quoted(column))
    }

    fn kind(&self) -> String {
        let differs: Vec<String> = self.values.iter().map(|column| Self::differs(column)).collect();
        let changed = if differs.is_empty() { "false".to_owned() } else { differs.join(" OR ") };
        format!(
            "CASE WHEN o.{PRESENT} IS NULL THEN {ADDED} WHEN n.{PRESENT} IS NULL THEN {REMOVED} \
             WHEN {changed} THEN {CHANGED} ELSE {SAME} END"
        )
    }

    /// How many rows differ in which way, and in which columns.
    pub(super) fn counts(&self) -> String {
        let flags: Vec<String> = (0..self.values.len()).map(|at| format!("sum(d{at})")).collect();
        let sums = flags.iter().map(|flag| format!(", {flag}")).collect::<String>();
        let columns: String = self
            .values
            .iter()
            .enumerate()
            .map(|(at, column)| format!(", CASE WHEN {} THEN 1 ELSE 0 END AS d{at}", Self::differs(column)))
            .collect();
        format!("SELECT k, count(*){sums} FROM (SELECT {} AS k{columns} FROM {}) GROUP BY k", self.kind(), self.from())
    }

    /// The first rows that differ, by key.
    pub(super) fn sample(&self, rows: usize) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .enumerate()
            .map(|(at, key)| format!("coalesce(n.{0}, o.{0}) AS k{at}", quoted(key)))
            .collect();
        let values: String = self
            .values
            .iter()
            .enumerate()
            .map(|(at, column)| format!(", o.{0} AS o{at}, n.{0} AS n{at}", quoted(column)))
            .collect();
        let order: Vec<String> = (0..self.keys.len()).map(|at| format!("k{at}")).collect();
        format!(
            "SELECT * FROM (SELECT {} AS k, {}{values} FROM {}) WHERE k <> {SAME} ORDER BY {} LIMIT {rows}",
            self.kind(),
            keys.join(", "),
            self.from(),
            order.join(", ")
        )
    }

    /// One row of the sample.
    pub(super) fn change(&self, batch: &RecordBatch, row: usize) -> Result<RowChange> {
        let options = FormatOptions::default();
        let text = |at: usize| -> Result<Option<String>> {
            let array = batch.column(at);
            if array.is_null(row) {
                return Ok(None);
            }
            let formatter = ArrayFormatter::try_new(array.as_ref(), &options).map_err(Error::internal)?;
            Ok(Some(formatter.value(row).to_string()))
        };
        let keys = self.keys.iter().enumerate();
        let key = keys.map(|(at, column)| Ok(Cell { column: column.clone(), value: text(at + 1)? }));
        let key = key.collect::<Result<Vec<_>>>()?;
        let mut columns = Vec::new();
        for (at, column) in self.values.iter().enumerate() {
            let first = 1 + self.keys.len() + 2 * at;
            let (before, after) = (text(first)?, text(first + 1)?);
            if before != after {
                columns.push(CellChange { column: column.clone(), before, after });
            }
        }
        let kind = match int(batch, 0, row) {
            ADDED => ChangeKind::Added,
            REMOVED => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Ok(RowChange { kind, key, columns })
    }
}
