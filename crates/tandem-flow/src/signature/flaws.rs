//! What is wrong with a signature itself.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};
use tandem_core::Text;

use super::{Evaluation, Kind, Piece, Port, PortKind, Signature, Wrong, pieces};
use crate::params::{Schema, Type, settle};
use crate::{Columns, PortColumns};

/// The words that a parameter's schema may have; others are slips of the pen.
const WORDS: &[&str] = &[
    "type",
    "enum",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "required",
    "additionalProperties",
    "default",
    "x-label",
    "x-help",
    "x-enum-labels",
    "x-unit",
    "x-unit-from",
    "x-format",
    "x-pattern-help",
    "x-placeholder",
    "x-group",
    "x-advanced",
    "x-when",
    "x-asset",
    "x-column",
    "x-new-column",
    "x-expression",
    "x-sql",
    "x-code",
];

/// Something to put right in a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where, such as `params.trees.default`.
    pub at: String,
    /// What is wrong and what to do.
    pub message: Text,
}

/// Everything that is wrong with a signature.
pub fn flaws(signature: &Signature) -> Vec<Flaw> {
    let mut found = Found { signature, flaws: Vec::new() };
    found.names();
    found.ports("inputs", &signature.inputs);
    found.ports("outputs", &signature.outputs);
    found.evaluation();
    found.template();
    found.parameters();
    found.example();
    found.flaws
}

struct Found<'a> {
    signature: &'a Signature,
    flaws: Vec<Flaw>,
}

