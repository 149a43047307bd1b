//! The values that a filter can be set to, as its reader may see them: found by
//! a part of their text, and only those of rows that the other filters leave.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_components::sql::{as_text, ident, text};
use tandem_core::{
    Action, Cancel, Error, ErrorCode, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
};
use tandem_flow::{
    Workflow,
    graph::{Edge, EdgeId, PortRef},
};
use tandem_meta::repo::project::Project;

use super::{
    compile::{Reading, add, behind, on, source},
    document::{Dashboard, Filter, wrong},
    manage,
};
use crate::{
    App,
    tables::json_rows,
    workflows::{self, View},
};

/// Values that are told at once, at most.
const MOST: u32 = 200;
/// Those that are told where no number is named.
const USUAL: u32 = 50;
/// Characters of what is looked for, at most.
const LONGEST: usize = 200;

/// What is asked of a filter.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The filter.
    pub filter: String,
    /// A part of the value, in whatever case; all where it is empty.
    pub search: String,
    /// How many values, 1 to 200.
    pub limit: Option<u32>,
}

/// Values of a filter's column.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Each with the number of rows that have it, the commonest first.
    pub values: Vec<(Value, u64)>,
    /// Whether there are others.
    pub more: bool,
}

/// The values that a filter of a saved dashboard can be set to.
///
/// # Errors
/// `not_found`, `forbidden`, also for a dataset that the filter narrows;
/// `invalid_request` where the filter or its column isn't there.
pub async fn choices(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: Option<i64>,
    asked: &Asked,
    reading: &Reading,
) -> Result<Choices> {
    let detail = manage::get(app, principal, id, seq).await?;
    let view = app.require_project(principal, Action::Discover, detail.asset.asset.project_id).await?;
    of(app, principal, &view.project, view.role, &detail.dashboard, asked, reading).await
}

/// The same of a document that was not saved.
///
/// # Errors
/// As [`choices`]; `forbidden` for who may make nothing in the project.
pub async fn preview_choices(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    dashboard: &Dashboard,
    asked: &Asked,
    reading: &Reading,
) -> Result<Choices> {
    let view = app.require_project(principal, Action::Create, project).await?;
    of(app, principal, &view.project, view.role, dashboard, asked, reading).await
}

async fn of(
    app: &App,
    principal: &Principal,
    project: &Project,
    role: Option<ProjectRole>,
    dashboard: &Dashboard,
    asked: &Asked,
    reading: &Reading,
) -> Result<Choices> {
    let filter = dashboard.filters.iter().find(|filter| filter.id == asked.filter);
    let filter =
        filter.ok_or_else(|| wrong(format!("The dashboard has no filter “{}”. Load it again.", asked.filter)))?;
    if asked.search.chars().count() > LONGEST {
        return Err(wrong(format!("Look for {LONGEST} characters at the most.")));
    }
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    let Some((workflow, port)) = rows(dashboard, filter, reading) else {
        return Ok(Choices { values: Vec::new(), more: false });
    };
    let view = workflows::view(app, principal, project, role, workflow, &port).await.map_err(|error| {
        if error.code() != ErrorCode::UnknownColumn {
            return error;
        }
        let message = format!(
            "The data has no column “{}”, or none that another filter asks for. Change the filters of the dashboard.",
            filter.column
        );
        Error::new(ErrorCode::UnknownColumn, message)
    })?;
    let sql = statement(&view, &filter.column, asked.search.trim(), limit)?;
    let slow = |error: Error| match error.code() {
        ErrorCode::TimeLimit => Error::new(
            ErrorCode::TimeLimit,
            "These values take long to find. Narrow the page by another filter first, or type the value.",
        ),
        _ => error,
    };
    let stream = app.engine.query(&view.plan, &sql, &Cancel::new()).await.map_err(slow)?;
    let found = json_rows(&stream.collect().await.map_err(slow)?.0)?;
    let mut values: Vec<(Value, u64)> = serde_json::from_str(&found).map_err(Error::internal)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = values.len() > most;
    values.truncate(most);
    Ok(Choices { values, more })
}

/// The rows of a filter's sources that the other filters leave; none without a source.
fn rows(dashboard: &Dashboard, filter: &Filter, reading: &Reading) -> Option<(Workflow, PortRef)> {
    let mut workflow = Workflow::default();
    let mut tables = Vec::new();
    for name in &filter.sources {
        let Some(read) = dashboard.sources.get(name) else { continue };
        let mut port = source(&mut workflow, name, read);
        let others = dashboard.filters.iter().filter(|other| other.id != filter.id && other.sources.contains(name));
        let conditions: Vec<Value> = others
            .flat_map(|other| {
                let set = reading.filters.get(&other.id).unwrap_or(&other.conditions);
                set.iter().map(|one| on(&other.column, one))
            })
            .collect();
        if !conditions.is_empty() {
            let set = [("conditions".to_owned(), Value::Array(conditions)), ("combine".to_owned(), json!("all"))];
            port = behind(&mut workflow, &format!("rows-{name}"), "filter", set.into(), port);
        }
        let select = [("columns".to_owned(), json!([filter.column])), ("mode".to_owned(), json!("keep"))];
        tables.push(behind(&mut workflow, &format!("values-{name}"), "select", select.into(), port));
    }
    if tables.len() < 2 {
        return tables.pop().map(|port| (workflow, port));
    }
    let params = [("columns".to_owned(), json!("common")), ("distinct".to_owned(), json!(false))];
    add(&mut workflow, "values", "union", BTreeMap::from(params));
    for (turn, from) in (0..).zip(tables) {
        let edge = Edge { from, to: PortRef::new("values", "tables"), order: turn };
        workflow.edges.insert(EdgeId::from(format!("values-{turn}").as_str()), edge);
    }
    Some((workflow, PortRef::new("values", "table")))
}

/// The values with their rows, one more of them than is told.
fn statement(view: &View, column: &str, search: &str, limit: u32) -> Result<String> {
    let found = view.columns.iter().find(|found| found.name == column);
    let found =
        found.ok_or_else(|| wrong(format!("The data has no column “{column}” any more. Change the filter.")))?;
    let name = ident(column);
    let mut sql =
        format!("SELECT {name} AS value, count(*) AS rows FROM (\n{}\n) AS page\nWHERE {name} IS NOT NULL", view.text);
    if !search.is_empty() {
        sql += &format!(" AND strpos(lower({}), lower({})) > 0", as_text(found), text(search));
    }
    sql += &format!("\nGROUP BY {name}\nORDER BY rows DESC, value\nLIMIT {}", limit + 1);
    Ok(sql)
}
