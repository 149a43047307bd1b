//! Rows of one table without SQL: pages of it, or all of it in parallel.

use std::sync::Arc;

use datafusion::{
    catalog::TableProvider, datasource::provider_as_source, logical_expr::LogicalPlanBuilder,
    physical_plan::ExecutionPlanProperties,
};
use futures::TryStreamExt;
use tandem_core::{Cancel, Error, ErrorCode, Result, id::AssetId};

use crate::{
    AccessPlan, Batches, Limits, QueryStream, TableAccess, TableRef, TableSource,
    engine::Inner,
    errors::{query_error, unknown_table},
    govern::{PlanTable, exposed_schema, masked},
    present::{presented, presented_schema},
    runtime::Runtime,
    scan::FileTable,
    session::SessionPlan,
    sql::internal_name,
    store::{ReadOptions, find},
    stream::{Prepared, deadline, on_time, start},
    watch::Stop,
};

/// A table's rows in parts that can be read at the same time.
#[derive(Debug)]
pub struct Scan {
    /// The columns.
    pub schema: arrow::datatypes::SchemaRef,
    /// The parts; every row is in one of them.
    pub partitions: Vec<Batches>,
}

/// Makes rows come from the engine's threads, whoever takes them.
pub(crate) fn on_runtime(runtime: &Arc<Runtime>, rows: Batches) -> Result<Batches> {
    let stop = Stop { cancel: Cancel::new(), deadline: None };
    Ok(start(runtime, Prepared::Rows(rows), Limits::default(), stop)?.into_batches())
}

pub(crate) async fn scan(
    inner: Arc<Inner>,
    dataset: AssetId,
    version: u64,
    columns: Option<Vec<String>>,
) -> Result<Scan> {
    let runtime = inner.runtime.clone();
    runtime
        .clone()
        .run(async move {
            let snapshot = inner.store.snapshot(dataset, version).await?;
            let table = FileTable::of_version(&snapshot);
            let schema = table.file_schema();
            let places =
                columns.map(|columns| columns.iter().map(|name| place(&schema, name)).collect::<Result<Vec<_>>>());
            let session = inner.sessions.session(SessionPlan::default())?;
            let mut plan = table.plan(&session, places.transpose()?.as_ref(), None, false).map_err(query_error)?;
            let options = session.config_options();
            let more = plan.repartitioned(options.execution.target_partitions, options).map_err(query_error)?;
            plan = more.unwrap_or(plan);
            let schema = presented_schema(&plan.schema());
            let partitions = (0..plan.output_partitioning().partition_count()).map(|partition| {
                let rows = plan.execute(partition, session.task_ctx()).map_err(query_error)?;
                let target = schema.clone();
                let rows = rows
                    .map_err(query_error)
                    .and_then(move |batch| futures::future::ready(presented(&batch, &target)))
                    .map_ok(|batches| futures::stream::iter(batches.into_iter().map(Ok)))
                    .try_flatten();
                on_runtime(&inner.runtime, Batches::from_stream(schema.clone(), rows))
            });
            Ok(Scan { partitions: partitions.collect::<Result<_>>()?, schema })
        })
        .await
}

fn place(schema: &arrow::datatypes::Schema, name: &str) -> Result<usize> {
    find(schema, name)
        .ok_or_else(|| Error::new(ErrorCode::UnknownColumn, format!("There is no column “{name}” in this version.")))
}

pub(crate) async fn page(
    inner: Arc<Inner>,
    plan: AccessPlan,
    table: TableRef,
    offset: u64,
    limit: u64,
    cancel: Cancel,
) -> Result<QueryStream> {
    let stop = Stop { cancel, deadline: deadline(&plan.limits) };
    let limits = plan.limits.clone();
    let runtime = inner.runtime.clone();
    let prepared = runtime.spawn(async move {
        let known: Vec<String> = plan.tables.keys().map(internal_name).collect();
        let access = plan.tables.get(&table).ok_or_else(|| {
            unknown_table(&internal_name(&table), &known.iter().map(String::as_str).collect::<Vec<_>>())
        })?;
        match (&access.source, &access.row_filter) {
            (TableSource::Version { dataset, delta_version }, None) => {
                let snapshot = inner.store.snapshot(*dataset, *delta_version).await?;
                masked_page(&inner, &snapshot, access, offset, limit)
            }
            _ => filtered_page(&inner, access, &plan.limits, offset, limit).await,
        }
    })?;
    let prepared = on_time(&runtime, &stop, prepared).await?;
    start(&runtime, prepared, limits, stop)
}

/// Straight from the files: what comes before the page isn't read.
fn masked_page(
    inner: &Inner,
    snapshot: &crate::store::Snapshot,
    access: &TableAccess,
    offset: u64,
    limit: u64,
) -> Result<Prepared> {
    let (schema, columns) = exposed_schema(&snapshot.schema, access)?;
    let names = columns.iter().map(|(at, _)| snapshot.schema.field(*at).name().clone()).collect();
    let options = ReadOptions { columns: Some(names), offset, limit: Some(limit) };
    let target = presented_schema(&schema);
    let masks: Vec<_> = columns.into_iter().map(|(_, mask)| mask).collect();
    let (shown, rows) = (target.clone(), inner.store.read(snapshot, &options)?);
    let rows = rows
        .and_then(move |batch| {
            let batch = masked(&batch, &masks, &schema);
            futures::future::ready(batch.and_then(|batch| presented(&batch, &target)))
        })
        .map_ok(|batches| futures::stream::iter(batches.into_iter().map(Ok)))
        .try_flatten();
    Ok(Prepared::Rows(Batches::from_stream(shown, rows)))
}

/// Through the same guard as a query: rows are counted after the filter.
async fn filtered_page(
    inner: &Inner,
    access: &TableAccess,
    limits: &Limits,
    offset: u64,
    limit: u64,
) -> Result<Prepared> {
    let table: Arc<dyn TableProvider> = Arc::new(PlanTable::new(inner.rows(&access.source).await?, access)?);
    let narrow = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
    let session =
        inner.sessions.session(SessionPlan { ordered: true, memory: limits.memory, ..SessionPlan::default() })?;
    let plan = LogicalPlanBuilder::scan("page", provider_as_source(table), None)
        .and_then(|plan| plan.limit(narrow(offset), Some(narrow(limit)))?.build())
        .map_err(query_error)?;
    let physical = session.create_physical_plan(&plan).await.map_err(query_error)?;
    Ok(Prepared::Plan { physical, session: Box::new(session) })
}
