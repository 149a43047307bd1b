//! SQL → plan → rows, inside the limits of an access plan.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use datafusion::{
    catalog::TableProvider,
    execution::{SendableRecordBatchStream, SessionState},
    logical_expr::{LogicalPlan, LogicalPlanBuilder},
    physical_plan::{ExecutionPlan, execute_stream},
    prelude::SQLOptions,
    sql::{
        parser::Statement as PlannerStatement,
        sqlparser::ast::{Query, Statement},
    },
};
use futures::{FutureExt, Stream, StreamExt};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    AccessPlan, Batches, Limits, Overflow, TableRef,
    catalog::{describe, information_schema, listed_columns, listed_tables},
    engine::Inner,
    errors::{query_error, unknown_table},
    explain::explain,
    govern::{PlanTable, exposed_schema},
    present::{presented, presented_schema},
    runtime::{Runtime, stopped},
    session::SessionPlan,
    sql::{Ask, Named, Spelling, check, internal_name, named, parse, table_ref},
};

/// How often a query looks whether it was cancelled.
const CANCEL_EVERY: Duration = Duration::from_millis(10);
/// Batches that a query makes before anybody takes them.
const BATCHES_AHEAD: usize = 2;

/// The rows of a query, as they are computed. Dropping it stops the query.
#[derive(Debug)]
pub struct QueryStream {
    schema: SchemaRef,
    receiver: mpsc::Receiver<Result<RecordBatch>>,
    worker: Option<AbortOnDropHandle<()>>,
    truncated: Arc<AtomicBool>,
}

impl QueryStream {
    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Whether rows were left out because of the limit; known at the end.
    pub fn truncated(&self) -> bool {
        self.truncated.load(Ordering::Acquire)
    }

    /// All rows at once, and whether some were left out.
    ///
    /// # Errors
    /// The first error of the query.
    pub async fn collect(mut self) -> Result<(Vec<RecordBatch>, bool)> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok((batches, self.truncated()))
    }

    /// The rows alone, as something to write or encode.
    pub fn into_batches(self) -> Batches {
        Batches::from_stream(self.schema(), self)
    }
}

impl Stream for QueryStream {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.receiver.poll_recv(context) {
            Poll::Ready(None) => {}
            ready_or_pending => return ready_or_pending,
        }
        // The channel is closed: the worker has finished, or it has panicked.
        let Some(worker) = self.worker.as_mut() else { return Poll::Ready(None) };
        match worker.poll_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(ended) => {
                self.worker = None;
                Poll::Ready(ended.err().map(|error| Err(stopped(error))))
            }
        }
    }
}

/// Runs a statement.
pub(crate) async fn query(inner: Arc<Inner>, plan: AccessPlan, sql: String, cancel: Cancel) -> Result<QueryStream> {
    let deadline = plan.limits.timeout.map(|timeout| Instant::now() + timeout);
    let limits = plan.limits.clone();
    let runtime = inner.runtime.clone();
    let prepared = {
        let (inner, cancel) = (inner.clone(), cancel.clone());
        runtime.run(async move { within(deadline, &cancel, prepare(&inner, &plan, &sql)).await? })
    };
    start(&runtime, prepared.await?, limits, deadline, cancel)
}

/// What is ready to run.
pub(crate) enum Prepared {
    Plan { physical: Arc<dyn ExecutionPlan>, session: Box<SessionState> },
    Rows(Batches),
}

