//! An engine, a folder of results, and a table of orders.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use serde_json::{Map, Value, json};
use tandem_components::{Outputs, Shipped, columns::columns_of, functions::functions};
use tandem_core::{Cancel, Error, ErrorCode, Result, SystemClock};
use tandem_engine::{Engine, EngineOptions, Limits, TableAccess, TableSource};
use tandem_flow::{Workflow, check::Catalog, graph::NodeId, plan::Budget};
use tandem_runner::{Effects, Given, Job, NodeEnd, Ran, Results, Runner, Source, Stored, Watch, run};

pub(crate) struct Bench {
    pub(crate) runner: Runner,
    engine: Engine,
    pub(crate) folder: tempfile::TempDir,
}

/// Notes which nodes began.
#[derive(Default)]
pub(crate) struct Began(pub(crate) Mutex<Vec<String>>);

impl Watch for Began {
    fn started(&self, node: &NodeId) {
        self.0.lock().unwrap().push(node.to_string());
    }
}

struct Nothing;

impl Effects for Nothing {
    fn act<'a>(&'a self, _: Given<'a>) -> futures::future::BoxFuture<'a, Result<Outputs>> {
        Box::pin(async { Err(Error::new(ErrorCode::InvalidRequest, "nothing can be done here")) })
    }
}

/// Orders of three cities, so many rows.
pub(crate) fn orders(rows: i64) -> Source {
    let cities = ["上海", "北京", "广州"];
    let at = |n: i64| usize::try_from(n % 3).unwrap();
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let city: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(|n| cities[at(n)])));
    let amount: ArrayRef = Arc::new(Float64Array::from_iter_values((0..rows).map(|n| n as f64 / 4.0)));
    let batch = RecordBatch::try_from_iter([("id", ids), ("city", city), ("amount", amount)]).unwrap();
    let source = TableSource::Memory { schema: batch.schema(), batches: vec![batch.clone()] };
    Source { access: TableAccess::full(source), columns: columns_of(&batch.schema()), digest: format!("orders {rows}") }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let options = EngineOptions { folder: folder.path().into(), memory_bytes: 1 << 28, threads: 2 };
        let engine = Engine::open_with(&options, Arc::new(SystemClock), &functions()).unwrap();
        let results = Results::open(&folder.path().join("results")).unwrap();
        let runner = Runner::new(engine.clone(), results, Budget::new(1 << 28, 2), Limits::default());
        Self { runner, engine, folder }
    }

    pub(crate) async fn run(&self, job: Job) -> (Ran, Vec<String>) {
        let began = Arc::new(Began::default());
        let catalog: Arc<dyn Catalog + Send + Sync> = Arc::new(Shipped::new(self.engine.clone()));
        let ran = run(&self.runner, job, &catalog, began.clone(), &Cancel::new()).await.unwrap();
        let began = began.0.lock().unwrap().clone();
        (ran, began)
    }

    /// What came out of a port.
    pub(crate) fn stored(&self, ran: &Ran, node: &str, port: &str) -> Stored {
        self.runner.results().get(&ran.digests[&NodeId::new(node)], port).unwrap().stored
    }

    /// Every file that is kept.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut open = vec![self.folder.path().join("results")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { files.push(path) }
            }
        }
        files
    }
}

/// `id: component {params}` and `from.port > to.port`, as a workflow whose input `orders` feeds `into`.
pub(crate) fn job(nodes: &[(&str, &str, Value)], edges: &[(&str, &str)], into: &[&str]) -> Job {
    let port = |written: &str| {
        let (node, port) = written.split_once('.').unwrap();
        json!({"node": node, "port": port})
    };
    let nodes: Map<String, Value> = nodes
        .iter()
        .map(|(id, component, params)| {
            let node =
                json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
            ((*id).to_owned(), node)
        })
        .collect();
    let edges: Map<String, Value> = edges
        .iter()
        .enumerate()
        .map(|(at, (from, to))| (format!("e{at}"), json!({"from": port(from), "to": port(to)})))
        .collect();
    let to: Vec<Value> = into.iter().map(|written| port(written)).collect();
    let document = json!({"format": 1, "nodes": nodes, "edges": edges, "inputs": {"orders": {"to": to}}});
    Job {
        workflow: Workflow::read(&document.to_string()).unwrap(),
        params: Map::new(),
        seed: 42,
        inputs: BTreeMap::from([("orders".to_owned(), orders(3000))]),
        sources: BTreeMap::new(),
        models: BTreeMap::new(),
        until: BTreeSet::new(),
        effects: Arc::new(Nothing),
    }
}

/// Rows of each table of a node.
pub(crate) fn rows(end: &NodeEnd) -> Vec<(&str, u64)> {
    end.rows.iter().map(|(port, rows)| (port.as_str(), *rows)).collect()
}
