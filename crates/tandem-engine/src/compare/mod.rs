//! How two versions differ: columns, counts, and rows by key. Both are read
//! through an access plan, so that what is masked or filtered stays so.

mod result;
mod sql;

pub use result::{
    Cell, CellChange, ChangeKind, ColumnType, CompareRequest, Comparison, RowChange, RowDiff, SchemaDiff,
};

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Schema},
};
use tandem_core::{Cancel, Error, ErrorCode, Result};

use crate::{
    AccessPlan, Limits,
    catalog::type_name,
    engine::Inner,
    errors::query_error,
    present::presented_schema,
    query::{own_query, plan_table},
    session::SessionPlan,
    store::find,
    stream::{Prepared, deadline, on_time, start},
    watch::Stop,
};
use sql::{ADDED, Join, REMOVED, SAME, int, quoted};

/// Above so many rows the join sorts and spills from the start.
const SORT_JOIN_ROWS: u64 = 4_000_000;
pub(crate) async fn compare(
    inner: Arc<Inner>,
    plan: AccessPlan,
    request: CompareRequest,
    cancel: Cancel,
) -> Result<Comparison> {
    let stop = Stop { cancel, deadline: deadline(&plan.limits) };
    let runtime = inner.runtime.clone();
    let work = {
        let stop = stop.clone();
        runtime.spawn(async move { run(&inner, &plan, &request, &stop).await })?
    };
    on_time(&runtime, &stop, work).await
}

async fn run(inner: &Arc<Inner>, plan: &AccessPlan, request: &CompareRequest, stop: &Stop) -> Result<Comparison> {
    let (old, new) = (plan_table(inner, plan, &request.from).await?, plan_table(inner, plan, &request.to).await?);
    let from = presented_schema(&datafusion::catalog::TableProvider::schema(old.as_ref()));
    let to = presented_schema(&datafusion::catalog::TableProvider::schema(new.as_ref()));
    let run = Run { inner, tables: vec![("old".into(), old), ("new".into(), new)], limits: &plan.limits, stop };
    let (from_rows, to_rows) =
        (run.count("SELECT count(*) FROM old").await?, run.count("SELECT count(*) FROM new").await?);
    let rows = match request.key.as_slice() {
        [] => None,
        key => Some(run.rows(&from, &to, key, request.sample, from_rows.max(to_rows)).await?),
    };
    Ok(Comparison { schema: schema_diff(&from, &to), from_rows, to_rows, rows })
}

fn schema_diff(from: &Schema, to: &Schema) -> SchemaDiff {
    let column = |field: &arrow::datatypes::Field| ColumnType {
        name: field.name().clone(),
        data_type: type_name(field.data_type()),
    };
    let mut diff = SchemaDiff::default();
    for field in to.fields() {
        match from.field_with_name(field.name()) {
            Err(_) => diff.added.push(column(field)),
            Ok(before) if before.data_type() != field.data_type() => {
                diff.retyped.push((column(field), type_name(before.data_type())));
            }
            Ok(_) => {}
        }
    }
    diff.removed = from.fields().iter().filter(|f| to.field_with_name(f.name()).is_err()).map(|f| column(f)).collect();
    diff
}

struct Run<'a> {
    inner: &'a Arc<Inner>,
    tables: Vec<(String, Arc<crate::govern::PlanTable>)>,
    limits: &'a Limits,
    stop: &'a Stop,
}

