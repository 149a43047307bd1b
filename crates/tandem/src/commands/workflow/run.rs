//! `tandem workflow run`.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use clap::Args as ClapArgs;
use serde_json::{Map, Value};
use tandem_app::{
    files::{self, FileJob, FileRun},
    scenarios::DEFAULT_SEED,
};
use tandem_core::{Cancel, Error, ErrorCode, Lang, Result};
use tandem_flow::{
    Signature, Workflow,
    graph::{Component, ExposedOutput, NodeId, PortRef},
    plan::Outcome,
    signature::PortKind,
};

use tandem_python::Shelf;

use super::{answer, check, elsewhere, follow::Follow, given::Which};
use crate::{
    commands::{
        file::pair,
        own::{Own, folder_of},
        report_file::{ReportFile, report_file},
        tables::{self, Target},
    },
    machine::half_of_memory_mib,
    output,
    terminal::{Bar, LangArg, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) which: Which,
    /// The file of an input; of a workflow of a server, a dataset there. May be given several times.
    #[arg(long = "input", value_name = "NAME=FILE", value_parser = pair)]
    pub(super) inputs: Vec<(String, String)>,
    /// A parameter of the workflow; text that is JSON is taken as JSON.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) params: Vec<(String, String)>,
    /// Run this node and what it needs. May be given several times.
    #[arg(long = "until", value_name = "NODE")]
    pub(super) until: Vec<String>,
    /// Keep the rows of every node, also of those that melt into the query of whatever reads them.
    #[arg(long)]
    every_table: bool,
    /// Write what became of each node as JSON (`-` for standard output).
    #[arg(long, value_name = "OUT.json")]
    pub(super) json: Option<PathBuf>,
    /// Write the pages of all nodes, of a workflow of a server those of its one output that is a report; the ending says how: .html (one self-contained page), .pdf or .xlsx. May be given
    /// several times.
    #[arg(long = "report", value_name = "OUT.html", value_parser = report_file)]
    pub(super) reports: Vec<ReportFile>,
    /// Write a table: an output of the workflow, or NODE.PORT. The ending says how: .csv, .ndjson, .parquet, .xlsx or .arrow.
    #[arg(long = "output", value_name = "NAME=FILE", value_parser = pair)]
    pub(super) outputs: Vec<(String, String)>,
    /// Keep results in this folder, and take from it what is known.
    #[arg(long, value_name = "FOLDER")]
    results: Option<PathBuf>,
    #[command(flatten)]
    own: Own,
    /// Memory in MiB before queries spill to disk; half of the machine's where it isn't said.
    #[arg(long, value_parser = clap::value_parser!(u64).range(16..))]
    memory: Option<u64>,
    /// Seed of everything random; the same seed gives the same figures.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    pub(super) seed: u64,
    /// Language of the report and of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    pub(super) lang: Option<LangArg>,
}

impl Args {
    /// What was said that counts for the workflow of a file alone.
    pub(super) const fn of_files(&self) -> Option<&'static str> {
        match self {
            Self { every_table: true, .. } => Some("--every-table"),
            Self { results: Some(_), .. } => Some("--results"),
            Self { memory: Some(_), .. } => Some("--memory"),
            _ if self.own.wall => Some("--wall"),
            _ => None,
        }
    }
}

pub(super) fn run(args: &Args) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match runtime.block_on(args.which.remote(&[]))? {
        Some(remote) => runtime.block_on(elsewhere::run(args, &remote)),
        None => of_file(args, &runtime),
    }
}

fn of_file(args: &Args, runtime: &tokio::runtime::Runtime) -> Result<()> {
    let (lang, file) = (pick(args.lang), &args.which.file);
    let mut workflow = files::read_workflow(file)?;
    let own = args.own.read(folder_of(file))?;
    if args.every_table {
        expose_all(&mut workflow, own.as_deref())?;
    }
    let until: BTreeSet<NodeId> = args.until.iter().map(NodeId::new).collect();
    if let Some(unknown) = until.iter().find(|id| !workflow.nodes.contains_key(*id)) {
        return Err(Error::new(ErrorCode::NotFound, format!("The workflow has no node {unknown}.")));
    }
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let job = FileJob {
        inputs: check::looked_at(&args.inputs)?,
        params: parameters(&args.params)?,
        name,
        workflow,
        seed: args.seed,
        until,
        memory: args.memory.unwrap_or_else(half_of_memory_mib) << 20,
        own,
        results: args.results.clone(),
    };
    runtime.block_on(async {
        let cancel = Cancel::new();
        let work = work(args, job, lang, &cancel);
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => done,
            stop = tokio::signal::ctrl_c() => {
                // Where signals can't be had, the work goes on to its end.
                if stop.is_ok() {
                    cancel.cancel();
                }
                work.await
            }
        }
    })
}

