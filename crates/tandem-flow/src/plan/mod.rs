//! What to do next, as a pure function of a graph, of what is known, and of
//! what may be spent.
//!
//! Whoever executes asks [`next`], does what it says, writes down what came of
//! it in [`States`], and asks again. A crash loses nothing but work: what was
//! running counts as waiting again ([`States::resume`]), and the planner goes on
//! from what is known. The end states do not depend on the order in which nodes
//! happened to end, on the budget, or on interruptions: whether a node is
//! skipped is decided only when everything that feeds it is decided.

mod decide;
mod next;
mod stages;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use crate::check::Catalog;
use crate::graph::{Node, NodeId, Wiring, Workflow};
use crate::signature::Signature;

pub use next::{Action, Outcome, next};
pub use stages::{Stage, Stages, stages};
pub use state::{SkipReason, State, States};

/// What a node takes while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Bytes.
    pub memory: u64,
    /// Cores.
    pub cores: u32,
}

/// What all running nodes may take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes.
    pub memory: u64,
    /// Cores.
    pub cores: u32,
}

impl Budget {
    /// A budget; at least one core, since nothing would ever run on none.
    pub fn new(memory: u64, cores: u32) -> Self {
        Self { memory, cores: cores.max(1) }
    }

    /// What a node is counted with: who wants more than there is gets all, and runs alone.
    pub(crate) fn clamp(&self, cost: Cost) -> Cost {
        Cost { memory: cost.memory.min(self.memory), cores: cost.cores.min(self.cores) }
    }
}

/// A graph made ready for planning: its nodes in an order in which what feeds comes first.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) steps: Vec<Step>,
    index: HashMap<NodeId, usize>,
}

/// A node of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) id: NodeId,
    pub(crate) cost: Cost,
    pub(crate) ports: Vec<Gate>,
    /// How many nodes stand on the longest way from here to an end: the longer, the sooner it should start.
    pub(crate) rank: u32,
}

/// An input port with what feeds it.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) optional: bool,
    pub(crate) condition: bool,
    pub(crate) feeds: Vec<Feed>,
}

/// An output that feeds a port.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) from: usize,
    pub(crate) output: String,
}

impl Plan {
    /// Makes a plan of a workflow in which packages are expanded
    /// (`package::expand`). `cost` says what a node takes; a node that
    /// is lazy takes nothing of its own and should cost nothing. Nodes on a
    /// cycle or behind one, and nodes whose component can't run, are not in it:
    /// they are what [`crate::check`] refuses.
    pub fn new(workflow: &Workflow, catalog: &dyn Catalog, cost: impl Fn(&NodeId, &Node, &Signature) -> Cost) -> Self {
        let wiring = Wiring::new(workflow);
        let mut plan = Self { steps: Vec::new(), index: HashMap::new() };
        for id in wiring.order() {
            let Some(node) = workflow.nodes.get(*id) else { continue };
            let Some(signature) = catalog.find(&node.component).runnable() else { continue };
            let Some(ports) = plan.gates(id, &wiring, signature) else { continue };
            plan.index.insert((*id).clone(), plan.steps.len());
            plan.steps.push(Step { id: (*id).clone(), cost: cost(id, node, signature), ports, rank: 1 });
        }
        for at in (0..plan.steps.len()).rev() {
            let rank = plan.steps[at].rank + 1;
            let feeds: Vec<usize> = plan.feeds(at).map(|feed| feed.from).collect();
            for from in feeds {
                plan.steps[from].rank = plan.steps[from].rank.max(rank);
            }
        }
        plan
    }

    /// The ports of a node; nothing where what feeds it is not in the plan.
    fn gates(&self, id: &NodeId, wiring: &Wiring<'_>, signature: &Signature) -> Option<Vec<Gate>> {
        let mut gates: BTreeMap<&str, Gate> = BTreeMap::new();
        for (_, edge) in wiring.incoming(id) {
            let port = signature.input(&edge.to.port)?;
            let from = *self.index.get(&edge.from.node)?;
            let empty = Gate { optional: port.optional, condition: port.condition, feeds: Vec::new() };
            gates.entry(&edge.to.port).or_insert(empty).feeds.push(Feed { from, output: edge.from.port.clone() });
        }
        Some(gates.into_values().collect())
    }

    pub(crate) fn feeds(&self, at: usize) -> impl Iterator<Item = &Feed> {
        self.steps[at].ports.iter().flat_map(|gate| &gate.feeds)
    }

    /// The nodes, each after all that feeds it.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeId> {
        self.steps.iter().map(|step| &step.id)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn at(&self, id: &NodeId) -> Option<usize> {
        self.index.get(id).copied()
    }
}
