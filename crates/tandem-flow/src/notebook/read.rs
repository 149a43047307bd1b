//! From a notebook back to a workflow.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Lang, Result, Text};

use super::free::filled;
use super::python::Reader;
use super::{FORM, Mark, Memory, Written, code, remark, said};
use crate::graph::{Edge, EdgeId, Edit, FORMAT, Node, NodeId, Note, NoteId, PortRef, Position, Workflow, ref_to};

/// A workflow that came back from a notebook.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// The workflow.
    pub workflow: Workflow,
    /// As it was when the notebook was made.
    pub before: Workflow,
    /// What names it where it is kept; nothing for the notebook of a file.
    pub origin: Option<String>,
    /// What could not come back as it stands, and what came back as something else.
    pub remarks: Vec<Remark>,
}

/// Something to know of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The cell's id.
    pub cell: String,
    /// What became of it, and what to do.
    pub message: Text,
}

/// Reads a notebook that was made from a workflow. Outputs of its cells are not looked at.
///
/// # Errors
/// `malformed_file` where it is no notebook, `unsupported_format` where it was
/// not made from a workflow, or by a newer release.
pub fn read(json: &str, written: &Written) -> Result<Returned> {
    let notebook: Value = serde_json::from_str(json).map_err(|error| malformed(&error.to_string()))?;
    let cells = notebook.get("cells").and_then(Value::as_array).ok_or_else(|| malformed("it has no cells"))?;
    if notebook.get("nbformat").and_then(Value::as_u64) != Some(4) {
        return Err(malformed("it is not of nbformat 4; save it anew with a current Jupyter"));
    }
    let memory = notebook.pointer("/metadata/tandem").ok_or_else(|| {
        unsupported(
            "This notebook was not made from a workflow. Export a workflow as a notebook and add your cells there.",
        )
    })?;
    let newer = |pointer: &str, own: u32| {
        memory.pointer(pointer).and_then(Value::as_u64).is_some_and(|theirs| theirs > u64::from(own))
    };
    if newer("/form", FORM) || newer("/workflow/format", FORMAT) {
        return Err(unsupported(
            "This notebook was made by a newer release. Nothing was changed. Upgrade to bring it back.",
        ));
    }
    let memory: Memory = serde_json::from_value(memory.clone()).map_err(|error| malformed(&error.to_string()))?;
    let mut back = Back::new(memory, written);
    let mut read = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        match Cell::read(at, cell) {
            Ok(cell) => read.extend(cell),
            Err(remark) => back.remarks.push(remark),
        }
    }
    Ok(back.read(read))
}

/// A cell with something in it.
struct Cell {
    id: String,
    is_code: bool,
    source: String,
    mark: Option<Mark>,
}

impl Cell {
    /// A cell; nothing where it is empty, and what stands against it where it can't be understood.
    fn read(at: usize, cell: &Value) -> Result<Option<Self>, Remark> {
        let id = cell.get("id").and_then(Value::as_str).map_or_else(|| format!("cell-{at}"), str::to_owned);
        let source = match cell.get("source") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
            _ => {
                return Err(remark(
                    &id,
                    "This cell has no text that could be read, so it was left out. Open the notebook in Jupyter and save it anew.",
                    "此单元格没有可读取的内容，未导入。请在 Jupyter 中打开并重新保存笔记本。",
                ));
            }
        };
        let mark = match cell.pointer("/metadata/tandem").map(|mark| serde_json::from_value(mark.clone())) {
            None => None,
            Some(Ok(mark)) => Some(mark),
            Some(Err(_)) => {
                return Err(remark(
                    &id,
                    "What this cell remembers of its node (the metadata “tandem”) was changed and can't be read, so the \
                     cell was left out. Export the workflow anew, and make the change there.",
                    "此单元格的元数据“tandem”已被改动、无法读取，未导入。请重新导出工作流后再修改。",
                ));
            }
        };
        let is_code = cell.get("cell_type").and_then(Value::as_str) == Some("code");
        Ok((mark.is_some() || !source.trim().is_empty()).then_some(Self { id, is_code, source, mark }))
    }
}

struct Back<'a> {
    written: &'a Written,
    memory: Memory,
    before: Workflow,
    workflow: Workflow,
    remarks: Vec<Remark>,
    /// Variable → parameter of the workflow.
    params: BTreeMap<String, String>,
    /// Variable → what it holds at this place of the notebook.
    bound: BTreeMap<String, PortRef>,
    /// Output → the variable that it was given.
    origin: BTreeMap<PortRef, String>,
    /// Parameters of nodes in the order of their cells, for cells that were copied.
    settings: BTreeMap<NodeId, Vec<Map<String, Value>>>,
    /// Nodes whose parameters could not be read.
    unread: BTreeSet<NodeId>,
    edges: Vec<(EdgeId, Edge)>,
    /// Nodes whose query was changed: their ports are those of the SQL component now.
    freed: BTreeSet<NodeId>,
    taken: BTreeSet<String>,
    last: Position,
}

