//! Components that read rows: what no `SELECT` can say.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use serde_json::Value;
use tandem_core::{Error, Result};
use tandem_flow::Columns;
use tandem_report::Section;
use tandem_science::{model::Trained, work::Work};

use crate::Ask;

/// A function of rows, and what it says of its tables beforehand.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The columns of each table that it gives, by output port; ports that are
    /// not there count as known when run.
    pub columns: fn(&Ask<'_>) -> Result<BTreeMap<String, Columns>>,
    /// What it does. Called on a thread that may block and compute for long.
    pub run: fn(&Ask<'_>, &dyn Host) -> Result<Outputs>,
}

/// What a function may ask of whoever runs it.
pub trait Host: Sync {
    /// Columns of the `at`th table of a port, in the order given; every row of
    /// it, in an order that its rows decide and nothing else does, so that the
    /// same rows give the same result to the last bit.
    ///
    /// # Errors
    /// `unknown_column`, `memory_limit`, `cancelled`, and what the tables before it fail with.
    fn rows(&self, port: &str, at: usize, columns: &[String]) -> Result<Vec<RecordBatch>>;

    /// What a `SELECT` over the tables of the node gives, which it names as
    /// [`Ask`] does: for what SQL counts better than a function. Say an order.
    ///
    /// # Errors
    /// Those of a query.
    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>>;

    /// The model of a port.
    ///
    /// # Errors
    /// `invalid_parameter` where none is connected.
    fn model(&self, port: &str) -> Result<Arc<Trained>>;

    /// The values of a port, in the order of their connections.
    fn values(&self, port: &str) -> Vec<Value>;

    /// The pages of a port, in the order of their connections.
    fn reports(&self, port: &str) -> Vec<Section>;

    /// Threads, progress, and the request to stop.
    fn work(&self) -> Work<'_>;

    /// A point of a curve that is drawn while the work goes on, such as the
    /// loss of each round of training.
    fn point(&self, series: &str, x: f64, y: f64);
}

/// What a function gives, by output port. A port that is not there is closed:
/// what it feeds does not run.
pub type Outputs = BTreeMap<String, Output>;

/// What goes out of a port.
#[derive(Debug, Clone)]
pub enum Output {
    /// Rows.
    Table {
        /// Their columns.
        schema: SchemaRef,
        /// The rows.
        batches: Vec<RecordBatch>,
    },
    /// Something learned, with what was seen on the way.
    Model(Arc<Trained>),
    /// A page.
    Report(Section),
    /// A value.
    Value(Value),
}

impl Output {
    /// A table of one batch.
    pub fn table(batch: RecordBatch) -> Self {
        Self::Table { schema: batch.schema(), batches: vec![batch] }
    }

    /// The table, where it is one.
    ///
    /// # Errors
    /// `internal` where it is something else.
    pub fn into_table(self) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        match self {
            Self::Table { schema, batches } => Ok((schema, batches)),
            _ => Err(Error::internal("the output is no table")),
        }
    }
}
