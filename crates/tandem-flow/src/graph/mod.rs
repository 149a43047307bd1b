//! The document that people draw: nodes, what connects them, and how it lies
//! on the canvas.
//!
//! Ids are stable and never used again for something else, so that versions
//! are compared, edits merged and notebooks brought back by id. The document is
//! valid when everything that it names is there ([`Workflow::flaws`]), and an
//! [`Edit`] never makes a valid one invalid. Whether it makes sense (cycles,
//! missing inputs) is for [`crate::check`]: two people can each do something
//! sensible and together draw a cycle.

mod apply;
mod edit;
mod id;
mod label;
mod read;
#[cfg(test)]
pub(crate) mod tests;
mod wiring;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tandem_core::Text;

pub use edit::Edit;
pub use id::{EdgeId, FrameId, NodeId, NoteId};
pub use label::Label;
pub use wiring::Wiring;

/// The newest format of the document that this release reads, and the one that it writes.
pub const FORMAT: u32 = 1;

/// A workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The format of the document.
    pub format: u32,
    /// What may be set for the whole workflow: name → JSON Schema of the
    /// parameter. A node's parameter takes its value from one by being
    /// `{"$param": name}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Map<String, Value>>,
    /// The nodes.
    #[serde(default)]
    pub nodes: BTreeMap<NodeId, Node>,
    /// What connects them.
    #[serde(default)]
    pub edges: BTreeMap<EdgeId, Edge>,
    /// Notes on the canvas.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<NoteId, Note>,
    /// Groups of nodes, which fold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub frames: BTreeMap<FrameId, Frame>,
    /// What it reads from outside when it is used as a component or run with other data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, ExposedInput>,
    /// What it gives to outside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, ExposedOutput>,
}

/// A component at work in a workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// What it runs.
    pub component: Component,
    /// What is set; the rest takes its default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Value>,
    /// What people call it here; the component's title where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Why it is here, in a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it lies.
    pub position: Position,
    /// Its own seed; that of the run where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// The group that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<FrameId>,
}

impl Node {
    /// A node of a component with nothing set.
    pub fn new(component: Component, position: Position) -> Self {
        Self { component, params: BTreeMap::new(), label: None, note: None, position, seed: None, frame: None }
    }
}

/// A component in the version that a node pins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
}

impl Component {
    /// The version `version` of the component `name`.
    pub fn new(name: impl Into<String>, version: u32) -> Self {
        Self { name: name.into(), version }
    }
}

impl std::fmt::Display for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

/// A place on the canvas, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// From the left.
    #[serde(deserialize_with = "pixels")]
    pub x: i32,
    /// From the top.
    #[serde(deserialize_with = "pixels")]
    pub y: i32,
}

impl Position {
    /// A place.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
}

/// The width and height of a note, in whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Width.
    #[serde(deserialize_with = "pixels")]
    pub width: i32,
    /// Height.
    #[serde(deserialize_with = "pixels")]
    pub height: i32,
}

/// Whole pixels, from a number that a pointer left between two of them.
fn pixels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let exact = f64::deserialize(deserializer)?;
    Ok(exact.round() as i32)
}

/// A port of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortRef {
    /// The node.
    pub node: NodeId,
    /// The port.
    pub port: String,
}

impl PortRef {
    /// The port `port` of the node `node`.
    pub fn new(node: impl Into<NodeId>, port: impl Into<String>) -> Self {
        Self { node: node.into(), port: port.into() }
    }
}

/// A connection from an output to an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The output.
    pub from: PortRef,
    /// The input.
    pub to: PortRef,
    /// The place among the connections of a port that takes several; equal ones follow their ids.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub order: i32,
}

fn is_zero(order: &i32) -> bool {
    *order == 0
}

/// Words on the canvas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Markdown.
    pub text: String,
    /// Where it lies.
    pub position: Position,
    /// How large it is; as large as its words where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

/// A group of nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// What it is called.
    pub title: Label,
    /// Whether it is folded to one box.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folded: bool,
}

/// An input of the whole workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExposedInput {
    /// The input ports that it feeds; at least one.
    pub to: Vec<PortRef>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What it should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
}

/// An output of the whole workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExposedOutput {
    /// The output port that it is.
    pub from: PortRef,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
}

impl Default for Workflow {
    fn default() -> Self {
        Self {
            format: FORMAT,
            params: BTreeMap::new(),
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
            notes: BTreeMap::new(),
            frames: BTreeMap::new(),
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }
}

/// The workflow's parameter that a node's parameter takes its value from.
pub fn param_ref(value: &Value) -> Option<&str> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get("$param")?.as_str()
}

/// A node's parameter that takes its value from the workflow's parameter `name`.
pub fn ref_to(name: &str) -> Value {
    serde_json::json!({ "$param": name })
}

impl Workflow {
    /// The parameters of a node with the workflow's in their place: those in
    /// `given`, else their defaults. What has neither is left out.
    pub fn resolve(&self, node: &Node, given: &Map<String, Value>) -> Map<String, Value> {
        let value = |value: &Value| match param_ref(value) {
            None => Some(value.clone()),
            Some(name) => {
                given.get(name).or_else(|| self.params.get(name).and_then(|schema| schema.get("default"))).cloned()
            }
        };
        node.params.iter().filter_map(|(name, set)| Some((name.clone(), value(set)?))).collect()
    }

    /// The workflow's parameters as one schema, in the order of `x-order`, then of their names.
    pub fn schema(&self) -> Map<String, Value> {
        let mut params: Vec<_> = self.params.iter().collect();
        params.sort_by_key(|(_, schema)| schema.get("x-order").and_then(Value::as_i64).unwrap_or(i64::MAX));
        let plain = |schema: &Map<String, Value>| {
            let words = schema.iter().filter(|(word, _)| *word != "x-order" && *word != "x-required");
            words.map(|(word, value)| (word.clone(), value.clone())).collect::<Map<_, _>>()
        };
        let required = params.iter().filter(|(_, s)| s.get("x-required") == Some(&Value::Bool(true)));
        let required: Vec<Value> = required.map(|(name, _)| Value::from(name.as_str())).collect();
        let properties: Map<String, Value> =
            params.iter().map(|(name, schema)| ((*name).clone(), Value::Object(plain(schema)))).collect();
        let mut schema = Map::new();
        schema.insert("type".to_owned(), Value::from("object"));
        schema.insert("additionalProperties".to_owned(), Value::from(false));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), Value::Array(required));
        schema
    }

    /// The exposed input that feeds a port.
    pub fn input_of(&self, port: &PortRef) -> Option<&str> {
        self.inputs.iter().find(|(_, input)| input.to.contains(port)).map(|(name, _)| name.as_str())
    }

    /// Every id that is in use, whatever it names.
    pub fn ids(&self) -> BTreeSet<&str> {
        let nodes = self.nodes.keys().map(NodeId::as_str);
        let edges = self.edges.keys().map(EdgeId::as_str);
        let notes = self.notes.keys().map(NoteId::as_str);
        nodes.chain(edges).chain(notes).chain(self.frames.keys().map(FrameId::as_str)).collect()
    }
}
