//! What is different between two versions of a component, for whoever uses the older one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_core::Text;

use crate::{
    Signature,
    params::Schema,
    signature::{Port, PortKind},
};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// An input.
    Input,
    /// An output.
    Output,
    /// A parameter, a role of an input among them.
    Parameter,
    /// What it is called, and what is said of it.
    Words,
    /// What it does.
    Inside,
}

/// How it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What changed.
    pub part: Part,
    /// Its name; empty for words and for what is inside.
    pub name: String,
    /// How.
    pub change: How,
    /// Whether a node that was right may be wrong with the newer version.
    pub breaking: bool,
    /// What it was.
    pub before: Value,
    /// What it is.
    pub after: Value,
    /// The same in words.
    pub message: Text,
}

/// What is different in `to` for whoever uses `from`. Whether it is the same
/// inside is the caller's to know.
pub fn changes(from: &Signature, to: &Signature, inside: bool) -> Vec<Change> {
    let mut found = Found(Vec::new());
    found.ports(Part::Input, &from.inputs, &to.inputs);
    found.ports(Part::Output, &from.outputs, &to.outputs);
    found.params(from, to);
    let words = |signature: &Signature| json!([signature.title, signature.summary, signature.help]);
    if words(from) != words(to) {
        let message = Text::new("Its title or description is another.", "名称或说明有改动。");
        found.add(Part::Words, "", How::Changed, false, (json!(from.title), json!(to.title)), message);
    }
    if inside {
        let message = Text::new("What it does is another: results may differ.", "内部做法有改动，结果可能不同。");
        found.add(Part::Inside, "", How::Changed, false, (Value::Null, Value::Null), message);
    }
    found.0
}

struct Found(Vec<Change>);

impl Found {
    fn add(&mut self, part: Part, name: &str, change: How, breaking: bool, ends: (Value, Value), message: Text) {
        let (before, after) = ends;
        self.0.push(Change { part, name: name.to_owned(), change, breaking, before, after, message });
    }

    fn ports(&mut self, part: Part, before: &[Port], after: &[Port]) {
        let input = part == Part::Input;
        let (what, was) = if input { ("input", "输入") } else { ("output", "输出") };
        let names: BTreeSet<&str> = before.iter().chain(after).map(|port| port.name.as_str()).collect();
        for name in names {
            let find = |ports: &[Port]| ports.iter().find(|port| port.name == name).cloned();
            match (find(before), find(after)) {
                (Some(old), None) => self.add(
                    part,
                    name,
                    How::Removed,
                    true,
                    (json!(old), Value::Null),
                    Text::new(
                        format!("The {what} “{}” is gone; what is connected there comes loose.", old.label.en),
                        format!("{was}“{}”已移除，与之相连的连线将失效。", old.label.zh),
                    ),
                ),
                (None, Some(new)) => {
                    let needed = input && !new.optional;
                    let (en, zh) = if needed { (" It must be connected.", "必须连接。") } else { ("", "") };
                    self.add(
                        part,
                        name,
                        How::Added,
                        needed,
                        (Value::Null, json!(new)),
                        Text::new(
                            format!("There is a new {what} “{}”.{en}", new.label.en),
                            format!("新增{was}“{}”。{zh}", new.label.zh),
                        ),
                    );
                }
                (Some(old), Some(new)) if old != new => {
                    let needs = new.columns.iter().any(|column| !old.columns.contains(column));
                    let narrower = input && (needs || (old.optional && !new.optional) || (old.many && !new.many));
                    let breaking = old.kind != new.kind || narrower;
                    let (a, b) = (old.kind.words(), new.kind.words());
                    let message = if old.kind != new.kind {
                        Text::new(
                            format!("The {what} “{}” was a {} and is a {}.", new.label.en, a.en, b.en),
                            format!("{was}“{}”由{}变为{}。", new.label.zh, a.zh, b.zh),
                        )
                    } else if needs && new.kind == PortKind::Table {
                        Text::new(
                            format!("The {what} “{}” needs other columns.", new.label.en),
                            format!("{was}“{}”所需的列有变化。", new.label.zh),
                        )
                    } else {
                        Text::new(
                            format!("The {what} “{}” is described otherwise.", new.label.en),
                            format!("{was}“{}”的说明或要求有变化。", new.label.zh),
                        )
                    };
                    self.add(part, name, How::Changed, breaking, (json!(old), json!(new)), message);
                }
                _ => {}
            }
        }
    }

