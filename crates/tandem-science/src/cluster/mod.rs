//! Structure without a target: groups, directions, outliers.
//!
//! All take the rows of a [`Dense`](crate::design::Dense) matrix, mostly a
//! standardized one, since distances know nothing of units.

mod dbscan;
mod isolation;
mod kmeans;
mod pca;

pub use dbscan::{Dbscan, DbscanParams, dbscan};
pub use isolation::{IsolationForest, IsolationParams, IsolationTree};
pub use kmeans::{KMeans, KMeansFit, KMeansParams};
pub use pca::Pca;

use tandem_core::Result;

use crate::{
    design::Dense,
    work::{bad_parameter, not_enough},
};

fn check(rows: &Dense, least: usize) -> Result<()> {
    if rows.width == 0 || rows.rows < least {
        return Err(not_enough(format!("This needs a column, and {least} rows or more; here are {}.", rows.rows)));
    }
    if rows.values.len() != rows.rows * rows.width || rows.values.iter().any(|v| !v.is_finite()) {
        return Err(bad_parameter("Every row must have a number in every column. Fill what is missing first."));
    }
    Ok(())
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests;
