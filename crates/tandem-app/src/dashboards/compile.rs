//! From a page and what its reader has set to a workflow: each figure is a
//! source, a filter and a component behind each other. A pure function; what
//! the access to the datasets is comes later.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tandem_core::{ErrorCode, Result};
use tandem_flow::{
    Workflow,
    graph::{Component, Edge, EdgeId, Node, NodeId, PortRef, Position},
    params::Schema,
    signature::{Category, PortKind},
};

use super::document::{Block, ColumnCondition, Condition, Dashboard, Figure, Page, Shows, Source, wrong};

/// Rows of a table on a page, at most.
const ROWS: u64 = 500;

/// What a reader has set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// What holds instead of a filter's own conditions, by its id.
    pub filters: BTreeMap<String, Vec<Condition>>,
    /// The values that were pointed at, from the coarsest, by block.
    pub drill: BTreeMap<String, Vec<Value>>,
}

/// A page as a workflow.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Compiled {
    pub(super) workflow: Workflow,
    /// Of each block that shows a figure, the port that gives it.
    pub(super) figures: BTreeMap<String, PortRef>,
}

/// The nodes of a source, up to the table that figures take.
pub(super) fn source(workflow: &mut Workflow, name: &str, source: &Source) -> PortRef {
    let id = format!("source-{name}");
    let mut params = BTreeMap::new();
    if let Some(dataset) = source.dataset {
        params.insert("dataset".to_owned(), json!(dataset));
    }
    if let Some(version) = source.version {
        params.insert("version".to_owned(), json!(version));
    }
    add(workflow, &id, "dataset", params);
    let mut port = PortRef::new(id.as_str(), "table");
    if !source.columns.is_empty() {
        // Only what is bound is taken, so that a name can't be met twice.
        let taken: Vec<&String> = source.columns.values().collect();
        let names = source.columns.iter().filter(|(name, column)| name != column);
        let names: Vec<Value> = names.map(|(name, column)| json!({ "column": column, "to": name })).collect();
        let select = [("columns".to_owned(), json!(taken)), ("mode".to_owned(), json!("keep"))];
        port = behind(workflow, &format!("{id}-columns"), "select", select.into(), port);
        port = behind(workflow, &format!("{id}-names"), "rename", [("names".to_owned(), json!(names))].into(), port);
    }
    port
}

/// Puts a node of a component that ships into the workflow.
pub(super) fn add(workflow: &mut Workflow, id: &str, component: &str, params: BTreeMap<String, Value>) {
    let version = tandem_components::find(component).map_or(1, |found| found.signature.version);
    let mut node = Node::new(Component::new(component, version), Position::default());
    node.params = params;
    workflow.nodes.insert(NodeId::from(id), node);
}

/// Puts a node behind a table, and says where its own is.
pub(super) fn behind(
    workflow: &mut Workflow,
    id: &str,
    component: &str,
    params: BTreeMap<String, Value>,
    from: PortRef,
) -> PortRef {
    add(workflow, id, component, params);
    let edge = Edge { from, to: PortRef::new(id, "table"), order: 0 };
    workflow.edges.insert(EdgeId::from(id), edge);
    PortRef::new(id, "table")
}

/// The page as a workflow.
///
/// # Errors
/// `invalid_request` where the reader set what isn't there, or a figure's
/// component can't be one.
pub(super) fn compile(dashboard: &Dashboard, page: &Page, reading: &Reading) -> Result<Compiled> {
    if let Some(unknown) = reading.filters.keys().find(|id| !dashboard.filters.iter().any(|f| f.id == **id)) {
        return Err(wrong(format!("The dashboard has no filter “{unknown}”. Load it again.")));
    }
    let mut workflow = Workflow::default();
    let mut tables: BTreeMap<&str, PortRef> = BTreeMap::new();
    let mut figures = BTreeMap::new();
    for block in &page.blocks {
        let Shows::Figure(figure) = &block.shows else { continue };
        let Some(read) = dashboard.sources.get(&figure.source) else { continue };
        let table = match tables.get(figure.source.as_str()) {
            Some(port) => port.clone(),
            None => source(&mut workflow, &figure.source, read),
        };
        tables.insert(&figure.source, table.clone());
        let port = one(&mut workflow, dashboard, block, figure, reading, table)?;
        figures.insert(block.id.clone(), port);
    }
    Ok(Compiled { workflow, figures })
}

