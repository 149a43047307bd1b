//! From a workflow to a notebook (nbformat 4.5).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tandem_core::Lang;

use super::names::Variables;
use super::{Asked, FORM, Input, Mark, Memory, Queries, Style, python, said};
use crate::Columns;
use crate::check::{Catalog, Checked, Given, check};
use crate::graph::{Edge, EdgeId, Node, NodeId, PortRef, Wiring, Workflow, param_ref};
use crate::signature::{PortKind, Signature};

/// The notebook of a workflow.
pub fn write(workflow: &Workflow, catalog: &dyn Catalog, queries: &dyn Queries, given: &Given, style: &Style) -> Value {
    let wiring = Wiring::new(workflow);
    let checked = check(workflow, catalog, given);
    let mut variables = Variables::default();
    let params: BTreeMap<String, String> =
        workflow.params.keys().map(|name| (name.clone(), variables.take(name))).collect();
    let mut writer = Writer {
        workflow,
        catalog,
        queries,
        wiring: &wiring,
        checked: &checked,
        params,
        variables,
        outputs: BTreeMap::new(),
        inputs: BTreeMap::new(),
        tables: Vec::new(),
        cells: Vec::new(),
        style,
    };
    writer.head();
    for (id, note) in &workflow.notes {
        let mark = Mark::Note { id: id.clone(), position: note.position, size: note.size };
        writer.cell("markdown", &format!("t-{id}"), "tandem-note", &mark, &note.text);
    }
    let ordered: Vec<&NodeId> = wiring.order().to_vec();
    let rest = workflow.nodes.keys().filter(|id| !ordered.contains(id));
    for id in ordered.iter().copied().chain(rest) {
        writer.node(id);
    }
    writer.tail();
    writer.notebook()
}

struct Writer<'a> {
    workflow: &'a Workflow,
    catalog: &'a dyn Catalog,
    queries: &'a dyn Queries,
    wiring: &'a Wiring<'a>,
    checked: &'a Checked,
    /// Parameter of the workflow → variable.
    params: BTreeMap<String, String>,
    variables: Variables,
    /// Output port → variable.
    outputs: BTreeMap<PortRef, String>,
    /// Input of the workflow → variable.
    inputs: BTreeMap<String, String>,
    /// Tables by node and port, with their variables.
    tables: Vec<(String, String)>,
    cells: Vec<Value>,
    style: &'a Style,
}

