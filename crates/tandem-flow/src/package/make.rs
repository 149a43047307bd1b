//! From chosen nodes to a component.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tandem_core::Result;

use super::choice::free;
use super::{Choice, ChosenInput, ChosenParam, invalid};
use crate::Signature;
use crate::check::Catalog;
use crate::graph::{ExposedInput, ExposedOutput, NodeId, PortRef, Wiring, Workflow, param_ref, ref_to};
use crate::params::Schema;
use crate::signature::{Evaluation, Kind, Port, flaws};

/// A component that is a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Packaged {
    /// What it shows.
    pub signature: Signature,
    /// What is inside.
    pub workflow: Workflow,
}

/// Makes a component of the chosen nodes. The workflow itself is not changed; [`super::replace`] does that.
///
/// # Errors
/// `invalid_parameter` where the choice leaves something open, names what is
/// not there, or goes around a node that isn't chosen; the message says which.
pub fn package(workflow: &Workflow, catalog: &dyn Catalog, choice: &Choice) -> Result<Packaged> {
    let wiring = Wiring::new(workflow);
    whole(workflow, &wiring, choice)?;
    let ordered: Vec<&NodeId> = wiring.order().iter().copied().filter(|id| choice.nodes.contains(*id)).collect();
    let mut inner = Workflow::default();
    let (mut seeded, mut effects) = (false, false);
    for id in &ordered {
        let Some(node) = workflow.nodes.get(*id) else { continue };
        let signature = signature(workflow, catalog, id)?;
        (seeded, effects) = (seeded || signature.seeded, effects || signature.effects);
        let mut node = node.clone();
        // What the whole workflow sets is not there inside: its default takes its place unless the parameter is chosen.
        let resolved = workflow.resolve(&node, &Map::new());
        node.params.retain(|name, value| param_ref(value).is_none() || resolved.contains_key(name));
        for (name, value) in resolved {
            node.params.insert(name, value);
        }
        if let Some(frame) = &node.frame
            && let Some(drawn) = workflow.frames.get(frame)
        {
            inner.frames.insert(frame.clone(), drawn.clone());
        }
        inner.nodes.insert((*id).clone(), node);
    }
    let own =
        |edge: &&crate::graph::Edge| choice.nodes.contains(&edge.from.node) && choice.nodes.contains(&edge.to.node);
    let edges = workflow.edges.iter().filter(|(_, edge)| own(edge));
    inner.edges = edges.map(|(id, edge)| (id.clone(), edge.clone())).collect();
    for (to, ..) in free(workflow, catalog, &wiring, &choice.nodes, &ordered) {
        if !choice.inputs.iter().any(|input| input.to.contains(&to)) {
            return Err(invalid(format!("Port “{}” of node {} would stay open: make it an input.", to.port, to.node)));
        }
    }
    let mut signature = Signature {
        name: choice.name.clone(),
        version: choice.version,
        kind: Kind::Workflow,
        category: choice.category,
        title: choice.title.clone(),
        summary: choice.summary.clone(),
        help: choice.help.clone(),
        inputs: Vec::new(),
        params: Map::new(),
        outputs: Vec::new(),
        evaluation: Evaluation::Eager,
        columns_when_run: false,
        effects,
        seeded,
        sql: None,
        example: None,
    };
    for input in &choice.inputs {
        signature.inputs.push(input_port(workflow, catalog, choice, input)?);
        let exposed = ExposedInput { to: input.to.clone(), label: Some(input.label.clone()), help: input.help.clone() };
        inner.inputs.insert(input.name.clone(), exposed);
    }
    for output in &choice.outputs {
        let port = port(workflow, catalog, choice, &output.from, false)?;
        signature
            .outputs
            .push(Port { help: output.help.clone(), ..Port::new(&*output.name, port.kind, output.label.clone()) });
        let exposed =
            ExposedOutput { from: output.from.clone(), label: Some(output.label.clone()), help: output.help.clone() };
        inner.outputs.insert(output.name.clone(), exposed);
    }
    for (place, chosen) in choice.params.iter().enumerate() {
        let mut schema = param(workflow, catalog, choice, chosen)?;
        if let Some(node) = inner.nodes.get_mut(&chosen.node) {
            node.params.insert(chosen.param.clone(), ref_to(&chosen.name));
        }
        schema.insert("x-order".to_owned(), json!(place));
        if chosen.required {
            schema.insert("x-required".to_owned(), json!(true));
        }
        if inner.params.insert(chosen.name.clone(), schema).is_some() {
            return Err(invalid(format!("Two parameters are called “{}”: rename one.", chosen.name)));
        }
    }
    signature.params = inner.schema();
    match flaws(&signature).first() {
        None => Ok(Packaged { signature, workflow: inner }),
        Some(flaw) => Err(invalid(format!("{}: {}", flaw.at, flaw.message.en))),
    }
}

