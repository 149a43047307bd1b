//! Versioned tables, and the one way to read them.
//!
//! - [`Engine::write`], [`Engine::restore`]: batches become the next version of
//!   a dataset, a plain Delta Lake table that other tools open.
//! - [`Engine::query`]: SQL over an [`AccessPlan`], whose row filters and masks
//!   lie beneath everything that SQL can reach.
//! - [`Engine::compare`]: how two versions differ, through the same plan.
//! - [`Engine::read_at`], [`Engine::scan`]: a version's rows for the parts of
//!   the product that work on data rather than show it.
//! - [`encode`]: batches as Arrow IPC, JSON, NDJSON, CSV or Parquet.
//!
//! Invariants: nothing of DataFusion or Delta Lake is in this crate's public
//! types, and no other crate names them. Sessions are made in `session` alone,
//! and hold nothing but the tables of one access plan.

mod batches;
mod catalog;
mod compare;
mod distinct;
mod distinct_bitmaps;
pub mod encode;
mod engine;
mod errors;
mod explain;
mod filter;
mod functions;
mod govern;
mod groups;
mod page;
mod plan;
mod pool;
mod present;
mod query;
mod runtime;
mod scan;
mod session;
mod short_texts;
mod sql;
mod store;
mod stream;
mod version;
mod watch;

pub use batches::Batches;
pub use catalog::{TableColumns, type_name};
pub use compare::{
    Cell, CellChange, ChangeKind, ColumnType, CompareRequest, Comparison, RowChange, RowDiff, SchemaDiff,
};
pub use engine::{Engine, EngineOptions, storable_schema};
pub use filter::{CompareOp, Filter, Value};
pub use functions::{ScalarFunction, Takes};
pub use page::Scan;
pub use plan::{AccessPlan, Limits, Mask, Overflow, TableAccess, TableSource};
pub use sql::{TableRef, tables_named};
pub use stream::QueryStream;
pub use version::{DataFile, Vacuumed, VersionInfo, WriteMode, WriteOptions, WrittenVersion};
