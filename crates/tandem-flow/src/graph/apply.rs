//! Edits at work.
//!
//! An edit of something that is gone does nothing: whoever removed it was
//! first. So the edits of several people can be applied as they come, and the
//! document is valid after each.

use std::collections::BTreeMap;
use std::mem;

use serde_json::Value;

use super::{Edit, ExposedInput, ExposedOutput, FrameId, Node, NodeId, Workflow};

impl Workflow {
    /// Makes a change and gives what undoes it, to be applied in its order.
    /// Empty where nothing changed.
    pub fn apply(&mut self, edit: &Edit) -> Vec<Edit> {
        match edit {
            Edit::AddNode { id, node } => self.add_node(id, node),
            Edit::RemoveNode { id } => self.remove_node(id),
            Edit::MoveNode { id, position } => set(
                self.nodes.get_mut(id),
                |n| &mut n.position,
                position,
                |position| Edit::MoveNode { id: id.clone(), position },
            ),
            Edit::SetComponent { id, component } => set(
                self.nodes.get_mut(id),
                |n| &mut n.component,
                component,
                |component| Edit::SetComponent { id: id.clone(), component },
            ),
            Edit::SetParam { id, param, value } => self.set_param(id, param, value),
            Edit::SetLabel { id, label } => {
                set(self.nodes.get_mut(id), |n| &mut n.label, label, |label| Edit::SetLabel { id: id.clone(), label })
            }
            Edit::SetNodeNote { id, note } => {
                set(self.nodes.get_mut(id), |n| &mut n.note, note, |note| Edit::SetNodeNote { id: id.clone(), note })
            }
            Edit::SetSeed { id, seed } => {
                set(self.nodes.get_mut(id), |n| &mut n.seed, seed, |seed| Edit::SetSeed { id: id.clone(), seed })
            }
            Edit::SetFrame { id, frame } => {
                if frame.as_ref().is_some_and(|frame| !self.frames.contains_key(frame)) {
                    return Vec::new();
                }
                set(self.nodes.get_mut(id), |n| &mut n.frame, frame, |frame| Edit::SetFrame { id: id.clone(), frame })
            }
            Edit::Connect { id, edge } => {
                let ends = [&edge.from.node, &edge.to.node];
                if !id.is_valid() || ends.iter().any(|node| !self.nodes.contains_key(*node)) {
                    return Vec::new();
                }
                add(&mut self.edges, id, edge.clone(), || Edit::Disconnect { id: id.clone() })
            }
            Edit::Disconnect { id } => remove(&mut self.edges, id, |edge| Edit::Connect { id: id.clone(), edge }),
            Edit::Reorder { id, order } => {
                set(self.edges.get_mut(id), |e| &mut e.order, order, |order| Edit::Reorder { id: id.clone(), order })
            }
            Edit::AddNote { id, note } if id.is_valid() => {
                add(&mut self.notes, id, note.clone(), || Edit::RemoveNote { id: id.clone() })
            }
            Edit::RemoveNote { id } => remove(&mut self.notes, id, |note| Edit::AddNote { id: id.clone(), note }),
            Edit::SetNoteText { id, text } => {
                set(self.notes.get_mut(id), |n| &mut n.text, text, |text| Edit::SetNoteText { id: id.clone(), text })
            }
            Edit::MoveNote { id, position, size } => {
                let Some(note) = self.notes.get_mut(id) else { return Vec::new() };
                let before = (mem::replace(&mut note.position, *position), mem::replace(&mut note.size, *size));
                if before == (*position, *size) {
                    return Vec::new();
                }
                vec![Edit::MoveNote { id: id.clone(), position: before.0, size: before.1 }]
            }
            Edit::AddFrame { id, frame } if id.is_valid() => {
                add(&mut self.frames, id, frame.clone(), || Edit::RemoveFrame { id: id.clone() })
            }
            Edit::RemoveFrame { id } => self.remove_frame(id),
            Edit::SetFrameTitle { id, title } => set(
                self.frames.get_mut(id),
                |f| &mut f.title,
                title,
                |title| Edit::SetFrameTitle { id: id.clone(), title },
            ),
            Edit::FoldFrame { id, folded } => set(
                self.frames.get_mut(id),
                |f| &mut f.folded,
                folded,
                |folded| Edit::FoldFrame { id: id.clone(), folded },
            ),
            Edit::DeclareParam { name, schema } => {
                put(&mut self.params, name, schema.clone(), |schema| Edit::DeclareParam { name: name.clone(), schema })
            }
            Edit::ExposeInput { name, input } => self.expose_input(name, input.as_ref()),
            Edit::ExposeOutput { name, output } => self.expose_output(name, output.as_ref()),
            // An id that can't be.
            Edit::AddNote { .. } | Edit::AddFrame { .. } => Vec::new(),
        }
    }

