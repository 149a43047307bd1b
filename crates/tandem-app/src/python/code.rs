//! Code that stands in the nodes of workflows: who may write it, and that nothing else is run as code.
//!
//! What decides is the text: one that no node of a workflow had before needs the right to write Python, whichever way it
//! comes; and what is run is a text that stands in a node, never one that a parameter of a workflow, of a package or of a
//! run brings there.

use std::collections::BTreeSet;

use tandem_core::{Action, Error, ErrorCode, Principal, Result, Text, id::ProjectId};
use tandem_flow::{Workflow, check::Objection};
use tandem_python::{CODE, ENVIRONMENT, PYTHON};

use crate::App;

/// The texts that stand in the nodes of a workflow.
pub(crate) fn codes(workflow: &Workflow) -> impl Iterator<Item = &str> {
    let nodes = workflow.nodes.values().filter(|node| node.component.name == PYTHON);
    nodes.filter_map(|node| node.params.get(CODE)?.as_str())
}

/// Whether a text stands in `after` that stood nowhere in `before`.
pub(crate) fn is_new(before: &Workflow, after: &Workflow) -> bool {
    let mut added = codes(after).peekable();
    if added.peek().is_none() {
        return false;
    }
    let there: BTreeSet<&str> = codes(before).collect();
    added.any(|code| !there.contains(code))
}

/// Makes sure that somebody may write Python in a project.
///
/// # Errors
/// `forbidden`, with what to do; those of the database.
pub(crate) async fn may_write(app: &App, principal: &Principal, project: ProjectId) -> Result<()> {
    let asked = app.require_project(principal, Action::WritePython, project).await;
    asked.map(|_| ()).map_err(|error| match error.code() {
        ErrorCode::Forbidden => Error::new(ErrorCode::Forbidden, refused().en).with_source(error),
        _ => error,
    })
}

/// Why somebody may not write Python.
pub(crate) fn refused() -> Text {
    Text::new(
        "This adds or changes Python code, which the server runs: analysts of the project and above may write it, guests may \
         not. Ask one of them to do it.",
        "此改动包含由服务器运行的 Python 代码：仅项目的分析师及以上角色可以编写，访客不可。请联系他们操作。",
    )
}

/// Why a text is not run: it stands in no node.
pub(crate) fn elsewhere() -> Text {
    Text::new(
        "The code stands in the node itself, not in a parameter that somebody sets from outside. Write it here.",
        "代码须直接写在节点中，不能来自外部可设置的参数。请在此处填写。",
    )
}

/// What stands against running a text, before anything is run.
pub(crate) fn objection(app_has: bool, known: &BTreeSet<String>, code: Option<&str>) -> Option<Objection> {
    if code.is_some_and(|code| !known.contains(code)) {
        return Some(Objection { param: Some(CODE.into()), port: None, message: elsewhere() });
    }
    let absent = || Objection {
        param: None,
        port: None,
        message: Text::new(
            format!(
                "The environment “{ENVIRONMENT}” is not there on this server. Whoever runs the server makes it with: tandem \
                 component environment {ENVIRONMENT}.lock --data FOLDER"
            ),
            format!(
                "服务器上没有名为“{ENVIRONMENT}”的 Python 环境。请系统管理员执行：tandem component environment \
                 {ENVIRONMENT}.lock --data 数据文件夹"
            ),
        ),
    };
    (!app_has).then(absent)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tandem_flow::graph::{Component, Edit, Node, Position};

    use super::*;

    fn edit(workflow: &Workflow, edits: Vec<Edit>) -> Workflow {
        let mut after = workflow.clone();
        after.apply_all(&edits);
        after
    }

    fn add(id: &str, component: &str, code: Value) -> Edit {
        let mut node = Node::new(Component::new(component, 1), Position::new(0, 0));
        node.params.insert(CODE.to_owned(), code);
        Edit::AddNode { id: id.into(), node: Box::new(node) }
    }

    #[test]
    fn a_text_that_stood_nowhere_before_is_new_whichever_way_it_comes() {
        let before =
            edit(&Workflow::default(), vec![add("a", PYTHON, json!("x = 1")), add("b", "sort", json!("x = 2"))]);
        let set = |id: &str, value: Value| Edit::SetParam { id: id.into(), param: CODE.into(), value };
        let become_python = Edit::SetComponent { id: "b".into(), component: Component::new(PYTHON, 1) };
        for new in [add("c", PYTHON, json!("x = 2")), set("a", json!("x = 2")), become_python] {
            assert!(is_new(&before, &edit(&before, vec![new.clone()])), "{new:?}");
        }
        let moved = Edit::MoveNode { id: "a".into(), position: Position::new(7, 7) };
        let gone = Edit::RemoveNode { id: "a".into() };
        let copied = add("c", PYTHON, json!("x = 1"));
        let referred = set("a", json!({"$param": "code"}));
        for old in [moved, gone, copied, referred, set("b", json!("x = 3")), set("a", json!(null))] {
            assert!(!is_new(&before, &edit(&before, vec![old.clone()])), "{old:?}");
        }
    }

    #[test]
    fn what_stands_in_no_node_is_not_run() {
        let known: BTreeSet<String> = ["x = 1".to_owned()].into();
        assert_eq!(objection(true, &known, Some("x = 1")), None);
        assert_eq!(objection(true, &known, Some("x = 2")).and_then(|o| o.param).as_deref(), Some(CODE));
        assert!(objection(false, &known, Some("x = 1")).unwrap().message.zh.contains("系统管理员"));
    }
}