impl Run<'_> {
    /// Runs SQL of ours over the two sides.
    async fn sql(&self, sql: &str, sort_joins: bool) -> Result<Vec<RecordBatch>> {
        let session = self.inner.sessions.session(SessionPlan {
            memory: self.limits.memory,
            sort_joins,
            tables: self.tables.iter().map(|(name, table)| (name.clone(), table.clone() as _)).collect(),
            ..SessionPlan::default()
        })?;
        let logical = own_query(&session, sql).await?;
        let physical = session.create_physical_plan(&logical).await.map_err(query_error)?;
        let prepared = Prepared::Plan { physical, session: Box::new(session) };
        let rows = start(&self.inner.runtime, prepared, Limits::default(), self.stop.clone())?;
        Ok(rows.collect().await?.0)
    }

    async fn count(&self, sql: &str) -> Result<u64> {
        let batches = self.sql(sql, false).await?;
        let count = batches.first().filter(|batch| batch.num_rows() > 0).map_or(0, |batch| int(batch, 0, 0));
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn rows(&self, from: &Schema, to: &Schema, key: &[String], sample: usize, rows: u64) -> Result<RowDiff> {
        let keys = key.iter().map(|name| key_column(from, to, name)).collect::<Result<Vec<_>>>()?;
        let list = keys.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        for side in ["old", "new"] {
            let twice = format!("SELECT 1 FROM {side} GROUP BY {list} HAVING count(*) > 1 LIMIT 1");
            if self.sql(&twice, false).await?.iter().any(|batch| batch.num_rows() > 0) {
                return Err(Error::new(
                    ErrorCode::InvalidKey,
                    format!(
                        "The key ({}) doesn't tell all rows of a version apart. Add a column to it, or choose another.",
                        keys.join(", ")
                    ),
                ));
            }
        }
        let shared = |field: &&Arc<arrow::datatypes::Field>| {
            from.field_with_name(field.name()).is_ok() && !keys.contains(field.name())
        };
        let comparable = |field: &arrow::datatypes::Field| {
            !field.data_type().is_nested()
                && from.field_with_name(field.name()).is_ok_and(|before| before.data_type() == field.data_type())
        };
        let values: Vec<String> =
            to.fields().iter().filter(shared).filter(|f| comparable(f)).map(|f| f.name().clone()).collect();
        let not_compared =
            to.fields().iter().filter(shared).filter(|f| !comparable(f)).map(|f| f.name().clone()).collect();
        let join = Join { keys: &keys, values: &values };
        let sort_joins = rows > SORT_JOIN_ROWS;
        let mut diff = RowDiff { not_compared, ..self.counts(&join, sort_joins).await? };
        if sample > 0 && diff.added + diff.removed + diff.changed > 0 {
            let batches = self.sql(&join.sample(sample), sort_joins).await?;
            for batch in &batches {
                for row in 0..batch.num_rows() {
                    diff.sample.push(join.change(batch, row)?);
                }
            }
        }
        Ok(diff)
    }

    async fn counts(&self, join: &Join<'_>, sort_joins: bool) -> Result<RowDiff> {
        let mut diff =
            RowDiff { changed_columns: join.values.iter().map(|c| (c.clone(), 0)).collect(), ..RowDiff::default() };
        for batch in self.sql(&join.counts(), sort_joins).await? {
            for row in 0..batch.num_rows() {
                let count = u64::try_from(int(&batch, 1, row)).unwrap_or(0);
                match int(&batch, 0, row) {
                    ADDED => diff.added = count,
                    REMOVED => diff.removed = count,
                    SAME => diff.unchanged = count,
                    _ => {
                        diff.changed = count;
                        for (at, (_, changed)) in diff.changed_columns.iter_mut().enumerate() {
                            *changed = u64::try_from(int(&batch, at + 2, row)).unwrap_or(0);
                        }
                    }
                }
            }
        }
        Ok(diff)
    }
}

fn key_column(from: &Schema, to: &Schema, name: &str) -> Result<String> {
    let invalid = |message: String| Error::new(ErrorCode::InvalidKey, message);
    let at = find(to, name).ok_or_else(|| invalid(format!("There is no column “{name}” to compare by.")))?;
    let field = to.field(at);
    let before = from
        .field_with_name(field.name())
        .map_err(|_| invalid(format!("The older version has no column “{name}” to compare by.")))?;
    if before.data_type() != field.data_type() || matches!(field.data_type(), DataType::Struct(_) | DataType::Map(..)) {
        return Err(invalid(format!(
            "The column “{name}” can't be a key: its type differs between the versions, or is none that compares."
        )));
    }
    Ok(field.name().clone())
}
