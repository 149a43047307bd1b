//! One call of a component: the rows that it is given, and what it gives.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use futures::StreamExt;
use serde_json::{Map, Value};
use tandem_components::{Output, Outputs, sql::ident, sql::idents};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tandem_engine::{AccessPlan, Engine};
use tandem_python::{Call, Environments, Own, Thing, Wall};

use crate::files::ipc;

/// A component that is called.
pub(crate) struct Called {
    /// The component.
    pub(crate) own: Arc<Own>,
    /// Where environments are.
    pub(crate) environments: Environments,
    /// The wall behind which it runs, if any.
    pub(crate) wall: Option<Wall>,
    /// What is connected, by input port.
    pub(crate) inputs: BTreeMap<String, Vec<Thing>>,
    /// Its parameters, settled.
    pub(crate) params: Map<String, Value>,
    /// The seed of everything random.
    pub(crate) seed: u64,
}

/// Calls a component; what it printed comes with whatever became of it.
///
/// # Errors
/// `internal`. Those of the component are in the answer.
pub(crate) async fn call(called: Called, cancel: &Cancel) -> Result<(Result<Outputs>, String)> {
    let cancel = cancel.clone();
    let work = move || {
        let Called { own, environments, wall, inputs, params, seed } = called;
        let call = Call { own: &own, environments: &environments, inputs, params: &params, seed, wall: wall.as_ref() };
        tandem_python::call(call, &cancel)
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    let outputs = done.outputs.and_then(|things| {
        let output = |(port, thing)| Ok((port, output(thing)?));
        things.into_iter().map(output).collect::<Result<Outputs>>()
    });
    Ok((outputs, done.log.text()))
}

/// What a component gave, its texts in the one form that the engine's functions know.
fn output(thing: Thing) -> Result<Output> {
    Ok(match thing {
        Thing::Value(value) => Output::Value(value),
        Thing::Table { schema, batches } => {
            let schema = ipc::plain_schema(&schema);
            let plain = |batch: &RecordBatch| ipc::plain_batch(&schema, batch);
            let batches = batches.iter().map(plain).collect::<Result<_, _>>().map_err(Error::internal)?;
            Output::Table { schema, batches }
        }
    })
}

/// The rows of a table in an order that they decide themselves.
///
/// # Errors
/// `memory_limit`, and those of the query.
pub(crate) async fn rows(
    engine: &Engine,
    plan: &AccessPlan,
    table: &str,
    memory: u64,
    cancel: &Cancel,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let table = ident(table);
    let schema = engine.query(plan, &format!("SELECT * FROM {table}"), cancel).await?.schema();
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let names = idents(&names);
    let text = format!("SELECT {names} FROM {table} ORDER BY row_hash({names}), {names}");
    let mut rows = engine.query(plan, &text, cancel).await?.into_batches();
    let (mut batches, mut bytes) = (Vec::new(), 0);
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        bytes += batch.get_array_memory_size() as u64;
        if bytes > memory {
            return Err(Error::new(
                ErrorCode::MemoryLimit,
                format!(
                    "This component reads its rows into memory, and they take more than {} MB. Choose fewer columns, or sample before it.",
                    memory >> 20
                ),
            ));
        }
        batches.push(batch);
    }
    Ok((schema, batches))
}
