//! One component over files, without a server: what a notebook's cell asks for.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::SchemaRef,
};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tandem_components::{
    Ask, Body, Component, Host, Output, Outputs, Table, columns::columns_of, sql::ident, sql::idents,
};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tandem_engine::{AccessPlan, Engine, TableAccess, TableRef};
use tandem_flow::{
    Columns, PortColumns, Signature, graph,
    params::{Schema, settle},
    signature::{Port, PortKind},
};
use tandem_python::{Own, Shelf, Thing};
use tandem_report::Section;
use tandem_science::{model::Trained, work::Work};
use tokio::runtime::Handle;

use super::{LocalFile, own::called, sql, workflow};
use crate::python::{call, rows};

/// A component and the files that it reads.
#[derive(Debug)]
pub struct ComponentJob {
    /// Its name.
    pub name: String,
    /// Its version, where it must be this one.
    pub version: Option<u32>,
    /// Files by input port; several of one port in their order. Tables are any
    /// file that holds one, everything else is JSON.
    pub inputs: Vec<(String, PathBuf)>,
    /// Its parameters.
    pub params: Map<String, Value>,
    /// The seed of everything random.
    pub seed: u64,
    /// Bytes of memory before queries spill, and the most that a table may take.
    pub memory: u64,
    /// Components of the person's own.
    pub own: Option<Arc<Shelf>>,
}

/// What it gave.
#[derive(Debug)]
pub struct ComponentRun {
    /// What went out of each port; a port that isn't there is closed.
    pub outputs: Outputs,
}

/// Told what a component of a person's own printed, whatever became of it.
pub type Printed<'a> = &'a (dyn Fn(&str) + Sync);

/// Runs a component.
///
/// # Errors
/// `not_found` for a component that isn't there in that version; those of reading the files; `invalid_parameter`,
/// `unknown_column` and what else it has against its parameters and tables; `cancelled`.
pub async fn run_component(
    job: ComponentJob,
    progress: Arc<dyn Progress>,
    printed: Printed<'_>,
    cancel: &Cancel,
) -> Result<ComponentRun> {
    let which = find(&job)?;
    let signature = which.signature();
    let (folder, engine) = workflow::engine(job.memory)?;
    let mut given = Given::default();
    for (at, (name, path)) in job.inputs.iter().enumerate() {
        let port = port(signature, name)?;
        match port.kind {
            PortKind::Table => {
                let file = LocalFile::look(path)?;
                let aside = folder.path().join(format!("{at}.parquet"));
                let (source, _) = sql::table(&engine, &file, &aside, Arc::clone(&progress), cancel).await?;
                let tables = given.tables.entry(name.clone()).or_default();
                let table = Table { name: format!("{name} {}", tables.len()), columns: columns_of(&file.schema()) };
                given.plan = std::mem::take(&mut given.plan)
                    .with_table(TableRef::latest(&table.name), TableAccess::full(source));
                tables.push(table);
            }
            PortKind::Model => given.models.entry(name.clone()).or_default().push(Arc::new(json(path)?)),
            PortKind::Report => given.reports.entry(name.clone()).or_default().push(json(path)?),
            PortKind::Value => given.values.entry(name.clone()).or_default().push(json(path)?),
        }
    }
    let params = given.settled(signature, &job.params)?;
    let bench = Bench {
        engine,
        given,
        memory: job.memory,
        handle: Handle::current(),
        progress,
        cancel: cancel.clone(),
        _folder: folder,
    };
    let statement = Component::of_template(signature);
    let component = match (which, statement) {
        (_, Some(statement)) => Cow::Owned(statement),
        (Which::Shipped(component), None) => Cow::Borrowed(component),
        (Which::Own(shelf, own), None) => {
            let mut inputs: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
            for (port, tables) in &bench.given.tables {
                for table in tables {
                    let rows = rows(&bench.engine, &bench.given.plan, &table.name, job.memory, cancel).await?;
                    inputs.entry(port.clone()).or_default().push(Thing::Table { schema: rows.0, batches: rows.1 });
                }
            }
            let (outputs, log) = call(called(&shelf, &own, inputs, params, job.seed), cancel).await?;
            printed(&log);
            return Ok(ComponentRun { outputs: outputs? });
        }
    };
    let outputs = match component.body {
        Body::Query(_) | Body::Queries(_) | Body::Probed { .. } | Body::Template => {
            bench.queries(&component, &params, job.seed).await?
        }
        Body::Rows(function) => {
            let run = tokio::task::spawn_blocking(move || {
                let ask = Ask { params: &params, inputs: &bench.given.tables, seed: job.seed };
                (function.run)(&ask, &bench)
            });
            run.await.map_err(Error::internal)??
        }
        Body::Outside => {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("“{}” reads or writes what a server keeps. Run it there.", component.signature.title.en),
            ));
        }
    };
    Ok(ComponentRun { outputs })
}