impl<'a> Back<'a> {
    fn new(mut memory: Memory, written: &'a Written) -> Self {
        let params = memory.workflow.params.keys().map(|name| (name.clone(), name.clone()));
        let mut params: BTreeMap<String, String> = params.collect();
        for (variable, name) in &memory.variables {
            let Some(name) = name.as_str() else { continue };
            params.retain(|_, known| known != name);
            params.insert(variable.clone(), name.to_owned());
        }
        let before = memory.workflow.clone();
        let workflow = Workflow {
            format: FORMAT,
            params: std::mem::take(&mut memory.workflow.params),
            frames: std::mem::take(&mut memory.workflow.frames),
            ..Workflow::default()
        };
        Self {
            written,
            memory,
            before,
            workflow,
            remarks: Vec::new(),
            params,
            bound: BTreeMap::new(),
            origin: BTreeMap::new(),
            settings: BTreeMap::new(),
            unread: BTreeSet::new(),
            edges: Vec::new(),
            freed: BTreeSet::new(),
            taken: BTreeSet::new(),
            last: Position::default(),
        }
    }

    fn read(mut self, cells: Vec<Cell>) -> Returned {
        for cell in &cells {
            match &cell.mark {
                Some(Mark::Node { id, edges, .. }) => {
                    self.taken.insert(id.to_string());
                    self.taken.extend(edges.iter().map(|(id, _)| id.to_string()));
                }
                Some(Mark::Note { id, .. }) => _ = self.taken.insert(id.to_string()),
                Some(Mark::NodeParameters { node }) => self.setting(cell, &node.clone()),
                _ => {}
            }
        }
        for cell in cells {
            match cell.mark {
                Some(Mark::Frame | Mark::NodeParameters { .. }) => {}
                Some(Mark::Parameters) => self.parameters(&cell),
                Some(Mark::Note { ref id, position, size }) => {
                    let note = Note { text: cell.source.clone(), position, size };
                    self.note(&cell, Some(id), note);
                }
                Some(Mark::Node { id, node, edges, variables, query, said }) => {
                    let cell = Cell { mark: None, ..cell };
                    let kept = Kept { id, node: *node, edges, variables, query, said };
                    self.node(&cell, kept);
                }
                None if cell.is_code => self.added(&cell),
                None => {
                    let position = Position { x: self.last.x, y: self.last.y + 110 };
                    let note = Note { text: cell.source.clone(), position, size: None };
                    self.note(&cell, None, note);
                }
            }
        }
        self.finish()
    }

    fn parameters(&mut self, cell: &Cell) {
        let Some(values) = Reader::new(&cell.source, &|_| None).assignments() else {
            return self.unread(cell);
        };
        for (variable, value) in values {
            let schema = self.params.get(&variable).and_then(|name| self.workflow.params.get_mut(name));
            let Some(schema) = schema else {
                self.remarks.push(remark(
                    &cell.id,
                    format!("“{variable}” is no parameter of the workflow and was left out. Declare it on the canvas."),
                    format!("“{variable}”不是工作流的参数，未导入。请在画布上声明。"),
                ));
                continue;
            };
            if *schema.get("default").unwrap_or(&Value::Null) != value {
                match value {
                    Value::Null => _ = schema.remove("default"),
                    value => _ = schema.insert("default".to_owned(), value),
                }
            }
        }
    }

    fn setting(&mut self, cell: &Cell, node: &NodeId) {
        let params = &self.params;
        let variable = |name: &str| params.get(name).map(|param| ref_to(param));
        let values = Reader::new(&cell.source, &variable).assignments();
        let setting = values.and_then(|values| {
            values.into_iter().find_map(|(_, value)| match value {
                Value::Object(map) => Some(map),
                _ => None,
            })
        });
        match setting {
            Some(map) => self.settings.entry(node.clone()).or_default().push(map),
            None => {
                self.unread.insert(node.clone());
                self.unread(cell);
            }
        }
    }

    fn unread(&mut self, cell: &Cell) {
        self.remarks.push(remark(
            &cell.id,
            "These parameters are more than plain values, so they stayed as they were. Write numbers, texts, lists and dicts.",
            "这些参数不是普通的值，因此保持原样。请只写数字、文本、列表和字典。",
        ));
    }

    fn note(&mut self, cell: &Cell, id: Option<&NoteId>, note: Note) {
        let id = id.filter(|id| !self.workflow.notes.contains_key(*id)).cloned();
        let id = id.unwrap_or_else(|| NoteId::new(self.fresh(&cell.id)));
        self.workflow.apply(&Edit::AddNote { id, note });
    }

