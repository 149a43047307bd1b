//! An engine, and components run over small tables.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray},
    compute::cast,
    util::display::array_value_to_string,
};
use serde_json::{Map, Value};
use tandem_components::{
    Ask, Component, Table,
    columns::{schema_of, type_of},
    find,
    functions::functions,
};
use tandem_core::{Cancel, Result, SystemClock};
use tandem_engine::{AccessPlan, Engine, EngineOptions, TableAccess, TableRef, TableSource};
use tandem_flow::{
    Column, ColumnKind, Columns, PortColumns,
    params::{Schema as Params, settle},
    signature::ExampleTable,
};

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
        let component: &Component = find(name)?;
        let (mut plan, mut tables) = (AccessPlan::new("test"), BTreeMap::new());
        for (port, connected) in inputs {
            for (at, input) in connected.iter().enumerate() {
                let name = format!("{port} {at}");
                let source = TableSource::Memory { schema: schema_of(&input.columns), batches: batches(input) };
                plan = plan.with_table(TableRef::latest(&name), TableAccess::full(source));
                let table = Table { name, columns: input.columns.clone() };
                tables.entry(port.clone()).or_insert_with(Vec::new).push(table);
            }
        }
        let params = settled(component, params, inputs)?;
        let ask = Ask { params: &params, inputs: &tables, seed };
        let answer = match component.probe(&ask)? {
            Some(text) => self.query(&plan, &text).await?.rows,
            None => Vec::new(),
        };
        let text = component.text(port, &ask, &answer)?;
        self.query(&plan, &text).await
    }

    async fn query(&self, plan: &AccessPlan, text: &str) -> Result<Output> {
        let told = |error: tandem_core::Error| {
            let message = format!("{}\n{text}", error.message());
            tandem_core::Error::new(error.code(), message)
        };
        let stream = self.engine.query(plan, text, &Cancel::new()).await.map_err(told)?;
        let columns = stream.schema().fields().iter().map(|field| field.name().clone()).collect();
        let (batches, _) = stream.collect().await.map_err(told)?;
        Ok(Output { text: text.to_owned(), columns, rows: lines(&batches) })
    }
}

/// The parameters as they count.
pub(crate) fn settled(component: &Component, params: &Value, inputs: &Inputs) -> Result<Map<String, Value>> {
    let known = |tables: &Vec<ExampleTable>| tables.iter().map(|t| Columns::Known(t.columns.clone())).collect();
    let known: PortColumns = inputs.iter().map(|(port, tables)| (port.clone(), known(tables))).collect();
    let schema = component.signature.schema();
    let given = params.as_object().cloned().unwrap_or_default();
    settle(Params::new(&schema), &given, &known).into_result()
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