impl Writer<'_> {
    fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        match self.style.lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    fn head(&mut self) {
        self.cell("code", "setup", "tandem-setup", &Mark::Frame, "import tandem");
        if !self.params.is_empty() {
            let lines: Vec<String> = self
                .workflow
                .params
                .iter()
                .filter_map(|(name, schema)| {
                    let value = schema.get("default").unwrap_or(&Value::Null);
                    Some(format!("{} = {}", self.params.get(name)?, python::literal(value, &|_| None)))
                })
                .collect();
            self.cell("code", "parameters", "parameters", &Mark::Parameters, &lines.join("\n"));
        }
        if !self.workflow.inputs.is_empty() {
            let mut lines = Vec::new();
            for name in self.workflow.inputs.keys() {
                let variable = self.variables.take(name);
                let file = self.style.files.get(name).map(|file| format!(", {}", Value::from(file.as_str())));
                lines.push(format!(
                    "{variable} = tandem.input({}{})",
                    Value::from(name.as_str()),
                    file.unwrap_or_default()
                ));
                self.inputs.insert(name.clone(), variable);
            }
            self.cell("code", "inputs", "tandem-inputs", &Mark::Frame, &lines.join("\n"));
        }
    }

    fn node(&mut self, id: &NodeId) {
        let Some(node) = self.workflow.nodes.get(id) else { return };
        let signature = self.catalog.find(&node.component).signature();
        let label = node.label.as_ref().map(|label| label.get(self.style.lang));
        let title = label.map(str::to_owned).or_else(|| signature.map(|s| s.title(self.style.lang).to_owned()));
        let title = title.unwrap_or_else(|| node.component.name.clone());
        let base = self.variables.take(label.unwrap_or(&node.component.name));
        let variables = self.name_outputs(id, signature, &base);
        let edges: Vec<(EdgeId, Edge)> =
            self.wiring.incoming(id).iter().map(|(id, edge)| ((*id).clone(), (*edge).clone())).collect();
        let heading = python::comment(&format!("{title} · {}", node.component).replace(python::LINE_ENDS, " "));
        let why = |heading: &str| match &node.note {
            None => heading.to_owned(),
            Some(note) => format!("{heading}\n{}", python::comment(note)),
        };
        let query = self.query(id, node, signature);
        let setting = (!node.params.is_empty()).then(|| self.variables.take(&format!("{base}_params")));
        if let Some(setting) = &setting {
            let about = match query {
                Some(_) => self.say(
                    "parameters; the SQL below was made from them, and is made anew when the notebook comes back",
                    "参数；下面的 SQL 由其生成，笔记本回到画布后会重新生成",
                ),
                None => self.say("parameters", "参数"),
            };
            let source = format!("{heading}: {about}\n{setting} = {}", self.dict(node));
            self.cell(
                "code",
                &format!("p-{id}"),
                "tandem-parameters",
                &Mark::NodeParameters { node: id.clone() },
                &source,
            );
        }
        let inputs = self.inputs_of(id, signature);
        let (source, query, said) = match query {
            Some((text, tables)) => {
                let target = variables.first().map_or(&base, |(_, variable)| variable);
                let text = format!("\n{}\n", text.trim_matches('\n'));
                let call = format!("{target} = tandem.sql({}, inputs={})", python::long_text(&text), braces(&tables));
                (format!("{}\n{call}", why(&heading)), true, said(&text))
            }
            None => {
                let call = self.call(node, &variables, setting.as_deref(), &inputs);
                (format!("{}\n{call}", why(&heading)), false, said(&call))
            }
        };
        let mark = Mark::Node { id: id.clone(), node: Box::new(node.clone()), edges, variables, query, said };
        self.cell("code", &format!("n-{id}"), "tandem-node", &mark, &source);
    }

    /// A variable for each output: the node's own where there is one output.
    fn name_outputs(&mut self, id: &NodeId, signature: Option<&Signature>, base: &str) -> Vec<(String, String)> {
        let mut ports: Vec<String> = match signature {
            Some(signature) => signature.outputs.iter().map(|port| port.name.clone()).collect(),
            None => Vec::new(),
        };
        for (_, edge) in self.wiring.outgoing(id) {
            if !ports.contains(&edge.from.port) {
                ports.push(edge.from.port.clone());
            }
        }
        let single = ports.len() == 1;
        let mut named = Vec::new();
        for port in ports {
            let variable = if single { base.to_owned() } else { self.variables.take(&format!("{base}_{port}")) };
            self.outputs.insert(PortRef::new(id, &*port), variable.clone());
            let kind = signature.and_then(|signature| signature.output(&port)).map(|port| port.kind);
            if kind == Some(PortKind::Table) {
                self.tables.push((format!("{id}.{port}"), variable.clone()));
            }
            named.push((port, variable));
        }
        named
    }

    /// The text of a query with one output and nothing wrong with it, and its tables: name in the text, variable.
    /// What takes its value from a parameter of the workflow is no text: it follows that parameter when the notebook runs.
    fn query(
        &self,
        id: &NodeId,
        node: &Node,
        signature: Option<&Signature>,
    ) -> Option<(String, Vec<(String, String)>)> {
        let signature = signature.filter(|s| s.evaluation.is_query() && s.outputs.len() == 1)?;
        if node.params.values().any(|value| param_ref(value).is_some()) {
            return None;
        }
        let known = self.checked.nodes.get(id)?;
        let mut tables: Vec<(String, String, Columns)> = Vec::new();
        for port in signature.inputs.iter().filter(|port| port.kind == PortKind::Table) {
            let columns = known.inputs.get(&port.name).map(Vec::as_slice).unwrap_or_default();
            let variables = self.fed_by(&PortRef::new(id, &*port.name));
            for (turn, variable) in variables.iter().enumerate() {
                let columns = columns.get(turn).cloned().unwrap_or(Columns::WhenRun);
                tables.push((port.name.clone(), variable.clone(), columns));
            }
        }
        let inputs: Vec<Input<'_>> = tables.iter().map(|(port, name, columns)| Input { port, name, columns }).collect();
        let asked = Asked { signature, params: &known.params, inputs: &inputs, seed: node.seed };
        let text = self.queries.sql(&asked)?;
        Some((text, tables.into_iter().map(|(_, name, _)| (name.clone(), name)).collect()))
    }

    /// The variables that feed a port, in order.
    fn fed_by(&self, port: &PortRef) -> Vec<String> {
        let edges = self.wiring.incoming(&port.node).iter().filter(|(_, edge)| edge.to == *port);
        let mut variables: Vec<String> = edges.filter_map(|(_, edge)| self.outputs.get(&edge.from).cloned()).collect();
        variables.extend(self.workflow.input_of(port).and_then(|name| self.inputs.get(name).cloned()));
        variables
    }

    /// Port → what feeds it, as Python.
    fn inputs_of(&self, id: &NodeId, signature: Option<&Signature>) -> Vec<(String, String)> {
        let mut ports: Vec<String> = self.wiring.incoming(id).iter().map(|(_, edge)| edge.to.port.clone()).collect();
        let outside = self.workflow.inputs.values().flat_map(|input| &input.to).filter(|to| to.node == *id);
        ports.extend(outside.map(|to| to.port.clone()));
        ports.sort();
        ports.dedup();
        let many = |port: &str| signature.and_then(|s| s.input(port)).is_some_and(|port| port.many);
        let value = |port: &String| {
            let variables = self.fed_by(&PortRef::new(id, &**port));
            match variables.as_slice() {
                [one] if !many(port) => one.clone(),
                several => format!("[{}]", several.join(", ")),
            }
        };
        ports.iter().map(|port| (port.clone(), value(port))).collect()
    }

    fn call(
        &self,
        node: &Node,
        outputs: &[(String, String)],
        setting: Option<&str>,
        inputs: &[(String, String)],
    ) -> String {
        let mut arguments = vec![Value::from(node.component.to_string()).to_string()];
        if !inputs.is_empty() {
            arguments.push(format!("inputs={}", braces(inputs)));
        }
        arguments.extend(setting.map(|setting| format!("params={setting}")));
        arguments.extend(node.seed.map(|seed| format!("seed={seed}")));
        let variables: Vec<&str> = outputs.iter().map(|(_, variable)| variable.as_str()).collect();
        if variables.len() > 1 {
            let ports: Vec<&str> = outputs.iter().map(|(port, _)| port.as_str()).collect();
            arguments.push(format!("outputs={}", json!(ports)));
        }
        let call = format!("tandem.component({})", arguments.join(", "));
        if variables.is_empty() { call } else { format!("{} = {call}", variables.join(", ")) }
    }

    /// A node's parameters as a dict, one a line; those of the workflow as its variables.
    fn dict(&self, node: &Node) -> String {
        let variable = |value: &Value| self.params.get(param_ref(value)?).cloned();
        let line = |(name, value): (&String, &Value)| {
            let mut text = python::literal(value, &variable);
            if let (true, Value::Array(items)) = (text.chars().count() > python::WIDTH, value) {
                text = python::list(items, "    ", &variable);
            }
            format!("    {}: {text},\n", Value::from(name.as_str()))
        };
        format!("{{\n{}}}", node.params.iter().map(line).collect::<String>())
    }

    fn tail(&mut self) {
        if !self.workflow.outputs.is_empty() {
            self.outputs_cell();
        }
        if !self.tables.is_empty() {
            let about = self.say(
                "What every table holds, whatever the order of its rows: `tandem workflow run --every-table --json` says the same.",
                "每张表内容的指纹，与行序无关：与 `tandem workflow run --every-table --json` 的结果一致。",
            );
            let line = |(at, variable): &(String, String)| format!("    {}: {variable},\n", Value::from(at.as_str()));
            let lines: String = self.tables.iter().map(line).collect();
            let source = format!("# {about}\ntandem.fingerprints({{\n{lines}}})");
            self.cell("code", "fingerprints", "tandem-fingerprints", &Mark::Frame, &source);
        }
    }

    fn outputs_cell(&mut self) {
        let outputs = self.workflow.outputs.iter();
        let lines: Vec<(String, String)> = outputs
            .map(|(name, output)| {
                (name.clone(), self.outputs.get(&output.from).cloned().unwrap_or_else(|| "None".to_owned()))
            })
            .collect();
        self.cell("code", "outputs", "tandem-outputs", &Mark::Frame, &format!("outputs = {}", braces(&lines)));
    }

    fn cell(&mut self, kind: &str, id: &str, tag: &str, mark: &Mark, source: &str) {
        let mut cell = json!({
            "cell_type": kind,
            "id": id,
            "metadata": { "tags": [tag], "tandem": mark },
            "source": lines(source),
        });
        if kind == "code" {
            cell["execution_count"] = Value::Null;
            cell["outputs"] = json!([]);
        }
        self.cells.push(cell);
    }

    fn notebook(self) -> Value {
        let variables = self.params.iter().filter(|(name, variable)| name != variable);
        let variables: Map<String, Value> =
            variables.map(|(name, v)| (v.clone(), Value::from(name.as_str()))).collect();
        let (workflow, origin) = (self.workflow.clone(), self.style.origin.clone());
        let memory = Memory { form: FORM, workflow, origin, variables };
        json!({
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": { "display_name": "Python 3", "language": "python", "name": "python3" },
                "language_info": { "name": "python" },
                "tandem": memory,
            },
            "cells": self.cells,
        })
    }
}

/// Names and expressions as a dict on one line.
fn braces(entries: &[(String, String)]) -> String {
    let entry = |(name, value): &(String, String)| format!("{}: {value}", Value::from(name.as_str()));
    format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// A source as nbformat has it: lines, each with its end.
fn lines(source: &str) -> Vec<&str> {
    source.split_inclusive('\n').collect()
}