    fn node(&mut self, cell: &Cell, mut kept: Kept) {
        let again = self.workflow.nodes.contains_key(&kept.id);
        let settings = self.settings.get(&kept.id).map(Vec::as_slice).unwrap_or_default();
        if let Some(map) = settings.get(usize::from(again)).or(settings.first()) {
            kept.node.params = map.clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
        } else if !kept.node.params.is_empty() && !self.unread.contains(&kept.id) {
            self.remarks.push(remark(
                &cell.id,
                "The cell with the parameters of this node is gone, so they stayed as they were.",
                "该节点的参数单元格已被删除，参数保持原样。",
            ));
        }
        if again {
            // A cell that was copied is another node.
            kept.id = NodeId::new(self.fresh(&cell.id));
            kept.node.position.y += 110;
            for (id, edge) in &mut kept.edges {
                edge.to.node.clone_from(&kept.id);
                *id = EdgeId::new(self.fresh(&format!("{}-in", cell.id)));
            }
        }
        for (_, edge) in &mut kept.edges {
            // An added cell may have given the variable something else meanwhile.
            let now = self.origin.get(&edge.from).and_then(|variable| self.bound.get(variable));
            if let Some(now) = now.filter(|_| edge.from.node != edge.to.node) {
                edge.from = now.clone();
            }
        }
        if kept.query {
            self.query(cell, &mut kept);
        } else if said(&cell.source) != kept.said {
            self.remarks.push(remark(
                &cell.id,
                "This call was changed. Its parameters come back; its component and connections stayed as they were. \
                 Change those on the canvas, or write a cell of your own.",
                "此调用被改动过：参数会导入，组件与连接保持原样。请在画布上修改，或另写一个单元格。",
            ));
        }
        self.last = kept.node.position;
        for (port, variable) in &kept.variables {
            let freed = self.freed.contains(&kept.id);
            let made = PortRef::new(&kept.id, if freed { &*self.written.sql.output } else { &**port });
            if !again {
                self.origin.insert(PortRef::new(&kept.id, &**port), variable.clone());
                self.origin.insert(made.clone(), variable.clone());
                self.bound.insert(variable.clone(), made);
            }
        }
        self.edges.append(&mut kept.edges);
        self.workflow.apply(&Edit::AddNode { id: kept.id, node: Box::new(kept.node) });
    }

    /// A query whose text was changed is a SQL component from now on.
    fn query(&mut self, cell: &Cell, kept: &mut Kept) {
        let name = |name: &str| Some(Value::from(name));
        let behind = cell.source.split_once("tandem.sql(").map(|(_, behind)| behind);
        let Some(behind) = behind else { return self.unknown_query(cell) };
        let mut reader = Reader::new(behind, &name);
        let Some(Value::String(text)) = reader.value() else { return self.unknown_query(cell) };
        let rest: Option<&str> = behind.rsplit_once("inputs=").map(|(_, rest)| rest);
        let Some(Value::Object(tables)) = rest.and_then(|rest| Reader::new(rest, &name).value()) else {
            return self.unknown_query(cell);
        };
        if said(&text) == kept.said {
            return;
        }
        let free = self.written.sql.clone();
        let mut names = Vec::new();
        let mut edges = Vec::new();
        for (name, variable) in &tables {
            let from = variable.as_str().and_then(|variable| self.bound.get(variable)).cloned();
            let Some(from) = from else {
                self.remarks.push(remark(
                    &cell.id,
                    format!("“{name}” is no table of the workflow here; connect it on the canvas."),
                    format!("“{name}”不是此处可用的表，请在画布上连接。"),
                ));
                continue;
            };
            let same = kept.edges.iter().position(|(_, edge)| edge.from == from);
            let id = match same {
                Some(at) => kept.edges.remove(at).0,
                None => EdgeId::new(self.fresh(&format!("{}-in", cell.id))),
            };
            let order = i32::try_from(edges.len()).unwrap_or(i32::MAX);
            edges.push((id, Edge { from, to: PortRef::new(&kept.id, &*free.inputs), order }));
            names.push(name.clone());
        }
        kept.edges = edges;
        kept.node.component = free.component.clone();
        kept.node.params = filled(&free, text.trim_matches('\n'), &names, None);
        kept.node.seed = None;
        self.freed.insert(kept.id.clone());
        self.remarks.push(remark(
            &cell.id,
            "The SQL was changed, so this node is a SQL component now.",
            "SQL 被改动过，该节点现为 SQL 组件。",
        ));
    }

    fn unknown_query(&mut self, cell: &Cell) {
        self.remarks.push(remark(
            &cell.id,
            "This cell no longer calls tandem.sql with a text and inputs, so the node stayed as it was.",
            "此单元格不再以文本和 inputs 调用 tandem.sql，节点保持原样。",
        ));
    }

