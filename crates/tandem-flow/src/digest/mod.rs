//! What a node's result depends on, in 32 bytes: equal digest, equal result.
//!
//! Covered are the component's name, version and content, its parameters with
//! their defaults, the digests of what feeds it, what it reads from outside (a
//! dataset's content and the person's view of it), the environment, and the
//! seed where chance plays a part. Names, places and notes are not.

mod canonical;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use canonical::canonical;

use crate::PortColumns;
use crate::check::{Catalog, Given};
use crate::graph::{Node, NodeId, PortRef, Wiring, Workflow};
use crate::params::{Schema, settle};
use crate::signature::Signature;

/// The digest of a node, written `blake3:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of a value in its canonical form.
    pub fn of(value: &Value) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("tandem 2026 node of a workflow");
        hasher.update(canonical(value).as_bytes());
        Self(format!("blake3:{}", hasher.finalize().to_hex()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What only the world outside of the graph knows.
pub trait World {
    /// The content of a component: of its code, its template or its inner workflow.
    fn component(&self, signature: &Signature) -> String;

    /// What a node reads beside its inputs: for a dataset, the content of the
    /// pinned version and the view of it that the person has.
    fn source(&self, node: &Node, signature: &Signature) -> Option<String>;

    /// What is given as an input of the whole workflow; `None` where nothing is.
    fn input(&self, name: &str) -> Option<String>;

    /// The environment in which a component runs, such as that of a Python function.
    fn environment(&self, signature: &Signature) -> Option<String>;
}

/// The digest of every node that could run. Where its component, one of its
/// parameters or something upstream is missing, a node has none.
pub fn digests(
    workflow: &Workflow,
    catalog: &dyn Catalog,
    given: &Given,
    world: &dyn World,
    seed: u64,
) -> BTreeMap<NodeId, Digest> {
    let wiring = Wiring::new(workflow);
    let mut known: BTreeMap<NodeId, Digest> = BTreeMap::new();
    for id in wiring.order() {
        let Some(node) = workflow.nodes.get(*id) else { continue };
        let Some(signature) = catalog.find(&node.component).runnable() else { continue };
        let Some(inputs) = inputs(id, workflow, &wiring, signature, &known, world) else { continue };
        let schema = signature.schema();
        // Columns play no part here: what is known of them before a run must not change the digest.
        let settled = settle(Schema::new(&schema), &workflow.resolve(node, &given.params), &PortColumns::new());
        if !settled.problems.is_empty() {
            continue;
        }
        let seed = signature.seeded.then(|| node.seed.map_or(seed, u64::from));
        let content = json!({
            "component": [signature.name, signature.version, world.component(signature)],
            "params": settled.params,
            "inputs": inputs,
            "source": world.source(node, signature),
            "environment": world.environment(signature),
            "seed": seed,
        });
        known.insert((*id).clone(), Digest::of(&content));
    }
    known
}

/// Port → what feeds it, in order; nothing where something that feeds it has no digest.
fn inputs(
    id: &NodeId,
    workflow: &Workflow,
    wiring: &Wiring<'_>,
    signature: &Signature,
    known: &BTreeMap<NodeId, Digest>,
    world: &dyn World,
) -> Option<Value> {
    let mut ports: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (_, edge) in wiring.incoming(id) {
        let from = known.get(&edge.from.node)?;
        ports.entry(&edge.to.port).or_default().push(json!([from, edge.from.port]));
    }
    for port in &signature.inputs {
        if let Some(name) = workflow.input_of(&PortRef::new(id, &*port.name)) {
            ports.entry(&port.name).or_default().push(json!(world.input(name)?));
        }
        if !port.optional && !ports.contains_key(port.name.as_str()) {
            return None;
        }
    }
    Some(json!(ports))
}
