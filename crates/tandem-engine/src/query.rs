//! SQL → plan → rows, inside the limits of an access plan.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
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
use tokio::sync::mpsc;
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
    watch::{self, Stop, watched},
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
    let deadline = deadline(&plan.limits);
    let limits = plan.limits.clone();
    let runtime = inner.runtime.clone();
    let stop = Stop { cancel, deadline };
    let prepared = {
        let (inner, stop) = (inner.clone(), stop.clone());
        runtime.spawn(async move { prepare(&inner, &plan, &sql, &stop).await })?
    };
    let prepared = on_time(&runtime, &stop, prepared).await?;
    start(&runtime, prepared, limits, stop)
}

/// What a task makes, unless the query has to stop before: then it is dropped.
/// The task is its own, as it may keep its thread for long.
pub(crate) async fn on_time<T: Send + 'static>(
    runtime: &Runtime,
    stop: &Stop,
    task: AbortOnDropHandle<Result<T>>,
) -> Result<T> {
    let stop = stop.clone();
    runtime.run(async move { within(&stop, task).await?.map_err(stopped)? }).await
}

/// What is ready to run.
pub(crate) enum Prepared {
    Plan { physical: Arc<dyn ExecutionPlan>, session: Box<SessionState> },
    Rows(Batches),
}

async fn prepare(inner: &Arc<Inner>, plan: &AccessPlan, sql: &str, stop: &Stop) -> Result<Prepared> {
    let typed = parse(sql, &Spelling::default())?;
    check(&typed)?;
    let names = named(&typed);
    let tables = load(inner, plan, &names).await?;
    let mut spelling = Spelling::default();
    for (key, table) in &tables {
        spelling.add(&internal_name(key));
        table.schema().fields().iter().for_each(|field| spelling.add(field.name()));
    }
    if names.information_schema {
        ["information_schema", "tables", "columns"].iter().for_each(|name| spelling.add(name));
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
            Ok(Prepared::Rows(explain(&session, &logical, ask.analyze, stop).await?))
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

/// When a query that begins now has to end.
pub(crate) fn deadline(limits: &Limits) -> Option<Instant> {
    limits.timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Lets the rows come.
pub(crate) fn start(runtime: &Arc<Runtime>, prepared: Prepared, limits: Limits, stop: Stop) -> Result<QueryStream> {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let truncated = Arc::new(AtomicBool::new(false));
    let schema = match &prepared {
        Prepared::Plan { physical, .. } => presented_schema(&physical.schema()),
        Prepared::Rows(rows) => rows.schema(),
    };
    let meter = Meter { sender: sender.clone(), schema: schema.clone(), limits, sent: 0, truncated: truncated.clone() };
    let watch = stop.clone();
    // The work has a task of its own: while it keeps its thread, another one
    // still sees that time is up.
    let work = runtime.spawn(async move {
        match prepared {
            Prepared::Plan { physical, session } => {
                let physical = watched(physical, &watch).map_err(query_error)?;
                let rows = execute_stream(physical, session.task_ctx()).map_err(query_error)?;
                meter.pass_plan(rows).await
            }
            Prepared::Rows(rows) => meter.pass_rows(rows).await,
        }
    })?;
    let worker = runtime.spawn(async move {
        let ended = within(&stop, work).await.and_then(|ended| ended.map_err(stopped)?);
        if let Err(error) = ended {
            let _ = sender.send(Err(error)).await;
        }
    })?;
    Ok(QueryStream { schema, receiver, worker: Some(worker), truncated })
}

/// Does `work` unless time runs out or it is cancelled.
pub(crate) async fn within<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<T> {
    let too_late = async {
        match stop.deadline {
            Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
            None => std::future::pending().await,
        }
    };
    let cancelled = async {
        let mut look = tokio::time::interval(CANCEL_EVERY);
        while !stop.cancel.is_cancelled() {
            look.tick().await;
        }
    };
    if stop.cancel.is_cancelled() {
        return Err(watch::cancelled());
    }
    tokio::select! {
        biased;
        () = cancelled => Err(watch::cancelled()),
        () = too_late => Err(watch::too_late()),
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
