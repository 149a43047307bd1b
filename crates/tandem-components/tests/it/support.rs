//! An engine, and components run over small tables.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::Schema,
    util::display::array_value_to_string,
};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use tandem_components::{
    Ask, Body, Component, Outputs, Table,
    columns::{schema_of, type_of},
    find,
    functions::functions,
};
use tandem_core::{Cancel, Error, Result, SystemClock};
use tandem_engine::{AccessPlan, Engine, EngineOptions, TableAccess, TableRef, TableSource};
use tandem_flow::{
    Column, ColumnKind, Columns, PortColumns,
    params::{Schema as Params, settle},
    signature::{ExampleInput, ExampleTable},
};
use tandem_report::Section;
use tandem_science::model::Trained;

use crate::host::{Point, perform};

pub(crate) struct Bench {
    pub(crate) engine: Engine,
    _folder: tempfile::TempDir,
}

/// What came out of a port.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<String>,
}

pub(crate) type Inputs = BTreeMap<String, Vec<ExampleTable>>;

/// One table for the port `table`.
pub(crate) fn one(table: ExampleTable) -> Inputs {
    [("table".to_owned(), vec![table])].into()
}

/// Columns by `name` and kind.
pub(crate) fn table(columns: &[(&str, ColumnKind)], rows: Vec<Vec<Value>>) -> ExampleTable {
    ExampleTable { columns: columns.iter().map(|(name, kind)| Column::new(*name, *kind)).collect(), rows }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let options = EngineOptions { folder: folder.path().into(), memory_bytes: 1 << 28, threads: 2 };
        let engine = Engine::open_with(&options, Arc::new(SystemClock), &functions()).unwrap();
        Self { engine, _folder: folder }
    }

    /// What a component makes of tables at one of its ports.
    pub(crate) async fn run(&self, name: &str, port: &str, params: &Value, inputs: &Inputs) -> Result<Output> {
        self.run_seeded(name, port, params, inputs, 42).await
    }

    pub(crate) async fn run_seeded(
        &self,
        name: &str,
        port: &str,
        params: &Value,
        inputs: &Inputs,
        seed: u64,
    ) -> Result<Output> {
        self.give(name, port, params, &Given::of(inputs), seed).await
    }

    /// The table of a port, whatever the component.
    pub(crate) async fn give(
        &self,
        name: &str,
        port: &str,
        params: &Value,
        given: &Given,
        seed: u64,
    ) -> Result<Output> {
        let component: &Component = find(name)?;
        if let Body::Rows(_) = component.body {
            let (mut outputs, _) = self.perform(name, params, given, seed)?;
            let table = outputs.remove(port).ok_or_else(|| Error::not_found("the output port"))?;
            let (schema, batches) = table.into_table()?;
            return Ok(Output::of("", &schema, batches));
        }
        let (plan, tables) = given.plan();
        let params = settled(component, params, &given.columns())?;
        let ask = Ask { params: &params, inputs: &tables, seed };
        let answer = match component.probe(&ask)? {
            Some(text) => self.query(&plan, &text).await?.rows,
            None => Vec::new(),
        };
        let text = component.text(port, &ask, &answer)?;
        self.query(&plan, &text).await
    }

    /// All that a component that reads rows gives, and the points that it drew.
    pub(crate) fn perform(
        &self,
        name: &str,
        params: &Value,
        given: &Given,
        seed: u64,
    ) -> Result<(Outputs, Vec<Point>)> {
        let component: &Component = find(name)?;
        let (plan, tables) = given.plan();
        let params = settled(component, params, &given.columns())?;
        let ask = Ask { params: &params, inputs: &tables, seed };
        perform(&self.engine, component, (&plan, &ask), given, Cancel::new())
    }

    /// What is connected in an example; what other components make is made.
    pub(crate) fn given<'a>(&'a self, inputs: &'a BTreeMap<String, Vec<ExampleInput>>) -> BoxFuture<'a, Given> {
        Box::pin(async move {
            let mut given = Given::default();
            for (port, inputs) in inputs {
                for input in inputs {
                    match input {
                        ExampleInput::Table(table) => given.table(port, Connected::of(table)),
                        ExampleInput::Made { component, output, params, inputs } => {
                            let before = self.given(inputs).await;
                            let params = Value::Object(params.clone());
                            let (mut made, _) = self.perform(component, &params, &before, 42).unwrap();
                            match made.remove(output).unwrap() {
                                tandem_components::Output::Model(model) => {
                                    given.models.insert(port.clone(), model);
                                }
                                tandem_components::Output::Report(page) => {
                                    given.reports.entry(port.clone()).or_default().push(page);
                                }
                                other => panic!("an example is made of {other:?}"),
                            }
                        }
                        ExampleInput::Value { value } => {
                            given.values.entry(port.clone()).or_default().push(value.clone());
                        }
                        other => panic!("an example is made of {other:?}"),
                    }
                }
            }
            given
        })
    }

    async fn query(&self, plan: &AccessPlan, text: &str) -> Result<Output> {
        let told = |error: Error| {
            let message = format!("{}\n{text}", error.message());
            Error::new(error.code(), message)
        };
        let stream = self.engine.query(plan, text, &Cancel::new()).await.map_err(told)?;
        let schema = stream.schema();
        let (batches, _) = stream.collect().await.map_err(told)?;
        Ok(Output::of(text, &schema, batches))
    }
}

