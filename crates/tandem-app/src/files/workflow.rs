//! A workflow over files, without a server.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tandem_components::{columns::columns_of, functions::functions};
use tandem_core::{Cancel, Clock, Error, ErrorCode, Progress, Result, SystemClock, Text};
use tandem_engine::{AccessPlan, Batches, Engine, EngineOptions, Limits, TableAccess, TableRef};
use tandem_flow::{
    Columns, Digest, Signature, Workflow,
    check::{self, Catalog, Problem},
    graph::{self, NodeId, Wiring},
    plan::{Budget, Outcome},
    signature::PortKind,
};
use tandem_python::Shelf;
use tandem_report::{Provenance, Report, SCHEMA_VERSION, Section};
use tandem_runner::{Job, NodeEnd, Results, Runner, Source, Stored, Watch};

use super::{
    LocalFile,
    own::{FileEffects, Together},
    sql,
};
use crate::{query::plan, workflows::start::require_params};

/// A workflow and the files that it reads.
#[derive(Debug)]
pub struct FileJob {
    /// The workflow.
    pub workflow: Workflow,
    /// What it is called: the name of its file.
    pub name: String,
    /// The files of its inputs, by name.
    pub inputs: Vec<(String, LocalFile)>,
    /// Its parameters.
    pub params: Map<String, Value>,
    /// The seed of everything random.
    pub seed: u64,
    /// Run these nodes and what they need; all where empty.
    pub until: BTreeSet<NodeId>,
    /// Bytes of memory before queries spill.
    pub memory: u64,
    /// Components of the person's own.
    pub own: Option<Arc<Shelf>>,
    /// Where results are kept for the next run; nowhere, where absent.
    pub results: Option<PathBuf>,
}

/// What became of it.
#[derive(Debug)]
pub struct FileRun {
    /// How it ended.
    pub outcome: Outcome,
    /// What became of each node.
    pub nodes: BTreeMap<NodeId, NodeEnd>,
    /// What was wrong before anything ran.
    pub problems: Vec<Problem>,
    /// What came out, by node and port.
    pub outputs: BTreeMap<NodeId, BTreeMap<String, Stored>>,
    workflow: Workflow,
    own: Option<Arc<Shelf>>,
    name: String,
    seed: u64,
    created_at: DateTime<Utc>,
    digests: BTreeMap<NodeId, Digest>,
    results: Results,
    engine: Engine,
    _folder: tempfile::TempDir,
}

/// A table of a run, small enough to be shown whole.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Value,
}

/// Rows of a table that are shown, at most.
const SHOWN: u64 = 1000;

/// An engine with the functions of the components, in a folder of its own.
pub(super) fn engine(memory: u64) -> Result<(tempfile::TempDir, Engine)> {
    let folder = tempfile::Builder::new().prefix("tandem-workflow-").tempdir()?;
    let options = EngineOptions { folder: folder.path().to_owned(), memory_bytes: memory, threads: 0 };
    let engine = Engine::open_with(&options, Arc::new(SystemClock), &functions())?;
    Ok((folder, engine))
}

/// What is wrong with a workflow, as far as the columns of these files tell.
///
/// # Errors
/// `internal` where no temporary folder can be made.
pub fn check_workflow(
    workflow: &Workflow,
    inputs: &[(String, LocalFile)],
    own: Option<Arc<Shelf>>,
) -> Result<Vec<Problem>> {
    let (_folder, engine) = engine(64 << 20)?;
    let columns = |file: &LocalFile| Columns::Known(columns_of(&file.schema()));
    let given = check::Given {
        inputs: inputs.iter().map(|(name, file)| (name.clone(), columns(file))).collect(),
        ..check::Given::default()
    };
    Ok(check::check(workflow, &Together::new(engine, own), &given).problems)
}

