//! What a packaged component shows of what is inside.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_core::{Lang, Text};

use crate::check::Catalog;
use crate::graph::{NodeId, PortRef, Wiring, Workflow, param_ref};
use crate::params::Schema;
use crate::signature::{Category, Port};

/// What becomes a component, and what it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The nodes.
    pub nodes: BTreeSet<NodeId>,
    /// The component's name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Where the palette shows it.
    pub category: Category,
    /// What it is called.
    pub title: Text,
    /// What it is for.
    pub summary: Text,
    /// How it is used.
    pub help: Text,
    /// What may be set.
    #[serde(default)]
    pub params: Vec<ChosenParam>,
    /// What it reads.
    #[serde(default)]
    pub inputs: Vec<ChosenInput>,
    /// What it gives.
    #[serde(default)]
    pub outputs: Vec<ChosenOutput>,
}

/// A parameter of an inner node that shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenParam {
    /// Its name outside.
    pub name: String,
    /// The inner node.
    pub node: NodeId,
    /// Its name there.
    pub param: String,
    /// What it is called.
    pub label: Text,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// Its default; what is set now where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether it must be set; it has no default then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// An input of the component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenInput {
    /// Its name.
    pub name: String,
    /// The inner ports that it feeds.
    pub to: Vec<PortRef>,
    /// What it is called.
    pub label: Text,
    /// What it should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
}

/// An output of the component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenOutput {
    /// Its name.
    pub name: String,
    /// The inner port that it is.
    pub from: PortRef,
    /// What it is called.
    pub label: Text,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
}

/// A first choice for some nodes, for a person to change: inputs are what
/// comes from other nodes and what is open, each source once; outputs are what
/// goes to other nodes or nowhere; parameters are those that the whole workflow
/// sets.
pub fn suggest(workflow: &Workflow, catalog: &dyn Catalog, nodes: BTreeSet<NodeId>, name: &str, title: Text) -> Choice {
    let wiring = Wiring::new(workflow);
    let mut choice = Choice {
        nodes,
        name: name.to_owned(),
        version: 1,
        category: Category::Own,
        summary: title.clone(),
        help: Text::new("", ""),
        title,
        params: Vec::new(),
        inputs: Vec::new(),
        outputs: Vec::new(),
    };
    let ordered: Vec<&NodeId> = wiring.order().iter().copied().filter(|id| choice.nodes.contains(*id)).collect();
    let mut names = Names::default();
    // Source → the input that takes it. A port that takes several is an input of its own, which takes several too.
    let mut known: BTreeMap<PortRef, usize> = BTreeMap::new();
    for (to, from, port) in free(workflow, catalog, &wiring, &choice.nodes, &ordered) {
        if choice.inputs.iter().any(|input| input.to.contains(&to)) {
            continue;
        }
        let source = from.filter(|_| !port.many);
        if let Some(at) = source.as_ref().and_then(|source| known.get(source)) {
            choice.inputs[*at].to.push(to);
            continue;
        }
        known.extend(source.map(|source| (source, choice.inputs.len())));
        choice.inputs.push(ChosenInput {
            name: names.free(&port.name),
            to: vec![to],
            label: port.label.clone(),
            help: port.help.clone(),
        });
    }
    let mut names = Names::default();
    for id in &ordered {
        let Some(node) = workflow.nodes.get(*id) else { continue };
        let Some(signature) = catalog.find(&node.component).signature() else { continue };
        for port in &signature.outputs {
            let mut readers = wiring.outgoing(id).iter().filter(|(_, edge)| edge.from.port == port.name).peekable();
            let leads_nowhere = readers.peek().is_none();
            if leads_nowhere || readers.any(|(_, edge)| !choice.nodes.contains(&edge.to.node)) {
                choice.outputs.push(ChosenOutput {
                    name: names.free(&port.name),
                    from: PortRef::new(*id, &*port.name),
                    label: port.label.clone(),
                    help: port.help.clone(),
                });
            }
        }
    }
    let mut names = Names::default();
    for id in ordered {
        let Some(node) = workflow.nodes.get(id) else { continue };
        let schema = catalog.find(&node.component).signature().map(|signature| signature.schema());
        for (param, value) in &node.params {
            let Some(outer) = param_ref(value) else { continue };
            let label = |lang| {
                let declared = workflow.params.get(outer).map(Schema::new);
                let inner = schema.as_ref().and_then(|schema| Schema::new(schema).property(param));
                declared.or(inner).map_or_else(|| param.clone(), |schema| schema.label(param, lang))
            };
            choice.params.push(ChosenParam {
                name: names.free(outer),
                node: id.clone(),
                param: param.clone(),
                label: Text::new(label(Lang::En), label(Lang::Zh)),
                help: workflow.params.get(outer).and_then(|schema| Schema::new(schema).text("x-help")),
                default: None,
                required: false,
            });
        }
    }
    choice
}

/// Inner ports that something outside must feed: with their source, where they have one.
pub(super) fn free<'c>(
    workflow: &Workflow,
    catalog: &'c dyn Catalog,
    wiring: &Wiring<'_>,
    nodes: &BTreeSet<NodeId>,
    ordered: &[&NodeId],
) -> Vec<(PortRef, Option<PortRef>, &'c Port)> {
    let mut free = Vec::new();
    for id in ordered {
        let Some(node) = workflow.nodes.get(*id) else { continue };
        let Some(signature) = catalog.find(&node.component).signature() else { continue };
        for port in &signature.inputs {
            let to = PortRef::new(*id, &*port.name);
            let edges: Vec<_> = wiring.incoming(id).iter().filter(|(_, edge)| edge.to == to).collect();
            let outside = edges.iter().filter(|(_, edge)| !nodes.contains(&edge.from.node));
            let mut sources: Vec<Option<PortRef>> = outside.map(|(_, edge)| Some(edge.from.clone())).collect();
            if sources.is_empty() && edges.is_empty() && (!port.optional || workflow.input_of(&to).is_some()) {
                sources.push(None);
            }
            free.extend(sources.into_iter().map(|source| (to.clone(), source, port)));
        }
    }
    free
}

/// Names that are taken, and how often each was asked for.
#[derive(Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    /// The name itself, or with a number where it is taken.
    fn free(&mut self, name: &str) -> String {
        let asked = self.0.entry(name.to_owned()).or_insert(0);
        *asked += 1;
        if *asked == 1 { name.to_owned() } else { format!("{name}_{asked}") }
    }
}
