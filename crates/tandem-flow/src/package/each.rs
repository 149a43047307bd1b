//! A packaged component run once for every value of a list.

use std::collections::BTreeMap;

use serde_json::Value;
use tandem_core::Result;

use super::expand::{Library, Unfold, inner_params};
use super::invalid;
use crate::graph::{Component, Edge, EdgeId, Node, NodeId, PortRef, Workflow};

/// How a node runs once for every value.
#[derive(Debug)]
pub struct Each<'a> {
    /// What runs for each value.
    pub inner: &'a Workflow,
    /// The parameter of `inner` that takes the value.
    pub param: &'a str,
    /// The values.
    pub values: &'a [Value],
    /// What puts the results together, such as `union`; it takes the node's place.
    pub collect: Component,
    /// The port of it that takes several.
    pub into: &'a str,
    /// The output of `inner` that is put together.
    pub output: &'a str,
}

/// Unfolds the node `id` into one copy of a workflow for each value, and one
/// node that puts their results together. That node keeps the id, so that what
/// reads the node goes on reading it; the copies are `id/0/…`, `id/1/…`.
///
/// # Errors
/// `invalid_parameter` where the node, the parameter or the output is not there, or there is no value.
pub fn for_each(workflow: &Workflow, id: &NodeId, each: &Each<'_>, library: &dyn Library) -> Result<Workflow> {
    let Some(node) = workflow.nodes.get(id) else { return Err(invalid(format!("There is no node {id}."))) };
    if each.values.is_empty() {
        return Err(invalid("There is no value to run for: give at least one."));
    }
    if !each.inner.params.contains_key(each.param) {
        return Err(invalid(format!("What runs for each value has no parameter “{}”.", each.param)));
    }
    let fed: Vec<(EdgeId, Edge)> =
        workflow.edges.iter().filter(|(_, e)| e.to.node == *id).map(|(id, e)| (id.clone(), e.clone())).collect();
    let mut out = workflow.clone();
    out.edges.retain(|_, edge| edge.to.node != *id);
    let collector = Node { component: each.collect.clone(), params: BTreeMap::new(), ..node.clone() };
    out.nodes.insert(id.clone(), collector);
    let mut unfold = Unfold { library, out, inside: Vec::new() };
    for (turn, value) in each.values.iter().enumerate() {
        let place = id.inside(&NodeId::new(turn.to_string()));
        let mut given = inner_params(each.inner, &node.params);
        given.insert(each.param.to_owned(), value.clone());
        let faces = unfold.workflow(each.inner, Some(&place), Some(&given), node.seed)?;
        for (edge_id, edge) in &fed {
            for (port, to) in faces.inputs.get(&edge.to.port).into_iter().flatten().enumerate() {
                let edge_id = EdgeId::new(format!("{edge_id}/{turn}/{port}"));
                unfold.out.edges.insert(edge_id, Edge { to: to.clone(), ..edge.clone() });
            }
        }
        let Some(from) = faces.outputs.get(each.output).cloned() else {
            return Err(invalid(format!("What runs for each value has no output “{}”.", each.output)));
        };
        let order = i32::try_from(turn).unwrap_or(i32::MAX);
        let edge = Edge { from, to: PortRef::new(id, each.into), order };
        unfold.out.edges.insert(EdgeId::new(format!("{place}/out")), edge);
    }
    // An input of the whole workflow that fed the node feeds every copy.
    for input in unfold.out.inputs.values_mut() {
        let own: Vec<PortRef> = input.to.iter().filter(|to| to.node == *id).cloned().collect();
        input.to.retain(|to| to.node != *id);
        for to in own {
            let inner = each.inner.inputs.get(&to.port).map(|inner| inner.to.as_slice()).unwrap_or_default();
            for turn in 0..each.values.len() {
                let place = id.inside(&NodeId::new(turn.to_string()));
                input.to.extend(inner.iter().map(|to| PortRef::new(place.inside(&to.node), &*to.port)));
            }
        }
    }
    Ok(unfold.out)
}
