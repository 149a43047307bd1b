//! A packaged node is one node to whoever looks at the workflow, although many
//! run in its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tandem_flow::{
    Workflow,
    graph::{NodeId, PortRef, Wiring},
    package::{Library, output_inside},
};

use super::nodes::{NodeState, Standing};

/// Which nodes that run stand for which node that is drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fold {
    /// The nodes that are drawn: how many.
    drawn: usize,
    /// The inner nodes of each packaged one, and what its outputs are inside.
    packed: BTreeMap<NodeId, Packed>,
}

#[derive(Debug, Clone, Default)]
struct Packed {
    inside: Vec<NodeId>,
    outputs: BTreeMap<String, PortRef>,
}

impl Fold {
    /// From a workflow as it is drawn, and as it runs.
    pub(crate) fn new(drawn: &Workflow, library: &dyn Library, expanded: &Workflow) -> Self {
        let mut packed: BTreeMap<NodeId, Packed> = BTreeMap::new();
        for (id, node) in &drawn.nodes {
            let Some(inner) = library.inner(&node.component) else { continue };
            let output =
                |port: &String| Some((port.clone(), output_inside(drawn, library, &PortRef::new(id, &**port))?));
            let outputs = inner.outputs.keys().filter_map(output).collect();
            packed.insert(id.clone(), Packed { inside: Vec::new(), outputs });
        }
        for id in expanded.nodes.keys() {
            if let Some((outer, _)) = id.as_str().split_once('/')
                && let Some(packed) = packed.get_mut(&NodeId::new(outer))
            {
                packed.inside.push(id.clone());
            }
        }
        Self { drawn: drawn.nodes.len(), packed }
    }

    /// How many nodes are drawn.
    pub(crate) const fn drawn(&self) -> usize {
        self.drawn
    }

    /// The nodes that run in the place of one that is drawn; itself where it is
    /// no package.
    pub(crate) fn inside(&self, id: &NodeId) -> Vec<NodeId> {
        self.packed.get(id).map_or_else(|| vec![id.clone()], |packed| packed.inside.clone())
    }

    /// Leaves out what is not run when only these nodes and what they need are.
    pub(crate) fn only(&mut self, expanded: &Workflow, until: &BTreeSet<NodeId>) {
        if until.is_empty() {
            return;
        }
        let wiring = Wiring::new(expanded);
        let mut kept: BTreeSet<&NodeId> = BTreeSet::new();
        let mut open: Vec<&NodeId> = until.iter().collect();
        while let Some(id) = open.pop() {
            if kept.insert(id) {
                open.extend(wiring.incoming(id).iter().map(|(_, edge)| &edge.from.node));
            }
        }
        for packed in self.packed.values_mut() {
            packed.inside.retain(|id| kept.contains(id));
        }
    }

    /// The states of the nodes that are drawn, from those of the nodes that
    /// run. While it goes on (`live`), a package runs until its last node has ended.
    pub(crate) fn fold(&self, mut nodes: BTreeMap<NodeId, NodeState>, live: bool) -> BTreeMap<NodeId, NodeState> {
        for (id, packed) in &self.packed {
            let inside: Vec<(NodeId, NodeState)> =
                packed.inside.iter().filter_map(|id| Some((id.clone(), nodes.remove(id)?))).collect();
            if !inside.is_empty() || !live {
                nodes.insert(id.clone(), packed.one(id, &inside, live));
            }
        }
        nodes
    }
}

