//! Every column with every other.

use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::correlation::{Correlation, Method, correlate};
use crate::work::Work;

/// Correlations of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationMatrix {
    /// The columns.
    pub names: Vec<String>,
    /// The upper triangle by rows: first with second, first with third, …;
    /// absent where there is none.
    pub pairs: Vec<Option<Correlation>>,
}

impl CorrelationMatrix {
    /// The correlation of two columns.
    pub fn of(&self, a: usize, b: usize) -> Option<&Correlation> {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || b >= self.names.len() {
            return None;
        }
        let before = a * (2 * self.names.len() - a - 1) / 2;
        self.pairs.get(before + b - a - 1)?.as_ref()
    }
}

/// Correlates all pairs of columns, each over the rows in which both have a
/// value.
///
/// # Errors
/// `cancelled`.
pub fn correlation_matrix(
    columns: &[(String, Vec<f64>)],
    method: Method,
    work: &Work<'_>,
) -> Result<CorrelationMatrix> {
    let pairs: Vec<(usize, usize)> =
        (0..columns.len()).flat_map(|a| (a + 1..columns.len()).map(move |b| (a, b))).collect();
    let total = pairs.len() as u64;
    let found: Vec<Result<Option<Correlation>>> = work.each(pairs, |i, (a, b)| {
        work.check()?;
        work.progress.report("correlate", i as u64, Some(total));
        Ok(correlate(&columns[a].1, &columns[b].1, method).ok())
    });
    let pairs = found.into_iter().collect::<Result<_>>()?;
    Ok(CorrelationMatrix { names: columns.iter().map(|(name, _)| name.clone()).collect(), pairs })
}