/// A component, by who has it.
enum Which {
    Shipped(&'static Component),
    Own(Arc<Shelf>, Arc<Own>),
}

impl Which {
    fn signature(&self) -> &Signature {
        match self {
            Self::Shipped(component) => &component.signature,
            Self::Own(_, own) => &own.signature,
        }
    }
}

fn find(job: &ComponentJob) -> Result<Which> {
    let other = |there: &Signature, version: u32| {
        let message = format!("There is {} and no version {version} of it. Name that one.", there.id());
        Error::new(ErrorCode::NotFound, message)
    };
    if let Some((shelf, newest)) = job.own.as_ref().and_then(|shelf| Some((shelf, shelf.newest(&job.name)?))) {
        let own = match job.version {
            None => newest,
            Some(version) => shelf
                .get(&graph::Component::new(&*job.name, version))
                .ok_or_else(|| other(&newest.signature, version))?,
        };
        return Ok(Which::Own(Arc::clone(shelf), Arc::clone(own)));
    }
    let component = tandem_components::find(&job.name)?;
    match job.version {
        Some(version) if version != component.signature.version => Err(other(&component.signature, version)),
        _ => Ok(Which::Shipped(component)),
    }
}

fn port<'c>(signature: &'c Signature, name: &str) -> Result<&'c Port> {
    signature.input(name).ok_or_else(|| {
        let known: Vec<&str> = signature.inputs.iter().map(|port| port.name.as_str()).collect();
        Error::new(
            ErrorCode::InvalidParameter,
            format!("{} has no input {name}. It has: {}.", signature.name, known.join(", ")),
        )
    })
}

/// A model, page or value as it was written.
fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).map_err(|error| super::cannot_open(path, error))?;
    serde_json::from_slice(&text).map_err(|error| {
        Error::new(
            ErrorCode::MalformedFile,
            format!(
                "{} is not what a component gave for such a port. Give the file as it was written.",
                path.display()
            ),
        )
        .with_source(error)
    })
}

/// What is connected.
#[derive(Debug, Default)]
struct Given {
    plan: AccessPlan,
    tables: BTreeMap<String, Vec<Table>>,
    models: BTreeMap<String, Vec<Arc<Trained>>>,
    reports: BTreeMap<String, Vec<Section>>,
    values: BTreeMap<String, Vec<Value>>,
}

impl Given {
    fn count(&self, port: &Port) -> usize {
        match port.kind {
            PortKind::Table => self.tables.get(&port.name).map_or(0, Vec::len),
            PortKind::Model => self.models.get(&port.name).map_or(0, Vec::len),
            PortKind::Report => self.reports.get(&port.name).map_or(0, Vec::len),
            PortKind::Value => self.values.get(&port.name).map_or(0, Vec::len),
        }
    }

