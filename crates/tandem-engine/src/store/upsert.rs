//! Upsert: the rows that came in replace those with the same key.
//!
//! Files of the parent that hold none of the keys stay as they are; the others
//! are written again without the rows that are replaced.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Int64Type, SchemaRef},
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion::{
    common::{Column, Result as DataFusionResult, TableReference},
    datasource::provider_as_source,
    functions_aggregate::expr_fn::count,
    logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, col, lit},
    physical_plan::execute_stream,
};
use futures::TryStreamExt;
use tandem_core::{Cancel, Error, ErrorCode, Result};

use super::{
    Snapshot, Store, Table, Writing,
    encoder::{Encoded, Outcome},
    files::{FilePlan, Part},
    write::next,
};
use crate::{
    Batches, DataFile,
    errors::query_error,
    present::{presented, presented_schema},
    scan::FileTable,
    session::{SessionPlan, Sessions},
};

/// The column that tells which file a row is in; no dataset can have it, as
/// names of columns don't hold control characters.
const FILE_COLUMN: &str = "\u{1}file";
/// Above so many rows the join sorts and spills from the start: which way is
/// taken decides the order of the rows, and must not depend on free memory.
pub(super) const SORT_JOIN_ROWS: u64 = 4_000_000;

/// What an upsert leaves of its parent.
#[derive(Default)]
pub(super) struct Kept {
    /// New files with the rows that stay of those in `gone`.
    pub(super) files: Vec<Encoded>,
    /// Files of the parent that are replaced.
    pub(super) gone: Vec<String>,
}

impl Store {
    /// Checks that the keys that came in are unique.
    ///
    /// # Errors
    /// `invalid_key` with an example where a key comes twice.
    pub(super) async fn unique_keys(
        &self,
        table: &Table,
        schema: &SchemaRef,
        key: &[usize],
        incoming: &Outcome,
        sessions: &Sessions,
    ) -> Result<()> {
        let key: Vec<String> = key.iter().map(|at| schema.field(*at).name().clone()).collect();
        unique(&self.came_in(table, schema, incoming), &key, sessions).await
    }

    /// What came in, as it was written.
    pub(super) fn came_in(&self, table: &Table, schema: &SchemaRef, incoming: &Outcome) -> FileTable {
        FileTable::of_files(schema, incoming.files.iter().map(|file| self.unnamed(table, file)).collect())
    }

    /// Writes the rows of the parent that keep their place in files that lose others.
    #[expect(clippy::too_many_arguments, reason = "one step of a write, apart for its size")]
    pub(super) async fn keep_others(
        self: &Arc<Self>,
        table: &Table,
        parent: Option<&Snapshot>,
        schema: &SchemaRef,
        key: &[usize],
        incoming: &Outcome,
        write: &Writing,
        sessions: &Sessions,
        cancel: &Cancel,
    ) -> Result<Kept> {
        let key: Vec<String> = key.iter().map(|at| schema.field(*at).name().clone()).collect();
        let input = self.came_in(table, schema, incoming);
        let Some(parent) = parent else { return Ok(Kept::default()) };
        if key.iter().any(|name| parent.schema.index_of(name).is_err()) {
            // The key is new: no row of the parent has it.
            return Ok(Kept::default());
        }
        let old = FileTable::of_version(parent);
        let touched = touched(old, &input, &key, sessions, incoming.rows).await?;
        let entries: Vec<_> = touched.iter().filter_map(|at| parent.files.get(*at)).collect();
        if entries.is_empty() {
            return Ok(Kept::default());
        }
        let files = entries.iter().map(|entry| (parent.location(&entry.file), entry.file.clone())).collect();
        let old = FileTable::of_files(&parent.schema, files);
        let plan = join(old, &input, &key, JoinType::LeftAnti).map_err(query_error)?;
        let rows = run(plan, sessions, true, incoming.rows > SORT_JOIN_ROWS).await?;
        let plan = FilePlan {
            schema: schema.clone(),
            next: next(Some(parent)),
            part: Part::Kept,
            sort_columns: Vec::new(),
            key: Vec::new(),
        };
        let kept = self.write_files(table, write, rows, plan, Arc::new(()), cancel).await?;
        Ok(Kept { files: kept.files, gone: entries.iter().map(|entry| entry.file.path.clone()).collect() })
    }