impl Output {
    fn of(text: &str, schema: &Schema, batches: Vec<RecordBatch>) -> Self {
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        Self { text: text.to_owned(), columns, rows: lines(&batches) }
    }
}

/// A table that is connected.
pub(crate) struct Connected {
    pub(crate) columns: Vec<Column>,
    pub(crate) batches: Vec<RecordBatch>,
}

impl Connected {
    pub(crate) fn of(table: &ExampleTable) -> Self {
        Self { columns: table.columns.clone(), batches: batches(table) }
    }
}

/// What is connected to a component.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) tables: BTreeMap<String, Vec<Connected>>,
    pub(crate) models: BTreeMap<String, Arc<Trained>>,
    pub(crate) reports: BTreeMap<String, Vec<Section>>,
    pub(crate) values: BTreeMap<String, Vec<Value>>,
}

impl Given {
    pub(crate) fn of(inputs: &Inputs) -> Self {
        let mut given = Self::default();
        for (port, tables) in inputs {
            tables.iter().for_each(|table| given.table(port, Connected::of(table)));
        }
        given
    }

    pub(crate) fn table(&mut self, port: &str, table: Connected) {
        self.tables.entry(port.to_owned()).or_default().push(table);
    }

    /// The columns of all tables.
    pub(crate) fn columns(&self) -> PortColumns {
        let known = |tables: &Vec<Connected>| tables.iter().map(|t| Columns::Known(t.columns.clone())).collect();
        self.tables.iter().map(|(port, tables)| (port.clone(), known(tables))).collect()
    }

    fn plan(&self) -> (AccessPlan, BTreeMap<String, Vec<Table>>) {
        let (mut plan, mut tables) = (AccessPlan::new("test"), BTreeMap::new());
        for (port, connected) in &self.tables {
            for (at, input) in connected.iter().enumerate() {
                let name = format!("{port} {at}");
                let source = TableSource::Memory { schema: schema_of(&input.columns), batches: input.batches.clone() };
                plan = plan.with_table(TableRef::latest(&name), TableAccess::full(source));
                let table = Table { name, columns: input.columns.clone() };
                tables.entry(port.clone()).or_insert_with(Vec::new).push(table);
            }
        }
        (plan, tables)
    }
}

/// The parameters as they count.
pub(crate) fn settled(component: &Component, params: &Value, inputs: &PortColumns) -> Result<Map<String, Value>> {
    let schema = component.signature.schema();
    let given = params.as_object().cloned().unwrap_or_default();
    settle(Params::new(&schema), &given, inputs).into_result()
}

pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let cell = |column: &ArrayRef, at: usize| match column.is_null(at) {
        true => "∅".to_owned(),
        false => array_value_to_string(column, at).unwrap(),
    };
    let row = |batch: &RecordBatch, at: usize| {
        batch.columns().iter().map(|column| cell(column, at)).collect::<Vec<_>>().join(" | ")
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|at| row(batch, at)).collect::<Vec<_>>()).collect()
}

/// The rows in two batches, so that two threads have something to do.
pub(crate) fn batches(table: &ExampleTable) -> Vec<RecordBatch> {
    let array = |(at, column): (usize, &Column)| array(column, table.rows.iter().map(|row| &row[at]).collect());
    let columns: Vec<ArrayRef> = table.columns.iter().enumerate().map(array).collect();
    let all = RecordBatch::try_new(schema_of(&table.columns), columns).unwrap();
    let half = all.num_rows() / 2;
    vec![all.slice(0, half), all.slice(half, all.num_rows() - half)]
}

fn array(column: &Column, values: Vec<&Value>) -> ArrayRef {
    let plain: ArrayRef = match column.kind {
        ColumnKind::Integer => Arc::new(values.iter().map(|value| value.as_i64()).collect::<Int64Array>()),
        ColumnKind::Number => Arc::new(values.iter().map(|value| value.as_f64()).collect::<Float64Array>()),
        ColumnKind::Boolean => Arc::new(values.iter().map(|value| value.as_bool()).collect::<BooleanArray>()),
        _ => {
            let text = |value: &Value| match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            Arc::new(values.iter().map(|value| text(value)).collect::<StringArray>())
        }
    };
    cast(&plain, &type_of(column.kind)).unwrap()
}