    fn params(&mut self, from: &Signature, to: &Signature) {
        let (old, new) = (from.schema(), to.schema());
        let (old, new) = (Schema::new(&old), Schema::new(&new));
        let names: BTreeSet<&str> = old.properties().chain(new.properties()).map(|(name, _)| name).collect();
        for name in names {
            let label = |schema: Schema<'_>| {
                Text::new(schema.label(name, tandem_core::Lang::En), schema.label(name, tandem_core::Lang::Zh))
            };
            match (old.property(name), new.property(name)) {
                (Some(was), None) => {
                    let label = label(was);
                    self.add(
                        Part::Parameter,
                        name,
                        How::Removed,
                        true,
                        (json!(was.map()), Value::Null),
                        Text::new(
                            format!("The parameter “{}” is gone; what is set there counts no more.", label.en),
                            format!("参数“{}”已移除，原有设置不再生效。", label.zh),
                        ),
                    );
                }
                (None, Some(is)) => {
                    let label = label(is);
                    let needed = new.requires(name) && is.default().is_none();
                    let (en, zh) = if needed { (" It must be set.", "必须填写。") } else { ("", "") };
                    self.add(
                        Part::Parameter,
                        name,
                        How::Added,
                        needed,
                        (Value::Null, json!(is.map())),
                        Text::new(
                            format!("There is a new parameter “{}”.{en}", label.en),
                            format!("新增参数“{}”。{zh}", label.zh),
                        ),
                    );
                }
                (Some(was), Some(is)) => {
                    self.param(name, (was, old.requires(name)), (is, new.requires(name)), label(is))
                }
                (None, None) => {}
            }
        }
    }

    fn param(&mut self, name: &str, (was, needed): (Schema<'_>, bool), (is, needs): (Schema<'_>, bool), label: Text) {
        if was.map() == is.map() && needed == needs {
            return;
        }
        let ends = (json!(was.map()), json!(is.map()));
        let (breaking, message) = if was.kind() != is.kind() {
            (
                true,
                Text::new(
                    format!("The parameter “{}” is of another type.", label.en),
                    format!("参数“{}”的类型有变化。", label.zh),
                ),
            )
        } else if needs && !needed && is.default().is_none() {
            (
                true,
                Text::new(
                    format!("The parameter “{}” must be set now.", label.en),
                    format!("参数“{}”现在必须填写。", label.zh),
                ),
            )
        } else if was.default() != is.default() {
            let show = |value: Option<&Value>| value.map_or_else(|| "—".to_owned(), ToString::to_string);
            let (old, new) = (show(was.default()), show(is.default()));
            (
                false,
                Text::new(
                    format!("The default of “{}” was {old} and is {new}.", label.en),
                    format!("参数“{}”的默认值由 {old} 变为 {new}。", label.zh),
                ),
            )
        } else {
            // Other bounds or values may refuse what was set; words never do.
            let bare = |schema: Schema<'_>| {
                let words =
                    schema.map().iter().filter(|(word, _)| !matches!(word.as_str(), "x-label" | "x-help" | "x-order"));
                words.map(|(word, value)| (word.clone(), value.clone())).collect::<serde_json::Map<_, _>>()
            };
            let bounds = bare(was) != bare(is);
            let en = if bounds { "allows other values." } else { "is described otherwise." };
            let zh = if bounds { "允许的取值有变化。" } else { "的说明有变化。" };
            (bounds, Text::new(format!("The parameter “{}” {en}", label.en), format!("参数“{}”{zh}", label.zh)))
        };
        self.add(Part::Parameter, name, How::Changed, breaking, ends, message);
    }
}
