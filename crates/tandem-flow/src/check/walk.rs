//! From the sources to the ends, node by node.

use std::collections::{BTreeMap, BTreeSet};

use tandem_core::{Lang, Text};

use super::{Catalog, Checked, Code, Found, Given, Known, Place, Problem, Severity};
use crate::graph::{Edge, EdgeId, Node, NodeId, PortRef, Wiring, Workflow, param_ref};
use crate::params::{self, Schema, settle};
use crate::signature::{Port, PortKind};
use crate::{ColumnKind, Columns, PortColumns, Signature};

/// Checks a whole workflow.
pub fn check(workflow: &Workflow, catalog: &dyn Catalog, given: &Given) -> Checked {
    let wiring = Wiring::new(workflow);
    let mut walk = Walk { workflow, catalog, given, wiring: &wiring, checked: Checked::default() };
    for id in wiring.circling() {
        let message = Text::new(
            "This node is part of a circle, so it can't run. Remove one of its connections.",
            "该节点处在环路中，无法运行。请删除其中一条连接。",
        );
        walk.checked.problems.push(Problem::error(Code::Cycle, Place::node(id), message));
    }
    for id in wiring.order() {
        walk.node(id);
    }
    // What is on a cycle or behind one has no columns to speak of, but parameters all the same.
    let ordered: BTreeSet<&NodeId> = wiring.order().iter().copied().collect();
    for id in workflow.nodes.keys().filter(|id| !ordered.contains(id)) {
        walk.node(id);
    }
    walk.checked
}

struct Walk<'a> {
    workflow: &'a Workflow,
    catalog: &'a dyn Catalog,
    given: &'a Given,
    wiring: &'a Wiring<'a>,
    checked: Checked,
}

impl<'a> Walk<'a> {
    fn node(&mut self, id: &NodeId) {
        let Some(node) = self.workflow.nodes.get(id) else { return };
        let before = self.checked.problems.len();
        let Some(signature) = self.component(id, node) else { return };
        let inputs = self.inputs(id, signature);
        for port in &signature.inputs {
            self.port(id, port, &inputs);
        }
        self.references(id, node);
        let schema = signature.schema();
        let settled = settle(Schema::new(&schema), &self.workflow.resolve(node, &self.given.params), &inputs);
        for problem in settled.problems {
            let code = match problem.code {
                params::Code::UnknownColumn => Code::MissingColumn,
                params::Code::ColumnKind => Code::ColumnKind,
                _ => Code::Parameter,
            };
            let at = Place::param(id, &problem.path);
            self.checked
                .problems
                .push(Problem { reason: Some(problem.code), ..Problem::error(code, at, problem.message) });
        }
        let wrong = self.checked.problems[before..].iter().any(|problem| problem.severity == Severity::Error);
        let outputs = if wrong { BTreeMap::new() } else { self.outputs(id, signature, &settled.params, &inputs) };
        self.checked.nodes.insert(id.clone(), Known { params: settled.params, inputs, outputs });
    }