/// Runs it to its end.
///
/// # Errors
/// `invalid_request` for a file that no input takes, or an input without a
/// file; those of reading the files. What becomes of nodes is in [`FileRun`].
pub async fn run_workflow(
    job: FileJob,
    progress: Arc<dyn Progress>,
    watch: Arc<dyn Watch>,
    cancel: &Cancel,
) -> Result<FileRun> {
    let (folder, engine) = engine(job.memory)?;
    let mut inputs = BTreeMap::new();
    for (at, (name, file)) in job.inputs.iter().enumerate() {
        if !job.workflow.inputs.contains_key(name) {
            let known: Vec<&str> = job.workflow.inputs.keys().map(String::as_str).collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("The workflow has no input {name}. It has: {}.", known.join(", ")),
            ));
        }
        let digest = file.digest(cancel)?;
        let aside = folder.path().join(format!("{at}.parquet"));
        let source = sql::table(&engine, file, &aside, Arc::clone(&progress), cancel).await?;
        let columns = columns_of(&file.schema());
        inputs.insert(name.clone(), Source { access: TableAccess::full(source.0), columns, digest });
    }
    if let Some(missing) = job.workflow.inputs.keys().find(|name| !inputs.contains_key(*name)) {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            format!("The workflow needs its input {missing}: give --input {missing}=FILE."),
        ));
    }
    let columns = inputs.iter().map(|(name, source)| (name.clone(), vec![Columns::Known(source.columns.clone())]));
    require_params(&job.workflow, &job.params, &columns.collect())?;
    let results = Results::open(&job.results.unwrap_or_else(|| folder.path().join("results")))?;
    let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    let runner = Runner::new(engine.clone(), results.clone(), Budget::new(job.memory, cores), Limits::default());
    let catalog: Arc<dyn Catalog + Send + Sync> = Arc::new(Together::new(engine.clone(), job.own.clone()));
    let workflow = job.workflow.clone();
    let run = Job {
        models: BTreeMap::new(),
        workflow: job.workflow,
        params: job.params,
        seed: job.seed,
        inputs,
        sources: BTreeMap::new(),
        until: job.until,
        effects: Arc::new(FileEffects { engine: engine.clone(), own: job.own.clone(), memory: job.memory }),
    };
    let ran = tandem_runner::run(&runner, run, &catalog, watch, cancel).await?;
    let outputs = ran.digests.iter().filter(|(id, _)| ran.nodes.contains_key(*id)).map(|(id, digest)| {
        let kept = results.known(digest).into_iter().map(|(port, kept)| (port, kept.stored));
        (id.clone(), kept.collect())
    });
    Ok(FileRun {
        outcome: ran.outcome,
        outputs: outputs.collect(),
        nodes: ran.nodes,
        problems: ran.problems,
        workflow,
        own: job.own,
        name: job.name,
        seed: job.seed,
        created_at: SystemClock.now(),
        digests: ran.digests,
        results,
        engine,
        _folder: folder,
    })
}

impl FileRun {
    /// The rows of a kept table.
    ///
    /// # Errors
    /// `not_found` where the node kept no such table.
    pub async fn rows(&self, node: &NodeId, port: &str, limit: Option<u64>) -> Result<Batches> {
        let missing = || Error::new(ErrorCode::NotFound, format!("There is no table {node}.{port}."));
        let digest = self.digests.get(node).ok_or_else(missing)?;
        let Some(Stored::Table { file, .. }) = self.outputs.get(node).and_then(|ports| ports.get(port)) else {
            return Err(missing());
        };
        let table = TableRef::latest("t");
        let plan = AccessPlan::new("command line")
            .with_table(table.clone(), TableAccess::full(self.results.table(digest, file)));
        let rows = self.engine.page(&plan, &table, 0, limit.unwrap_or(plan::ALL), &Cancel::new()).await?;
        Ok(rows.into_batches())
    }

    /// A kept table whole, where it is small.
    ///
    /// # Errors
    /// Those of [`Self::rows`].
    pub async fn shown(&self, node: &NodeId, port: &str) -> Result<Option<Shown>> {
        let Some(Stored::Table { columns, fingerprint, .. }) = self.outputs.get(node).and_then(|p| p.get(port)) else {
            return Ok(None);
        };
        if fingerprint.rows() > SHOWN {
            return Ok(None);
        }
        let batches = self.rows(node, port, Some(SHOWN)).await?.collect().await?;
        let rows = tandem_engine::encode::json_rows(&batches)?;
        let rows = serde_json::from_str(&rows).map_err(Error::internal)?;
        Ok(Some(Shown { columns: columns.iter().map(|column| column.name.clone()).collect(), rows }))
    }

