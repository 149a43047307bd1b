//! Python components as nodes of a workflow on a server.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use tandem_components::{Outputs, flow::FOR_EACH};
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::Engine;
use tandem_flow::{Signature, graph::Component, signature::Kind};
use tandem_python::{CODE, Own, PYTHON, Thing};
use tandem_runner::{Effects, Given, Identity};

use super::{Called, Server, call, code, rows};
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
    /// The texts that stand in nodes, which alone are run as code.
    codes: BTreeSet<String>,
    rest: Arc<dyn Effects>,
}

impl WithPython {
    /// Runs `own` by their names, and what stands in nodes themselves (`codes`).
    ///
    /// # Errors
    /// `internal`.
    pub(crate) fn new(
        app: &App,
        mut own: HashMap<Component, Arc<Own>>,
        codes: BTreeSet<String>,
        rest: Arc<dyn Effects>,
    ) -> Result<Self> {
        let (python, engine) = (app.python.clone(), app.engine.clone());
        if !codes.is_empty() {
            let free = python.free()?;
            own.insert(Component::new(&*free.signature.name, free.signature.version), Arc::new(free));
        }
        Ok(Self { python, engine, memory: app.config.memory_bytes / 4, own, codes, rest })
    }

    fn own(&self, signature: &Signature) -> Option<&Arc<Own>> {
        self.own.get(&Component::new(&*signature.name, signature.version))
    }

    async fn run(&self, given: Given<'_>) -> Result<Outputs> {
        let own = self.own(given.signature).ok_or_else(|| Error::internal("a component that nobody looked up"))?;
        if given.signature.name == PYTHON
            && !given.params.get(CODE).and_then(|code| code.as_str()).is_some_and(|code| self.codes.contains(code))
        {
            return Err(Error::new(ErrorCode::InvalidParameter, code::elsewhere().en));
        }
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
