//! The same measure for each group of rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A measure of the rows of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group<M> {
    /// The group, or `None` for rows that are in none.
    pub group: Option<String>,
    /// How many rows.
    pub rows: u64,
    /// The measure, where the group allows one.
    pub measure: Option<M>,
}

/// Measures each group; `measure` is given the rows of one group in their
/// order. Groups come in the order of their names.
pub fn by_group<M>(groups: &[Option<&str>], measure: impl Fn(&[usize]) -> Option<M>) -> Vec<Group<M>> {
    let mut rows: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        rows.entry(*group).or_default().push(row);
    }
    rows.into_iter()
        .map(|(group, rows)| Group {
            group: group.map(str::to_owned),
            rows: rows.len() as u64,
            measure: measure(&rows),
        })
        .collect()
}