    /// What became of each node, in the order of the graph.
    pub fn in_order(&self) -> impl Iterator<Item = (&NodeId, &NodeEnd)> {
        let wiring = Wiring::new(&self.workflow);
        let order: BTreeMap<&NodeId, usize> = wiring.order().iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut nodes: Vec<_> = self.nodes.iter().collect();
        nodes.sort_by_key(|(id, _)| order.get(id).copied().unwrap_or(usize::MAX));
        nodes.into_iter()
    }

    fn signature(&self, component: &graph::Component) -> Option<&Signature> {
        match self.own.as_ref().and_then(|own| own.get(component)) {
            Some(own) => Some(&own.signature),
            None => tandem_components::find(&component.name).ok().map(|component| &component.signature),
        }
    }

    /// The title of a node, as people call it.
    pub fn title(&self, id: &NodeId) -> Text {
        let Some(node) = self.workflow.nodes.get(id) else { return Text::new(id.as_str(), id.as_str()) };
        match (&node.label, self.signature(&node.component)) {
            (Some(label), _) => label.text().clone(),
            (None, Some(signature)) => signature.title.clone(),
            (None, None) => Text::new(id.as_str(), id.as_str()),
        }
    }

    /// The pages of all nodes as one document, in the order of the graph.
    pub fn report(&self) -> Report {
        let wiring = Wiring::new(&self.workflow);
        let pages = |only: &dyn Fn(&NodeId) -> bool| -> Vec<Section> {
            let nodes = wiring.order().iter().filter(|id| only(id));
            let nodes = nodes.filter_map(|id| self.outputs.get(*id).map(|ports| (*id, ports)));
            nodes
                .flat_map(|(id, ports)| {
                    ports.iter().filter_map(move |(port, stored)| match stored {
                        Stored::Report { section } => Some(Section { id: format!("{id}-{port}"), ..section.clone() }),
                        _ => None,
                    })
                })
                .collect()
        };
        // Where somebody put a report together, it says what is to be handed on.
        let put_together = pages(&|id| {
            self.workflow.nodes.get(id).is_some_and(|node| node.component.name == tandem_components::data::REPORT)
        });
        let own = match put_together.as_slice() {
            [one] => Some(one.title.clone()),
            _ => None,
        };
        let sections = if put_together.is_empty() { pages(&|_| true) } else { put_together };
        let done = self.nodes.values().filter(|end| end.state.is_final() && end.error.is_none()).count();
        let name = self.name.as_str();
        Report {
            schema_version: SCHEMA_VERSION,
            scenario: "workflow".to_owned(),
            title: own.unwrap_or_else(|| Text::new(name, name)),
            subtitle: Text::new(
                format!("{done} of {} nodes", self.nodes.len()),
                format!("{} 个节点中的 {done} 个", self.nodes.len()),
            ),
            created_at: self.created_at,
            answer: Text::new("", ""),
            headline: Vec::new(),
            warnings: Vec::new(),
            sections,
            provenance: Provenance {
                run: None,
                inputs: Vec::new(),
                params: Vec::new(),
                engine: concat!("tandem ", env!("CARGO_PKG_VERSION")).to_owned(),
                seed: self.seed,
                digest: None,
            },
        }
    }

    /// Output ports of the workflow that are tables: name → node and port.
    pub fn tables(&self) -> BTreeMap<String, (NodeId, String)> {
        let catalog = |node: &NodeId, port: &str| {
            let signature = self.signature(&self.workflow.nodes.get(node)?.component)?;
            Some(signature.output(port)?.kind == PortKind::Table)
        };
        let tables = self
            .workflow
            .outputs
            .iter()
            .filter(|(_, output)| catalog(&output.from.node, &output.from.port) == Some(true));
        tables.map(|(name, output)| (name.clone(), (output.from.node.clone(), output.from.port.clone()))).collect()
    }
}

/// Reads a workflow's document.
///
/// # Errors
/// `not_found`, and those of [`Workflow::read`].
pub fn read_workflow(path: &Path) -> Result<Workflow> {
    let json = std::fs::read_to_string(path).map_err(|error| super::cannot_open(path, error))?;
    Workflow::read(&json)
}

/// The components that ship, newest version of each, in the order of the palette.
///
/// # Errors
/// `internal` where a signature is wrong, which the tests rule out.
pub fn shipped() -> Result<impl Iterator<Item = &'static tandem_flow::Signature>> {
    Ok(tandem_components::all()?.iter().map(|component| &component.signature))
}