impl Found<'_> {
    fn say(&mut self, at: impl Into<String>, en: impl Into<String>, zh: impl Into<String>) {
        self.flaws.push(Flaw { at: at.into(), message: Text::new(en, zh) });
    }

    fn names(&mut self) {
        if !is_name(&self.signature.name, '-') {
            self.say(
                "name",
                "A name is small letters, digits and hyphens, and begins with a letter.",
                "名称只能含小写字母、数字和连字符，并以字母开头。",
            );
        }
        if self.signature.version == 0 {
            self.say("version", "Versions begin with 1.", "版本号从 1 开始。");
        }
    }

    fn ports(&mut self, side: &str, ports: &[Port]) {
        let mut seen = BTreeSet::new();
        for port in ports {
            let at = format!("{side}.{}", port.name);
            if !is_name(&port.name, '_') {
                self.say(
                    &at,
                    "A port's name is small letters, digits and underscores, and begins with a letter.",
                    "端口名只能含小写字母、数字和下划线，并以字母开头。",
                );
            }
            if !seen.insert(&port.name) {
                self.say(&at, "Two ports have this name; rename one.", "有两个端口同名，请改名。");
            }
            if side == "outputs" && (port.many || port.optional || port.condition) {
                self.say(
                    &at,
                    "Only inputs can be optional, take many or decide; remove that.",
                    "只有输入端口才能可选、接多个或作为条件，请删除。",
                );
            }
            if port.condition && port.kind != PortKind::Value {
                self.say(&at, "Only a value decides whether a node runs.", "只有值端口才能作为运行条件。");
            }
            if port.kind != PortKind::Table && !(port.columns.is_empty() && port.roles.is_empty()) {
                self.say(&at, "Only a table has columns and roles.", "只有表端口才有列和角色。");
            }
        }
    }

    fn evaluation(&mut self) {
        let signature = self.signature;
        let fits = match signature.kind {
            Kind::Sql => signature.evaluation.is_query(),
            Kind::Python => signature.evaluation == Evaluation::Eager,
            Kind::Builtin | Kind::Workflow => true,
        };
        if !fits {
            self.say(
                "evaluation",
                "A SQL component is a query, and a Python component reads rows: stored, lazy and heavy are for SQL, eager is for Python.",
                "SQL 组件是查询（stored、lazy 或 heavy），Python 组件逐行计算（eager）。",
            );
        }
        let ports = signature.inputs.iter().chain(&signature.outputs);
        if signature.evaluation.is_query()
            && ports.clone().any(|p| matches!(p.kind, PortKind::Model | PortKind::Report))
        {
            self.say(
                "evaluation",
                "A query reads and gives tables and values; with a model or report it is eager.",
                "查询只读写表和值；涉及模型或报告的组件应为 eager。",
            );
        }
        if signature.evaluation == Evaluation::Stored && signature.inputs.iter().any(|p| p.kind == PortKind::Table) {
            self.say("evaluation", "What is stored already reads no table.", "已存储的数据不读取其他表。");
        }
    }

    /// What a SQL component's statement needs: tables with names, parameters that are declared.
    fn template(&mut self) {
        let signature = self.signature;
        let Some(sql) = signature.sql.as_deref() else {
            if signature.kind == Kind::Sql {
                self.say("sql", "A SQL component needs a statement.", "SQL 组件需要一条语句。");
            }
            return;
        };
        if signature.kind != Kind::Sql {
            return self.say(
                "sql",
                "Only a SQL component has a statement; remove it.",
                "只有 SQL 组件才有语句，请删除。",
            );
        }
        let plain = |port: &Port| port.kind == PortKind::Table && !port.many && !port.optional;
        let tables = signature.inputs.iter().chain(&signature.outputs).all(plain);
        if !tables || signature.outputs.len() != 1 {
            self.say(
                "outputs",
                "A SQL component reads tables, one at each input, and gives one table.",
                "SQL 组件每个输入端口读取一张表，并给出一张表。",
            );
        }
        if sql.trim().is_empty() {
            self.say("sql", "A SQL component needs a statement.", "SQL 组件需要一条语句。");
        }
        let read = match pieces(sql) {
            Ok(read) => read,
            Err(Wrong::Unclosed(rest)) => {
                let rest = start(rest);
                return self.say(
                    "sql",
                    format!("A parameter is written {{{{name}}}}; this is not: {rest}"),
                    format!("参数应写作 {{{{名称}}}}，此处有误：{rest}"),
                );
            }
            Err(Wrong::Quoted(rest)) => {
                let rest = start(rest);
                return self.say(
                    "sql",
                    format!("A parameter needs no quotes around it: {rest}"),
                    format!("参数两侧不需要引号：{rest}"),
                );
            }
        };
        let schema = signature.schema();
        for piece in &read {
            if let Piece::Param(name) = piece
                && Schema::new(&schema).property(name).is_none()
            {
                self.say(
                    "sql",
                    format!("There is no parameter “{name}”. Declare it."),
                    format!("没有名为“{name}”的参数，请先声明。"),
                );
            }
        }
    }

    fn parameters(&mut self) {
        let signature = self.signature;
        let schema = Schema::new(&signature.params);
        if !signature.params.is_empty() && schema.kind() != Some(Type::Object) {
            self.say("params", "The parameters are one schema of type object.", "参数应是一个 type 为 object 的模式。");
        }
        let mut before = BTreeSet::new();
        for (port, role) in signature.inputs.iter().flat_map(|port| port.roles.iter().map(move |role| (port, role))) {
            let taken = !before.insert(role.name.clone()) || schema.property(&role.name).is_some();
            if taken || !is_name(&role.name, '_') {
                self.say(
                    format!("inputs.{}.roles.{}", port.name, role.name),
                    "A role is a parameter too: its name must be free, and of small letters, digits and underscores.",
                    "角色同时是参数：名称不得重复，且只含小写字母、数字和下划线。",
                );
            }
        }
        self.parts("params", schema, &mut before, true);
        if let Some(required) = signature.params.get("required").and_then(Value::as_array) {
            for name in required.iter().filter_map(Value::as_str).filter(|name| schema.property(name).is_none()) {
                self.say(
                    "params.required",
                    format!("There is no parameter “{name}”."),
                    format!("没有名为“{name}”的参数。"),
                );
            }
        }
    }

    fn parts(&mut self, at: &str, schema: Schema<'_>, before: &mut BTreeSet<String>, top: bool) {
        for (name, part) in schema.properties() {
            let at = format!("{at}.{name}");
            if top && !is_name(name, '_') {
                self.say(
                    &at,
                    "A parameter's name is small letters, digits and underscores, and begins with a letter.",
                    "参数名只能含小写字母、数字和下划线，并以字母开头。",
                );
            }
            self.part(&at, part, before);
            before.insert(name.to_owned());
        }
    }

    fn part(&mut self, at: &str, schema: Schema<'_>, before: &BTreeSet<String>) {
        for word in schema.map().keys().filter(|word| !WORDS.contains(&word.as_str())) {
            self.say(
                at,
                format!("“{word}” means nothing here; remove it or mend its spelling."),
                format!("“{word}”没有含义，请删除或更正拼写。"),
            );
        }
        let Some(kind) = schema.kind() else {
            self.say(at, "The type is none that there is.", "type 不是可用的类型。");
            return;
        };
        if let Some(pattern) = schema.word("pattern").filter(|pattern| Regex::new(pattern).is_err()) {
            self.say(
                at,
                format!("“{pattern}” is no regular expression."),
                format!("“{pattern}”不是有效的正则表达式。"),
            );
        }
        self.column(at, schema, kind);
        for (word, other) in [("x-unit-from", schema.word("x-unit-from")), ("x-when", when(schema))] {
            if let Some(other) = other.filter(|other| !before.contains(*other)) {
                self.say(
                    at,
                    format!("{word} names “{other}”, which is not a parameter above it."),
                    format!("{word} 引用的“{other}”不是排在它之前的参数。"),
                );
            }
        }
        if let Some(value) = schema.default() {
            let mut properties = Map::new();
            let mut part = schema.map().clone();
            part.remove("x-when");
            properties.insert("value".to_owned(), Value::Object(part));
            let mut whole = Map::new();
            whole.insert("properties".to_owned(), Value::Object(properties));
            let given = [("value".to_owned(), value.clone())].into_iter().collect();
            if let Some(problem) = settle(Schema::new(&whole), &given, &PortColumns::new()).problems.first() {
                self.say(format!("{at}.default"), problem.message.en.clone(), problem.message.zh.clone());
            }
        }
        match (kind, schema.items()) {
            (Type::Array, Some(items)) => self.part(&format!("{at}[]"), items, before),
            (Type::Array, None) => self.say(at, "Say with items what the list holds.", "请用 items 说明列表的元素。"),
            _ => {}
        }
        if kind == Type::Object {
            self.parts(at, schema, &mut before.clone(), false);
        }
    }

    fn column(&mut self, at: &str, schema: Schema<'_>, kind: Type) {
        if !schema.map().contains_key("x-column") {
            return;
        }
        let Some(choice) = schema.column() else {
            self.say(
                at,
                "x-column is {port, kinds, many}; one of them can't be read.",
                "x-column 应为 {port, kinds, many}，其中有一项无法识别。",
            );
            return;
        };
        if self.signature.input(&choice.port).is_none_or(|port| port.kind != PortKind::Table) {
            self.say(
                at,
                format!("x-column names “{}”, which is no table among the inputs.", choice.port),
                format!("x-column 引用的“{}”不是输入中的表。", choice.port),
            );
        }
        let fits = match kind {
            Type::Array => choice.many,
            Type::String | Type::Object => !choice.many,
            _ => false,
        };
        if !fits {
            self.say(
                at,
                "One column is a string, many are an array with many: true, columns with something each are an object.",
                "单列用 string，多列用 array 并设 many: true，每列带一个值时用 object。",
            );
        }
    }

    fn example(&mut self) {
        let Some(example) = &self.signature.example else { return };
        for name in example.inputs.keys().filter(|name| self.signature.input(name).is_none()) {
            self.say("example.inputs", format!("There is no input “{name}”."), format!("没有名为“{name}”的输入。"));
        }
        for name in example.outputs.keys().filter(|name| self.signature.output(name).is_none()) {
            self.say("example.outputs", format!("There is no output “{name}”."), format!("没有名为“{name}”的输出。"));
        }
        let tables = |inputs: &Vec<super::ExampleInput>| -> Vec<Columns> {
            let columns = |input: &super::ExampleInput| match input {
                super::ExampleInput::Table(table) => Columns::Known(table.columns.clone()),
                _ => Columns::WhenRun,
            };
            inputs.iter().map(columns).collect()
        };
        let columns: PortColumns = example.inputs.iter().map(|(port, inputs)| (port.clone(), tables(inputs))).collect();
        let schema = self.signature.schema();
        for problem in settle(Schema::new(&schema), &example.params, &columns).problems {
            self.say(format!("example.params.{}", problem.path), problem.message.en, problem.message.zh);
        }
        let outputs = example.outputs.iter().map(|(port, table)| (format!("example.outputs.{port}"), table));
        let inputs = example.inputs.iter().flat_map(|(port, inputs)| {
            inputs.iter().filter_map(move |input| match input {
                super::ExampleInput::Table(table) => Some((format!("example.inputs.{port}"), table)),
                _ => None,
            })
        });
        for (at, table) in outputs.chain(inputs) {
            if table.rows.iter().any(|row| row.len() != table.columns.len()) {
                self.say(at, "A row has not as many values as there are columns.", "有一行的值数与列数不一致。");
            }
        }
    }
}

fn when(schema: Schema<'_>) -> Option<&str> {
    schema.map().get("x-when").map(|when| when.get("param").and_then(Value::as_str).unwrap_or("?"))
}

/// Small letters, digits and one kind of joint, beginning with a letter, at most 63.
fn is_name(name: &str, joint: char) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint;
    name.len() <= 63 && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fits)
}

/// The beginning of a text, to be shown.
fn start(text: &str) -> String {
    text.chars().take(30).collect()
}