async fn work(args: &Args, job: FileJob, lang: Lang, cancel: &Cancel) -> Result<()> {
    let bar = Arc::new(Bar::new(lang));
    let follow = Arc::new(Follow::new());
    let done = files::run_workflow(job, bar.clone(), follow.clone(), cancel).await;
    bar.clear();
    let run = done?;
    for (id, text) in follow.logs() {
        output::say(&format!("{id} printed:\n{}", text.trim_end()));
    }
    let mut quiet = false;
    if let Some(path) = &args.json {
        let mut json =
            serde_json::to_vec_pretty(&answer::document(&run, &follow.logs()).await?).map_err(Error::internal)?;
        json.push(b'\n');
        quiet = path.as_os_str() == "-";
        output::write(path, &json)?;
    }
    if !quiet {
        output::print(answer::text(&run, lang).as_bytes())?;
    }
    if !args.reports.is_empty() {
        let report = run.report();
        args.reports.iter().try_for_each(|file| file.write(&report, lang))?;
    }
    for (name, path) in &args.outputs {
        table(&run, name, path).await?;
    }
    match run.outcome {
        Outcome::Succeeded => Ok(()),
        Outcome::Cancelled => Err(Error::new(ErrorCode::Cancelled, "The run was cancelled; what was done is kept.")),
        Outcome::Failed => {
            let failed = run.nodes.values().filter(|end| end.error.is_some()).count();
            let first = run.nodes.iter().find_map(|(id, end)| Some((id, end.error.as_ref()?)));
            let (id, error) = first.ok_or_else(|| Error::internal("a failed run has a failed node"))?;
            Err(Error::new(
                error.code(),
                format!("{failed} of {} nodes failed. {id}: {}", run.nodes.len(), error.message()),
            ))
        }
    }
}

/// The file of a table.
pub(super) fn target(path: &str) -> Result<Target> {
    tables::target(path).map_err(|why| Error::new(ErrorCode::InvalidRequest, format!("{path}: {why}.")))
}

async fn table(run: &FileRun, name: &str, path: &str) -> Result<()> {
    let target = target(path)?;
    let (node, port) = match (run.tables().remove(name), name.split_once('.')) {
        (Some(found), _) => found,
        (None, Some((node, port))) => (NodeId::new(node), port.to_owned()),
        (None, None) => {
            let known: Vec<String> = run.tables().into_keys().collect();
            let message = format!("There is no output {name}. Name one of {}, or NODE.PORT.", known.join(", "));
            return Err(Error::new(ErrorCode::NotFound, message));
        }
    };
    target.write(run.rows(&node, &port, None).await?).await
}

/// Makes every table an output of the workflow, under the name that `--output` knows it by.
fn expose_all(workflow: &mut Workflow, own: Option<&Shelf>) -> Result<()> {
    let mut signatures: Vec<&Signature> = files::shipped()?.collect();
    signatures.extend(own.into_iter().flat_map(Shelf::all).map(|own| &own.signature));
    for signature in signatures {
        let is = |component: &Component| component.name == signature.name && component.version == signature.version;
        let nodes = workflow.nodes.iter().filter(|(_, node)| is(&node.component));
        let ids: Vec<NodeId> = nodes.map(|(id, _)| id.clone()).collect();
        for (id, port) in ids.iter().flat_map(|id| signature.outputs.iter().map(move |port| (id, port))) {
            if port.kind == PortKind::Table {
                let output = ExposedOutput { from: PortRef::new(id, &*port.name), label: None, help: None };
                workflow.outputs.entry(format!("{id}.{}", port.name)).or_insert(output);
            }
        }
    }
    Ok(())
}

pub(in crate::commands) fn parameters(given: &[(String, String)]) -> Result<Map<String, Value>> {
    let mut params = Map::new();
    for (name, text) in given {
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
        if params.insert(name.clone(), value).is_some() {
            return Err(Error::new(ErrorCode::InvalidRequest, format!("--param {name} was given twice.")));
        }
    }
    Ok(params)
}
