//! Which tables are written down between nodes, and which are views that melt
//! into the query of whatever reads them.
//!
//! The rows of a query are kept where something reads them that is no query,
//! where two or more computed nodes would otherwise compute them twice, where
//! they are dear to compute (`heavy`), and at the ends of the graph, which are
//! what people look at. All other queries stay views, and a chain of them is one
//! query of the engine. A stored table is never written again.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Catalog;
use crate::graph::{NodeId, Wiring, Workflow};
use crate::signature::Evaluation;

/// A node whose result is kept, and what is computed on the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stage {
    /// The views in its query, each after those that it reads. A node that is
    /// no query has only the stored tables here that it reads as they are.
    pub fused: Vec<NodeId>,
    /// The stages whose results it reads, by itself or through its views.
    pub reads: BTreeSet<NodeId>,
}

/// How a workflow is cut into stages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stages {
    /// Nodes whose tables stay views, stored ones included.
    pub lazy: BTreeSet<NodeId>,
    /// Nodes whose results are kept.
    pub kept: BTreeMap<NodeId, Stage>,
}

/// Cuts a workflow, with its packages expanded, into stages. Nodes that can't
/// run are in none.
pub fn stages(workflow: &Workflow, catalog: &dyn Catalog) -> Stages {
    let wiring = Wiring::new(workflow);
    let evaluation: BTreeMap<&NodeId, Evaluation> = wiring
        .order()
        .iter()
        .filter_map(|id| {
            let node = workflow.nodes.get(*id)?;
            Some((*id, catalog.find(&node.component).runnable()?.evaluation))
        })
        .collect();
    let exposed: BTreeSet<&NodeId> = workflow.outputs.values().map(|output| &output.from.node).collect();
    let mut stages = Stages::default();
    // Where the rows of a view end up; from the ends of the graph to its sources.
    let mut ends_in: BTreeMap<&NodeId, BTreeSet<&NodeId>> = BTreeMap::new();
    for id in wiring.order().iter().rev() {
        let Some(own) = evaluation.get(id) else { continue };
        let readers: BTreeSet<&NodeId> = wiring.outgoing(id).iter().map(|(_, edge)| &edge.to.node).collect();
        let mut ends: BTreeSet<&NodeId> = BTreeSet::new();
        let mut read_as_rows = false;
        for reader in readers {
            let Some(how) = evaluation.get(reader) else { continue };
            read_as_rows |= !how.is_query();
            match ends_in.get(reader) {
                Some(further) => ends.extend(further),
                None => _ = ends.insert(reader),
            }
        }
        let kept = match own {
            Evaluation::Stored => false,
            Evaluation::Lazy => read_as_rows || ends.len() != 1 || exposed.contains(*id),
            Evaluation::Heavy | Evaluation::Eager => true,
        };
        if kept {
            stages.kept.insert((*id).clone(), Stage::default());
        } else {
            stages.lazy.insert((*id).clone());
            ends_in.insert(id, ends);
        }
    }
    let kept: Vec<NodeId> = stages.kept.keys().cloned().collect();
    for id in kept {
        let stage = stage(&id, &wiring, &stages);
        stages.kept.insert(id, stage);
    }
    stages
}

/// Walks back from a kept node over the views before it.
fn stage(id: &NodeId, wiring: &Wiring<'_>, stages: &Stages) -> Stage {
    let mut views: BTreeSet<&NodeId> = BTreeSet::new();
    let mut stage = Stage::default();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for (_, edge) in wiring.incoming(at) {
            let from = &edge.from.node;
            if stages.kept.contains_key(from) {
                stage.reads.insert(from.clone());
            } else if stages.lazy.contains(from) && views.insert(from) {
                open.push(from);
            }
        }
    }
    stage.fused = wiring.order().iter().filter(|at| views.contains(**at)).map(|at| (*at).clone()).collect();
    stage
}
