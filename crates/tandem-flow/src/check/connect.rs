//! Whether two ports can be connected, as the line is drawn.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use super::Catalog;
use crate::graph::{NodeId, PortRef, Wiring, Workflow};
use crate::signature::Port;

/// The closed list of why two ports can't be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// A node is gone.
    UnknownNode,
    /// A node's component is missing, so its ports are not known.
    UnknownComponent,
    /// A component has no such port.
    UnknownPort,
    /// A node would feed itself.
    SameNode,
    /// The ports are of different kinds.
    KindsDiffer,
    /// They are connected already.
    AlreadyConnected,
    /// The port takes one connection and has it.
    PortTaken,
    /// A node would feed itself, by way of others.
    Cycle,
}

/// Why two ports can't be connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why, for programs.
    pub code: RefusalCode,
    /// Why and what to do, for people.
    pub message: Text,
}

/// Asks whether an output may be connected to an input.
///
/// # Errors
/// The reason why it may not.
pub fn connection(workflow: &Workflow, catalog: &dyn Catalog, from: &PortRef, to: &PortRef) -> Result<(), Refusal> {
    if from.node == to.node {
        return refuse(RefusalCode::SameNode, "A node can't feed itself.", "节点不能连接到自身。");
    }
    let output = port(workflow, catalog, from, false)?;
    let input = port(workflow, catalog, to, true)?;
    if output.kind != input.kind {
        let (gives, takes) = (output.kind.words(), input.kind.words());
        return refuse(
            RefusalCode::KindsDiffer,
            format!("“{}” gives a {}, and “{}” takes a {}.", output.label.en, gives.en, input.label.en, takes.en),
            format!("“{}”输出的是{}，而“{}”需要的是{}。", output.label.zh, gives.zh, input.label.zh, takes.zh),
        );
    }
    let mut taken = workflow.edges.values().filter(|edge| edge.to == *to).peekable();
    let fed_from_outside = workflow.input_of(to);
    let others = taken.peek().is_some();
    if !input.many && taken.any(|edge| edge.from == *from) {
        return refuse(RefusalCode::AlreadyConnected, "These are connected already.", "它们已经连接。");
    }
    if !input.many && (others || fed_from_outside.is_some()) {
        return refuse(
            RefusalCode::PortTaken,
            format!(
                "“{}” takes one {} and has it. Remove that connection first.",
                input.label.en,
                input.kind.words().en
            ),
            format!("“{}”只能接一个{}，请先删除已有的连接。", input.label.zh, input.kind.words().zh),
        );
    }
    if leads_to(workflow, &to.node, &from.node) {
        return refuse(
            RefusalCode::Cycle,
            "This would close a circle: what comes out there depends on this very node.",
            "这样会形成环路：上游的结果依赖于该节点自身。",
        );
    }
    Ok(())
}

fn port<'c>(workflow: &Workflow, catalog: &'c dyn Catalog, end: &PortRef, input: bool) -> Result<&'c Port, Refusal> {
    let Some(node) = workflow.nodes.get(&end.node) else {
        return refuse(RefusalCode::UnknownNode, "The node was removed.", "该节点已被删除。");
    };
    let Some(signature) = catalog.find(&node.component).signature() else {
        return refuse(
            RefusalCode::UnknownComponent,
            format!("The component {} is not there, so its ports are not known.", node.component),
            format!("组件 {} 不存在，无法得知其端口。", node.component),
        );
    };
    let port = if input { signature.input(&end.port) } else { signature.output(&end.port) };
    let Some(port) = port else {
        let (en, zh) = if input { ("input", "输入") } else { ("output", "输出") };
        return refuse(
            RefusalCode::UnknownPort,
            format!("“{}” has no {en} “{}”.", signature.title.en, end.port),
            format!("“{}”没有名为“{}”的{zh}端口。", signature.title.zh, end.port),
        );
    };
    Ok(port)
}

fn leads_to(workflow: &Workflow, from: &NodeId, to: &NodeId) -> bool {
    Wiring::new(workflow).downstream(from).contains(to)
}

fn refuse<T>(code: RefusalCode, en: impl Into<String>, zh: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: Text::new(en, zh) })
}
