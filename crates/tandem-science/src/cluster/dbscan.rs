//! DBSCAN: groups where rows are dense, whatever their shape.
//!
//! Ester, Kriegel, Sander and Xu, "A Density-Based Algorithm for Discovering
//! Clusters" (KDD 1996). Neighbours are sought among rows that are near in the
//! column that varies most: exact, and quick where that column tells much.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{check, squared_distance};
use crate::{
    design::Dense,
    work::{Work, bad_parameter},
};

/// How dense is dense.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DbscanParams {
    /// Rows so near are neighbours.
    pub distance: f64,
    /// A row with so many neighbours, itself among them, is inside a group.
    pub neighbours: u32,
}

/// A grouping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dbscan {
    /// The group of each row, in the order of their first inner row; `None`
    /// for rows that are in none.
    pub labels: Vec<Option<u32>>,
    /// Whether a row is inside, or at the border.
    pub inside: Vec<bool>,
    /// Rows of each group.
    pub sizes: Vec<u64>,
    /// Rows in no group.
    pub noise: u64,
}

struct Index<'a> {
    rows: &'a Dense,
    column: usize,
    /// Rows by their value in that column.
    order: Vec<u32>,
    limit: f64,
}

impl Index<'_> {
    fn near(&self, row: usize, mut found: impl FnMut(usize)) {
        let own = self.rows.row(row);
        let (value, reach) = (own[self.column], self.limit.sqrt());
        let key = |at: &u32| self.rows.row(*at as usize)[self.column];
        let from = self.order.partition_point(|at| key(at) < value - reach);
        for &other in self.order[from..].iter().take_while(|at| key(at) <= value + reach) {
            if squared_distance(own, self.rows.row(other as usize)) <= self.limit {
                found(other as usize);
            }
        }
    }
}

/// Groups rows.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` without rows; `cancelled`.
pub fn dbscan(rows: &Dense, params: DbscanParams, work: &Work<'_>) -> Result<Dbscan> {
    if !(params.distance > 0.0 && params.distance.is_finite()) || params.neighbours == 0 {
        return Err(bad_parameter("distance must be above 0, and neighbours 1 or more."));
    }
    check(rows, 1)?;
    let spread = |column: usize| {
        let values = || (0..rows.rows).map(|row| rows.row(row)[column]);
        values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
    };
    let column = (1..rows.width).fold(0, |best, c| if spread(c) > spread(best) { c } else { best });
    let mut order: Vec<u32> = (0..rows.rows as u32).collect();
    order.sort_by(|a, b| rows.row(*a as usize)[column].total_cmp(&rows.row(*b as usize)[column]));
    let index = Index { rows, column, order, limit: params.distance * params.distance };
    let total = rows.rows as u64;
    let parts: Vec<Result<Vec<bool>>> = work.pieces(rows.rows, 512, |range| {
        work.check()?;
        work.progress.report("neighbours", range.start as u64, Some(total));
        let inside = |row| {
            let mut count = 0;
            index.near(row, |_| count += 1);
            count >= params.neighbours
        };
        Ok(range.map(inside).collect())
    });
    let mut inside = Vec::with_capacity(rows.rows);
    for part in parts {
        inside.extend(part?);
    }
    let mut labels: Vec<Option<u32>> = vec![None; rows.rows];
    let mut sizes = Vec::new();
    let mut open = Vec::new();
    for first in 0..rows.rows {
        if labels[first].is_some() || !inside[first] {
            continue;
        }
        let label = sizes.len() as u32;
        let mut size = 1;
        labels[first] = Some(label);
        open.push(first);
        while let Some(row) = open.pop() {
            work.check()?;
            index.near(row, |other| {
                if labels[other].is_none() {
                    labels[other] = Some(label);
                    size += 1;
                    if inside[other] {
                        open.push(other);
                    }
                }
            });
        }
        sizes.push(size);
    }
    let noise = labels.iter().filter(|label| label.is_none()).count() as u64;
    Ok(Dbscan { labels, inside, sizes, noise })
}
