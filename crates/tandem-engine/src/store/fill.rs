//! An upsert that brings some of the columns: the others keep their values in
//! rows that are there, and are null in new ones.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::{
    common::Result as DataFusionResult,
    datasource::provider_as_source,
    logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder},
};
use tandem_core::{Cancel, Result};

use super::{
    Snapshot, Store, Table, Writing,
    encoder::Outcome,
    files::{FilePlan, Part},
    schema::find,
    upsert::{SORT_JOIN_ROWS, column, qualified, run},
};
use crate::{Batches, WriteOptions, errors::query_error, scan::FileTable, session::Sessions};

/// What is there, and which columns of it come anew.
pub(super) struct Fill {
    /// The rows that are there.
    old: FileTable,
    /// The columns that come.
    brought: SchemaRef,
    /// The key, as places among those.
    key: Vec<usize>,
}

impl Fill {
    /// None where nothing is to be filled in: there is no key, it is new, or
    /// all columns come.
    pub(super) fn needed(parent: &Snapshot, schema: &SchemaRef, input: &Schema, key: &[usize]) -> Option<Self> {
        let key: Vec<&str> = key.iter().map(|at| schema.field(*at).name().as_str()).collect();
        let known = |name: &&str| parent.schema.index_of(name).is_ok();
        let brought: Vec<usize> =
            (0..schema.fields().len()).filter(|at| find(input, schema.field(*at).name()).is_some()).collect();
        if key.is_empty() || !key.iter().all(known) || brought.len() == schema.fields().len() {
            return None;
        }
        let brought = Arc::new(schema.project(&brought).ok()?);
        let key = key.iter().map(|name| brought.index_of(name).ok()).collect::<Option<Vec<_>>>()?;
        Some(Self { old: FileTable::of_version(parent), brought, key })
    }

    /// Each row that came, with what rows of its key hold in the columns that
    /// did not come.
    fn plan(self, input: FileTable, schema: &Schema) -> DataFusionResult<LogicalPlan> {
        let names: Vec<&str> = self.key.iter().map(|at| self.brought.field(*at).name().as_str()).collect();
        let side = |table: &str| names.iter().map(|name| qualified(table, name)).collect::<Vec<_>>();
        let from = |name: &str| if self.brought.index_of(name).is_ok() { "new" } else { "old" };
        let columns: Vec<Expr> = schema.fields().iter().map(|field| column(from(field.name()), field.name())).collect();
        let old = LogicalPlanBuilder::scan("old", provider_as_source(Arc::new(self.old)), None)?.build()?;
        LogicalPlanBuilder::scan("new", provider_as_source(Arc::new(input)), None)?
            .join(old, JoinType::Left, (side("new"), side("old")), None)?
            .project(columns)?
            .build()
    }
}

impl Store {
    /// Writes what `input` brings with all columns of the table. The outcome
    /// counts the rows that came.
    #[expect(clippy::too_many_arguments, reason = "one step of a write, apart for its size")]
    pub(super) async fn write_filled(
        self: &Arc<Self>,
        table: &Table,
        write: &Writing,
        input: Batches,
        fill: Fill,
        plan: FilePlan,
        options: &WriteOptions,
        sessions: &Sessions,
        cancel: &Cancel,
    ) -> Result<Outcome> {
        let staging = FilePlan {
            schema: fill.brought.clone(),
            next: plan.next,
            part: Part::Staged,
            sort_columns: Vec::new(),
            key: fill.key.clone(),
        };
        let staged = self.write_files(table, write, input, staging, options.progress.clone(), cancel).await?;
        let filled = self.fill(table, write, &staged, fill, plan, sessions, cancel).await;
        let paths: Vec<String> = staged.files.iter().map(|file| file.path.clone()).collect();
        self.discard(table, &paths).await;
        filled
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the second half of the above, apart so that it can clean up after it"
    )]
    async fn fill(
        self: &Arc<Self>,
        table: &Table,
        write: &Writing,
        staged: &Outcome,
        fill: Fill,
        plan: FilePlan,
        sessions: &Sessions,
        cancel: &Cancel,
    ) -> Result<Outcome> {
        // Before the join: a key that comes twice would only come more often.
        self.unique_keys(table, &fill.brought, &fill.key, staged, sessions).await?;
        let input = self.came_in(table, &fill.brought, staged);
        let joined = fill.plan(input, &plan.schema).map_err(query_error)?;
        let rows = run(joined, sessions, true, staged.rows > SORT_JOIN_ROWS).await?;
        let mut outcome = self.write_files(table, write, rows, plan, Arc::new(()), cancel).await?;
        outcome.rows = staged.rows;
        Ok(outcome)
    }
}
