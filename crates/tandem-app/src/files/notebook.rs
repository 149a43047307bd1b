//! A workflow as a notebook, and back, without a server.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde_json::Value;
use tandem_components::{Ask, Body, Table, columns::columns_of, sql::ident};
use tandem_core::Result;
use tandem_flow::{
    Columns, Workflow,
    check::Given,
    graph::Component,
    notebook::{self, Asked, Free, Names, Queries, Returned, Style, Written},
};
use tandem_python::{PYTHON, Shelf};

use super::{LocalFile, own::Together, workflow};
use crate::scenarios::DEFAULT_SEED;

/// The notebook of a workflow, its queries written for the columns of these files.
///
/// # Errors
/// `internal` where no temporary folder can be made.
pub fn write_notebook(
    workflow: &Workflow,
    inputs: &[(String, LocalFile)],
    own: Option<Arc<Shelf>>,
    style: &Style,
) -> Result<Value> {
    let (_folder, engine) = workflow::engine(64 << 20)?;
    let columns = |file: &LocalFile| Columns::Known(columns_of(&file.schema()));
    let given =
        Given { inputs: inputs.iter().map(|(name, file)| (name.clone(), columns(file))).collect(), ..Given::default() };
    Ok(notebook::write(workflow, &Together::new(engine, own), &Texts, &given, style))
}

/// The workflow that a notebook has become.
///
/// # Errors
/// `not_found` and `forbidden` for the file, and those of [`notebook::read`].
pub fn read_notebook(path: &Path) -> Result<Returned> {
    parse_notebook(&read_text(path)?)
}

/// The text of a file.
///
/// # Errors
/// `not_found`, `forbidden`, and `malformed_file` for what is no text.
pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| super::cannot_open(path, error))
}

/// The workflow that the text of a notebook has become.
///
/// # Errors
/// Those of [`notebook::read`].
pub(crate) fn parse_notebook(json: &str) -> Result<Returned> {
    notebook::read(json, &written())
}

/// What cells become that people wrote.
fn written() -> Written {
    Written {
        sql: Free {
            component: Component::new("query", 1),
            text: "sql".to_owned(),
            names: Names::Numbered("t".to_owned()),
            result: None,
            inputs: "tables".to_owned(),
            output: "table".to_owned(),
        },
        python: Free {
            component: Component::new(PYTHON, 1),
            text: "code".to_owned(),
            names: Names::Param("names".to_owned()),
            result: Some("result".to_owned()),
            inputs: "tables".to_owned(),
            output: "table".to_owned(),
        },
    }
}

/// The texts of the components that ship.
pub(crate) struct Texts;

impl Queries for Texts {
    fn sql(&self, asked: &Asked<'_>) -> Option<String> {
        let component = tandem_components::find(&asked.signature.name).ok()?;
        if !matches!(component.body, Body::Query(_) | Body::Queries(_) | Body::Probed { .. }) {
            return None;
        }
        let mut inputs: BTreeMap<String, Vec<Table>> = BTreeMap::new();
        for input in asked.inputs {
            let columns = input.columns.known()?.to_vec();
            inputs.entry(input.port.to_owned()).or_default().push(Table { name: input.name.to_owned(), columns });
        }
        let ask = Ask { params: asked.params, inputs: &inputs, seed: asked.seed.map_or(DEFAULT_SEED, u64::from) };
        // What depends on the data has no text before it was looked at.
        if component.probe(&ask).ok()?.is_some() {
            return None;
        }
        let port = component.signature.outputs.first()?;
        let text = component.text(&port.name, &ask, &[]).ok()?;
        // A part of the text by the name of a table would hide it.
        let hides =
            |name: &str| text.contains(&format!("{} AS (", ident(name))) || text.contains(&format!("{name} AS ("));
        (!asked.inputs.iter().any(|input| hides(input.name))).then_some(text)
    }
}