/// The chosen nodes are there, and no way leads out of them and back in.
fn whole(workflow: &Workflow, wiring: &Wiring<'_>, choice: &Choice) -> Result<()> {
    if choice.nodes.is_empty() {
        return Err(invalid("Choose at least one node."));
    }
    if let Some(gone) = choice.nodes.iter().find(|id| !workflow.nodes.contains_key(*id)) {
        return Err(invalid(format!("Node {gone} is not there any more: choose again.")));
    }
    let behind: BTreeSet<&NodeId> = choice.nodes.iter().flat_map(|id| wiring.downstream(id)).collect();
    let between = behind.into_iter().filter(|id| !choice.nodes.contains(*id));
    let back =
        between.map(|id| (id, wiring.downstream(id))).find(|(_, d)| d.iter().any(|id| choice.nodes.contains(*id)));
    match back {
        None => Ok(()),
        Some((id, _)) => Err(invalid(format!("Node {id} stands between chosen nodes: choose it too."))),
    }
}

fn signature<'c>(workflow: &Workflow, catalog: &'c dyn Catalog, id: &NodeId) -> Result<&'c Signature> {
    let component = workflow.nodes.get(id).map(|node| &node.component);
    component
        .and_then(|component| catalog.find(component).runnable())
        .ok_or_else(|| invalid(format!("The component of node {id} is not there: replace it first.")))
}

fn port<'c>(
    workflow: &Workflow,
    catalog: &'c dyn Catalog,
    choice: &Choice,
    at: &PortRef,
    input: bool,
) -> Result<&'c Port> {
    let missing = || invalid(format!("Node {} has no port “{}” among those chosen.", at.node, at.port));
    if !choice.nodes.contains(&at.node) {
        return Err(missing());
    }
    let signature = signature(workflow, catalog, &at.node)?;
    let port = if input { signature.input(&at.port) } else { signature.output(&at.port) };
    port.ok_or_else(missing)
}

fn input_port(workflow: &Workflow, catalog: &dyn Catalog, choice: &Choice, input: &ChosenInput) -> Result<Port> {
    let ports: Result<Vec<&Port>> = input.to.iter().map(|to| port(workflow, catalog, choice, to, true)).collect();
    let ports = ports?;
    let Some(first) = ports.first() else {
        return Err(invalid(format!("Input “{}” feeds nothing: remove it.", input.name)));
    };
    if let Some(other) = ports.iter().find(|port| port.kind != first.kind) {
        let (a, b) = (first.kind.words().en, other.kind.words().en);
        return Err(invalid(format!("Input “{}” would be a {a} and a {b}: split it in two.", input.name)));
    }
    let mut made = Port::new(&*input.name, first.kind, input.label.clone());
    made.help = input.help.clone();
    made.optional = ports.iter().all(|port| port.optional);
    made.many = ports.len() == 1 && first.many;
    made.condition = ports.iter().all(|port| port.condition);
    for needed in ports.iter().flat_map(|port| &port.columns) {
        if !made.columns.iter().any(|column| column.name == needed.name) {
            made.columns.push(needed.clone());
        }
    }
    Ok(made)
}

/// The schema of a parameter as it shows outside.
fn param(
    workflow: &Workflow,
    catalog: &dyn Catalog,
    choice: &Choice,
    chosen: &ChosenParam,
) -> Result<Map<String, Value>> {
    let missing = || invalid(format!("Node {} has no parameter “{}” among those chosen.", chosen.node, chosen.param));
    let node = workflow.nodes.get(&chosen.node).filter(|_| choice.nodes.contains(&chosen.node)).ok_or_else(missing)?;
    let own = signature(workflow, catalog, &chosen.node)?.schema();
    let mut schema = Schema::new(&own).property(&chosen.param).ok_or_else(missing)?.map().clone();
    // What it said of its neighbours does not hold outside.
    schema.remove("x-when");
    schema.remove("x-unit-from");
    columns_outside(&mut schema, &chosen.node, choice);
    schema.insert("x-label".to_owned(), json!(chosen.label));
    if let Some(help) = &chosen.help {
        schema.insert("x-help".to_owned(), json!(help));
    }
    let set = workflow.resolve(node, &Map::new()).get(&chosen.param).cloned();
    match chosen.default.clone().or(set).filter(|_| !chosen.required) {
        Some(default) => _ = schema.insert("default".to_owned(), default),
        None if chosen.required => _ = schema.remove("default"),
        None => {}
    }
    Ok(schema)
}

/// Columns are chosen from the component's input that feeds the inner port; where none does, they are plain names.
fn columns_outside(schema: &mut Map<String, Value>, node: &NodeId, choice: &Choice) {
    for word in ["x-column", "x-expression"] {
        let port = schema.get(word).and_then(|choice| choice.get("port")).and_then(Value::as_str);
        let Some(inner) = port.map(|port| PortRef::new(node, port)) else { continue };
        match choice.inputs.iter().find(|input| input.to.contains(&inner)) {
            Some(input) => schema[word]["port"] = json!(input.name),
            None => _ = schema.remove(word),
        }
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        columns_outside(items, node, choice);
    }
    if let Some(Value::Object(parts)) = schema.get_mut("properties") {
        parts.values_mut().filter_map(Value::as_object_mut).for_each(|part| columns_outside(part, node, choice));
    }
}
