//! Components of a person's own beside those that ship, and how they are run over files.

use std::{collections::BTreeMap, sync::Arc};

use futures::future::BoxFuture;
use serde_json::{Map, Value};
use tandem_components::{Outputs, Shipped};
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::Engine;
use tandem_flow::{
    Columns, PortColumns, Signature,
    check::{Catalog, Found, Objection},
    graph::Component,
    signature::Kind,
};
use tandem_python::{Own, Shelf, Thing};
use tandem_runner::{Effects, Given, Identity};

use crate::python::{Called, call, rows};

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
            let (outputs, log) =
                call(called(shelf, own, inputs, given.params.clone(), given.seed), given.cancel).await?;
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

/// A call of a component of a folder.
pub(super) fn called(
    shelf: &Shelf,
    own: &Arc<Own>,
    inputs: BTreeMap<String, Vec<Thing>>,
    params: Map<String, Value>,
    seed: u64,
) -> Called {
    let (environments, wall) = (shelf.environments.clone(), shelf.wall.clone());
    Called { own: Arc::clone(own), environments, wall, inputs, params, seed }
}
