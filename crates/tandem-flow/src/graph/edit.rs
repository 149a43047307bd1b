//! Small changes, which travel between people and are kept for undo.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Component, Edge, EdgeId, ExposedInput, ExposedOutput, Frame, FrameId, Label, Node, NodeId, Note, NoteId, Position,
    Size,
};

/// One change of a workflow. Each sets one field of one element, or adds or
/// removes an element, so that changes of different things never collide and
/// of the same field the last one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Adds a node; ignored where the id is taken.
    AddNode {
        /// Its id, new.
        id: NodeId,
        /// The node.
        node: Box<Node>,
    },
    /// Removes a node with its connections.
    RemoveNode {
        /// The node.
        id: NodeId,
    },
    /// Moves a node.
    MoveNode {
        /// The node.
        id: NodeId,
        /// Where to.
        position: Position,
    },
    /// Takes another version, or another component.
    SetComponent {
        /// The node.
        id: NodeId,
        /// What it runs from now on.
        component: Component,
    },
    /// Sets a parameter, or with `null` takes it back to its default.
    SetParam {
        /// The node.
        id: NodeId,
        /// The parameter.
        param: String,
        /// Its value.
        #[serde(default)]
        value: Value,
    },
    /// Renames a node.
    SetLabel {
        /// The node.
        id: NodeId,
        /// What it is called; absent for the component's title.
        #[serde(default)]
        label: Option<Label>,
    },
    /// Says why a node is there.
    SetNodeNote {
        /// The node.
        id: NodeId,
        /// The words.
        #[serde(default)]
        note: Option<String>,
    },
    /// Gives a node a seed of its own.
    SetSeed {
        /// The node.
        id: NodeId,
        /// The seed; absent for that of the run.
        #[serde(default)]
        seed: Option<u32>,
    },
    /// Puts a node into a frame, or out of any.
    SetFrame {
        /// The node.
        id: NodeId,
        /// The frame.
        #[serde(default)]
        frame: Option<FrameId>,
    },
    /// Connects two ports; ignored where the id is taken or an end is gone.
    Connect {
        /// Its id, new.
        id: EdgeId,
        /// The connection.
        edge: Edge,
    },
    /// Removes a connection.
    Disconnect {
        /// The connection.
        id: EdgeId,
    },
    /// Changes the place of a connection among those of its port.
    Reorder {
        /// The connection.
        id: EdgeId,
        /// Its place.
        order: i32,
    },
    /// Adds a note.
    AddNote {
        /// Its id, new.
        id: NoteId,
        /// The note.
        note: Note,
    },
    /// Removes a note.
    RemoveNote {
        /// The note.
        id: NoteId,
    },
    /// Changes the words of a note.
    SetNoteText {
        /// The note.
        id: NoteId,
        /// The words.
        text: String,
    },
    /// Moves a note, or changes its size.
    MoveNote {
        /// The note.
        id: NoteId,
        /// Where to.
        position: Position,
        /// Its size.
        #[serde(default)]
        size: Option<Size>,
    },
    /// Adds a frame; nodes are put in with [`Edit::SetFrame`].
    AddFrame {
        /// Its id, new.
        id: FrameId,
        /// The frame.
        frame: Frame,
    },
    /// Removes a frame; its nodes stay.
    RemoveFrame {
        /// The frame.
        id: FrameId,
    },
    /// Renames a frame.
    SetFrameTitle {
        /// The frame.
        id: FrameId,
        /// What it is called.
        title: Label,
    },
    /// Folds a frame, or unfolds it.
    FoldFrame {
        /// The frame.
        id: FrameId,
        /// Whether it is folded.
        folded: bool,
    },
    /// Declares a parameter of the whole workflow, or takes it away.
    DeclareParam {
        /// Its name.
        name: String,
        /// Its JSON Schema; absent to take it away.
        #[serde(default)]
        schema: Option<Map<String, Value>>,
    },
    /// Makes ports an input of the whole workflow, or takes it away.
    ExposeInput {
        /// Its name.
        name: String,
        /// What it feeds; absent to take it away.
        #[serde(default)]
        input: Option<ExposedInput>,
    },
    /// Makes a port an output of the whole workflow, or takes it away.
    ExposeOutput {
        /// Its name.
        name: String,
        /// What it is; absent to take it away.
        #[serde(default)]
        output: Option<ExposedOutput>,
    },
}
