//! What is wrong with a workflow, before anything runs, and where.
//!
//! Columns are followed from port to port, so that a column that is missing or
//! has changed its kind is said at the node that needs it. What stands behind
//! a node with an error is not blamed for it: its columns count as unknown.

mod connect;
mod problem;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tandem_core::Text;

pub use connect::{Refusal, RefusalCode, connection};
pub use problem::{Code, Place, Problem, Severity};
pub use walk::check;

use crate::graph::{Component, NodeId};
use crate::{Columns, PortColumns, Signature};

/// What is known of components, given by whoever has them.
pub trait Catalog {
    /// The signature of a component in a version.
    fn find(&self, component: &Component) -> Found<'_>;

    /// The newest version of a component that may be used.
    fn newest(&self, name: &str) -> Option<u32>;

    /// The columns of each table that a component gives, from its settled
    /// parameters and the columns of its inputs; ports that are not there
    /// count as known when run.
    ///
    /// # Errors
    /// What the component can't do with these, such as an expression that names no column.
    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>>;
}

/// Whether a component is there.
#[derive(Debug, Clone, Copy)]
pub enum Found<'c> {
    /// It is.
    Here(&'c Signature),
    /// It was taken back by its owner: it is still drawn, and doesn't run.
    Withdrawn(&'c Signature),
    /// There is no such component, or it was not shared.
    Missing,
}

impl<'c> Found<'c> {
    /// The signature, to draw the node by.
    pub const fn signature(self) -> Option<&'c Signature> {
        match self {
            Self::Here(signature) | Self::Withdrawn(signature) => Some(signature),
            Self::Missing => None,
        }
    }

    /// The signature of what may run.
    pub const fn runnable(self) -> Option<&'c Signature> {
        match self {
            Self::Here(signature) => Some(signature),
            Self::Withdrawn(_) | Self::Missing => None,
        }
    }
}

/// What a component says against its parameters and inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The parameter, where it is about one.
    pub param: Option<String>,
    /// The input port, where it is about one.
    pub port: Option<String>,
    /// What is wrong and what to do.
    pub message: Text,
}

/// What the workflow is given from outside when it is checked.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Its parameters.
    pub params: Map<String, Value>,
    /// The columns of its inputs, by name.
    pub inputs: BTreeMap<String, Columns>,
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// What is wrong, node by node in the order of the graph.
    pub problems: Vec<Problem>,
    /// What is known of each node that has a signature.
    pub nodes: BTreeMap<NodeId, Known>,
}

/// What is known of a node before it runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Its parameters as they count.
    pub params: Map<String, Value>,
    /// The columns of what is connected to it.
    pub inputs: PortColumns,
    /// The columns of its tables.
    pub outputs: BTreeMap<String, Columns>,
}

impl Checked {
    /// Whether nothing stands against running it.
    pub fn may_run(&self) -> bool {
        !self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}
