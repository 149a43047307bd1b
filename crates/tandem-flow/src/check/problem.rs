//! What can be wrong with a workflow.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use crate::graph::{EdgeId, NodeId, PortRef};
use crate::params;

/// How grave a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// The node can't run.
    Error,
}

/// The closed list of what can be wrong with a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The node feeds itself, by way of others.
    Cycle,
    /// There is no such component, or it was not shared.
    MissingComponent,
    /// The component was taken back.
    WithdrawnComponent,
    /// The component has a newer version.
    NewerComponent,
    /// A connection ends at a port that the component doesn't have.
    UnknownPort,
    /// A connection joins ports of different kinds.
    KindsDiffer,
    /// Several connections go into a port that takes one.
    PortTaken,
    /// An input that must be connected isn't.
    MissingInput,
    /// A column that is needed is not there.
    MissingColumn,
    /// A column is of a kind that won't do, perhaps because it changed upstream.
    ColumnKind,
    /// A parameter is wrong otherwise.
    Parameter,
    /// A parameter takes its value from a parameter of the workflow that is not there.
    UnknownParameter,
    /// What the workflow declares of itself can't be.
    Declaration,
    /// The component can't work with what it is given.
    Objection,
}

/// Where a problem is; as much of it as is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// The node; absent for the workflow itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// The port of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// The place in the node's parameters, such as `aggregates[1].column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// The connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<EdgeId>,
}

impl Place {
    /// A node as a whole.
    pub fn node(node: &NodeId) -> Self {
        Self { node: Some(node.clone()), ..Self::default() }
    }

    /// A port of a node.
    pub fn port(node: &NodeId, port: &str) -> Self {
        Self { port: Some(port.to_owned()), ..Self::node(node) }
    }

    /// A parameter of a node.
    pub fn param(node: &NodeId, param: &str) -> Self {
        Self { param: Some(param.to_owned()), ..Self::node(node) }
    }

    /// Where a connection ends.
    pub fn edge(edge: &EdgeId, end: &PortRef) -> Self {
        Self { edge: Some(edge.clone()), ..Self::port(&end.node, &end.port) }
    }
}

/// One thing that is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong, for programs.
    pub code: Code,
    /// What is wrong with a parameter, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<params::Code>,
    /// Where.
    pub at: Place,
    /// What is wrong and what to do, for people.
    pub message: Text,
}

impl Problem {
    /// What keeps a node from running.
    pub(crate) fn error(code: Code, at: Place, message: Text) -> Self {
        Self { severity: Severity::Error, code, reason: None, at, message }
    }
}
