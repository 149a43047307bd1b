//! Components and graphs for the tests of this crate.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tandem_core::Text;

use crate::check::{Catalog, Found, Objection};
use crate::graph::{Component, Edge, EdgeId, Edit, Node, NodeId, PortRef, Position, Workflow};
use crate::signature::{Evaluation, Signature};
use crate::{Column, ColumnKind, Columns, PortColumns};

/// A few components, the newest versions of each, and those that were withdrawn.
pub(crate) struct Shelf {
    pub(crate) signatures: BTreeMap<Component, Signature>,
    pub(crate) withdrawn: Vec<Component>,
}

/// `name:kind` with `?` for optional, `*` for many and `!` for a condition.
fn ports(written: &str) -> Value {
    let port = |port: &str| {
        let (name, kind) = port.split_once(':').unwrap();
        let kind_name = kind.trim_end_matches(['?', '*', '!']);
        json!({"name": name, "kind": kind_name, "label": {"en": name, "zh-CN": format!("端口 {name}")},
            "optional": kind.contains('?'), "many": kind.contains('*'), "condition": kind.contains('!')})
    };
    written.split_whitespace().map(port).collect()
}

pub(crate) fn signature(name: &str, evaluation: &str, inputs: &str, outputs: &str, params: Value) -> Signature {
    let seeded = matches!(name, "split" | "train");
    let value = json!({
        "name": name, "version": 1, "kind": "builtin", "category": "shape", "evaluation": evaluation,
        "seeded": seeded, "effects": name == "write", "columns_when_run": name == "pivot",
        "title": {"en": format!("The {name}"), "zh-CN": format!("组件 {name}")},
        "summary": {"en": name, "zh-CN": "测试组件"},
        "inputs": ports(inputs), "outputs": ports(outputs),
        "params": {"type": "object", "properties": params},
    });
    Signature::parse(&value.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let label = json!({"en": "Setting", "zh-CN": "设置"});
        let columns = |kinds: Value| {
            json!({"type": "array", "items": {"type": "string"}, "x-label": label,
            "x-column": {"port": "table", "kinds": kinds, "many": true}})
        };
        let numeric = json!({"type": "string", "x-label": label,
            "x-column": {"port": "table", "kinds": ["integer", "number", "decimal"]}});
        let text = json!({"type": "string", "x-label": label});
        let number = json!({"type": "number", "x-label": label, "default": 0.5, "minimum": 0});
        let trees = json!({"type": "integer", "x-label": label, "default": 100, "minimum": 1});
        let all = [
            signature(
                "source",
                "stored",
                "",
                "table:table",
                json!({"columns": {"type": "array", "items": {"type": "string"}, "x-label": label}, "name": text}),
            ),
            signature("filter", "lazy", "table:table", "table:table", json!({"where": text})),
            signature("select", "lazy", "table:table", "table:table", json!({"columns": columns(json!([]))})),
            signature(
                "group",
                "heavy",
                "table:table",
                "table:table",
                json!({"by": columns(json!([])), "total": numeric}),
            ),
            signature("join", "lazy", "left:table right:table", "table:table", json!({})),
            signature("union", "lazy", "tables:table*", "table:table", json!({})),
            signature("pivot", "heavy", "table:table", "table:table", json!({})),
            signature("split", "eager", "table:table", "train:table test:table", json!({"share": number})),
            signature("train", "eager", "table:table", "model:model", json!({"target": numeric, "trees": trees})),
            signature("predict", "eager", "table:table model:model", "table:table", json!({})),
            signature("decide", "eager", "table:table", "yes:value", json!({})),
            signature("branch", "eager", "table:table on:value", "then:table else:table", json!({})),
            signature("write", "eager", "table:table if:value?!", "", json!({"name": text})),
        ];
        let key = |signature: &Signature| Component::new(&*signature.name, signature.version);
        Self { signatures: all.into_iter().map(|s| (key(&s), s)).collect(), withdrawn: Vec::new() }
    }

    /// Puts another version beside those that are there.
    pub(crate) fn add(&mut self, signature: Signature) {
        self.signatures.insert(Component::new(&*signature.name, signature.version), signature);
    }
}

