//! Components of a person's own beside those that ship, and how they are run over files.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use futures::{StreamExt, future::BoxFuture};
use serde_json::{Map, Value};
use tandem_components::{Output, Outputs, Shipped, sql::ident, sql::idents};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tandem_engine::{AccessPlan, Engine};
use tandem_flow::{
    Columns, PortColumns, Signature,
    check::{Catalog, Found, Objection},
    graph::Component,
    signature::Kind,
};
use tandem_python::{Call, Own, Shelf, Thing};
use tandem_runner::{Effects, Given, Identity};

use super::ipc;

/// Components that ship, and those of a folder.
pub(super) struct Together {
    shipped: Shipped,
    own: Option<Arc<Shelf>>,
}

impl Together {
    pub(super) fn new(engine: Engine, own: Option<Arc<Shelf>>) -> Self {
        Self { shipped: Shipped::new(engine), own }
    }
}

impl Catalog for Together {
    fn find(&self, component: &Component) -> Found<'_> {
        match self.own.as_ref().and_then(|own| own.get(component)) {
            Some(own) => Found::Here(&own.signature),
            None => self.shipped.find(component),
        }
    }

    fn newest(&self, name: &str) -> Option<u32> {
        let own = self.own.as_ref().and_then(|own| own.newest(name));
        own.map(|own| own.signature.version).or_else(|| self.shipped.newest(name))
    }

    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>> {
        match signature.kind {
            // A function's columns are known when it has run.
            Kind::Python => Ok(BTreeMap::new()),
            _ => self.shipped.columns(signature, params, inputs),
        }
    }
}

/// Runs components of a person's own; nothing else that acts can be done without a server.
pub(super) struct FileEffects {
    pub(super) engine: Engine,
    pub(super) own: Option<Arc<Shelf>>,
    /// Bytes that a table may take that is handed to a component.
    pub(super) memory: u64,
}

impl FileEffects {
    fn own(&self, signature: &Signature) -> Option<(&Arc<Shelf>, &Arc<Own>)> {
        let shelf = self.own.as_ref()?;
        Some((shelf, shelf.get(&Component::new(&*signature.name, signature.version))?))
    }
}

impl Effects for FileEffects {
    fn act<'a>(&'a self, given: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(async move {
            let Some((shelf, own)) = self.own(given.signature) else {
                let title = &given.signature.title.en;
                return Err(Error::new(
                    ErrorCode::InvalidRequest,
                    format!("“{title}” needs a server. Run the workflow there, or leave this node out with --until."),
                ));
            };
            let mut inputs: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
            for (port, tables) in given.tables {
                for table in tables {
                    let (schema, batches) = rows(&self.engine, given.plan, table, self.memory, given.cancel).await?;
                    inputs.entry(port.clone()).or_default().push(Thing::Table { schema, batches });
                }
            }
            let (outputs, log) = perform(shelf, own, inputs, given.params.clone(), given.seed, given.cancel).await?;
            if !log.is_empty() {
                given.watch.log(given.id, &log);
            }
            outputs
        })
    }

    fn identity(&self, signature: &Signature) -> Option<Identity> {
        let (_, own) = self.own(signature)?;
        let environment = own.environment().ok().map(|environment| environment.digest.clone());
        Some(Identity { content: own.content.clone(), environment })
    }
}

/// Calls a component; what it printed comes with whatever became of it.
pub(super) async fn perform(
    shelf: &Arc<Shelf>,
    own: &Arc<Own>,
    inputs: BTreeMap<String, Vec<Thing>>,
    params: Map<String, Value>,
    seed: u64,
    cancel: &Cancel,
) -> Result<(Result<Outputs>, String)> {
    let (shelf, own, cancel) = (Arc::clone(shelf), Arc::clone(own), cancel.clone());
    let work = move || {
        let environments = &shelf.environments;
        tandem_python::call(Call { own: &own, environments, inputs, params: &params, seed }, &cancel)
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
pub(super) async fn rows(
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