impl Packed {
    fn one(&self, id: &NodeId, inside: &[(NodeId, NodeState)], live: bool) -> NodeState {
        let any = |standing: Standing| inside.iter().any(|(_, state)| state.state == standing);
        let whole = inside.len() == self.inside.len();
        let state = if any(Standing::Running) {
            Standing::Running
        } else if any(Standing::Failed) {
            Standing::Failed
        } else if any(Standing::Cancelled) {
            Standing::Cancelled
        } else if any(Standing::Waiting) || !whole {
            // Of what is known of a draft, an output that is there is enough.
            let there = self.outputs.values().any(|output| {
                inside.iter().any(|(id, state)| *id == output.node && state.state == Standing::Succeeded)
            });
            match (live, there, any(Standing::Succeeded)) {
                (true, _, true) => Standing::Running,
                (false, true, _) => Standing::Succeeded,
                _ => Standing::Waiting,
            }
        } else if any(Standing::Succeeded) {
            Standing::Succeeded
        } else if inside.is_empty() {
            Standing::Waiting
        } else {
            Standing::Skipped
        };
        let mut one = NodeState { state, ..NodeState::waiting() };
        if state == Standing::Skipped {
            one.reason = inside.iter().find_map(|(_, state)| state.reason);
        }
        // Views on the way are computed with whatever reads them.
        let made = |id: &NodeId| self.outputs.values().any(|output| output.node == *id);
        let mut made = inside.iter().filter(|(id, _)| made(id)).peekable();
        one.cached = made.peek().is_some() && made.all(|(_, state)| state.cached);
        for (port, output) in &self.outputs {
            let rows = inside.iter().find(|(id, _)| *id == output.node);
            if let Some(rows) = rows.and_then(|(_, state)| state.rows.get(&output.port)) {
                one.rows.insert(port.clone(), *rows);
            }
        }
        one.progress = inside.iter().find_map(|(_, state)| state.progress.clone());
        one.started_at = inside.iter().filter_map(|(_, state)| state.started_at).min();
        if !matches!(state, Standing::Running | Standing::Waiting) {
            one.finished_at = inside.iter().filter_map(|(_, state)| state.finished_at).max();
        }
        one.elapsed_ms = inside.iter().map(|(_, state)| state.elapsed_ms).sum();
        one.curve = inside.iter().flat_map(|(_, state)| state.curve.clone()).collect();
        let logs: Vec<&str> = inside.iter().filter_map(|(_, state)| state.log.as_deref()).collect();
        one.log = (!logs.is_empty()).then(|| logs.concat());
        one.error = inside.iter().find_map(|(inner, state)| {
            let mut error = state.error.clone()?;
            let message = error.get("message")?.as_str()?.to_owned();
            let inner = inner.as_str().strip_prefix(&format!("{id}/")).unwrap_or(inner.as_str());
            error.as_object_mut()?.insert("message".to_owned(), Value::from(format!("Inside, at {inner}: {message}")));
            Some(error)
        });
        one
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn packed() -> Fold {
        let outputs = [("out".to_owned(), PortRef::new("p/b", "table"))].into();
        let inside = ["p/a", "p/b"].map(NodeId::from).to_vec();
        Fold { drawn: 2, packed: [(NodeId::from("p"), Packed { inside, outputs })].into() }
    }

    fn state(state: Standing) -> NodeState {
        NodeState { state, ..NodeState::waiting() }
    }

    fn folded(a: Standing, b: Standing, live: bool) -> Standing {
        let nodes = [("p/a", a), ("p/b", b), ("x", Standing::Failed)];
        let nodes = nodes.into_iter().map(|(id, standing)| (NodeId::from(id), state(standing))).collect();
        let folded = packed().fold(nodes, live);
        assert_eq!(folded.keys().map(NodeId::as_str).collect::<Vec<_>>(), ["p", "x"]);
        folded[&NodeId::from("p")].state
    }

    #[test]
    fn a_package_stands_where_what_is_inside_stands() {
        use Standing::{Failed, Running, Skipped, Succeeded, Waiting};
        assert_eq!(folded(Succeeded, Succeeded, true), Succeeded);
        assert_eq!(folded(Succeeded, Waiting, true), Running);
        assert_eq!(folded(Waiting, Succeeded, true), Running);
        assert_eq!(folded(Waiting, Succeeded, false), Succeeded, "a view before what is kept");
        assert_eq!(folded(Succeeded, Waiting, false), Waiting);
        assert_eq!(folded(Succeeded, Running, true), Running);
        assert_eq!(folded(Failed, Skipped, true), Failed);
        assert_eq!(folded(Skipped, Skipped, true), Skipped);
        assert_eq!(folded(Succeeded, Skipped, true), Succeeded, "a branch that was not taken");
    }

    #[test]
    fn rows_are_those_of_the_outputs_and_a_failure_says_where_inside() {
        let mut failed = state(Standing::Failed);
        failed.error = Some(json!({"code": "compute_failed", "message": "Divided by zero."}));
        let mut made = state(Standing::Succeeded);
        made.rows = [("table".to_owned(), 7)].into();
        let nodes = [(NodeId::from("p/a"), failed), (NodeId::from("p/b"), made)].into();
        let folded = packed().fold(nodes, true);
        let one = &folded[&NodeId::from("p")];
        assert_eq!(one.rows, [("out".to_owned(), 7)].into());
        assert_eq!(one.error.as_ref().unwrap()["message"], "Inside, at a: Divided by zero.");
        assert_eq!(packed().inside(&"p".into()).len(), 2);
        assert_eq!(packed().inside(&"x".into()), ["x".into()]);
    }
}
