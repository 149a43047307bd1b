//! Python components as nodes of a workflow on a server.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use tandem_components::{Outputs, flow::FOR_EACH};
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::Engine;
use tandem_flow::{Signature, graph::Component, signature::Kind};
use tandem_python::{Own, Thing};
use tandem_runner::{Effects, Given, Identity};

use super::{Called, Server, call, rows};
use crate::App;

/// How often somebody who waits for a turn looks whether to go on waiting.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the Python components of a workflow, and leaves the rest to another.
pub(crate) struct WithPython {
    python: Arc<Server>,
    engine: Engine,
    /// Bytes that the tables may take that are handed to a component.
    memory: u64,
    own: HashMap<Component, Arc<Own>>,
    rest: Arc<dyn Effects>,
}

impl WithPython {
    pub(crate) fn new(app: &App, own: HashMap<Component, Arc<Own>>, rest: Arc<dyn Effects>) -> Self {
        let (python, engine) = (app.python.clone(), app.engine.clone());
        Self { python, engine, memory: app.config.memory_bytes / 4, own, rest }
    }

    fn own(&self, signature: &Signature) -> Option<&Arc<Own>> {
        self.own.get(&Component::new(&*signature.name, signature.version))
    }

    async fn run(&self, given: Given<'_>) -> Result<Outputs> {
        let own = self.own(given.signature).ok_or_else(|| Error::internal("a component that nobody looked up"))?;
        // Said before anything is read.
        let environment = own.environment().and_then(|environment| self.python.environments.python(environment));
        environment.map_err(|error| absent(&own.runs_in).with_source(error))?;
        self.python.examine().await.map_err(lasting)?;
        let waited = self.python.turn();
        tokio::pin!(waited);
        let turn = loop {
            given.cancel.check()?;
            if let Ok(turn) = tokio::time::timeout(LOOK, &mut waited).await {
                break turn?;
            }
        };
        let mut inputs: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
        for (port, tables) in given.tables {
            for table in tables {
                let (schema, batches) = rows(&self.engine, given.plan, table, self.memory, given.cancel).await?;
                inputs.entry(port.clone()).or_default().push(Thing::Table { schema, batches });
            }
        }
        let called = Called {
            own: own.clone(),
            environments: self.python.environments.clone(),
            wall: Some(self.python.wall.clone()),
            inputs,
            params: given.params.clone(),
            seed: given.seed,
        };
        let (outputs, log) = call(called, given.cancel).await?;
        drop(turn);
        if !log.is_empty() {
            given.watch.log(given.id, &log);
        }
        outputs.map_err(lasting)
    }
}

/// What isn't there on a machine isn't there when the run is tried again.
fn lasting(error: Error) -> Error {
    match error.code() {
        ErrorCode::Unavailable => {
            let message = error.message().to_owned();
            Error::new(ErrorCode::StateConflict, message).with_source(error)
        }
        _ => error,
    }
}

/// Said in words that name no folder of the server.
fn absent(environment: &str) -> Error {
    Error::new(
        ErrorCode::StateConflict,
        format!(
            "The environment “{environment}” is not there on this server. Whoever runs the server makes it with: tandem \
             component environment {environment}.lock --data FOLDER"
        ),
    )
}

impl Effects for WithPython {
    fn act<'a>(&'a self, given: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        match given.signature.kind {
            Kind::Python => Box::pin(self.run(given)),
            _ => self.rest.act(given),
        }
    }

    fn identity(&self, signature: &Signature) -> Option<Identity> {
        let environment = |own: &Own| own.environment().ok().map(|environment| environment.digest.clone());
        match self.own(signature) {
            Some(own) => Some(Identity { content: own.content.clone(), environment: environment(own) }),
            // It runs one of them, which may stand deep inside of what its parameter names.
            None if signature.name == FOR_EACH && !self.own.is_empty() => {
                let mut all: Vec<_> = self.own.values().map(|own| (own.content.as_str(), environment(own))).collect();
                all.sort();
                Some(Identity { content: format!("{all:?}"), environment: None })
            }
            None => self.rest.identity(signature),
        }
    }
}