async fn prepare(inner: &Arc<Inner>, plan: &AccessPlan, sql: &str) -> Result<Prepared> {
    let typed = parse(sql, &Spelling::default())?;
    check(&typed)?;
    let names = named(&typed);
    let tables = load(inner, plan, &names).await?;
    let mut spelling = Spelling::default();
    for (key, table) in &tables {
        spelling.add(&internal_name(key));
        table.schema().fields().iter().for_each(|field| spelling.add(field.name()));
    }
    let statement = parse(sql, &spelling)?;
    let ask = check(&statement)?;
    let find = |name: &str| match_table(plan, name).and_then(|key| tables.iter().find(|(loaded, _)| *loaded == key));
    match ask {
        Ask::Tables => return Ok(Prepared::Rows(listed_tables(plan)?)),
        Ask::Columns(name) => {
            let (_, table) = find(&name).ok_or_else(|| missing(plan, &name))?;
            return Ok(Prepared::Rows(listed_columns(&table.schema())?));
        }
        Ask::Rows(_) | Ask::Explain(_) => {}
    }
    let used = named(&statement);
    let mut registered: Vec<(String, Arc<dyn TableProvider>)> = Vec::new();
    for name in &used.tables {
        let (_, table) = find(name).ok_or_else(|| missing(plan, name))?;
        registered.push((name.clone(), table.clone()));
    }
    let descriptions = match used.information_schema {
        true => information_schema(&describe(inner, plan).await?)?,
        false => Vec::new(),
    };
    let session = inner.sessions.session(SessionPlan {
        memory: plan.limits.memory,
        tables: registered,
        descriptions,
        ..SessionPlan::default()
    })?;
    match ask {
        Ask::Explain(ask) => {
            let logical = logical_plan(&session, ask.query).await?;
            Ok(Prepared::Rows(explain(&session, &logical, ask.analyze).await?))
        }
        Ask::Rows(query) => {
            let logical = limited(logical_plan(&session, query).await?, &plan.limits)?;
            let physical = session.create_physical_plan(&logical).await.map_err(query_error)?;
            Ok(Prepared::Plan { physical, session: Box::new(session) })
        }
        Ask::Tables | Ask::Columns(_) => Err(Error::internal("already answered")),
    }
}

/// The tables of the plan that a statement names.
async fn load(inner: &Arc<Inner>, plan: &AccessPlan, names: &Named) -> Result<Vec<(TableRef, Arc<PlanTable>)>> {
    if let Some(name) = names.qualified.first() {
        return Err(Error::new(
            ErrorCode::UnknownTable,
            format!("There is no table {name}: a table has one name. Put it in double quotes where it has a dot."),
        ));
    }
    let mut keys = BTreeSet::new();
    for name in &names.tables {
        keys.insert(match_table(plan, name).ok_or_else(|| missing(plan, name))?);
    }
    let mut tables = Vec::new();
    for key in keys {
        let Some(access) = plan.tables.get(&key) else { continue };
        let table = PlanTable::new(inner.rows(&access.source).await?, access)?;
        tables.push((key, Arc::new(table)));
    }
    Ok(tables)
}

