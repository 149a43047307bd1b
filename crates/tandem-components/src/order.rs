//! Orders that leave nothing to chance.

use serde::Deserialize;

use crate::{Table, sql::ident};

/// A column to sort by.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct By {
    /// The column.
    pub(crate) column: String,
    /// Which end comes first.
    #[serde(default)]
    pub(crate) direction: Direction,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// The least.
    #[default]
    Ascending,
    /// The greatest.
    Descending,
}

impl By {
    /// As a part of `ORDER BY`; what is empty comes last either way.
    pub(crate) fn sql(&self) -> String {
        let direction = if self.direction == Direction::Ascending { "ASC" } else { "DESC" };
        format!("{} {direction} NULLS LAST", ident(&self.column))
    }
}

/// Just these, as a part of `ORDER BY`.
pub(crate) fn by(order: &[By]) -> Vec<String> {
    order.iter().map(By::sql).collect()
}

/// These, and between equals all other columns of the table but `fixed`: which
/// row comes first must not depend on which thread brought it.
pub(crate) fn total(order: &[By], table: &Table, fixed: &[String]) -> String {
    let mut parts = by(order);
    let known = |name: &&String| order.iter().all(|by| by.column != **name) && !fixed.contains(name);
    parts.extend(table.names().filter(known).map(|name| ident(name)));
    if parts.is_empty() { "1".to_owned() } else { parts.join(", ") }
}

/// `PARTITION BY` these, or nothing.
pub(crate) fn partition(by: &[String]) -> String {
    if by.is_empty() { String::new() } else { format!("PARTITION BY {} ", crate::sql::idents(by)) }
}
