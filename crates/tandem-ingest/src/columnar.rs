//! Sources that already have types: Parquet files, and the mapping of Arrow
//! types to [`ColumnType`].
//!
//! Narrow numbers are widened, times are brought to microseconds, a structure
//! is flattened one level (`address.city`), and what is nested deeper is kept
//! as JSON text.

mod convert;
mod parquet;

pub(crate) use parquet::{open, sniff};
