//! `tandem component test`: the example of a component, run.

use std::{collections::BTreeMap, io::Write, path::Path};

use arrow::{ipc::writer::StreamWriter, json::ReaderBuilder};
use clap::Args as ClapArgs;
use serde_json::Value;
use tandem_app::{
    files::{self, ComponentJob},
    scenarios::DEFAULT_SEED,
    tables::json_rows,
};
use tandem_components::columns::schema_of;
use tandem_core::{Cancel, Error, ErrorCode, Lang, Result};
use tandem_flow::{
    Signature,
    signature::{ExampleInput, ExampleTable},
};

use crate::{
    commands::own::Own,
    output,
    terminal::{LangArg, pick},
};

/// Figures that differ by less than this part of them are the same.
const CLOSE: f64 = 1e-9;

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The component's name.
    name: String,
    #[command(flatten)]
    own: Own,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let shelf = args.own.read(Path::new("."))?;
    let own = shelf.as_ref().and_then(|shelf| shelf.newest(&args.name)).cloned();
    let own = own.ok_or_else(|| {
        let message = format!(
            "There is no component {} of your own. Name its folder of components with --components.",
            args.name
        );
        Error::new(ErrorCode::NotFound, message)
    })?;
    let missing = || Error::new(ErrorCode::NotFound, "The component has no example. Write one into component.json.");
    let example = own.signature.example.clone().ok_or_else(missing)?;
    let folder = tempfile::tempdir()?;
    let mut inputs = Vec::new();
    for (port, several) in &example.inputs {
        for (at, input) in several.iter().enumerate() {
            let ExampleInput::Table(table) = input else {
                let message = format!("The example’s “{port}” is no table of rows. Write its rows.");
                return Err(Error::new(ErrorCode::InvalidRequest, message));
            };
            let path = folder.path().join(format!("{port}-{at}.arrow"));
            write(&path, table)?;
            inputs.push((port.clone(), path));
        }
    }
    let job = ComponentJob {
        name: args.name.clone(),
        version: Some(own.signature.version),
        inputs,
        params: example.params.clone(),
        seed: DEFAULT_SEED,
        memory: 1 << 30,
        own: shelf,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let log = |text: &str| super::run::say_printed(text);
    let mut done = runtime.block_on(files::run_component(job, std::sync::Arc::new(()), &log, &Cancel::new()))?;
    for (port, expected) in &example.outputs {
        let made =
            done.outputs.remove(port).ok_or_else(|| other(&own.signature, port, "nothing came out".to_owned()))?;
        let (schema, batches) = made.into_table()?;
        let rows: Vec<Vec<Value>> = serde_json::from_str(&json_rows(&batches)?).map_err(Error::internal)?;
        let places = expected.columns.iter().map(|column| schema.index_of(&column.name).ok());
        let places: Vec<Option<usize>> = places.collect();
        let wanted = |row: Vec<Value>| {
            places.iter().map(|at| at.and_then(|at| row.get(at)).cloned().unwrap_or_default()).collect()
        };
        compare(&own.signature, port, expected, rows.into_iter().map(wanted).collect())?;
    }
    output::print(match pick(args.lang) {
        Lang::En => "The example gives what it should.\n".as_bytes(),
        Lang::Zh => "示例结果与预期一致。\n".as_bytes(),
    })
}

/// The rows of an example as an Arrow file.
fn write(path: &Path, table: &ExampleTable) -> Result<()> {
    let schema = schema_of(&table.columns);
    let mut decoder = ReaderBuilder::new(schema.clone()).build_decoder().map_err(Error::internal)?;
    let rows: Vec<BTreeMap<&str, &Value>> = table
        .rows
        .iter()
        .map(|row| table.columns.iter().map(|column| column.name.as_str()).zip(row).collect())
        .collect();
    decoder.serialize(&rows).map_err(|error| {
        let message = "A value of the example is not of its column’s kind. Put component.json right.";
        Error::new(ErrorCode::InvalidRequest, message).with_source(error)
    })?;
    let mut file = std::fs::File::create(path)?;
    let mut writer = StreamWriter::try_new(&mut file, &schema).map_err(Error::internal)?;
    if let Some(batch) = decoder.flush().map_err(Error::internal)? {
        writer.write(&batch).map_err(Error::internal)?;
    }
    writer.finish().map_err(Error::internal)?;
    drop(writer);
    Ok(file.flush()?)
}

/// Whether the rows are those expected, in any order.
fn compare(signature: &Signature, port: &str, expected: &ExampleTable, mut rows: Vec<Vec<Value>>) -> Result<()> {
    if rows.len() != expected.rows.len() {
        return Err(other(signature, port, format!("{} rows came out, not {}", rows.len(), expected.rows.len())));
    }
    for row in &expected.rows {
        let Some(at) = rows.iter().position(|made| made.iter().zip(row).all(|(made, row)| same(made, row))) else {
            let row = Value::from(row.clone());
            return Err(other(signature, port, format!("no row is {row}; there is {}", Value::from(rows.concat()))));
        };
        rows.remove(at);
    }
    Ok(())
}

fn same(made: &Value, wanted: &Value) -> bool {
    match (made.as_f64(), wanted.as_f64()) {
        (Some(made), Some(wanted)) => (made - wanted).abs() <= CLOSE * wanted.abs().max(1.0),
        _ => made == wanted,
    }
}

fn other(signature: &Signature, port: &str, what: String) -> Error {
    let message = format!("The example of {} gives something else at “{port}”: {what}.", signature.name);
    Error::new(ErrorCode::ComputeFailed, message)
}
