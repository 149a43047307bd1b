//! How two versions differ: columns, counts, and rows by key. Both are read
//! through an access plan, so that what is masked or filtered stays so.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Int64Type, Schema},
    util::display::{ArrayFormatter, FormatOptions},
};
use serde::{Deserialize, Serialize};
use tandem_core::{Cancel, Error, ErrorCode, Result};

use crate::{
    AccessPlan, Limits, TableRef,
    catalog::type_name,
    engine::Inner,
    errors::query_error,
    present::presented_schema,
    query::{Prepared, deadline, on_time, own_query, plan_table, start},
    session::SessionPlan,
    store::find,
    watch::Stop,
};

/// What is compared.
#[derive(Debug, Clone)]
pub struct CompareRequest {
    /// The older side, a table of the plan.
    pub from: TableRef,
    /// The newer side, a table of the plan.
    pub to: TableRef,
    /// Columns that tell rows apart; without them only columns and counts are
    /// compared.
    pub key: Vec<String>,
    /// Most rows that are shown as examples.
    pub sample: usize,
}

/// How two tables differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Columns.
    pub schema: SchemaDiff,
    /// Rows of the older side.
    pub from_rows: u64,
    /// Rows of the newer side.
    pub to_rows: u64,
    /// Rows by key, where one was given.
    pub rows: Option<RowDiff>,
}

/// A column and its type, as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnType {
    /// Its name.
    pub name: String,
    /// Its type, as [`type_name`](crate::type_name) writes it.
    pub data_type: String,
}

/// How the columns differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaDiff {
    /// Columns of the newer side alone.
    pub added: Vec<ColumnType>,
    /// Columns of the older side alone.
    pub removed: Vec<ColumnType>,
    /// Columns of both with another type: how it is on the newer side, and how
    /// it was.
    pub retyped: Vec<(ColumnType, String)>,
}

/// How the rows differ, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDiff {
    /// Keys of the newer side alone.
    pub added: u64,
    /// Keys of the older side alone.
    pub removed: u64,
    /// Keys of both with another value in at least one column.
    pub changed: u64,
    /// Keys of both with the same values.
    pub unchanged: u64,
    /// For each column that was compared, the changed rows in which it differs.
    pub changed_columns: Vec<(String, u64)>,
    /// Columns of both whose values were not compared: their types differ, or
    /// they are lists or structures.
    pub not_compared: Vec<String>,
    /// Rows that differ, by key, the first of them.
    pub sample: Vec<RowChange>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// How.
    pub kind: ChangeKind,
    /// Its key.
    pub key: Vec<Cell>,
    /// Columns that differ; for a row that was added or removed, all that have a
    /// value.
    pub columns: Vec<CellChange>,
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// On the newer side alone.
    Added,
    /// On the older side alone.
    Removed,
    /// On both, with other values.
    Changed,
}

/// A column and its value as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The column.
    pub column: String,
    /// Its value; none where it is null.
    pub value: Option<String>,
}

/// A column whose value differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The column.
    pub column: String,
    /// Its value on the older side.
    pub before: Option<String>,
    /// Its value on the newer side.
    pub after: Option<String>,
}

/// Above so many rows the join sorts and spills from the start.
const SORT_JOIN_ROWS: u64 = 4_000_000;
/// Says that a row is there, in a column that no table can have.
const PRESENT: &str = "\"\u{1}present\"";

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

const ADDED: i64 = 1;
const REMOVED: i64 = 2;
const CHANGED: i64 = 3;
const SAME: i64 = 4;

fn int(batch: &RecordBatch, column: usize, row: usize) -> i64 {
    batch.column(column).as_primitive_opt::<Int64Type>().filter(|a| a.is_valid(row)).map_or(0, |a| a.value(row))
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

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// SQL over both sides, joined by key.
struct Join<'a> {
    keys: &'a [String],
    values: &'a [String],
}

impl Join<'_> {
    fn from(&self) -> String {
        let on: Vec<String> =
            self.keys.iter().map(|key| format!("(o.{0} IS NOT DISTINCT FROM n.{0})", quoted(key))).collect();
        format!(
            "(SELECT *, true AS {PRESENT} FROM old) o FULL JOIN (SELECT *, true AS {PRESENT} FROM new) n ON {}",
            on.join(" AND ")
        )
    }

    fn differs(column: &str) -> String {
        format!("(o.{0} IS DISTINCT FROM n.{0})", quoted(column))
    }

    fn kind(&self) -> String {
        let differs: Vec<String> = self.values.iter().map(|column| Self::differs(column)).collect();
        let changed = if differs.is_empty() { "false".to_owned() } else { differs.join(" OR ") };
        format!(
            "CASE WHEN o.{PRESENT} IS NULL THEN {ADDED} WHEN n.{PRESENT} IS NULL THEN {REMOVED} \
             WHEN {changed} THEN {CHANGED} ELSE {SAME} END"
        )
    }

    fn counts(&self) -> String {
        let flags: Vec<String> = (0..self.values.len()).map(|at| format!("sum(d{at})")).collect();
        let sums = flags.iter().map(|flag| format!(", {flag}")).collect::<String>();
        let columns: String = self
            .values
            .iter()
            .enumerate()
            .map(|(at, column)| format!(", CASE WHEN {} THEN 1 ELSE 0 END AS d{at}", Self::differs(column)))
            .collect();
        format!("SELECT k, count(*){sums} FROM (SELECT {} AS k{columns} FROM {}) GROUP BY k", self.kind(), self.from())
    }

    fn sample(&self, rows: usize) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .enumerate()
            .map(|(at, key)| format!("coalesce(n.{0}, o.{0}) AS k{at}", quoted(key)))
            .collect();
        let values: String = self
            .values
            .iter()
            .enumerate()
            .map(|(at, column)| format!(", o.{0} AS o{at}, n.{0} AS n{at}", quoted(column)))
            .collect();
        let order: Vec<String> = (0..self.keys.len()).map(|at| format!("k{at}")).collect();
        format!(
            "SELECT * FROM (SELECT {} AS k, {}{values} FROM {}) WHERE k <> {SAME} ORDER BY {} LIMIT {rows}",
            self.kind(),
            keys.join(", "),
            self.from(),
            order.join(", ")
        )
    }

    fn change(&self, batch: &RecordBatch, row: usize) -> Result<RowChange> {
        let options = FormatOptions::default();
        let text = |at: usize| -> Result<Option<String>> {
            let array = batch.column(at);
            if array.is_null(row) {
                return Ok(None);
            }
            let formatter = ArrayFormatter::try_new(array.as_ref(), &options).map_err(Error::internal)?;
            Ok(Some(formatter.value(row).to_string()))
        };
        let keys = self.keys.iter().enumerate();
        let key = keys.map(|(at, column)| Ok(Cell { column: column.clone(), value: text(at + 1)? }));
        let key = key.collect::<Result<Vec<_>>>()?;
        let mut columns = Vec::new();
        for (at, column) in self.values.iter().enumerate() {
            let first = 1 + self.keys.len() + 2 * at;
            let (before, after) = (text(first)?, text(first + 1)?);
            if before != after {
                columns.push(CellChange { column: column.clone(), before, after });
            }
        }
        let kind = match int(batch, 0, row) {
            ADDED => ChangeKind::Added,
            REMOVED => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Ok(RowChange { kind, key, columns })
    }
}
