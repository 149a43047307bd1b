//! One call of a component: its tables out, its results back.

use std::{collections::BTreeMap, path::Path, process::Command};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tandem_flow::signature::PortKind;

use crate::{Environments, Log, NO_WALL, Own, Wall, child, embedded, own::Code, tables, wall};

/// What goes in or out of a port.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    /// Rows.
    Table {
        /// Their columns.
        schema: SchemaRef,
        /// The rows.
        batches: Vec<RecordBatch>,
    },
    /// A value.
    Value(Value),
}

/// What a component is given.
#[derive(Debug)]
pub struct Call<'a> {
    /// The component.
    pub own: &'a Own,
    /// Where environments are.
    pub environments: &'a Environments,
    /// What is connected, by input port.
    pub inputs: BTreeMap<String, Vec<Thing>>,
    /// Its parameters, settled.
    pub params: &'a Map<String, Value>,
    /// The seed of everything random.
    pub seed: u64,
    /// The wall behind which it runs; nothing for what somebody runs for themselves.
    pub wall: Option<&'a Wall>,
}

/// How a call ended, and what was printed.
#[derive(Debug)]
pub struct Done {
    /// What went out of each port; a port that isn't there is closed.
    pub outputs: Result<BTreeMap<String, Thing>>,
    /// What it printed.
    pub log: Log,
}

