//! The columns of a component's tables before anything runs: its text is planned
//! over empty tables.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde_json::{Map, Value};
use tandem_core::{Cancel, Result};
use tandem_engine::{AccessPlan, Engine, TableAccess, TableRef, TableSource};
use tandem_flow::{
    Column, ColumnKind, Columns, PortColumns, Signature,
    check::{Catalog, Found, Objection},
    graph,
};

use crate::{Ask, Body, Component, Table, all, refusal::words};

/// Answers that are remembered; a canvas asks for the same ones at every change.
const REMEMBERED: usize = 4096;

type Known = BTreeMap<String, Columns>;

/// What Arrow's types are to a graph.
pub fn kind_of(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => ColumnKind::Text,
        data_type if data_type.is_integer() => ColumnKind::Integer,
        data_type if data_type.is_floating() => ColumnKind::Number,
        data_type if data_type.is_decimal() => ColumnKind::Decimal,
        DataType::Date32 | DataType::Date64 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Timestamp,
        DataType::Boolean => ColumnKind::Boolean,
        DataType::Dictionary(_, value) => kind_of(value),
        _ => ColumnKind::Other,
    }
}

/// A type of that kind, for tables that have no rows.
pub fn type_of(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Number => DataType::Float64,
        ColumnKind::Decimal => DataType::Decimal128(18, 2),
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnKind::Boolean => DataType::Boolean,
        ColumnKind::Other => DataType::Binary,
    }
}

/// The columns of a table, as a graph knows them.
pub fn columns_of(schema: &Schema) -> Vec<Column> {
    let one = |field: &Arc<Field>| Column {
        name: field.name().clone(),
        kind: kind_of(field.data_type()),
        nullable: field.is_nullable(),
    };
    schema.fields().iter().map(one).collect()
}

/// A table's columns for the engine.
pub fn schema_of(columns: &[Column]) -> SchemaRef {
    let fields = columns.iter().map(|column| Field::new(&column.name, type_of(column.kind), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The columns of each table that a component gives, by output port, from
/// parameters that were settled and the columns of its inputs.
///
/// # Errors
/// What the component says against its parameters, and what the engine says against the text.
pub async fn columns(
    engine: &Engine,
    component: &Component,
    params: &Map<String, Value>,
    inputs: &PortColumns,
) -> Result<Known> {
    let ports = || component.signature.outputs.iter().map(|port| port.name.clone());
    let mut plan = AccessPlan::new("columns");
    let mut tables: BTreeMap<String, Vec<Table>> = BTreeMap::new();
    for (port, connected) in inputs {
        for (at, columns) in connected.iter().enumerate() {
            let Columns::Known(columns) = columns else {
                return Ok(ports().map(|port| (port, Columns::WhenRun)).collect());
            };
            let name = format!("{port} {at}");
            let source = TableSource::Memory { schema: schema_of(columns), batches: Vec::new() };
            plan = plan.with_table(TableRef::latest(&name), TableAccess::full(source));
            tables.entry(port.clone()).or_default().push(Table { name, columns: columns.clone() });
        }
    }
    let ask = Ask { params, inputs: &tables, seed: 0 };
    match component.body {
        Body::Rows(function) => return (function.columns)(&ask),
        Body::Outside => return Ok(Known::new()),
        Body::Query(_) | Body::Queries(_) | Body::Probed { .. } | Body::Template => {}
    }
    let asks = component.probe(&ask)?.is_some();
    let mut known = Known::new();
    for port in ports() {
        // Where the columns don't depend on the answer, none is as good as any.
        let columns = match asks && component.signature.columns_when_run {
            true => Columns::WhenRun,
            false => {
                let text = component.text(&port, &ask, &[])?;
                let stream = engine.query(&plan, &text, &Cancel::new()).await?;
                Columns::Known(columns_of(&stream.schema()))
            }
        };
        known.insert(port, columns);
    }
    Ok(known)
}

/// The components that ship, as a catalogue for the checks of a graph.
#[derive(Debug)]
pub struct Shipped {
    engine: Engine,
    known: Mutex<HashMap<String, Known>>,
}

impl Shipped {
    /// With an engine that has this crate's functions.
    pub fn new(engine: Engine) -> Self {
        Self { engine, known: Mutex::new(HashMap::new()) }
    }
}

fn here(name: &str) -> Option<&'static Component> {
    all().ok()?.iter().find(|component| component.signature.name == name)
}

impl Catalog for Shipped {
    fn find(&self, component: &graph::Component) -> Found<'_> {
        match here(&component.name).filter(|here| here.signature.version == component.version) {
            Some(here) => Found::Here(&here.signature),
            None => Found::Missing,
        }
    }

    fn newest(&self, name: &str) -> Option<u32> {
        here(name).map(|component| component.signature.version)
    }

    /// Blocks while the engine plans, some milliseconds: on a server, call it off its own threads.
    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<Known, Vec<Objection>> {
        let own = Component::of_template(signature);
        let Some(component) = own.as_ref().or_else(|| here(&signature.name)) else { return Ok(Known::new()) };
        let key = serde_json::to_string(&(signature.id(), &signature.sql, params, inputs)).unwrap_or_default();
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let found = futures::executor::block_on(columns(&self.engine, component, params, inputs));
        let found = found.map_err(|error| vec![Objection { param: None, port: None, message: words(&error) }])?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, found.clone());
        Ok(found)
    }
}