    fn added(&mut self, cell: &Cell) {
        let lines =
            || cell.source.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines().next().is_none() {
            return;
        }
        if lines().any(|line| line.starts_with(['%', '!'])) {
            self.remarks.push(remark(
                &cell.id,
                "A cell with a command of the notebook (% or !) stays in the notebook.",
                "含有笔记本命令（% 或 !）的单元格不会导入画布。",
            ));
            return;
        }
        let free = self.written.python.clone();
        let id = NodeId::new(self.fresh(&cell.id));
        let used = code::names(&cell.source);
        let inputs: Vec<(String, PortRef)> =
            used.iter().filter_map(|name| Some((name.clone(), self.bound.get(name)?.clone()))).collect();
        for name in used.iter().filter(|name| self.params.contains_key(*name)) {
            self.remarks.push(remark(
                &cell.id,
                format!("“{name}” is a parameter of the workflow; in a component of its own the code does not see it."),
                format!("“{name}”是工作流的参数，独立组件中的代码无法读取它。"),
            ));
        }
        let assigned = code::assigned(&cell.source);
        let result = assigned.last().cloned();
        let names: Vec<String> = inputs.iter().map(|(name, _)| name.clone()).collect();
        for (order, (_, from)) in inputs.into_iter().enumerate() {
            let edge_id = EdgeId::new(self.fresh(&format!("{id}-in")));
            let order = i32::try_from(order).unwrap_or(i32::MAX);
            self.edges.push((edge_id, Edge { from, to: PortRef::new(&id, &*free.inputs), order }));
        }
        if let Some(result) = &result {
            self.bound.insert(result.clone(), PortRef::new(&id, &*free.output));
        }
        let position = Position { x: self.last.x + 60, y: self.last.y + 120 };
        let mut node = Node::new(free.component.clone(), position);
        node.params = filled(&free, cell.source.trim_end(), &names, result.as_deref());
        self.last = position;
        self.workflow.apply(&Edit::AddNode { id, node: Box::new(node) });
        self.remarks.push(remark(&cell.id, "This cell is a Python component now.", "此单元格现为一个 Python 组件。"));
    }

    fn finish(mut self) -> Returned {
        let free = self.written.sql.clone();
        let freed = std::mem::take(&mut self.freed);
        let moved = |mut from: PortRef| {
            if freed.contains(&from.node) {
                from.port.clone_from(&free.output);
            }
            from
        };
        for (id, edge) in std::mem::take(&mut self.edges) {
            self.workflow.apply(&Edit::Connect { id, edge: Edge { from: moved(edge.from), ..edge } });
        }
        for (name, mut input) in std::mem::take(&mut self.memory.workflow.inputs) {
            for to in input.to.iter_mut().filter(|to| freed.contains(&to.node)) {
                to.port.clone_from(&free.inputs);
            }
            self.workflow.apply(&Edit::ExposeInput { name, input: Some(input) });
        }
        for (name, mut output) in std::mem::take(&mut self.memory.workflow.outputs) {
            output.from = moved(output.from);
            let now = self.origin.get(&output.from).and_then(|variable| self.bound.get(variable));
            output.from = now.cloned().unwrap_or(output.from);
            self.workflow.apply(&Edit::ExposeOutput { name, output: Some(output) });
        }
        self.removed();
        Returned { workflow: self.workflow, before: self.before, origin: self.memory.origin, remarks: self.remarks }
    }

    /// Says which nodes are gone with their cells.
    fn removed(&mut self) {
        for (id, node) in self.before.nodes.iter().filter(|(id, _)| !self.workflow.nodes.contains_key(*id)) {
            let name = node.label.clone().unwrap_or_else(|| node.component.to_string().into());
            self.remarks.push(remark(
                &format!("n-{id}"),
                format!("This cell is gone, so its node “{}” is removed with its connections.", name.get(Lang::En)),
                format!("此单元格已被删除，其节点“{}”及连接也随之删除。", name.get(Lang::Zh)),
            ));
        }
    }

    /// An id like `words` that nothing has.
    fn fresh(&mut self, words: &str) -> String {
        let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
        let base: String = words.chars().map(fits).take(44).collect();
        let base = if base.is_empty() { "cell".to_owned() } else { base };
        let numbered = (2_u64..).map(|n| format!("{base}-{n}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or(base);
        self.taken.insert(name.clone());
        name
    }
}

/// What a node's cell remembers.
struct Kept {
    id: NodeId,
    node: Node,
    edges: Vec<(EdgeId, Edge)>,
    variables: Vec<(String, String)>,
    query: bool,
    said: String,
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorCode::MalformedFile, format!("This is no notebook: {what}. Nothing was changed."))
}

fn unsupported(message: &str) -> Error {
    Error::new(ErrorCode::UnsupportedFormat, message)
}