    fn component(&mut self, id: &NodeId, node: &Node) -> Option<&'a Signature> {
        let catalog: &'a dyn Catalog = self.catalog;
        let component = &node.component;
        let newest = catalog.newest(&component.name).filter(|newest| *newest > component.version);
        let instead = |lang: Lang| match (newest, lang) {
            (Some(newest), Lang::En) => format!(" Version {newest} can take its place."),
            (Some(newest), Lang::Zh) => format!("可改用版本 {newest}。"),
            (None, Lang::En) => " Choose another component.".to_owned(),
            (None, Lang::Zh) => "请改用其他组件。".to_owned(),
        };
        let found = catalog.find(component);
        let (severity, code, message) = match (found, newest) {
            (Found::Missing, _) => (
                Severity::Error,
                Code::MissingComponent,
                Text::new(
                    format!("The component {component} is not there or was not shared with you.{}", instead(Lang::En)),
                    format!("组件 {component} 不存在，或未与您共享。{}", instead(Lang::Zh)),
                ),
            ),
            (Found::Withdrawn(_), _) => (
                Severity::Error,
                Code::WithdrawnComponent,
                Text::new(
                    format!("The component {component} was withdrawn by its owner.{}", instead(Lang::En)),
                    format!("组件 {component} 已被其所有者撤回。{}", instead(Lang::Zh)),
                ),
            ),
            (Found::Here(_), Some(newest)) => (
                Severity::Notice,
                Code::NewerComponent,
                Text::new(
                    format!(
                        "This node runs version {} of its component; there is a version {newest}.",
                        component.version
                    ),
                    format!("该节点使用组件的版本 {}，现已有版本 {newest}。", component.version),
                ),
            ),
            (Found::Here(signature), None) => return Some(signature),
        };
        self.checked.problems.push(Problem { severity, ..Problem::error(code, Place::node(id), message) });
        found.signature()
    }

    /// The columns of what is connected, and what is wrong with the connections themselves.
    fn inputs(&mut self, id: &NodeId, signature: &Signature) -> PortColumns {
        let mut inputs = PortColumns::new();
        for (edge_id, edge) in self.wiring.incoming(id) {
            let Some(port) = self.edge(edge_id, edge, signature) else { continue };
            if port.kind == PortKind::Table {
                let columns = self.checked.nodes.get(&edge.from.node).and_then(|n| n.outputs.get(&edge.from.port));
                let columns = columns.cloned().unwrap_or(Columns::WhenRun);
                inputs.entry(port.name.clone()).or_default().push(columns);
            }
        }
        for port in signature.inputs.iter().filter(|port| port.kind == PortKind::Table) {
            if let Some(name) = self.workflow.input_of(&PortRef::new(id, &*port.name)) {
                let columns = self.given.inputs.get(name).cloned().unwrap_or(Columns::WhenRun);
                inputs.entry(port.name.clone()).or_default().push(columns);
            }
        }
        inputs
    }

    /// The port that a connection goes into, where the two fit.
    fn edge<'s>(&mut self, id: &EdgeId, edge: &Edge, signature: &'s Signature) -> Option<&'s Port> {
        let from = self.workflow.nodes.get(&edge.from.node)?;
        let from = self.catalog.find(&from.component).signature();
        let output = from.map(|from| (from, from.output(&edge.from.port)));
        let unknown = |title: &Text, port: &str| {
            Text::new(
                format!("“{}” has no port “{port}” in this version. Remove this connection or draw it anew.", title.en),
                format!("“{}”的当前版本没有端口“{port}”，请删除或重新连接。", title.zh),
            )
        };
        if let Some((from, None)) = output {
            let message = unknown(&from.title, &edge.from.port);
            self.checked.problems.push(Problem::error(Code::UnknownPort, Place::edge(id, &edge.to), message));
            return None;
        }
        let Some(input) = signature.input(&edge.to.port) else {
            let message = unknown(&signature.title, &edge.to.port);
            self.checked.problems.push(Problem::error(Code::UnknownPort, Place::edge(id, &edge.to), message));
            return None;
        };
        if let Some((_, Some(output))) = output
            && output.kind != input.kind
        {
            let (gives, takes) = (output.kind.words(), input.kind.words());
            let message = Text::new(
                format!("This connection brings a {}, and a {} is needed. Remove it.", gives.en, takes.en),
                format!("此连接送来的是{}，而这里需要{}，请删除它。", gives.zh, takes.zh),
            );
            self.checked.problems.push(Problem::error(Code::KindsDiffer, Place::edge(id, &edge.to), message));
            return None;
        }
        Some(input)
    }

    fn port(&mut self, id: &NodeId, port: &Port, inputs: &PortColumns) {
        let edges = self.wiring.incoming(id).iter().filter(|(_, edge)| edge.to.port == port.name).count();
        let outside = usize::from(self.workflow.input_of(&PortRef::new(id, &*port.name)).is_some());
        let (label, kind) = (&port.label, port.kind.words());
        if edges + outside == 0 && !port.optional {
            let message = Text::new(
                format!("Nothing is connected to “{}”. Connect a {}.", label.en, kind.en),
                format!("“{}”尚未连接，请接入一个{}。", label.zh, kind.zh),
            );
            self.checked.problems.push(Problem::error(Code::MissingInput, Place::port(id, &port.name), message));
        }
        if edges + outside > 1 && !port.many {
            let message = Text::new(
                format!("“{}” takes one {} and has {}. Remove all but one.", label.en, kind.en, edges + outside),
                format!("“{}”只能接一个{}，现有 {} 个，请只保留一个。", label.zh, kind.zh, edges + outside),
            );
            self.checked.problems.push(Problem::error(Code::PortTaken, Place::port(id, &port.name), message));
        }
        for table in inputs.get(&port.name).into_iter().flatten().filter_map(Columns::known) {
            for needed in &port.columns {
                let (code, message) = match table.iter().find(|column| column.name == needed.name) {
                    None => (
                        Code::MissingColumn,
                        Text::new(
                            format!("“{}” needs a column “{}”. Rename or add one before it.", label.en, needed.name),
                            format!("“{}”需要名为“{}”的列，请在上游改名或添加。", label.zh, needed.name),
                        ),
                    ),
                    Some(column) if !needed.accepts.is_empty() && !needed.accepts.contains(&column.kind) => {
                        let (is, wanted) = (column.kind.words(), |lang| ColumnKind::list(&needed.accepts, lang));
                        (
                            Code::ColumnKind,
                            Text::new(
                                format!(
                                    "Column “{}” is {}, and {} is needed. Convert it before.",
                                    column.name,
                                    is.en,
                                    wanted(Lang::En)
                                ),
                                format!("“{}”列是{}，此处需要{}，请先转换类型。", column.name, is.zh, wanted(Lang::Zh)),
                            ),
                        )
                    }
                    Some(_) => continue,
                };
                self.checked.problems.push(Problem::error(code, Place::port(id, &port.name), message));
            }
        }
    }

    fn references(&mut self, id: &NodeId, node: &Node) {
        for (param, value) in &node.params {
            let Some(name) = param_ref(value).filter(|name| !self.workflow.params.contains_key(*name)) else {
                continue;
            };
            let message = Text::new(
                format!("The workflow has no parameter “{name}” any more. Set a value here, or declare it again."),
                format!("工作流中已没有参数“{name}”，请在此处填写，或重新声明该参数。"),
            );
            self.checked.problems.push(Problem::error(Code::UnknownParameter, Place::param(id, param), message));
        }
    }

    fn outputs(
        &mut self,
        id: &NodeId,
        signature: &Signature,
        params: &serde_json::Map<String, serde_json::Value>,
        inputs: &PortColumns,
    ) -> BTreeMap<String, Columns> {
        let mut columns = match self.catalog.columns(signature, params, inputs) {
            Ok(columns) => columns,
            Err(objections) => {
                for objection in objections {
                    let at = Place { param: objection.param, port: objection.port, ..Place::node(id) };
                    self.checked.problems.push(Problem::error(Code::Objection, at, objection.message));
                }
                BTreeMap::new()
            }
        };
        let tables = signature.outputs.iter().filter(|port| port.kind == PortKind::Table);
        for port in tables {
            columns.entry(port.name.clone()).or_insert(Columns::WhenRun);
        }
        columns
    }
}
