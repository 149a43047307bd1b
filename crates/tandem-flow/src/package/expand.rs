//! Components that are workflows, unfolded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result};

use super::invalid;
use crate::graph::{Component, Edge, EdgeId, ExposedInput, ExposedOutput, Node, NodeId, PortRef, Workflow};

/// How many nodes an unfolded workflow may have.
const MOST: usize = 20_000;

/// Where packaged components are kept.
pub trait Library {
    /// The workflow inside a component; nothing for a component that is none.
    fn inner(&self, component: &Component) -> Option<&Workflow>;
}

/// The workflow with the nodes of every packaged component in its place, down
/// to the last. Frames and notes are left behind.
///
/// # Errors
/// `invalid_parameter` for a component that contains itself, `payload_too_large` past 20,000 nodes.
pub fn expand(workflow: &Workflow, library: &dyn Library) -> Result<Workflow> {
    let mut unfold = Unfold { library, out: Workflow::default(), inside: Vec::new() };
    let faces = unfold.workflow(workflow, None, None, None)?;
    let mut out = unfold.out;
    out.params.clone_from(&workflow.params);
    out.inputs = faces
        .inputs
        .into_iter()
        .filter(|(_, to)| !to.is_empty())
        .map(|(name, to)| {
            let was = workflow.inputs.get(&name);
            let input =
                ExposedInput { to, label: was.and_then(|i| i.label.clone()), help: was.and_then(|i| i.help.clone()) };
            (name, input)
        })
        .collect();
    out.outputs = faces
        .outputs
        .into_iter()
        .map(|(name, from)| {
            let was = workflow.outputs.get(&name);
            let output = ExposedOutput {
                from,
                label: was.and_then(|o| o.label.clone()),
                help: was.and_then(|o| o.help.clone()),
            };
            (name, output)
        })
        .collect();
    Ok(out)
}

/// What a workflow shows, as ports of the nodes that are really there.
#[derive(Debug, Default)]
pub(super) struct Faces {
    pub(super) inputs: BTreeMap<String, Vec<PortRef>>,
    pub(super) outputs: BTreeMap<String, PortRef>,
}

pub(super) struct Unfold<'l> {
    pub(super) library: &'l dyn Library,
    pub(super) out: Workflow,
    /// The components that are being unfolded, the outermost first.
    pub(super) inside: Vec<Component>,
}

impl Unfold<'_> {
    /// Puts the nodes of `source` into the result, with ids inside of `place`.
    /// `given` are the values of its parameters; without it, references stay.
    pub(super) fn workflow(
        &mut self,
        source: &Workflow,
        place: Option<&NodeId>,
        given: Option<&Map<String, Value>>,
        seed: Option<u32>,
    ) -> Result<Faces> {
        let id_of = |id: &NodeId| place.map_or_else(|| id.clone(), |place| place.inside(id));
        let mut faces: BTreeMap<&NodeId, Faces> = BTreeMap::new();
        for (id, node) in &source.nodes {
            let params = match given {
                None => node.params.clone(),
                Some(given) => source.resolve(node, given).into_iter().collect(),
            };
            let seed = node.seed.or(seed);
            match self.library.inner(&node.component) {
                Some(inner) => {
                    if self.inside.contains(&node.component) {
                        return Err(invalid(format!(
                            "The component {} contains itself, so it would never end. Remove it from inside.",
                            node.component
                        )));
                    }
                    let given = inner_params(inner, &params);
                    self.inside.push(node.component.clone());
                    let shown = self.workflow(inner, Some(&id_of(id)), Some(&given), seed)?;
                    self.inside.pop();
                    faces.insert(id, shown);
                }
                None => {
                    if self.out.nodes.len() >= MOST {
                        return Err(Error::new(
                            ErrorCode::PayloadTooLarge,
                            format!(
                                "With all packages unfolded there are more than {MOST} nodes. Run parts of it on their own."
                            ),
                        ));
                    }
                    let node = Node { params, seed, frame: None, ..node.clone() };
                    self.out.nodes.insert(id_of(id), node);
                }
            }
        }
        // An output of a package is that of a node inside; an input may be several.
        let output = |from: &PortRef| match faces.get(&from.node) {
            Some(shown) => shown.outputs.get(&from.port).cloned(),
            None => source.nodes.contains_key(&from.node).then(|| PortRef::new(id_of(&from.node), &*from.port)),
        };
        let inputs = |to: &PortRef| match faces.get(&to.node) {
            Some(shown) => shown.inputs.get(&to.port).cloned().unwrap_or_default(),
            None => vec![PortRef::new(id_of(&to.node), &*to.port)],
        };
        for (id, edge) in &source.edges {
            let Some(from) = output(&edge.from) else { continue };
            let id = place.map_or_else(|| id.clone(), |place| EdgeId::inside(place, id));
            for (turn, to) in inputs(&edge.to).into_iter().enumerate() {
                let id = if turn == 0 { id.clone() } else { EdgeId::new(format!("{id}/{turn}")) };
                self.out.edges.insert(id, Edge { from: from.clone(), to, order: edge.order });
            }
        }
        Ok(Faces {
            inputs: source
                .inputs
                .iter()
                .map(|(name, i)| (name.clone(), i.to.iter().flat_map(inputs).collect()))
                .collect(),
            outputs: source.outputs.iter().filter_map(|(name, o)| Some((name.clone(), output(&o.from)?))).collect(),
        })
    }
}

/// The values of a package's parameters: what its node sets, else their
/// defaults. A reference to a parameter of the workflow around it goes through.
pub(super) fn inner_params(inner: &Workflow, set: &BTreeMap<String, Value>) -> Map<String, Value> {
    let value = |name: &String, schema: &Map<String, Value>| {
        let set = set.get(name).filter(|value| !value.is_null());
        set.or_else(|| schema.get("default")).cloned()
    };
    inner.params.iter().filter_map(|(name, schema)| Some((name.clone(), value(name, schema)?))).collect()
}