fn one(
    workflow: &mut Workflow,
    dashboard: &Dashboard,
    block: &Block,
    figure: &Figure,
    reading: &Reading,
    table: PortRef,
) -> Result<PortRef> {
    let Drawn { input, output, table: as_table } = drawn(&figure.component)?;
    let mut conditions: Vec<Value> = figure.conditions.iter().map(condition).collect();
    for filter in dashboard.filters.iter().filter(|filter| filter.sources.contains(&figure.source)) {
        let set = reading.filters.get(&filter.id).unwrap_or(&filter.conditions);
        conditions.extend(set.iter().map(|one| on(&filter.column, one)));
    }
    let mut params: BTreeMap<String, Value> = figure.params.clone().into_iter().collect();
    if let Some(drill) = &figure.drill {
        let path = reading.drill.get(&block.id).map(Vec::as_slice).unwrap_or_default();
        // At the last level there is nothing further to come to.
        let level = drill.levels.get(path.len()).or(drill.levels.last());
        if let Some(level) = level {
            params.insert(drill.param.clone(), json!(level));
        }
        conditions.extend(drill.levels.iter().zip(path).map(|(column, value)| pointed(column, value)));
    }
    let mut port = table;
    if !conditions.is_empty() {
        let set = [("conditions".to_owned(), Value::Array(conditions)), ("combine".to_owned(), json!("all"))];
        port = behind(workflow, &format!("rows-{}", block.id), "filter", set.into(), port);
    }
    let id = format!("figure-{}", block.id);
    add(workflow, &id, &figure.component, params);
    let edge = Edge { from: port, to: PortRef::new(id.as_str(), input), order: 0 };
    workflow.edges.insert(EdgeId::from(id.as_str()), edge);
    let port = PortRef::new(id.as_str(), output);
    if !as_table {
        return Ok(port);
    }
    let shown = format!("table-{}", block.id);
    behind(workflow, &shown, "table", [("rows".to_owned(), json!(ROWS))].into(), port);
    Ok(PortRef::new(shown.as_str(), "report"))
}

fn condition(one: &ColumnCondition) -> Value {
    compared(&one.column, &one.operator, &one.value)
}

/// A reader's condition on a filter's column.
pub(super) fn on(column: &str, one: &Condition) -> Value {
    compared(column, &one.operator, &one.value)
}

fn pointed(column: &str, value: &Value) -> Value {
    compared(column, if value.is_null() { "is_empty" } else { "equals" }, value)
}

/// A condition of the component `filter`, which takes values as people type them.
fn compared(column: &str, operator: &str, value: &Value) -> Value {
    let mut condition = json!({ "column": column, "operator": operator });
    match value {
        Value::Null => {}
        Value::Array(list) => condition["values"] = list.iter().map(typed).collect(),
        one => condition["value"] = typed(one),
    }
    condition
}

fn typed(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Bool(yes) => Value::String(yes.to_string()),
        other => other.clone(),
    }
}

/// How a component is put on a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The port that takes the table.
    input: &'static str,
    /// The port that gives what is shown.
    output: &'static str,
    /// Whether that is a table, which is drawn as one.
    table: bool,
}

/// How a component is put on a page.
///
/// # Errors
/// `invalid_request` where it can't be: it takes something else than one
/// table, acts on the world, or holds code that readers could be made to run.
pub(super) fn drawn(component: &str) -> Result<Drawn> {
    let found = tandem_components::find(component)
        .map_err(|error| if error.code() == ErrorCode::NotFound { no_figure(component) } else { error })?;
    let signature = &found.signature;
    let takes: Vec<_> = signature.inputs.iter().filter(|port| !port.optional).collect();
    let [input] = takes.as_slice() else { return Err(no_figure(component)) };
    let gives = |kind: PortKind| signature.outputs.iter().find(|port| port.kind == kind);
    let looks = matches!(signature.category, Category::Look | Category::Shape | Category::Learn);
    if input.kind != PortKind::Table || signature.effects || !looks || code(&Value::Object(signature.params.clone())) {
        return Err(no_figure(component));
    }
    match (gives(PortKind::Report), gives(PortKind::Table)) {
        (Some(report), _) => Ok(Drawn { input: &input.name, output: &report.name, table: false }),
        (None, Some(table)) => Ok(Drawn { input: &input.name, output: &table.name, table: true }),
        (None, None) => Err(no_figure(component)),
    }
}

/// Whether a schema takes an expression anywhere.
fn code(schema: &Value) -> bool {
    match schema {
        Value::Object(words) => words.iter().any(|(word, value)| word == "x-expression" || code(value)),
        Value::Array(items) => items.iter().any(code),
        _ => false,
    }
}

fn no_figure(component: &str) -> tandem_core::Error {
    wrong(format!("“{component}” can't be a figure of a dashboard. Choose a component that draws a table."))
}

/// The parameters of a figure that name columns of its table, as a list of those columns.
pub(super) fn columns_of(figure: &Figure) -> Vec<String> {
    let mut found: Vec<String> = figure.conditions.iter().map(|one| one.column.clone()).collect();
    found.extend(figure.drill.iter().flat_map(|drill| drill.levels.clone()));
    if let Ok(component) = tandem_components::find(&figure.component) {
        let schema = component.signature.schema();
        walk(Schema::new(&schema), &Value::Object(figure.params.clone()), &mut found);
    }
    found
}

fn walk(schema: Schema<'_>, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(name) if schema.column().is_some() => found.push(name.clone()),
        Value::Array(items) => {
            let list = schema.column().is_some();
            for item in items {
                match (item, schema.items()) {
                    (Value::String(name), _) if list => found.push(name.clone()),
                    (item, Some(each)) => walk(each, item, found),
                    _ => {}
                }
            }
        }
        Value::Object(parts) => parts_of(schema, parts, found),
        _ => {}
    }
}

fn parts_of(schema: Schema<'_>, parts: &Map<String, Value>, found: &mut Vec<String>) {
    if schema.properties().next().is_none() && schema.column().is_some() {
        found.extend(parts.keys().cloned());
    }
    for (name, part) in parts {
        if let Some(schema) = schema.property(name) {
            walk(schema, part, found);
        }
    }
}
