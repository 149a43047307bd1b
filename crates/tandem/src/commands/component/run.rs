//! `tandem component run`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args as ClapArgs;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tandem_app::{
    files::{self, ComponentJob, ComponentRun},
    scenarios::DEFAULT_SEED,
};
use tandem_components::{Output, columns::columns_of};
use tandem_core::{Cancel, Error, ErrorCode, Lang, Result};
use tandem_engine::Batches;
use tandem_runner::Fingerprint;

use crate::{
    commands::{
        file::pair,
        own::Own,
        tables::{self, Target},
        workflow::parameters,
    },
    machine::half_of_memory_mib,
    output,
    terminal::{Bar, LangArg, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The component's name, such as join, or with a version: join@1.
    name: String,
    /// The file of an input port: a table, or for models, pages and values JSON. Several of one port in their order.
    #[arg(long = "input", value_name = "PORT=FILE", value_parser = pair)]
    inputs: Vec<(String, String)>,
    /// A parameter; text that is JSON is taken as JSON.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// Parameters as a file with one JSON object, to which --param adds.
    #[arg(long, value_name = "FILE.json")]
    params_file: Option<PathBuf>,
    /// Write what goes out of a port: of a table by the ending (.csv, .ndjson, .parquet, .xlsx or .arrow), else JSON.
    #[arg(long = "output", value_name = "PORT=FILE", value_parser = pair)]
    outputs: Vec<(String, String)>,
    /// Write what every port gave as JSON: columns, rows and fingerprint of tables, whole pages and values (`-` for standard output).
    #[arg(long, value_name = "OUT.json")]
    json: Option<PathBuf>,
    #[command(flatten)]
    own: Own,
    /// Memory in MiB before queries spill to disk, and the most that a table may take; half of the machine's where it isn't said.
    #[arg(long, default_value_t = half_of_memory_mib(), hide_default_value = true, value_parser = clap::value_parser!(u64).range(16..))]
    memory: u64,
    /// Seed of everything random; the same seed gives the same figures.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let (name, version) = named(&args.name)?;
    let job = ComponentJob {
        name,
        version,
        inputs: args.inputs.iter().map(|(port, file)| (port.clone(), PathBuf::from(file))).collect(),
        params: params(args)?,
        seed: args.seed,
        memory: args.memory << 20,
        own: args.own.read(Path::new("."))?,
    };
    let lang = pick(args.lang);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let cancel = Cancel::new();
        let bar = Arc::new(Bar::new(lang));
        let work = files::run_component(job, bar.clone(), &say_printed, &cancel);
        tokio::pin!(work);
        let done = tokio::select! {
            done = &mut work => done,
            stop = tokio::signal::ctrl_c() => {
                // Where signals can't be had, the work goes on to its end.
                if stop.is_ok() {
                    cancel.cancel();
                }
                work.await
            }
        };
        bar.clear();
        give(args, done?, lang).await
    })
}

/// What a component printed, on standard error.
pub(super) fn say_printed(text: &str) {
    if !text.is_empty() {
        output::say(text.trim_end());
    }
}

/// `join@1` as its name and version.
fn named(text: &str) -> Result<(String, Option<u32>)> {
    match text.split_once('@') {
        None => Ok((text.to_owned(), None)),
        Some((name, version)) => match version.parse() {
            Ok(version) => Ok((name.to_owned(), Some(version))),
            Err(_) => {
                let message = format!("“{version}” is no version of a component. Write {name}, or {name}@1.");
                Err(Error::new(ErrorCode::InvalidRequest, message))
            }
        },
    }
}

fn params(args: &Args) -> Result<Map<String, Value>> {
    let mut params = match &args.params_file {
        None => Map::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Error::new(ErrorCode::NotFound, format!("{} can't be read: {error}.", path.display()))
            })?;
            serde_json::from_str(&text).map_err(|error| {
                let message = format!("{} is no JSON object: {error}.", path.display());
                Error::new(ErrorCode::InvalidRequest, message)
            })?
        }
    };
    params.extend(parameters(&args.params)?);
    Ok(params)
}

async fn give(args: &Args, mut run: ComponentRun, lang: Lang) -> Result<()> {
    let mut answer = Map::new();
    for (port, given) in &run.outputs {
        answer.insert(port.clone(), described(given)?);
    }
    for (port, path) in &args.outputs {
        let given = run.outputs.remove(port).ok_or_else(|| {
            let known: Vec<&str> = answer.keys().map(String::as_str).collect();
            let message = format!("Nothing came out of {port}. There is: {}.", known.join(", "));
            Error::new(ErrorCode::NotFound, message)
        })?;
        match given {
            Output::Table { schema, batches } => {
                let target: Target = tables::target(path)
                    .map_err(|why| Error::new(ErrorCode::InvalidRequest, format!("{path}: {why}.")))?;
                target.write(Batches::from_vec(schema, batches)).await?;
            }
            Output::Model(model) => write(path, &*model)?,
            Output::Report(section) => write(path, &section)?,
            Output::Value(value) => write(path, &value)?,
        }
    }
    match &args.json {
        Some(path) => write(path, &json!({ "outputs": answer })),
        None => output::print(text(&answer, lang).as_bytes()),
    }
}

/// What went out of a port, without the rows.
fn described(given: &Output) -> Result<Value> {
    Ok(match given {
        Output::Table { schema, batches } => {
            let mut fingerprint = Fingerprint::new(schema.fields().iter().map(|field| field.name().as_str()));
            for batch in batches {
                fingerprint.add(batch)?;
            }
            json!({
                "kind": "table",
                "columns": columns_of(schema),
                "rows": fingerprint.rows(),
                "fingerprint": fingerprint,
            })
        }
        Output::Model(_) => json!({ "kind": "model" }),
        Output::Report(section) => json!({ "kind": "report", "report": section }),
        Output::Value(value) => json!({ "kind": "value", "value": value }),
    })
}

/// One line a port.
fn text(answer: &Map<String, Value>, lang: Lang) -> String {
    let line = |(port, given): (&String, &Value)| {
        let kind = given["kind"].as_str().unwrap_or_default();
        match (&given["rows"], lang) {
            (Value::Null, _) => format!("{port}  {kind}\n"),
            (rows, Lang::En) => format!("{port}  {rows} rows\n"),
            (rows, Lang::Zh) => format!("{port}  {rows} 行\n"),
        }
    };
    answer.iter().map(line).collect()
}

fn write(path: impl AsRef<std::path::Path>, value: &impl Serialize) -> Result<()> {
    let mut json = serde_json::to_vec(value).map_err(Error::internal)?;
    json.push(b'\n');
    output::write(path.as_ref(), &json)
}