    /// Makes several changes and gives what undoes them all, to be applied in its order.
    pub fn apply_all(&mut self, edits: &[Edit]) -> Vec<Edit> {
        let mut undo: Vec<Vec<Edit>> = edits.iter().map(|edit| self.apply(edit)).collect();
        undo.reverse();
        undo.concat()
    }

    fn add_node(&mut self, id: &NodeId, node: &Node) -> Vec<Edit> {
        if !id.is_valid() {
            return Vec::new();
        }
        let mut node = node.clone();
        node.frame = node.frame.filter(|frame| self.frames.contains_key(frame));
        add(&mut self.nodes, id, node, || Edit::RemoveNode { id: id.clone() })
    }

    fn remove_node(&mut self, id: &NodeId) -> Vec<Edit> {
        let Some(node) = self.nodes.remove(id) else { return Vec::new() };
        let mut undo = vec![Edit::AddNode { id: id.clone(), node: Box::new(node) }];
        self.edges.retain(|edge_id, edge| {
            let stays = edge.from.node != *id && edge.to.node != *id;
            if !stays {
                undo.push(Edit::Connect { id: edge_id.clone(), edge: edge.clone() });
            }
            stays
        });
        self.inputs.retain(|name, input| {
            if input.to.iter().any(|to| to.node == *id) {
                undo.push(Edit::ExposeInput { name: name.clone(), input: Some(input.clone()) });
                input.to.retain(|to| to.node != *id);
            }
            !input.to.is_empty()
        });
        self.outputs.retain(|name, output| {
            let stays = output.from.node != *id;
            if !stays {
                undo.push(Edit::ExposeOutput { name: name.clone(), output: Some(output.clone()) });
            }
            stays
        });
        undo
    }

    fn set_param(&mut self, id: &NodeId, param: &str, value: &Value) -> Vec<Edit> {
        let Some(node) = self.nodes.get_mut(id) else { return Vec::new() };
        let value = Some(value.clone()).filter(|value| !value.is_null());
        put(&mut node.params, param, value, |value| Edit::SetParam {
            id: id.clone(),
            param: param.to_owned(),
            value: value.unwrap_or(Value::Null),
        })
    }

    fn remove_frame(&mut self, id: &FrameId) -> Vec<Edit> {
        let Some(frame) = self.frames.remove(id) else { return Vec::new() };
        let mut undo = vec![Edit::AddFrame { id: id.clone(), frame }];
        for (node_id, node) in &mut self.nodes {
            if node.frame.as_ref() == Some(id) {
                undo.push(Edit::SetFrame { id: node_id.clone(), frame: node.frame.take() });
            }
        }
        undo
    }

    fn expose_input(&mut self, name: &str, input: Option<&ExposedInput>) -> Vec<Edit> {
        let mut input = input.cloned();
        if let Some(input) = &mut input {
            input.to.retain(|to| self.nodes.contains_key(&to.node));
            if input.to.is_empty() {
                return Vec::new();
            }
        }
        put(&mut self.inputs, name, input, |input| Edit::ExposeInput { name: name.to_owned(), input })
    }

    fn expose_output(&mut self, name: &str, output: Option<&ExposedOutput>) -> Vec<Edit> {
        if output.is_some_and(|output| !self.nodes.contains_key(&output.from.node)) {
            return Vec::new();
        }
        put(&mut self.outputs, name, output.cloned(), |output| Edit::ExposeOutput { name: name.to_owned(), output })
    }
}

/// Sets a field of an element, where it is there and differs.
fn set<E, T: Clone + PartialEq>(
    element: Option<&mut E>,
    field: impl Fn(&mut E) -> &mut T,
    value: &T,
    undo: impl FnOnce(T) -> Edit,
) -> Vec<Edit> {
    let Some(field) = element.map(field).filter(|field| *field != value) else { return Vec::new() };
    vec![undo(mem::replace(field, value.clone()))]
}

/// Adds an element under an id that is free.
fn add<K: Ord + Clone, T>(all: &mut BTreeMap<K, T>, id: &K, element: T, undo: impl FnOnce() -> Edit) -> Vec<Edit> {
    if all.contains_key(id) {
        return Vec::new();
    }
    all.insert(id.clone(), element);
    vec![undo()]
}

/// Removes an element.
fn remove<K: Ord, T>(all: &mut BTreeMap<K, T>, id: &K, undo: impl FnOnce(T) -> Edit) -> Vec<Edit> {
    all.remove(id).map(undo).into_iter().collect()
}

/// Sets what stands under a name, or takes it away.
fn put<T: PartialEq>(
    all: &mut BTreeMap<String, T>,
    name: &str,
    value: Option<T>,
    undo: impl FnOnce(Option<T>) -> Edit,
) -> Vec<Edit> {
    if all.get(name) == value.as_ref() {
        return Vec::new();
    }
    let before = match value {
        Some(value) => all.insert(name.to_owned(), value),
        None => all.remove(name),
    };
    vec![undo(before)]
}
