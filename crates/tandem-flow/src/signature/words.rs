//! Whether everything that people read is there in both languages.

use serde_json::Value;
use tandem_core::Text;

use super::{Port, Signature};
use crate::params::{Schema, Type};

/// A text without Chinese that is longer than this was not translated; shorter ones may be names, such as `PCA`.
const NAME_LENGTH: usize = 16;

/// The places where words are missing in a language, or were not translated; for the tests of components.
pub fn untranslated(signature: &Signature) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |at: String, text: Option<&Text>| {
        if !text.is_some_and(in_both) {
            missing.push(at);
        }
    };
    need("title".to_owned(), Some(&signature.title));
    need("summary".to_owned(), Some(&signature.summary));
    need("help".to_owned(), Some(&signature.help));
    for (side, ports) in [("inputs", &signature.inputs), ("outputs", &signature.outputs)] {
        ports.iter().for_each(|port| words_of_port(side, port, &mut need));
    }
    if let Some(example) = &signature.example {
        need("example.title".to_owned(), Some(&example.title));
    }
    words_of_parts("params", Schema::new(&signature.params), &mut need);
    missing
}

fn words_of_port(side: &str, port: &Port, need: &mut impl FnMut(String, Option<&Text>)) {
    let at = format!("{side}.{}", port.name);
    need(format!("{at}.label"), Some(&port.label));
    if let Some(help) = &port.help {
        need(format!("{at}.help"), Some(help));
    }
    for column in &port.columns {
        if let Some(help) = &column.help {
            need(format!("{at}.columns.{}", column.name), Some(help));
        }
    }
    for role in &port.roles {
        need(format!("{at}.roles.{}.label", role.name), Some(&role.label));
        need(format!("{at}.roles.{}.help", role.name), role.help.as_ref());
    }
}

fn words_of_parts(at: &str, schema: Schema<'_>, need: &mut impl FnMut(String, Option<&Text>)) {
    for (name, part) in schema.properties() {
        let at = format!("{at}.{name}");
        need(format!("{at}.x-label"), part.text("x-label").as_ref());
        for word in ["x-help", "x-unit", "x-placeholder", "x-pattern-help", "x-group"] {
            if part.map().contains_key(word) {
                need(format!("{at}.{word}"), part.text(word).as_ref());
            }
        }
        for value in part.allowed().unwrap_or_default().iter().filter_map(Value::as_str) {
            need(format!("{at}.x-enum-labels.{value}"), part.value_label(value).as_ref());
        }
        match part.kind() {
            Some(Type::Object) => words_of_parts(&at, part, need),
            Some(Type::Array) => {
                part.items().into_iter().for_each(|items| words_of_parts(&at, items, need));
            }
            _ => {}
        }
    }
}

/// Chinese has Chinese in it, English has none, and neither is empty. What is short may be a name.
fn in_both(text: &Text) -> bool {
    let (en, zh) = (text.en.trim(), text.zh.trim());
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    !en.is_empty() && !zh.is_empty() && !en.contains(chinese) && (zh.contains(chinese) || zh.len() <= NAME_LENGTH)
}
