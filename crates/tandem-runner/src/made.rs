//! What is there of a node's outputs while a workflow runs.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use tandem_engine::TableAccess;
use tandem_flow::{
    Column, Digest,
    graph::{NodeId, PortRef},
};
use tandem_report::Section;

/// A table by its name in queries.
pub(crate) type Name = String;

/// The name of a port's table in queries.
pub(crate) fn name_of(node: &NodeId, port: &str) -> Name {
    format!("{node}.{port}")
}

/// The name of an input of the workflow in queries; no port's can be like it.
pub(crate) fn name_of_input(input: &str) -> Name {
    format!("input {input}")
}

/// A table that queries can read.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Rows,
}

/// Where its rows come from.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    /// They are there.
    There(Box<TableAccess>),
    /// A text over other tables.
    View { text: String, reads: Vec<Name> },
}

/// All that was made, by name or port.
#[derive(Debug, Default, Clone)]
pub(crate) struct Made {
    pub(crate) tables: BTreeMap<Name, Arc<Table>>,
    /// Where each is kept; a model is read when it is asked for.
    pub(crate) models: BTreeMap<PortRef, (Digest, String)>,
    pub(crate) reports: BTreeMap<PortRef, Section>,
    pub(crate) values: BTreeMap<PortRef, Value>,
}
