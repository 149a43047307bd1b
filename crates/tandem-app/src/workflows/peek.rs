//! What is there at a port, for people to look at.

use std::sync::Arc;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use serde_json::{Value, json};
use tandem_core::{Action, Cancel, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_engine::{AccessPlan, Limits, TableAccess, TableRef};
use tandem_flow::{
    check::Found as Component,
    graph::{NodeId, PortRef},
    package::output_inside,
};
use tandem_report::Section;
use tandem_runner::{Kept, Peek, Stored, peek};
use tandem_science::{model::Trained, profile::Profile};

use super::{
    document,
    effects::Nothing,
    job::{Asked, ready, runner},
};
use crate::{
    App,
    datasets::{ColumnInfo, measure},
    query::limits,
    scenarios::DEFAULT_SEED,
};

/// Rows that are shown at once, at most.
const PAGE: u64 = 1000;

/// What is there.
#[derive(Debug, Clone)]
pub enum Looked {
    /// Some rows of a table.
    Table {
        /// Its columns.
        columns: Vec<ColumnInfo>,
        /// The rows.
        batches: Vec<RecordBatch>,
        /// How many there are in all; absent where nobody has counted yet.
        rows: Option<u64>,
    },
    /// A page.
    Report(Box<Section>),
    /// What there is to say of a model: what it needs and gives, and how it was made.
    Model(Value),
    /// A value.
    Value(Value),
    /// Nothing: it has to run first.
    NotRun,
    /// Nothing: the branch went the other way.
    Closed,
    /// Nothing yet: the run has not come to it.
    Waiting,
    /// Nothing: it failed in that run.
    Failed,
    /// Nothing: that run left it out, or was stopped before it.
    Skipped,
    /// Nothing any more: what that run made is no longer kept, or was made from
    /// more than the person may see.
    Gone,
}

/// A port of the draft, found.
struct Found {
    peek: Peek,
    limits: Limits,
}

async fn find(app: &App, principal: &Principal, id: AssetId, node: &NodeId, port: &str) -> Result<Found> {
    let view = document::require(app, principal, Action::Inspect, id).await?;
    let project = app.require_project(principal, Action::Discover, view.asset.project_id).await?;
    let workflow = document::parse(document::draft(app, &view.asset).await?.body)?;
    let at = PortRef::new(node, port);
    let asked = Asked { seed: DEFAULT_SEED, ..Asked::default() };
    let ready = ready(app, principal, &project.project, workflow.clone(), asked, Arc::new(Nothing)).await?;
    let inside = output_inside(&workflow, &ready.library, &at).ok_or_else(|| Error::not_found("port"))?;
    let there = ready.job.workflow.nodes.get(&inside.node).map(|node| ready.catalog.find(&node.component));
    if there.and_then(Component::signature).is_none_or(|signature| signature.output(&inside.port).is_none()) {
        return Err(Error::not_found("port"));
    }
    if let Some(error) = ready.sources.into_values().find_map(std::result::Result::err) {
        // What stands elsewhere in the graph doesn't matter here.
        if ready.job.sources.is_empty() {
            return Err(error);
        }
    }
    let limits = limits::for_role(project.role);
    let runner = runner(app, limits.clone());
    let peek = peek(&runner, ready.job, &ready.catalog, &inside.node, &inside.port, &Cancel::new()).await?;
    Ok(Found { peek, limits })
}

/// Looks at a port of the draft, as the caller may see what it was made from.
///
/// # Errors
/// `not_found`, `forbidden`; why a node before it can't run.
pub async fn look(
    app: &App,
    principal: &Principal,
    id: AssetId,
    node: &NodeId,
    port: &str,
    offset: u64,
    limit: u64,
) -> Result<Looked> {
    let Found { peek, limits } = find(app, principal, id, node, port).await?;
    shown(app, principal, peek, limits, offset, limit).await
}

/// What there is to see of what was found at a port.
pub(crate) async fn shown(
    app: &App,
    principal: &Principal,
    peek: Peek,
    limits: Limits,
    offset: u64,
    limit: u64,
) -> Result<Looked> {
    let (limit, cancel) = (limit.min(PAGE), Cancel::new());
    match peek {
        Peek::NotRun => Ok(Looked::NotRun),
        Peek::View { text, plan, .. } => {
            let sql = format!("{text}\nLIMIT {limit} OFFSET {offset}");
            let (schema, batches) = rows(app, &plan, &sql, &cancel).await?;
            Ok(Looked::Table { columns: ColumnInfo::of(&schema), batches, rows: None })
        }
        Peek::Kept { digest, kept } => Ok(match kept.stored {
            Stored::Table { file, fingerprint, .. } => {
                let access = TableAccess::full(app.results.table(&digest, &file));
                let table = TableRef::latest("rows");
                let plan =
                    AccessPlan::new(principal.user.to_string()).with_table(table.clone(), access).with_limits(limits);
                let stream = app.engine.page(&plan, &table, offset, limit, &cancel).await?;
                let (schema, batches) = (stream.schema(), stream.collect().await?.0);
                Looked::Table { columns: ColumnInfo::of(&schema), batches, rows: Some(fingerprint.rows()) }
            }
            Stored::Model { file } => Looked::Model(summary(&app.results.model(&digest, &file)?)?),
            Stored::Report { section } => Looked::Report(Box::new(section)),
            Stored::Value { value } => Looked::Value(value),
            Stored::Closed => Looked::Closed,
        }),
    }
}

/// The profile of the table at a port of the draft, as the caller may see what
/// it was made from.
///
/// # Errors
/// As [`look`]; `state_conflict` where it has to run first or is no table.
pub async fn profile(app: &App, principal: &Principal, id: AssetId, node: &NodeId, port: &str) -> Result<Profile> {
    let Found { peek, limits } = find(app, principal, id, node, port).await?;
    // Rows are counted here, not shown.
    let limits = Limits { max_rows: None, ..limits };
    let (plan, sql) = match peek {
        Peek::View { text, plan, .. } => (plan.with_limits(limits), text),
        Peek::Kept { digest, kept: Kept { stored: Stored::Table { file, .. }, .. } } => {
            let access = TableAccess::full(app.results.table(&digest, &file));
            let plan = AccessPlan::new(principal.user.to_string()).with_table(TableRef::latest("rows"), access);
            (plan.with_limits(limits), "SELECT * FROM rows".to_owned())
        }
        Peek::Kept { .. } | Peek::NotRun => {
            return Err(Error::new(ErrorCode::StateConflict, "There is no table here yet. Run the workflow first."));
        }
    };
    let rows = app.engine.query(&plan, &sql, &Cancel::new()).await?.into_batches();
    measure::profile(rows.schema(), rows).await
}

async fn rows(app: &App, plan: &AccessPlan, sql: &str, cancel: &Cancel) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let slow = |error: Error| match error.code() {
        ErrorCode::TimeLimit => Error::new(
            ErrorCode::TimeLimit,
            "These rows take long to compute. Run the workflow until here, and look again.",
        ),
        _ => error,
    };
    let stream = app.engine.query(plan, sql, cancel).await.map_err(slow)?;
    let schema = stream.schema();
    Ok((schema, stream.collect().await.map_err(slow)?.0))
}

/// A model without what it learned: trees and weights are for programs.
fn summary(trained: &Trained) -> Result<Value> {
    let model = &trained.model;
    Ok(json!({
        "signature": serde_json::to_value(&model.signature).map_err(Error::internal)?,
        "rows": trained.rows,
        "unlabelled": trained.unlabelled,
        "curve": serde_json::to_value(&trained.curve).map_err(Error::internal)?,
    }))
}
