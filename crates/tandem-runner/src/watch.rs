//! Who follows a run.

use std::collections::BTreeMap;

use tandem_core::Error;
use tandem_flow::{graph::NodeId, plan::State};

/// Told what happens to each node, from several threads. Called often:
/// implementations must be quick and must not fail.
pub trait Watch: Send + Sync {
    /// A node begins to compute.
    fn started(&self, _node: &NodeId) {}

    /// A node is this far: `done` of `total` units of a phase (`rows`, or a word of the component).
    fn progress(&self, _node: &NodeId, _phase: &'static str, _done: u64, _total: Option<u64>) {}

    /// A point of a curve, such as the loss of a round of training.
    fn point(&self, _node: &NodeId, _series: &str, _x: f64, _y: f64) {}

    /// What a node's code printed, shortened in the middle where it is long. Told once, before the node ends.
    fn log(&self, _node: &NodeId, _text: &str) {}

    /// A node has ended or will not run.
    fn ended(&self, _node: &NodeId, _end: &NodeEnd) {}
}

/// A run that nobody follows.
impl Watch for () {}

/// What became of a node.
#[derive(Debug, Clone)]
pub struct NodeEnd {
    /// Its state, always a final one.
    pub state: State,
    /// Whether the result was known before.
    pub cached: bool,
    /// Rows of its kept tables, by output port.
    pub rows: BTreeMap<String, u64>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Why it failed.
    pub error: Option<std::sync::Arc<Error>>,
}