impl Catalog for Shelf {
    fn find(&self, component: &Component) -> Found<'_> {
        match self.signatures.get(component) {
            None => Found::Missing,
            Some(signature) if self.withdrawn.contains(component) => Found::Withdrawn(signature),
            Some(signature) => Found::Here(signature),
        }
    }

    fn newest(&self, name: &str) -> Option<u32> {
        let fits = |component: &&Component| component.name == name && !self.withdrawn.contains(component);
        self.signatures.keys().filter(fits).map(|component| component.version).max()
    }

    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>> {
        let names = |param: &str| -> Vec<String> {
            let list = params.get(param).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let table = inputs.values().flatten().next().cloned().unwrap_or(Columns::WhenRun);
        let columns = match signature.name.as_str() {
            "source" => {
                let column = |name: &String| {
                    let (name, kind) = name.split_once(':').unwrap_or((name, "number"));
                    Column::new(name, serde_json::from_value(json!(kind)).unwrap_or(ColumnKind::Text))
                };
                Columns::Known(names("columns").iter().map(column).collect())
            }
            "select" => match table {
                Columns::Known(known) => {
                    let kept = names("columns");
                    Columns::Known(known.into_iter().filter(|c| kept.contains(&c.name)).collect())
                }
                Columns::WhenRun => Columns::WhenRun,
            },
            "filter" if params.get("where").and_then(Value::as_str) == Some("nonsense") => {
                return Err(vec![Objection {
                    param: Some("where".into()),
                    port: None,
                    message: Text::new("There is no column “nonsense”.", "没有“nonsense”列。"),
                }]);
            }
            "pivot" => Columns::WhenRun,
            _ => table,
        };
        Ok(signature.outputs.iter().map(|port| (port.name.clone(), columns.clone())).collect())
    }
}

/// A workflow written down: `id=component` and `a.port>b.port`, in any number.
pub(crate) fn workflow(written: &str) -> Workflow {
    let mut workflow = Workflow::default();
    let (nodes, edges): (Vec<&str>, Vec<&str>) = written.split_whitespace().partition(|part| part.contains('='));
    for (place, node) in nodes.into_iter().enumerate() {
        let (id, component) = node.split_once('=').unwrap();
        let node = Node::new(Component::new(component, 1), Position::new(place as i32 * 100, 0));
        assert!(!workflow.apply(&Edit::AddNode { id: NodeId::new(id), node: Box::new(node) }).is_empty(), "{written}");
    }
    for (place, edge) in edges.into_iter().enumerate() {
        let (from, to) = edge.split_once('>').unwrap();
        let port = |end: &str, default: &str| {
            let (node, port) = end.split_once('.').unwrap_or((end, default));
            PortRef::new(node, port)
        };
        let edge = Edge { from: port(from, "table"), to: port(to, "table"), order: place as i32 };
        let id = EdgeId::new(format!("e{place}"));
        assert!(!workflow.apply(&Edit::Connect { id, edge }).is_empty(), "{written}");
    }
    workflow
}

/// Sets a parameter.
pub(crate) fn set(workflow: &mut Workflow, node: &str, param: &str, value: Value) {
    workflow.apply(&Edit::SetParam { id: node.into(), param: param.into(), value });
}

/// A graph without faults of the components of [`Shelf::new`], with up to `most` nodes.
pub(crate) fn dag(most: usize) -> impl Strategy<Value = Workflow> {
    prop::collection::vec(any::<[u16; 4]>(), 1..=most).prop_map(|choices| drawn(&choices))
}

/// The graph that a list of numbers stands for.
pub(crate) fn drawn(choices: &[[u16; 4]]) -> Workflow {
    let shelf = Shelf::new();
    let signatures: Vec<&Signature> = shelf.signatures.values().collect();
    let source = signatures.iter().find(|s| s.evaluation == Evaluation::Stored).unwrap();
    let mut workflow = Workflow::default();
    let mut outputs: Vec<(PortRef, crate::signature::PortKind)> = Vec::new();
    for (place, choice) in choices.iter().enumerate() {
        let wanted = signatures[usize::from(choice[0]) % signatures.len()];
        let can = |s: &Signature| {
            s.inputs.iter().all(|port| port.optional || outputs.iter().any(|(_, kind)| *kind == port.kind))
        };
        let signature = if can(wanted) { wanted } else { source };
        let id = NodeId::new(format!("n{place}"));
        let node = Node::new(Component::new(&*signature.name, 1), Position::new(place as i32, 0));
        workflow.apply(&Edit::AddNode { id: id.clone(), node: Box::new(node) });
        for (turn, port) in signature.inputs.iter().enumerate() {
            let fitting: Vec<&PortRef> =
                outputs.iter().filter(|(_, kind)| *kind == port.kind).map(|(from, _)| from).collect();
            let several = if port.many { 1 + usize::from(choice[3]) % 3 } else { 1 };
            for again in 0..several {
                if fitting.is_empty() || (port.optional && choice[3] % 2 == 0) {
                    continue;
                }
                let pick = usize::from(choice[1 + (turn + again) % 2]) / 7 + again * 5;
                let from = fitting[fitting.len() - 1 - pick % fitting.len().min(6)];
                let edge = Edge { from: from.clone(), to: PortRef::new(&id, &*port.name), order: again as i32 };
                workflow.apply(&Edit::Connect { id: EdgeId::new(format!("{id}-{turn}-{again}")), edge });
            }
        }
        outputs.extend(signature.outputs.iter().map(|port| (PortRef::new(&id, &*port.name), port.kind)));
    }
    workflow
}
