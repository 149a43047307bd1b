//! The page of documentation of a component, as Markdown.

use std::fmt::Write;

use serde_json::Value;
use tandem_core::Lang;

use super::{ExampleInput, ExampleTable, Port, PortKind, Signature};
use crate::ColumnKind;
use crate::params::{Schema, Type};

/// The page in one language.
pub fn page(signature: &Signature, lang: Lang) -> String {
    let say = |en: &'static str, zh: &'static str| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    let mut page = format!("# {}\n\n{}\n", signature.title(lang), signature.summary.get(lang));
    let help = signature.help.get(lang);
    if !help.is_empty() {
        page.push_str(&format!("\n{}\n", help.trim()));
    }
    for (heading, side) in [(say("Inputs", "输入"), &signature.inputs), (say("Outputs", "输出"), &signature.outputs)]
    {
        if !side.is_empty() {
            page.push_str(&format!("\n## {heading}\n\n"));
            side.iter().for_each(|port| page.push_str(&port_line(port, lang)));
        }
    }
    let schema = signature.schema();
    let schema = Schema::new(&schema);
    if schema.properties().next().is_some() {
        page.push_str(&format!("\n## {}\n\n", say("Parameters", "参数")));
        let (name, meaning) = (say("Name", "名称"), say("Meaning", "含义"));
        let (kind, default) = (say("Takes", "取值"), say("Default", "默认值"));
        page.push_str(&format!("| {name} | {meaning} | {kind} | {default} |\n|---|---|---|---|\n"));
        rows("", schema, lang, &mut page);
    }
    if signature.columns_when_run {
        page.push_str(say(
            "\nThe columns of its result are known only when it has run.\n",
            "\n结果的列在运行后才能确定。\n",
        ));
    }
    if let Some(example) = &signature.example {
        page.push_str(&format!("\n## {}\n\n{}\n", say("Example", "示例"), example.title.get(lang)));
        for (port, inputs) in &example.inputs {
            for input in inputs {
                if let ExampleInput::Table(table) = input {
                    page.push_str(&format!("\n{} `{port}`\n\n{}", say("Input", "输入"), grid(table)));
                }
            }
        }
        if !example.params.is_empty() {
            let params = serde_json::to_string_pretty(&example.params).unwrap_or_default();
            page.push_str(&format!("\n```json\n{params}\n```\n"));
        }
        for (port, table) in &example.outputs {
            page.push_str(&format!("\n{} `{port}`\n\n{}", say("Output", "输出"), grid(table)));
        }
    }
    page
}

fn port_line(port: &Port, lang: Lang) -> String {
    let mut line = format!("- **{}** (`{}`, {}", port.label.get(lang), port.name, port.kind.words().get(lang));
    for (is, en, zh) in [(port.many, "several", "可接多个"), (port.optional, "optional", "可选")] {
        if is {
            line.push_str(", ");
            line.push_str(match lang {
                Lang::En => en,
                Lang::Zh => zh,
            });
        }
    }
    line.push(')');
    if let Some(help) = &port.help {
        line.push_str(&format!(": {}", help.get(lang)));
    }
    line.push('\n');
    if port.kind == PortKind::Table {
        for column in &port.columns {
            let kinds = ColumnKind::list(&column.accepts, lang);
            let help = column.help.as_ref().map_or(String::new(), |help| format!(": {}", help.get(lang)));
            line.push_str(&format!("  - `{}` ({kinds}){help}\n", column.name));
        }
    }
    line
}

fn rows(before: &str, schema: Schema<'_>, lang: Lang, page: &mut String) {
    for (name, part) in schema.properties() {
        let name = format!("{before}{name}");
        let label = part.label(&name, lang);
        let help = part.text("x-help").map_or(String::new(), |help| format!(": {}", help.get(lang)));
        let default = part.default().map_or(String::new(), |value| written(part, value, lang));
        let meaning = cell(&format!("{label}{help}"));
        let _ = writeln!(page, "| `{name}` | {meaning} | {} | {} |", cell(&takes(part, lang)), cell(&default));
        match part.kind() {
            Some(Type::Object) => rows(&format!("{name}."), part, lang, page),
            Some(Type::Array) => {
                part.items().into_iter().for_each(|each| rows(&format!("{name}[]."), each, lang, page))
            }
            _ => {}
        }
    }
}

/// What a parameter takes, in words.
fn takes(schema: Schema<'_>, lang: Lang) -> String {
    if let Some(choice) = schema.column() {
        let kinds = if choice.kinds.is_empty() {
            String::new()
        } else {
            format!(" ({})", ColumnKind::list(&choice.kinds, lang))
        };
        return match (choice.many, lang) {
            (false, Lang::En) => format!("a column of `{}`{kinds}", choice.port),
            (true, Lang::En) => format!("columns of `{}`{kinds}", choice.port),
            (_, Lang::Zh) => format!("`{}` 的列{kinds}", choice.port),
        };
    }
    if let Some(allowed) = schema.allowed() {
        let values: Vec<String> = allowed.iter().map(|value| written(schema, value, lang)).collect();
        return values.join(" · ");
    }
    let mut words = schema.kind().unwrap_or(Type::String).words().get(lang).to_owned();
    let bounds = [("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")];
    for (word, sign) in bounds {
        if let Some(bound) = schema.number(word) {
            let _ = write!(words, " {sign} {bound}");
        }
    }
    words
}

/// A value with what it is called.
fn written(schema: Schema<'_>, value: &Value, lang: Lang) -> String {
    let label = value.as_str().and_then(|value| schema.value_label(value));
    match label {
        Some(label) => format!("`{}` {}", value.as_str().unwrap_or_default(), label.get(lang)),
        None => format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    }
}

fn grid(table: &ExampleTable) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| cell(&column.name)).collect();
    let mut grid = format!("| {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for row in &table.rows {
        let plain = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => cell(text),
            other => cell(&other.to_string()),
        };
        let values: Vec<String> = row.iter().map(plain).collect();
        let _ = writeln!(grid, "| {} |", values.join(" | "));
    }
    grid
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
