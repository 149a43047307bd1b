//! What a person may see of which tables, made by `app` from grants and
//! policies. The engine applies it beneath everything that SQL can reach.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use serde::{Deserialize, Serialize};
use tandem_core::{Result, id::AssetId};

use crate::{Filter, TableRef, govern::closed};

/// Everything one query may read, and how much it may take.
#[derive(Debug, Clone, Default)]
pub struct AccessPlan {
    /// Who asks, for the log only.
    pub principal: String,
    /// The tables that exist for this query; any other name is unknown.
    pub tables: BTreeMap<TableRef, TableAccess>,
    /// How much it may take.
    pub limits: Limits,
}

impl AccessPlan {
    /// A plan with no table and the default limits.
    pub fn new(principal: impl Into<String>) -> Self {
        Self { principal: principal.into(), ..Self::default() }
    }

    /// Adds a table.
    #[must_use]
    pub fn with_table(mut self, name: TableRef, access: TableAccess) -> Self {
        self.tables.insert(name, access);
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// One table as one person sees it. A column that is named here and that the
/// source doesn't have closes the table: it may be there under another name.
#[derive(Debug, Clone)]
pub struct TableAccess {
    /// Where its rows are.
    pub source: TableSource,
    /// Only rows for which this is true exist for the query.
    pub row_filter: Option<Filter>,
    /// Columns whose values are replaced before anything can see them.
    pub masks: BTreeMap<String, Mask>,
    /// Columns that don't exist for the query.
    pub hidden_columns: Vec<String>,
}

impl TableAccess {
    /// All rows and columns of a source.
    pub fn full(source: TableSource) -> Self {
        Self { source, row_filter: None, masks: BTreeMap::new(), hidden_columns: Vec::new() }
    }

    /// All rows and columns of one version of a dataset.
    pub fn version(dataset: AssetId, delta_version: u64) -> Self {
        Self::full(TableSource::Version { dataset, delta_version })
    }

    /// Whether the columns that are named here are among `columns`.
    ///
    /// # Errors
    /// `forbidden` where one is not, as for whoever reads the source.
    pub fn fits(&self, columns: &[&str]) -> Result<()> {
        let there = |name: &str| columns.iter().any(|column| column.to_lowercase() == name.to_lowercase());
        let filtered = self.row_filter.iter().flat_map(Filter::columns);
        let mut named = filtered.chain(self.masks.keys().chain(&self.hidden_columns).map(String::as_str));
        if named.all(there) { Ok(()) } else { Err(closed()) }
    }

    /// Whether anything of the source is kept from the query.
    pub fn is_restricted(&self) -> bool {
        self.row_filter.is_some() || !self.masks.is_empty() || !self.hidden_columns.is_empty()
    }
}

/// Where the rows of a table are.
#[derive(Debug, Clone)]
pub enum TableSource {
    /// One version of a stored dataset.
    Version {
        /// The dataset.
        dataset: AssetId,
        /// The Delta version (not the asset's sequence number).
        delta_version: u64,
    },
    /// Rows in memory.
    Memory {
        /// Their columns.
        schema: SchemaRef,
        /// The rows; every batch has `schema`.
        batches: Vec<RecordBatch>,
    },
    /// Parquet files of this machine, read where they are; for the command
    /// line only.
    Parquet {
        /// The files, in order.
        paths: Vec<PathBuf>,
        /// The columns to read of each, by name, as types that theirs become
        /// without loss; where absent, the columns of the first.
        schema: Option<SchemaRef>,
    },
}

/// How a column's values are replaced. A mask that doesn't fit the column's
/// type hides the value altogether (null), it never lets it through.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mask {
    /// 32 hexadecimal digits of a keyed BLAKE3 of the value as text: equal
    /// values stay equal (also across tables and number or text columns) while
    /// the salt is the same. Null stays null.
    Hash {
        /// The secret that keeps the hashes from being recomputed.
        salt: String,
    },
    /// The first and last characters, with `****` between; shorter values are
    /// `****` altogether. The number of hidden characters isn't shown.
    Partial {
        /// Characters kept at the start.
        keep_start: usize,
        /// Characters kept at the end.
        keep_end: usize,
    },
    /// Null.
    Null,
    /// The lower edge of the value's bucket, for numbers (in their unit), dates
    /// (in days from 1970-01-01) and timestamps (in seconds).
    Bucket {
        /// Width of a bucket, above 0; for whole-number columns and dates it is
        /// rounded up to a whole number.
        width: f64,
    },
}

impl fmt::Debug for Mask {
    /// Without the salt, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash { .. } => f.debug_struct("Hash").finish_non_exhaustive(),
            Self::Partial { keep_start, keep_end } => {
                f.debug_struct("Partial").field("keep_start", keep_start).field("keep_end", keep_end).finish()
            }
            Self::Null => f.write_str("Null"),
            Self::Bucket { width } => f.debug_struct("Bucket").field("width", width).finish(),
        }
    }
}

/// How much a query may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Most rows it may return.
    pub max_rows: Option<u64>,
    /// What happens to a query that has more.
    pub overflow: Overflow,
    /// Longest it may run, from planning to the last row.
    pub timeout: Option<Duration>,
    /// Memory in bytes before it spills, and at most where it can't; never more
    /// than the engine's own.
    pub memory: Option<u64>,
}

impl Default for Limits {
    /// No limit but the engine's memory.
    fn default() -> Self {
        Self { max_rows: None, overflow: Overflow::Truncate, timeout: None, memory: None }
    }
}

/// What happens when a query has more rows than it may return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// The first ones are returned and [`QueryStream::truncated`](crate::QueryStream::truncated) says so.
    Truncate,
    /// `row_limit` after the first ones.
    Fail,
}
