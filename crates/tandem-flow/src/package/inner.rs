//! From a packaged node's port to the port inside that it is.

use super::Library;
use crate::graph::{PortRef, Workflow};

/// The output port in the unfolded workflow that `at` is; `at` itself where its
/// node is no package. `None` where there is no such node or output.
pub fn output_inside(workflow: &Workflow, library: &dyn Library, at: &PortRef) -> Option<PortRef> {
    let node = workflow.nodes.get(&at.node)?;
    let Some(inner) = library.inner(&node.component) else { return Some(at.clone()) };
    let from = &inner.outputs.get(&at.port)?.from;
    let inside = output_inside(inner, library, from)?;
    Some(PortRef::new(at.node.inside(&inside.node), inside.port))
}

/// Whether a component of this name stands, near or far, inside of a workflow.
pub fn contains(workflow: &Workflow, library: &dyn Library, name: &str) -> bool {
    workflow.nodes.values().any(|node| {
        node.component.name == name
            || library.inner(&node.component).is_some_and(|inner| contains(inner, library, name))
    })
}
