//! A description of a table in one pass: counts, distinct values, ranges,
//! quantiles, histograms, frequent values and oddities of every column.
//!
//! While a column has few different values (up to 16,384, fewer in very wide
//! tables) each is counted, and all figures are exact. Beyond that the number of
//! distinct values is estimated by HyperLogLog, and quantiles, histogram and
//! frequent values come from a uniform random sample (seeded; 32,768 values,
//! fewer in very wide tables); least and greatest value, sum, mean, deviation
//! and all counts stay those of all values. The profile says which is which.
//!
//! Sums are exact: of whole numbers and decimals to the last digit, of doubles
//! the double nearest to the true sum, however the table was cut into parts.

mod codec;
mod column;
mod counter;
mod findings;
mod finish;
mod hll;
mod model;
mod moments;
mod numeric;
mod reservoir;
mod text;
mod total;
mod warning;
mod weighted;

use std::sync::{Mutex, PoisonError};

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::SchemaRef,
};
use tandem_core::{Error, ErrorCode, Result};

pub use model::{
    Bin, ColumnProfile, Distinct, Histogram, KeyCandidate, Kind, Profile, Quantile, Quantiles, TextProfile, TopValue,
    Value,
};
pub use warning::{Warning, WarningCode};

use column::{Column, Scratch};

/// Cells of a batch from which on threads are worth their start.
const CELLS_TO_SHARE: usize = 1 << 14;

/// What one column may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Different values counted exactly.
    exact: usize,
    /// Values sampled beyond.
    sample: usize,
    /// Bytes of text kept, which may lower both.
    bytes: usize,
    seed: u64,
}

impl Limits {
    /// Together the columns of a table of up to 250 stay below about 100 MB.
    fn of(columns: usize, column: usize) -> Self {
        let columns = columns.max(1);
        Self {
            exact: ((1 << 20) / columns).clamp(1 << 10, 1 << 14),
            sample: ((1 << 22) / columns).clamp(1 << 12, 1 << 15),
            bytes: ((64 << 20) / columns).clamp(256 << 10, 2 << 20),
            seed: column as u64,
        }
    }
}

/// Profiles a table batch by batch. Parts of a table can be profiled apart and
/// then merged.
///
/// What is exact does not depend on how the table was cut into batches and
/// parts; what is sampled does, within its stated error.
#[derive(Debug)]
pub struct Profiler {
    rows: u64,
    columns: Vec<Column>,
    /// One for each thread.
    scratch: Vec<Scratch>,
}

impl Profiler {
    /// A profiler that has seen no row of a table with this schema.
    pub fn new(schema: SchemaRef) -> Self {
        let width = schema.fields().len();
        let columns = schema.fields().iter().enumerate().map(|(i, f)| Column::new(f, Limits::of(width, i))).collect();
        Self { rows: 0, columns, scratch: vec![Scratch::default()] }
    }

    /// Shares the columns of a batch among `threads` threads. The profile is
    /// the same, bit for bit, whatever their number.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.scratch.resize_with(threads.clamp(1, self.columns.len().max(1)), Scratch::default);
        self
    }

    /// Takes in one batch. Layouts of one type (plain, view, dictionary text)
    /// may differ from the schema's; types may not.
    ///
    /// # Errors
    /// `schema_mismatch` where the batch has other columns or types.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_columns() != self.columns.len() {
            let message =
                format!("A batch has {} columns where {} were expected.", batch.num_columns(), self.columns.len());
            return Err(Error::new(ErrorCode::SchemaMismatch, message));
        }
        let few = batch.num_rows() * self.columns.len() < CELLS_TO_SHARE;
        let mut scratch = self.scratch.iter_mut().take(if few { 1 } else { usize::MAX });
        let first = scratch.next().ok_or_else(|| Error::internal("a profiler without a thread"))?;
        let columns = Mutex::new(self.columns.iter_mut().zip(batch.columns()));
        std::thread::scope(|scope| {
            let others: Vec<_> = scratch.map(|scratch| scope.spawn(|| update_each(&columns, scratch))).collect();
            let mut outcome = update_each(&columns, first);
            for other in others {
                outcome =
                    outcome.and(other.join().unwrap_or_else(|_| Err(Error::internal("a profiling thread stopped"))));
            }
            outcome
        })?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Becomes what seeing both parts would have given. `self` is the part that
    /// comes first where order matters (it does to nothing but keys in order).
    ///
    /// # Errors
    /// `schema_mismatch` where the parts have other columns or types.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if other.columns.len() != self.columns.len() {
            return Err(Error::new(ErrorCode::SchemaMismatch, "Two parts of a table have different columns."));
        }
        self.rows += other.rows;
        self.columns.iter_mut().zip(other.columns).try_for_each(|(mine, theirs)| mine.merge(theirs))
    }

    /// Rows seen so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The description of all that was seen.
    pub fn finish(self) -> Profile {
        let (columns, mut keys): (Vec<_>, Vec<_>) =
            self.columns.into_iter().map(|column| finish::column(column, self.rows)).unzip();
        let mut key_candidates: Vec<KeyCandidate> = keys
            .drain(..)
            .zip(&columns)
            .filter_map(|(certain, profile)| Some(KeyCandidate { column: profile.name.clone(), certain: certain? }))
            .collect();
        key_candidates.sort_by_key(|k| !k.certain);
        Profile { rows: self.rows, columns, key_candidates }
    }
}

/// Takes columns until there are no more.
fn update_each<'a>(
    columns: &Mutex<impl Iterator<Item = (&'a mut Column, &'a ArrayRef)>>,
    scratch: &mut Scratch,
) -> Result<()> {
    loop {
        let next = columns.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((column, array)) = next else { return Ok(()) };
        column.update(array, scratch)?;
    }
}

#[cfg(test)]
mod tests;
