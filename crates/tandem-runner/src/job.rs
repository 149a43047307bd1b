//! What is to be run, and what it may read and do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use serde_json::{Map, Value};
use tandem_components::Outputs;
use tandem_core::{Cancel, Result};
use tandem_engine::{AccessPlan, TableAccess};
use tandem_flow::{
    Column, Columns, Signature, Workflow,
    check::{self, Catalog},
    digest::{Digest, World, digests},
    graph::{Node, NodeId},
};
use tandem_report::Section;
use tandem_science::model::Trained;

use crate::Watch;

/// A table from outside, as whoever runs the workflow may see it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where its rows are, and what of them is to be seen.
    pub access: TableAccess,
    /// Its columns, as they are to be seen.
    pub columns: Vec<Column>,
    /// What decides its rows: the content of a version, and the view of it.
    pub digest: String,
}

/// A workflow with everything that it is given.
#[derive(Clone)]
pub struct Job {
    /// The workflow, its packages expanded.
    pub workflow: Workflow,
    /// Its parameters.
    pub params: Map<String, Value>,
    /// The seed of everything random.
    pub seed: u64,
    /// The tables of its inputs, by name.
    pub inputs: BTreeMap<String, Source>,
    /// The tables of its sources, by node and output port.
    pub sources: BTreeMap<NodeId, BTreeMap<String, Source>>,
    /// What decides the model of each node that reads one; who does it hands it over.
    pub models: BTreeMap<NodeId, String>,
    /// Run these and what they need; all where empty.
    pub until: BTreeSet<NodeId>,
    /// Who does what components do to the world.
    pub effects: Arc<dyn Effects>,
}

impl fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("id", self.id).field("params", self.params).finish_non_exhaustive()
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("workflow", &self.workflow).field("until", &self.until).finish_non_exhaustive()
    }
}

/// What decides what a component does that doesn't ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The digest of its code.
    pub content: String,
    /// The digest of the environment in which it runs.
    pub environment: Option<String>,
}

/// What a node that acts on the world is given.
pub struct Given<'a> {
    /// The node.
    pub id: &'a NodeId,
    /// Its component.
    pub signature: &'a Signature,
    /// Its parameters, settled.
    pub params: &'a Map<String, Value>,
    /// Its tables by input port, as names in `plan`.
    pub tables: &'a BTreeMap<String, Vec<String>>,
    /// They, and nothing else.
    pub plan: &'a AccessPlan,
    /// The seed of everything random.
    pub seed: u64,
    /// Who follows the run.
    pub watch: &'a dyn Watch,
    /// Its models by input port.
    pub models: &'a BTreeMap<String, Vec<Arc<Trained>>>,
    /// Its values by input port.
    pub values: &'a BTreeMap<String, Vec<Value>>,
    /// Its pages by input port.
    pub reports: &'a BTreeMap<String, Vec<Section>>,
    /// The request to stop.
    pub cancel: &'a Cancel,
}

/// Does what the components do that run outside of the engine: those that write
/// datasets and models, those that read models, and those that call or notify.
pub trait Effects: Send + Sync {
    /// Does it, and gives what goes out of its ports.
    fn act<'a>(&'a self, given: Given<'a>) -> futures::future::BoxFuture<'a, Result<Outputs>>;

    /// What decides what a component does; nothing for one that ships, which its name and version say.
    fn identity(&self, _signature: &Signature) -> Option<Identity> {
        None
    }
}

/// The digests of a job, and the columns that its checks begin with.
pub(crate) struct Outside<'a>(pub(crate) &'a Job);

impl Outside<'_> {
    pub(crate) fn given(&self) -> check::Given {
        let columns = |source: &Source| Columns::Known(source.columns.clone());
        check::Given {
            params: self.0.params.clone(),
            inputs: self.0.inputs.iter().map(|(name, source)| (name.clone(), columns(source))).collect(),
        }
    }

    pub(crate) fn digests(&self, catalog: &dyn Catalog) -> BTreeMap<NodeId, Digest> {
        digests(&self.0.workflow, catalog, &self.given(), self, self.0.seed)
    }
}

impl World for Outside<'_> {
    fn component(&self, signature: &Signature) -> String {
        if let Some(sql) = &signature.sql {
            return format!("sql={sql}");
        }
        // What ships is known by its name and version.
        self.0.effects.identity(signature).map_or_else(|| "builtin".to_owned(), |identity| identity.content)
    }

    fn source(&self, node: &Node, _signature: &Signature) -> Option<String> {
        // Nodes are told apart by their place in the document.
        let (id, _) = self.0.workflow.nodes.iter().find(|(_, other)| std::ptr::eq(*other, node))?;
        if let Some(model) = self.0.models.get(id) {
            return Some(model.clone());
        }
        let sources = self.0.sources.get(id)?;
        Some(sources.iter().map(|(port, source)| format!("{port}={}", source.digest)).collect::<Vec<_>>().join(";"))
    }

    fn input(&self, name: &str) -> Option<String> {
        self.0.inputs.get(name).map(|source| source.digest.clone())
    }

    fn environment(&self, signature: &Signature) -> Option<String> {
        self.0.effects.identity(signature)?.environment
    }
}
