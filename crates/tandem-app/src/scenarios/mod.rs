//! Scenarios: business questions with an answer.
//!
//! Each has a pack in `scenarios/<name>/` (its manifest and its words in both
//! languages) and a folder here that computes. The command line and the server
//! both call [`run`]; neither knows how an answer is made.

pub mod customer_value;
pub mod facts;
pub mod manifest;
pub mod mapping;
pub mod params;
pub mod suggest;
mod words;

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result, id::RunId};
use tandem_report::Report;

pub use manifest::Manifest;
pub use mapping::Mapping;

/// The seed of a run that was given none.
pub const DEFAULT_SEED: u64 = 42;

/// What a scenario is run on.
pub struct Request<'a> {
    /// The rows, with all their columns, in any order.
    pub rows: &'a mut dyn Rows,
    /// How many there are, where that is known; for the progress alone.
    pub row_count: Option<u64>,
    /// Which column plays which role.
    pub mapping: Mapping,
    /// Parameters by name; what is absent takes its default.
    pub params: Map<String, Value>,
    /// The seed of everything random.
    pub seed: u64,
    /// What the report says of its making.
    pub made: Made,
}

/// The rows a scenario reads, batch by batch.
pub trait Rows: Iterator<Item = Result<RecordBatch>> {
    /// How many rows of the source could not be read at all, known once it is read to its end.
    fn rejected(&self) -> u64 {
        0
    }
}

/// Rows of which none were rejected, such as those of a dataset's version.
#[derive(Debug)]
pub struct Accepted<I>(pub I);

impl<I: Iterator<Item = Result<RecordBatch>>> Iterator for Accepted<I> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<I: Iterator<Item = Result<RecordBatch>>> Rows for Accepted<I> {}

/// What only the caller knows and the report says.
#[derive(Debug, Clone)]
pub struct Made {
    /// When; the same moment gives the same report.
    pub at: DateTime<Utc>,
    /// The run, where it is one.
    pub run: Option<RunId>,
    /// The program and its version, such as `tandem 0.1.0`.
    pub engine: String,
    /// Digest over inputs, mapping, parameters, seed and engine.
    pub digest: Option<String>,
    /// Name of the dataset or file.
    pub source: String,
    /// The dataset's version.
    pub source_version: Option<u64>,
    /// Digest of the content.
    pub source_digest: Option<String>,
}

/// What a scenario answers.
#[derive(Debug)]
pub struct Answer {
    /// The figures, for programs.
    pub result: Value,
    /// The report, for people.
    pub report: Report,
    /// The rows that become a dataset.
    pub table: RecordBatch,
}

/// Every scenario, in order of presentation.
///
/// # Errors
/// `internal` where a pack is malformed, which the tests rule out.
pub fn list() -> Result<Vec<Manifest>> {
    Ok(vec![customer_value::manifest()?])
}

/// One scenario.
///
/// # Errors
/// `not_found` where there is none of that name.
pub fn find(name: &str) -> Result<Manifest> {
    list()?.into_iter().find(|m| m.name == name).ok_or_else(|| unknown(name))
}

/// Computes a scenario's answer. Takes a processor for as long as it takes:
/// call it where blocking is allowed.
///
/// # Errors
/// `not_found` for a name there is not; `invalid_parameter`, `unknown_column`, `schema_mismatch`,
/// `not_enough_data` as the scenario says; errors of `rows`; `cancelled`.
pub fn run(name: &str, request: Request<'_>, progress: &dyn Progress, cancel: &Cancel) -> Result<Answer> {
    match name {
        customer_value::NAME => customer_value::run(request, progress, cancel),
        _ => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Error {
    let known: Vec<&str> = [customer_value::NAME].to_vec();
    Error::new(
        ErrorCode::NotFound,
        format!(
            "There is no scenario “{name}”. There is: {}. `tandem scenario list` shows them all.",
            known.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests;