/// What the child says when it has ended.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Told {
    Failed { failed: Failure, message: String, place: Option<(String, u64)> },
    Done { outputs: BTreeMap<String, Given> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failure {
    Raised,
    Memory,
    Large,
    Refused,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Given {
    Table,
    Value { value: Value },
}

/// Runs it; blocks until it has ended.
///
/// # Errors
/// In [`Done::outputs`]: `unavailable` without its environment; `time_limit`, `memory_limit`, `payload_too_large` where it
/// took more than it may; `compute_failed` where it raised or exited; `schema_mismatch` where its tables are others
/// than its signature says; `cancelled`.
pub fn call(call: Call<'_>, cancel: &Cancel) -> Done {
    match worked(call, cancel) {
        Ok((outputs, log)) => Done { outputs: Ok(outputs), log },
        Err((error, log)) => Done { outputs: Err(error), log },
    }
}

type Worked = std::result::Result<(BTreeMap<String, Thing>, Log), (Error, Log)>;

fn worked(call: Call<'_>, cancel: &Cancel) -> Worked {
    let early = |error: Error| (error, Log::default());
    let own = call.own;
    let python = own.environment().and_then(|environment| call.environments.python(environment)).map_err(early)?;
    let mut scratch = tempfile::Builder::new();
    let folder = match call.wall {
        Some(wall) => std::fs::create_dir_all(wall.scratch())
            .and_then(|()| scratch.prefix("python-").tempdir_in(wall.scratch()))
            .and_then(|folder| Ok((folder.path().canonicalize()?, folder))),
        None => scratch.prefix("tandem-python-").tempdir().map(|folder| (folder.path().to_owned(), folder)),
    };
    let (place, folder) = folder.map_err(|error| early(error.into()))?;
    let told = place.join("told.json");
    prepare(&call, &place, &told).map_err(early)?;
    let read: Vec<&Path> = match &own.code {
        Code::Folder(folder) => vec![folder],
        Code::Text(_) | Code::Parameter => Vec::new(),
    };
    let mut command = match call.wall {
        Some(wall) => wall.command(&place, &read, own.limits.memory, &python),
        None => Command::new(python),
    };
    command
        .arg("-IB")
        .arg(place.join("harness.py"))
        .arg(place.join("request.json"))
        .current_dir(&place)
        .env_clear()
        .env("HOME", &place)
        .env("TMPDIR", &place)
        .env("LANG", "C.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("PYTHONHASHSEED", "0");
    let ended = child::run(command, &own.limits, call.wall.map(|_| place.as_path()), cancel)?;
    let log = ended.log;
    let text = match tables::small(&told) {
        Ok(Some(text)) => text,
        Ok(None) if call.wall.is_some() && ended.status.code() == Some(i32::from(NO_WALL)) => {
            return Err((wall::missing().with_source(log.text()), Log::default()));
        }
        Ok(None) => return Err((child::why(ended.status), log)),
        Err(error) => return Err((error, log)),
    };
    let outputs = serde_json::from_slice(&text).map_err(odd).and_then(|told| taken(own, told, &place));
    drop(folder);
    match outputs {
        Ok(outputs) => Ok((outputs, log)),
        Err(error) => Err((error, log)),
    }
}

fn odd(error: serde_json::Error) -> Error {
    let message = "The component left something else than a result. Let its function return.";
    Error::new(ErrorCode::ComputeFailed, message).with_source(error)
}

/// Puts what the child reads into its folder.
fn prepare(call: &Call<'_>, folder: &Path, told: &Path) -> Result<()> {
    embedded::put(folder)?;
    let signature = &call.own.signature;
    let mut inputs = Map::new();
    // In the order of the signature, for whoever takes them as a list.
    for port in &signature.inputs {
        let mut several = Vec::new();
        for (at, thing) in call.inputs.get(&port.name).into_iter().flatten().enumerate() {
            several.push(match thing {
                Thing::Value(value) => json!({ "kind": "value", "value": value }),
                Thing::Table { schema, batches } => {
                    let path = folder.join(format!("in-{}-{at}.arrow", port.name));
                    tables::write(&path, schema, batches)?;
                    json!({ "kind": "table", "file": path })
                }
            });
        }
        if !several.is_empty() {
            inputs.insert(port.name.clone(), Value::Array(several));
        }
    }
    let outputs: Map<String, Value> = signature
        .outputs
        .iter()
        .map(|port| (port.name.clone(), json!({ "kind": port.kind, "file": output(folder, &port.name) })))
        .collect();
    let many = signature.inputs.iter().filter(|port| port.many).map(|port| &port.name);
    let free = matches!(call.own.code, Code::Parameter);
    let code = match &call.own.code {
        Code::Folder(folder) => Some(folder.clone()),
        Code::Text(text) => {
            let own = folder.join("component");
            std::fs::create_dir(&own)?;
            std::fs::write(own.join("component.py"), text)?;
            Some(own)
        }
        Code::Parameter => None,
    };
    let request = json!({
        "folder": code,
        "code": if free { call.params.get("code") } else { None },
        "names": call.params.get("names").filter(|_| free).cloned().unwrap_or_else(|| json!([])),
        "result": if free { call.params.get("result") } else { None },
        "inputs": inputs,
        "many": many.collect::<Vec<_>>(),
        "params": call.params,
        "seed": call.seed,
        "outputs": outputs,
        "told": told,
    });
    std::fs::write(folder.join("request.json"), request.to_string())?;
    Ok(())
}

fn output(folder: &Path, port: &str) -> std::path::PathBuf {
    folder.join(format!("out-{port}.arrow"))
}

/// What the child gave, as its signature promises it.
fn taken(own: &Own, told: Told, folder: &Path) -> Result<BTreeMap<String, Thing>> {
    let outputs = match told {
        Told::Failed { failed, message, place } => return Err(failure(own, failed, &message, place)),
        Told::Done { outputs } => outputs,
    };
    let mut bytes = 0;
    let mut things = BTreeMap::new();
    for (name, given) in outputs {
        let Some(port) = own.signature.output(&name) else { continue };
        let thing = match (given, port.kind) {
            (Given::Value { value }, _) => Thing::Value(value),
            (Given::Table, PortKind::Table) => {
                let room = own.limits.output.saturating_sub(bytes);
                let (read, schema, batches) =
                    tables::read(&output(folder, &name), room)?.ok_or_else(|| too_large(own))?;
                bytes += read;
                promised(port, &schema)?;
                Thing::Table { schema, batches }
            }
            (Given::Table, _) => return Err(Error::internal("a table from a port that gives none")),
        };
        things.insert(name, thing);
    }
    Ok(things)
}

/// Whether a table has the columns that the signature names.
fn promised(port: &tandem_flow::signature::Port, schema: &SchemaRef) -> Result<()> {
    let fields = schema.fields().iter();
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = fields.clone().find(|field| !seen.insert(field.name().as_str())) {
        let message = format!("“{}” has two columns “{}”. Name one of them otherwise.", port.name, twice.name());
        return Err(Error::new(ErrorCode::SchemaMismatch, message));
    }
    let missing = port.columns.iter().find(|column| schema.column_with_name(&column.name).is_none());
    let has: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    match missing {
        None => Ok(()),
        Some(column) => Err(Error::new(
            ErrorCode::SchemaMismatch,
            format!(
                "“{}” should have the column “{}” and has: {}. Return it, or take it out of the signature.",
                port.name,
                column.name,
                has.join(", ")
            ),
        )),
    }
}

fn failure(own: &Own, failed: Failure, message: &str, place: Option<(String, u64)>) -> Error {
    let short = |text: &str, most| text.chars().take(most).collect::<String>();
    let message = short(message, 2000);
    let at = place.map(|(file, line)| format!(" ({}, line {line})", short(&file, 100))).unwrap_or_default();
    match failed {
        Failure::Raised => Error::new(ErrorCode::ComputeFailed, format!("{message}{at}")),
        Failure::Refused => Error::new(ErrorCode::ComputeFailed, message),
        Failure::Memory => Error::new(
            ErrorCode::MemoryLimit,
            format!(
                "The component wanted more than the {} MB of memory that it may have{at}. Give it fewer rows or columns.",
                own.limits.memory >> 20
            ),
        ),
        Failure::Large => too_large(own),
    }
}

fn too_large(own: &Own) -> Error {
    Error::new(
        ErrorCode::PayloadTooLarge,
        format!(
            "The component writes more than the {} MB that it may. Return fewer rows or columns.",
            own.limits.output >> 20
        ),
    )
}
