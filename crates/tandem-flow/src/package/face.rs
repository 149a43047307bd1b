//! A whole workflow with what it declares, seen from outside.

use serde_json::Map;
use tandem_core::Text;

use crate::{
    Signature,
    check::{Catalog, Code, Place, Problem, Severity},
    graph::{PortRef, Workflow},
    signature::{Category, Evaluation, Kind, Port, flaws},
};

/// What a workflow is called from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Its name, as signatures have one.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// What it is called.
    pub title: Text,
    /// What it is for.
    pub summary: Text,
    /// How it is used.
    pub help: Text,
}

/// The signature that a workflow's declarations make, and what is wrong with
/// them. What is wrong is left out of the signature.
pub fn face(workflow: &Workflow, catalog: &dyn Catalog, words: Words) -> (Signature, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut signature = Signature {
        name: words.name,
        version: words.version,
        kind: Kind::Workflow,
        category: Category::Own,
        title: words.title,
        summary: words.summary,
        help: words.help,
        inputs: Vec::new(),
        params: Map::new(),
        outputs: Vec::new(),
        evaluation: Evaluation::Eager,
        columns_when_run: false,
        effects: false,
        seeded: true,
        sql: None,
        example: None,
    };
    let found = |at: &PortRef, input: bool| {
        let node = workflow.nodes.get(&at.node)?;
        let signature = catalog.find(&node.component).signature()?;
        if input { signature.input(&at.port) } else { signature.output(&at.port) }.cloned()
    };
    for node in workflow.nodes.values() {
        signature.effects |= catalog.find(&node.component).signature().is_some_and(|signature| signature.effects);
    }
    for (name, input) in &workflow.inputs {
        let ports: Vec<(&PortRef, Option<Port>)> = input.to.iter().map(|to| (to, found(to, true))).collect();
        for (to, _) in ports.iter().filter(|(_, port)| port.is_none()) {
            problems.push(gone(name, to, true));
        }
        let ports: Vec<Port> = ports.into_iter().filter_map(|(_, port)| port).collect();
        let Some(first) = ports.first() else { continue };
        if let Some(other) = ports.iter().find(|port| port.kind != first.kind) {
            let (a, b) = (first.kind.words(), other.kind.words());
            problems.push(problem(
                Place::default(),
                Text::new(
                    format!("Input “{name}” would be a {} and a {}: split it in two.", a.en, b.en),
                    format!("输入“{name}”同时要求{}和{}，请拆成两个输入。", a.zh, b.zh),
                ),
            ));
            continue;
        }
        let mut port = Port::new(&**name, first.kind, label(input.label.as_ref(), name));
        port.help.clone_from(&input.help);
        port.optional = ports.iter().all(|port| port.optional);
        for needed in ports.iter().flat_map(|port| &port.columns) {
            if !port.columns.iter().any(|column| column.name == needed.name) {
                port.columns.push(needed.clone());
            }
        }
        signature.inputs.push(port);
    }
    for (name, output) in &workflow.outputs {
        let Some(port) = found(&output.from, false) else {
            problems.push(gone(name, &output.from, false));
            continue;
        };
        let mut shown = Port::new(&**name, port.kind, label(output.label.as_ref(), name));
        shown.help.clone_from(&output.help);
        signature.outputs.push(shown);
    }
    signature.params = workflow.schema();
    for flaw in flaws(&signature) {
        let message =
            Text::new(format!("{}: {}", flaw.at, flaw.message.en), format!("{}：{}", flaw.at, flaw.message.zh));
        problems.push(problem(Place::default(), message));
    }
    (signature, problems)
}

fn label(label: Option<&Text>, name: &str) -> Text {
    label.cloned().unwrap_or_else(|| Text::new(name, name))
}

fn problem(at: Place, message: Text) -> Problem {
    Problem { severity: Severity::Error, code: Code::Declaration, reason: None, at, message }
}

fn gone(name: &str, at: &PortRef, input: bool) -> Problem {
    let (en, zh) = if input { ("Input", "输入") } else { ("Output", "输出") };
    problem(
        Place::port(&at.node, &at.port),
        Text::new(
            format!("{en} “{name}” names a port that its node doesn't have. Choose another port, or remove it."),
            format!("{zh}“{name}”指向的端口不存在，请改选端口或删除该声明。"),
        ),
    )
}
