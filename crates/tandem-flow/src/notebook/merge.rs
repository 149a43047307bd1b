//! What a notebook changed, done to the workflow as it is by now.

use super::{Remark, Returned, remark};
use crate::diff::{restore, restore_node};
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
        match &edit {
            Edit::AddNode { id, .. } if merged.nodes.contains_key(id) => {
                if again(&mut merged, &returned.workflow, id) {
                    remarks.push(remark(
                        id.as_str(),
                        "This cell was brought back before. What it says now takes the place of what its node said.",
                        "此单元格此前已导入过，节点现以笔记本中的内容为准。",
                    ));
                }
                continue;
            }
            Edit::AddNote { id, note } if merged.notes.contains_key(id) => {
                merged.apply(&Edit::SetNoteText { id: id.clone(), text: note.text.clone() });
                continue;
            }
            Edit::Connect { id, edge } if merged.edges.get(id).is_some_and(|is| is != edge) => {
                merged.apply(&Edit::Disconnect { id: id.clone() });
            }
            _ => {}
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

/// Makes a node that came from the same cell before say what the cell says now; whether anything changed.
fn again(merged: &mut Workflow, returned: &Workflow, id: &NodeId) -> bool {
    let was = merged.clone();
    let own = format!("{id}-in");
    let fed = was.edges.iter().filter(|(edge, to)| to.to.node == *id && edge.as_str().starts_with(&own));
    for (edge, _) in fed.filter(|(edge, _)| !returned.edges.contains_key(*edge)) {
        merged.apply(&Edit::Disconnect { id: edge.clone() });
    }
    for edit in restore_node(returned, merged, id) {
        merged.apply(&edit);
    }
    *merged != was
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
