//! A workflow as a notebook that people can read and run, and back.
//!
//! Cells are marked with tags, and what a cell can't say lies in its metadata:
//! ids, places, connections. Every node is a cell: a query is its SQL, anything
//! else a call of its component. The parameters of a node are a cell before it.
//!
//! | tag | the cell |
//! |---|---|
//! | `tandem-setup` | imports the client |
//! | `parameters` | the workflow's parameters, as variables |
//! | `tandem-inputs` | the workflow's inputs |
//! | `tandem-note` | a note |
//! | `tandem-parameters` | the parameters of the node that follows |
//! | `tandem-node` | a node |
//! | `tandem-outputs` | the workflow's outputs |
//! | `tandem-fingerprints` | what every table holds, in a few letters |
//!
//! On the way back, changed parameters are those of the node, changed SQL makes
//! the node a SQL component, and cells that were added become Python
//! components. Nothing is dropped in silence: see [`Remark`].

mod code;
mod free;
mod merge;
mod names;
mod python;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Lang, Text};

pub use merge::merge;
pub use read::{Remark, Returned, read};
pub use write::write;

use crate::graph::{Component, Edge, EdgeId, Node, NodeId, NoteId, Position, Size, Workflow};
use crate::{Columns, Signature};

/// The newest form of the metadata that this release reads, and the one that it writes.
const FORM: u32 = 1;

/// How a notebook is written.
#[derive(Debug, Clone)]
pub struct Style {
    /// The language of comments.
    pub lang: Lang,
    /// Where the workflow's inputs are read from, by name: a file, as the notebook's folder knows it.
    pub files: BTreeMap<String, String>,
    /// What names the workflow where it is kept, so that its notebook doesn't come back to another; nothing for a file.
    pub origin: Option<String>,
}

/// The text of nodes that are queries, given by whoever has the components.
pub trait Queries {
    /// The `SELECT` of a node over its inputs; nothing for one that is no query.
    fn sql(&self, asked: &Asked<'_>) -> Option<String>;
}

/// A node whose text is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its component.
    pub signature: &'a Signature,
    /// Its parameters, settled.
    pub params: &'a Map<String, Value>,
    /// Its tables.
    pub inputs: &'a [Input<'a>],
    /// Its own seed; that of the run where it is absent.
    pub seed: Option<u32>,
}

/// A table as a query names it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The port that it goes into.
    pub port: &'a str,
    /// Its name in the text.
    pub name: &'a str,
    /// What is known of its columns.
    pub columns: &'a Columns,
}

/// The components that cells become which people wrote.
#[derive(Debug, Clone)]
pub struct Written {
    /// What a changed query becomes.
    pub sql: Free,
    /// What an added cell becomes.
    pub python: Free,
}

/// A component whose whole content is a text.
#[derive(Debug, Clone)]
pub struct Free {
    /// The component.
    pub component: Component,
    /// The parameter that holds the text.
    pub text: String,
    /// How the text comes to know its inputs.
    pub names: Names,
    /// The parameter that holds the name of the result in the text.
    pub result: Option<String>,
    /// The input port, which takes several.
    pub inputs: String,
    /// The output port.
    pub output: String,
}

/// How a text comes to know its inputs.
#[derive(Debug, Clone)]
pub enum Names {
    /// This parameter holds their names, in their order.
    Param(String),
    /// They have names of their own, this and a number from 1 on: SQL gives them those of the notebook in a `WITH`.
    Numbered(String),
}

/// What the notebook as a whole remembers.
#[derive(Debug, Serialize, Deserialize)]
struct Memory {
    form: u32,
    /// The workflow as it was, to tell what was taken away.
    workflow: Workflow,
    /// What names it where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// Variables of the workflow's parameters, where they are not their names.
    #[serde(default)]
    variables: Map<String, Value>,
}

/// What a cell remembers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "cell", rename_all = "snake_case")]
enum Mark {
    /// Imports, inputs, outputs: made anew each time.
    Frame,
    /// The workflow's parameters.
    Parameters,
    /// A note.
    Note { id: NoteId, position: Position, size: Option<Size> },
    /// The parameters of a node.
    NodeParameters { node: NodeId },
    /// A node.
    Node {
        id: NodeId,
        node: Box<Node>,
        /// What feeds it.
        edges: Vec<(EdgeId, Edge)>,
        /// Output port → variable.
        variables: Vec<(String, String)>,
        /// Whether the cell is the text of a query.
        query: bool,
        /// What the cell said, to tell whether a person changed it; of a query, its text.
        said: String,
    },
}

/// The digest of what a cell says, whatever its comments and empty lines.
fn said(source: &str) -> String {
    let says = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let lines: Vec<&str> = source.lines().map(str::trim_end).filter(says).collect();
    blake3::hash(lines.join("\n").as_bytes()).to_hex().to_string()
}

fn remark(cell: &str, en: impl Into<String>, zh: impl Into<String>) -> Remark {
    Remark { cell: cell.to_owned(), message: Text::new(en, zh) }
}
