//! Who feeds whom, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::{Edge, EdgeId, NodeId, Workflow};

/// The connections of a workflow from both sides, and an order in which what feeds comes before what is fed.
#[derive(Debug)]
pub struct Wiring<'w> {
    incoming: BTreeMap<&'w NodeId, Vec<(&'w EdgeId, &'w Edge)>>,
    outgoing: BTreeMap<&'w NodeId, Vec<(&'w EdgeId, &'w Edge)>>,
    order: Vec<&'w NodeId>,
    circling: BTreeSet<&'w NodeId>,
}

impl<'w> Wiring<'w> {
    /// Looks at a workflow. The order is the same for the same workflow: by depth, then by id.
    pub fn new(workflow: &'w Workflow) -> Self {
        let mut incoming: BTreeMap<&NodeId, Vec<(&EdgeId, &Edge)>> =
            workflow.nodes.keys().map(|id| (id, Vec::new())).collect();
        let mut outgoing = incoming.clone();
        for (id, edge) in &workflow.edges {
            if let Some(list) = incoming.get_mut(&edge.to.node) {
                list.push((id, edge));
            }
            if let Some(list) = outgoing.get_mut(&edge.from.node) {
                list.push((id, edge));
            }
        }
        for list in incoming.values_mut() {
            list.sort_by(|(a, x), (b, y)| (&x.to.port, x.order, a).cmp(&(&y.to.port, y.order, b)));
        }
        let mut wiring = Self { incoming, outgoing, order: Vec::new(), circling: BTreeSet::new() };
        wiring.sort();
        wiring
    }

    fn sort(&mut self) {
        let mut open: BTreeMap<&NodeId, usize> = self.incoming.iter().map(|(id, list)| (*id, list.len())).collect();
        let mut layer: Vec<&NodeId> = open.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
        while !layer.is_empty() {
            let mut next = Vec::new();
            for id in layer {
                open.remove(id);
                self.order.push(id);
                for (_, edge) in self.outgoing.get(id).into_iter().flatten() {
                    if let Some(count) = open.get_mut(&edge.to.node) {
                        *count -= 1;
                        if *count == 0 {
                            next.push(&edge.to.node);
                        }
                    }
                }
            }
            next.sort();
            layer = next;
        }
        // What is left lies on a cycle or behind one; what leads nowhere among the rest lies behind.
        let mut rest: BTreeSet<&NodeId> = open.into_keys().collect();
        loop {
            let leads_on = |id: &&NodeId| {
                self.outgoing.get(*id).into_iter().flatten().any(|(_, edge)| rest.contains(&edge.to.node))
            };
            let kept: BTreeSet<&NodeId> = rest.iter().copied().filter(leads_on).collect();
            if kept.len() == rest.len() {
                break;
            }
            rest = kept;
        }
        self.circling = rest;
    }

    /// The connections into a node: by port, then in their order.
    pub fn incoming(&self, node: &NodeId) -> &[(&'w EdgeId, &'w Edge)] {
        self.incoming.get(node).map(Vec::as_slice).unwrap_or_default()
    }

    /// The connections out of a node, by id.
    pub fn outgoing(&self, node: &NodeId) -> &[(&'w EdgeId, &'w Edge)] {
        self.outgoing.get(node).map(Vec::as_slice).unwrap_or_default()
    }

    /// The nodes, each after all that feeds it. Nodes on a cycle or behind one are not there.
    pub fn order(&self) -> &[&'w NodeId] {
        &self.order
    }

    /// The nodes on a cycle.
    pub fn circling(&self) -> &BTreeSet<&'w NodeId> {
        &self.circling
    }

    /// Everything that stands downstream of a node; the node itself only if it lies on a cycle.
    pub fn downstream(&self, node: &NodeId) -> BTreeSet<&'w NodeId> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&'w NodeId> = self.outgoing(node).iter().map(|(_, edge)| &edge.to.node).collect();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.outgoing(id).iter().map(|(_, edge)| &edge.to.node));
            }
        }
        reached
    }
}