    /// The parameters as they count, after a look at whether all ports have what they need.
    fn settled(&self, signature: &Signature, params: &Map<String, Value>) -> Result<Map<String, Value>> {
        let refuse = |message: String| Err(Error::new(ErrorCode::InvalidParameter, message));
        let mut columns = PortColumns::new();
        for port in &signature.inputs {
            let name = &port.name;
            match self.count(port) {
                0 if !port.optional => return refuse(format!("Nothing is connected to “{name}”. Give its input.")),
                n if n > 1 && !port.many => {
                    return refuse(format!("“{name}” takes one input and was given {n}. Leave one."));
                }
                _ => {}
            }
            for table in self.tables.get(name).into_iter().flatten() {
                for needed in &port.columns {
                    table.need(&needed.name)?;
                }
                columns.entry(name.clone()).or_default().push(Columns::Known(table.columns.clone()));
            }
        }
        let schema = signature.schema();
        settle(Schema::new(&schema), params, &columns).into_result()
    }
}

/// What the component may ask.
struct Bench {
    engine: Engine,
    given: Given,
    memory: u64,
    handle: Handle,
    progress: Arc<dyn Progress>,
    cancel: Cancel,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// The rows of a statement, and their columns where there are none.
    async fn ask(&self, text: &str) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let stream = self.engine.query(&self.given.plan, text, &self.cancel).await?;
        let schema = stream.schema();
        let mut rows = stream.into_batches();
        let (mut batches, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            bytes += batch.get_array_memory_size() as u64;
            if bytes > self.memory {
                return Err(Error::new(
                    ErrorCode::MemoryLimit,
                    format!(
                        "The table takes more than {} MB of memory. Choose fewer columns, or sample before it.",
                        self.memory >> 20
                    ),
                ));
            }
            batches.push(batch);
        }
        Ok((schema, batches))
    }

    /// The table of each port, as the component's text says.
    async fn queries(&self, component: &Component, params: &Map<String, Value>, seed: u64) -> Result<Outputs> {
        let ask = Ask { params, inputs: &self.given.tables, seed };
        let mut answer: Vec<String> = Vec::new();
        if let Some(probe) = component.probe(&ask)? {
            for batch in self.ask(&probe).await?.1.iter().filter(|batch| batch.num_columns() > 0) {
                let texts = batch.column(0).as_string_opt::<i32>();
                answer.extend(texts.into_iter().flatten().flatten().map(str::to_owned));
            }
        }
        let mut outputs = Outputs::new();
        for port in &component.signature.outputs {
            let text = component.text(&port.name, &ask, &answer)?;
            let (schema, batches) = self.ask(&text).await?;
            outputs.insert(port.name.clone(), Output::Table { schema, batches });
        }
        Ok(outputs)
    }
}

impl Host for Bench {
    fn rows(&self, port: &str, at: usize, columns: &[String]) -> Result<Vec<RecordBatch>> {
        let table = self.given.tables.get(port).and_then(|tables| tables.get(at)).ok_or_else(|| {
            Error::new(ErrorCode::InvalidParameter, format!("Nothing is connected to “{port}”. Connect a table."))
        })?;
        let names = idents(columns);
        // The order in which a workflow's run hands rows over: what is learned is the same to the last bit.
        self.query(&format!("SELECT {names} FROM {} ORDER BY row_hash({names}), {names}", ident(&table.name)))
    }

    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        Ok(self.handle.block_on(self.ask(sql))?.1)
    }

    fn model(&self, port: &str) -> Result<Arc<Trained>> {
        self.given.models.get(port).and_then(|models| models.first()).cloned().ok_or_else(|| {
            Error::new(ErrorCode::InvalidParameter, format!("Nothing is connected to “{port}”. Connect a model."))
        })
    }

    fn values(&self, port: &str) -> Vec<Value> {
        self.given.values.get(port).cloned().unwrap_or_default()
    }

    fn reports(&self, port: &str) -> Vec<Section> {
        self.given.reports.get(port).cloned().unwrap_or_default()
    }

    fn work(&self) -> Work<'_> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Work { threads, progress: &*self.progress, cancel: &self.cancel }
    }

    fn point(&self, _series: &str, _x: f64, _y: f64) {}
}
