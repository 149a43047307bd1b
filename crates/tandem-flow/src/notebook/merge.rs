//! What a notebook changed, done to the workflow as it is by now.

use super::{Remark, Returned, remark};
use crate::diff::restore;
use crate::graph::{Edit, NodeId, Workflow};

/// Does to `now` what lies between the workflow that the notebook was made from and the one that came back, so that what
/// was done on the canvas meanwhile stays. What can no longer be done is said.
pub fn merge(returned: &Returned, now: &Workflow) -> (Workflow, Vec<Remark>) {
    let mut merged = now.clone();
    let mut remarks = Vec::new();
    let before = &returned.before;
    for edit in restore(&returned.workflow, before) {
        let unchanged = match &edit {
            Edit::MoveNode { id, position } => before.nodes.get(id).is_some_and(|node| node.position == *position),
            Edit::SetFrame { id, frame } => before.nodes.get(id).is_some_and(|node| node.frame == *frame),
            _ => false,
        };
        if unchanged {
            continue;
        }
        merged.apply(&edit);
        if let Some(id) = of(&edit).filter(|id| !merged.nodes.contains_key(*id)) {
            remarks.push(remark(
                &format!("n-{id}"),
                format!("The node “{id}” was removed on the canvas meanwhile, so this change of it was left out."),
                format!("节点“{id}”已在画布上删除，对它的改动未导入。"),
            ));
        }
    }
    remarks.dedup();
    (merged, remarks)
}

/// The node that an edit changes.
fn of(edit: &Edit) -> Option<&NodeId> {
    match edit {
        Edit::SetComponent { id, .. }
        | Edit::SetParam { id, .. }
        | Edit::SetLabel { id, .. }
        | Edit::SetNodeNote { id, .. }
        | Edit::SetSeed { id, .. }
        | Edit::MoveNode { id, .. }
        | Edit::SetFrame { id, .. } => Some(id),
        _ => None,
    }
}
