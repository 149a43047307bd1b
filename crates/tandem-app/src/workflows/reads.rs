//! What a node reads of its own tables while it acts.

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Int64Type, SchemaRef},
};
use futures::StreamExt;
use tandem_components::{
    columns::columns_of,
    refuse,
    sql::{as_text, ident, idents, text},
};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tandem_engine::{AccessPlan, Limits};
use tandem_flow::Column;
use tandem_runner::Given;

use crate::App;

/// Reads the node's table.
pub(super) struct Reads<'a> {
    pub(super) app: &'a App,
    pub(super) plan: AccessPlan,
    pub(super) cancel: &'a Cancel,
}

impl<'a> Reads<'a> {
    /// Those of a node. What is read here is not what somebody looks at: a limit of rows would cut it short.
    pub(super) fn of(app: &'a App, given: &Given<'a>) -> Self {
        let limits = Limits { max_rows: None, ..given.plan.limits.clone() };
        Self { app, plan: given.plan.clone().with_limits(limits), cancel: given.cancel }
    }

    /// A column of a table.
    pub(super) async fn column(&self, table: &str, name: &str) -> Result<Column> {
        let sql = format!("SELECT {} FROM {} LIMIT 0", ident(name), ident(table));
        let stream = self.app.engine.query(&self.plan, &sql, self.cancel).await?;
        columns_of(&stream.schema()).pop().ok_or_else(|| Error::internal("a column that is not there"))
    }

    /// The rows of a value, in the order in which they come; all without a column.
    pub(super) async fn slice(
        &self,
        table: &str,
        column: Option<&str>,
        value: Option<&str>,
    ) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let mut sql = format!("SELECT * FROM {}", ident(table));
        if let Some(column) = column {
            let column = as_text(&self.column(table, column).await?);
            sql += &format!(" WHERE {column} IS NOT DISTINCT FROM {}", value.map_or_else(|| "NULL".to_owned(), text));
        }
        self.rows(&sql).await
    }

    /// All rows, in an order that they decide themselves.
    pub(super) async fn ordered(&self, table: &str) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let table = ident(table);
        let schema = self.app.engine.query(&self.plan, &format!("SELECT * FROM {table}"), self.cancel).await?.schema();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let names = idents(&names);
        self.rows(&format!("SELECT {names} FROM {table} ORDER BY row_hash({names}), {names}")).await
    }

    /// How many rows a table has.
    pub(super) async fn count(&self, table: &str) -> Result<u64> {
        let (_, batches) = self.rows(&format!("SELECT count(*) AS n FROM {}", ident(table))).await?;
        let counts = batches.first().and_then(|batch| batch.column(0).as_primitive_opt::<Int64Type>().cloned());
        let count = counts.and_then(|counts| counts.values().first().copied());
        count.and_then(|count| u64::try_from(count).ok()).ok_or_else(|| Error::internal("a count without a number"))
    }

    /// What a statement gives, as far as memory allows.
    pub(super) async fn rows(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let most = self.app.config.memory_bytes;
        let stream = self.app.engine.query(&self.plan, sql, self.cancel).await?;
        let schema = stream.schema();
        let mut rows = stream.into_batches();
        let (mut batches, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            bytes += batch.get_array_memory_size() as u64;
            if bytes > most {
                return Err(refuse(
                    ErrorCode::MemoryLimit,
                    format!(
                        "These rows take more than {} MB of memory. Choose fewer columns or rows before it.",
                        most >> 20
                    ),
                    format!("这些行占用的内存超过 {} MB，请在此之前减少列或行。", most >> 20),
                ));
            }
            batches.push(batch);
        }
        Ok((schema, batches))
    }
}
