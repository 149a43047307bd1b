//! SQL → a plan of the engine, over the tables of an access plan alone.

use std::{collections::BTreeSet, sync::Arc};

use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::TableProvider,
    execution::SessionState,
    logical_expr::{LogicalPlan, LogicalPlanBuilder},
    prelude::SQLOptions,
    sql::{
        parser::Statement as PlannerStatement,
        sqlparser::ast::{Query, Statement},
    },
};
use tandem_core::{Cancel, Error, ErrorCode, Result};

use crate::{
    AccessPlan, Limits, QueryStream, TableRef,
    catalog::{describe, information_schema, listed_columns, listed_tables},
    engine::Inner,
    errors::{query_error, unknown_table},
    explain::explain,
    govern::{PlanTable, exposed_schema},
    present::presented_schema,
    session::SessionPlan,
    sql::{Ask, Named, Spelling, check, internal_name, named, parse, table_ref},
    stream::{Prepared, deadline, on_time, start},
    watch::Stop,
};

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
    Ok(presented_schema(&exposed_schema(&schema, access)?.0))
}