/// The table of the plan that a name means: exactly, or the only one but for case.
fn match_table(plan: &AccessPlan, internal: &str) -> Option<TableRef> {
    let asked = table_ref(internal);
    if plan.tables.contains_key(&asked) {
        return Some(asked);
    }
    let folded = asked.name.to_lowercase();
    let mut alike = plan.tables.keys().filter(|key| key.version == asked.version && key.name.to_lowercase() == folded);
    match (alike.next(), alike.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

fn missing(plan: &AccessPlan, name: &str) -> Error {
    let known: Vec<String> = plan.tables.keys().map(internal_name).collect();
    unknown_table(name, &known.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Plans a query, and makes sure once more that it does nothing but read.
async fn logical_plan(session: &SessionState, query: &Query) -> Result<LogicalPlan> {
    let statement = PlannerStatement::Statement(Box::new(Statement::Query(Box::new(query.clone()))));
    let plan = session.statement_to_plan(statement).await.map_err(query_error)?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|error| {
            Error::new(ErrorCode::SqlNotAllowed, "Queries only read; this one does more.").with_source(error)
        })?;
    Ok(plan)
}

/// One row more than may be returned, to know whether there are more.
pub(crate) fn limited(plan: LogicalPlan, limits: &Limits) -> Result<LogicalPlan> {
    let Some(most) = limits.max_rows else { return Ok(plan) };
    let fetch = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
    LogicalPlanBuilder::from(plan).limit(0, Some(fetch)).and_then(LogicalPlanBuilder::build).map_err(query_error)
}

/// Lets the rows come.
pub(crate) fn start(
    runtime: &Arc<Runtime>,
    prepared: Prepared,
    limits: Limits,
    deadline: Option<Instant>,
    cancel: Cancel,
) -> Result<QueryStream> {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let truncated = Arc::new(AtomicBool::new(false));
    let schema = match &prepared {
        Prepared::Plan { physical, .. } => presented_schema(&physical.schema()),
        Prepared::Rows(rows) => rows.schema(),
    };
    let meter = Meter { sender, schema: schema.clone(), limits, sent: 0, truncated: truncated.clone() };
    let worker = runtime.spawn(async move {
        let failed = meter.sender.clone();
        let work = async move {
            match prepared {
                Prepared::Plan { physical, session } => {
                    let rows = execute_stream(physical, session.task_ctx()).map_err(query_error)?;
                    meter.pass_plan(rows).await
                }
                Prepared::Rows(rows) => meter.pass_rows(rows).await,
            }
        };
        if let Err(error) = within(deadline, &cancel, work).await.and_then(|result| result) {
            let _ = failed.send(Err(error)).await;
        }
    })?;
    Ok(QueryStream { schema, receiver, worker: Some(worker), truncated })
}

/// Does `work` unless time runs out or it is cancelled.
pub(crate) async fn within<T>(deadline: Option<Instant>, cancel: &Cancel, work: impl Future<Output = T>) -> Result<T> {
    let too_late = async {
        match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    let cancelled = async {
        let mut look = tokio::time::interval(CANCEL_EVERY);
        while !cancel.is_cancelled() {
            look.tick().await;
        }
    };
    cancel.check()?;
    tokio::select! {
        biased;
        () = cancelled => Err(Error::new(ErrorCode::Cancelled, "The query was cancelled.")),
        () = too_late => Err(Error::new(
            ErrorCode::TimeLimit,
            "The query took longer than it may. Filter earlier, read fewer columns, or ask for a longer limit.",
        )),
        done = work => Ok(done),
    }
}

/// Passes rows on until there are as many as there may be.
struct Meter {
    sender: mpsc::Sender<Result<RecordBatch>>,
    schema: SchemaRef,
    limits: Limits,
    sent: u64,
    truncated: Arc<AtomicBool>,
}

impl Meter {
    async fn pass_plan(mut self, mut rows: SendableRecordBatchStream) -> Result<()> {
        while let Some(batch) = rows.next().await {
            for batch in presented(&batch.map_err(query_error)?, &self.schema)? {
                if !self.pass(batch).await? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn pass_rows(mut self, mut rows: Batches) -> Result<()> {
        while let Some(batch) = rows.next().await {
            if !self.pass(batch?).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether there may be more.
    async fn pass(&mut self, batch: RecordBatch) -> Result<bool> {
        let left = self.limits.max_rows.map_or(u64::MAX, |most| most - self.sent);
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(batch.num_rows());
        let more = take < batch.num_rows();
        self.sent += take as u64;
        let batch = if more { batch.slice(0, take) } else { batch };
        // A closed channel means that nobody wants the rest.
        if batch.num_rows() > 0 && self.sender.send(Ok(batch)).await.is_err() {
            return Ok(false);
        }
        if more && self.limits.overflow == Overflow::Fail {
            return Err(Error::new(
                ErrorCode::RowLimit,
                format!("The query has more than the {} rows you may have. Filter or aggregate.", self.sent),
            ));
        }
        if more {
            self.truncated.store(true, Ordering::Release);
        }
        Ok(!more)
    }
}

/// Plans SQL that the engine itself wrote, whose names are spelled and quoted.
pub(crate) async fn own_query(session: &SessionState, sql: &str) -> Result<LogicalPlan> {
    match parse(sql, &Spelling::default())? {
        Statement::Query(query) => logical_plan(session, &query).await,
        _ => Err(Error::internal("the engine's own SQL is no query")),
    }
}

/// A table of the plan, as the plan lets it be seen.
pub(crate) async fn plan_table(inner: &Arc<Inner>, plan: &AccessPlan, table: &TableRef) -> Result<Arc<PlanTable>> {
    let access = plan.tables.get(table).ok_or_else(|| missing(plan, &internal_name(table)))?;
    Ok(Arc::new(PlanTable::new(inner.rows(&access.source).await?, access)?))
}

/// The columns of a table that the plan lets through.
pub(crate) async fn visible_schema(inner: &Arc<Inner>, plan: &AccessPlan, table: &TableRef) -> Result<SchemaRef> {
    let access = plan.tables.get(table).ok_or_else(|| missing(plan, &internal_name(table)))?;
    let schema = inner.source_schema(&access.source).await?;
    Ok(presented_schema(&exposed_schema(&schema, access).0))
}