    fn unnamed(&self, table: &Table, file: &Encoded) -> (object_store::path::Path, DataFile) {
        let location = table.prefix.clone().join(file.path.as_str());
        let file =
            DataFile { path: file.path.clone(), bytes: file.bytes, rows: file.rows, digest: file.digest.clone() };
        (location, file)
    }
}

/// # Errors
/// `invalid_key` with an example where a key comes twice.
async fn unique(input: &FileTable, key: &[String], sessions: &Sessions) -> Result<()> {
    let plan = (|| {
        let columns: Vec<Expr> = key.iter().map(|name| column("new", name)).collect();
        LogicalPlanBuilder::scan("new", provider_as_source(Arc::new(input.clone())), None)?
            .aggregate(columns, vec![count(lit(1)).alias(FILE_COLUMN)])?
            .filter(col(Column::from_name(FILE_COLUMN)).gt(lit(1)))?
            .limit(0, Some(1))?
            .build()
    })();
    let twice = run(plan.map_err(query_error)?, sessions, false, false).await?.collect().await?;
    match twice.iter().find(|batch| batch.num_rows() > 0) {
        Some(batch) => Err(Error::new(
            ErrorCode::InvalidKey,
            format!(
                "The key {} comes more than once in the input; nothing was written. Remove the duplicates, or choose another key.",
                example(batch, key)?
            ),
        )),
        None => Ok(()),
    }
}

/// `customer = 7, day = 2024-01-01`.
fn example(batch: &RecordBatch, key: &[String]) -> Result<String> {
    let options = FormatOptions::default();
    let parts = key.iter().zip(batch.columns()).map(|(name, array)| {
        let formatter = ArrayFormatter::try_new(array.as_ref(), &options).map_err(Error::internal)?;
        Ok(format!("{name} = {}", formatter.value(0)))
    });
    Ok(parts.collect::<Result<Vec<_>>>()?.join(", "))
}

/// The files of `old` that hold a key that came in.
async fn touched(
    old: FileTable,
    input: &FileTable,
    key: &[String],
    sessions: &Sessions,
    rows: u64,
) -> Result<Vec<usize>> {
    let plan = join(old.with_file_column(FILE_COLUMN), input, key, JoinType::LeftSemi).and_then(|plan| {
        LogicalPlanBuilder::from(plan).aggregate(vec![column("old", FILE_COLUMN)], Vec::<Expr>::new())?.build()
    });
    let found = run(plan.map_err(query_error)?, sessions, false, rows > SORT_JOIN_ROWS).await?.collect().await?;
    let mut files: Vec<usize> = found
        .iter()
        .filter_map(|batch| batch.column(0).as_primitive_opt::<Int64Type>())
        .flat_map(|files| files.values().iter().filter_map(|at| usize::try_from(*at).ok()).collect::<Vec<_>>())
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn join(old: FileTable, input: &FileTable, key: &[String], kind: JoinType) -> DataFusionResult<LogicalPlan> {
    let side = |table: &str| key.iter().map(|name| qualified(table, name)).collect::<Vec<_>>();
    let new = LogicalPlanBuilder::scan("new", provider_as_source(Arc::new(input.clone())), None)?.build()?;
    LogicalPlanBuilder::scan("old", provider_as_source(Arc::new(old)), None)?
        .join(new, kind, (side("old"), side("new")), None)?
        .build()
}

pub(super) fn qualified(table: &str, name: &str) -> Column {
    Column::new(Some(TableReference::bare(table)), name)
}

pub(super) fn column(table: &str, name: &str) -> Expr {
    Expr::Column(qualified(table, name))
}

/// Runs a plan of our own over files of ours.
pub(super) async fn run(plan: LogicalPlan, sessions: &Sessions, ordered: bool, sort_joins: bool) -> Result<Batches> {
    let session = sessions.session(SessionPlan { ordered, sort_joins, ..SessionPlan::default() })?;
    let physical = session.create_physical_plan(&plan).await.map_err(query_error)?;
    let schema = presented_schema(&physical.schema());
    let rows = execute_stream(physical, session.task_ctx()).map_err(query_error)?;
    let target = schema.clone();
    let rows = rows
        .map_err(query_error)
        .and_then(move |batch| futures::future::ready(presented(&batch, &target)))
        .map_ok(|batches| futures::stream::iter(batches.into_iter().map(Ok)))
        .try_flatten();
    Ok(Batches::from_stream(schema, rows))
}
