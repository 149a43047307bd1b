//! One value against its schema, part by part.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use regex::Regex;
use serde_json::{Map, Value};
use tandem_core::{Lang, Text};

use super::settle::{is_unset, missing};
use super::{Code, ColumnChoice, Problem, Schema, Type};
use crate::{Column, ColumnKind, PortColumns};

/// Collects what is wrong with one parameter.
pub(super) struct Check<'a> {
    param: &'a str,
    columns: &'a PortColumns,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    pub(super) fn new(param: &'a str, columns: &'a PortColumns) -> Self {
        Self { param, columns, problems: Vec::new() }
    }

    /// The value as it counts: whole numbers without a fraction, columns by their exact names.
    pub(super) fn value(&mut self, path: &str, schema: Schema<'_>, value: &Value) -> Value {
        let kind = schema.kind().unwrap_or(Type::String);
        match (kind, value) {
            (Type::Array, Value::Array(items)) => self.list(path, schema, items),
            (Type::Object, Value::Object(parts)) => self.parts(path, schema, parts),
            (Type::String, Value::String(text)) => self.text(path, schema, text),
            (Type::Boolean, Value::Bool(_)) => value.clone(),
            (Type::Number, Value::Number(n)) if n.as_f64().is_some_and(f64::is_finite) => {
                self.number(path, schema, value.clone())
            }
            (Type::Integer, Value::Number(_)) if whole(value).is_some() => {
                self.number(path, schema, whole(value).map_or(Value::Null, Value::from))
            }
            _ => {
                let wanted = kind.words();
                self.say(
                    Code::WrongType,
                    path,
                    format!("This must be {}, and {} is not.", wanted.en, shown(value)),
                    format!("此项必须是{}，而 {} 不是。", wanted.zh, shown(value)),
                );
                value.clone()
            }
        }
    }

    fn list(&mut self, path: &str, schema: Schema<'_>, items: &[Value]) -> Value {
        let (least, most) = (schema.count("minItems"), schema.count("maxItems"));
        if let Some(least) = least.filter(|least| items.len() < *least) {
            self.say(
                Code::TooShort,
                path,
                format!("At least {least} must be given; there are {}.", items.len()),
                format!("至少需要 {least} 项，现有 {} 项。", items.len()),
            );
        }
        if let Some(most) = most.filter(|most| items.len() > *most) {
            self.say(
                Code::TooLong,
                path,
                format!("At most {most} may be given; there are {}.", items.len()),
                format!("最多 {most} 项，现有 {} 项。", items.len()),
            );
        }
        let mut seen = BTreeSet::new();
        let each = schema.items();
        let choice = schema.column().filter(|choice| choice.many);
        let mut settled = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let place = format!("{path}[{index}]");
            let mut item = each.map_or_else(|| item.clone(), |each| self.value(&place, each, item));
            if let (Some(choice), Some(name)) = (&choice, item.as_str()) {
                item = Value::String(self.column(&place, choice, name));
            }
            if (schema.is("uniqueItems") || choice.is_some()) && !seen.insert(item.to_string()) {
                let shown = shown(&item);
                self.say(
                    Code::Repeated,
                    &place,
                    format!("{shown} is there twice; remove one."),
                    format!("{shown} 重复了，请删除一个。"),
                );
            }
            settled.push(item);
        }
        Value::Array(settled)
    }

    fn parts(&mut self, path: &str, schema: Schema<'_>, parts: &Map<String, Value>) -> Value {
        if schema.properties().next().is_none() {
            return self.free_parts(path, schema, parts);
        }
        let known: Vec<&str> = schema.properties().map(|(name, _)| name).collect();
        for name in parts.keys().filter(|name| !known.contains(&name.as_str())) {
            self.say(
                Code::Unknown,
                &format!("{path}.{name}"),
                format!("There is no “{name}” here; there are: {}.", known.join(", ")),
                format!("此处没有“{name}”，可用的有：{}。", known.join("、")),
            );
        }
        let mut settled = Map::new();
        for (name, part) in schema.properties() {
            if !part.counts(&settled) {
                continue;
            }
            let place = format!("{path}.{name}");
            let set = parts.get(name).filter(|value| !is_unset(value));
            match set.or_else(|| part.default()) {
                Some(value) => {
                    let value = self.value(&place, part, value);
                    settled.insert(name.to_owned(), value);
                }
                None if schema.requires(name) => self.problems.push(missing(self.param, &place, part)),
                None => {}
            }
        }
        Value::Object(settled)
    }

    /// An object whose names are free, such as old name → new name; `additionalProperties` says what each is.
    fn free_parts(&mut self, path: &str, schema: Schema<'_>, parts: &Map<String, Value>) -> Value {
        let each = schema.map().get("additionalProperties").and_then(Schema::of);
        let choice = schema.column();
        let mut settled = Map::new();
        for (name, value) in parts {
            let place = format!("{path}.{name}");
            let value = each.map_or_else(|| value.clone(), |each| self.value(&place, each, value));
            let name = choice.as_ref().map_or_else(|| name.clone(), |choice| self.column(&place, choice, name));
            settled.insert(name, value);
        }
        Value::Object(settled)
    }

    fn number(&mut self, path: &str, schema: Schema<'_>, value: Value) -> Value {
        self.allowed(path, schema, &value);
        let Some(v) = value.as_f64() else { return value };
        let lows = [("minimum", false), ("exclusiveMinimum", true)];
        for (word, open) in lows {
            if let Some(bound) = schema.number(word).filter(|bound| v < *bound || (open && v <= *bound)) {
                let (en, zh) = if open { ("above", "大于") } else { ("at least", "不小于") };
                self.say(
                    Code::TooSmall,
                    path,
                    format!("This must be {en} {bound}; it is {v}."),
                    format!("此项必须{zh} {bound}，现为 {v}。"),
                );
            }
        }
        for (word, open) in [("maximum", false), ("exclusiveMaximum", true)] {
            if let Some(bound) = schema.number(word).filter(|bound| v > *bound || (open && v >= *bound)) {
                let (en, zh) = if open { ("below", "小于") } else { ("at most", "不大于") };
                self.say(
                    Code::TooLarge,
                    path,
                    format!("This must be {en} {bound}; it is {v}."),
                    format!("此项必须{zh} {bound}，现为 {v}。"),
                );
            }
        }
        value
    }

    fn text(&mut self, path: &str, schema: Schema<'_>, text: &str) -> Value {
        self.allowed(path, schema, &Value::from(text));
        let length = text.chars().count();
        if let Some(least) = schema.count("minLength").filter(|least| length < *least) {
            self.say(
                Code::TooShort,
                path,
                format!("This needs at least {least} characters; it has {length}."),
                format!("至少需要 {least} 个字符，现有 {length} 个。"),
            );
        }
        if let Some(most) = schema.count("maxLength").filter(|most| length > *most) {
            self.say(
                Code::TooLong,
                path,
                format!("This may have at most {most} characters; it has {length}."),
                format!("最多 {most} 个字符，现有 {length} 个。"),
            );
        }
        self.form(path, schema, text);
        match schema.column() {
            Some(choice) => Value::String(self.column(path, &choice, text)),
            None => Value::from(text),
        }
    }

    fn form(&mut self, path: &str, schema: Schema<'_>, text: &str) {
        let asked = match schema.word("format") {
            Some("date") if text.parse::<NaiveDate>().is_err() => {
                Some(Text::new("be a date such as 2024-03-05", "是日期，如 2024-03-05"))
            }
            Some("date-time")
                if DateTime::parse_from_rfc3339(text).is_err() && text.parse::<NaiveDateTime>().is_err() =>
            {
                Some(Text::new(
                    "be a date and time such as 2024-03-05T08:30:00Z",
                    "是日期时间，如 2024-03-05T08:30:00Z",
                ))
            }
            _ => None,
        };
        let pattern = schema.word("pattern");
        let asked = asked.or_else(|| {
            let pattern = pattern.filter(|p| !Regex::new(p).is_ok_and(|regex| regex.is_match(text)))?;
            let fallback = || Text::new(format!("match {pattern}"), format!("符合 {pattern}"));
            Some(schema.text("x-pattern-help").unwrap_or_else(fallback))
        });
        if let Some(asked) = asked {
            self.say(
                Code::Malformed,
                path,
                format!("This must {}; it is “{text}”.", asked.en),
                format!("此项必须{}，现为“{text}”。", asked.zh),
            );
        }
    }

    fn allowed(&mut self, path: &str, schema: Schema<'_>, value: &Value) {
        let Some(allowed) = schema.allowed().filter(|allowed| !allowed.contains(value)) else { return };
        let list = |lang: Lang, between: &str| {
            let labelled = |value: &Value| {
                let label = value.as_str().and_then(|v| schema.value_label(v));
                label.map_or_else(|| shown(value), |label| format!("{} ({})", shown(value), label.get(lang)))
            };
            allowed.iter().map(labelled).collect::<Vec<_>>().join(between)
        };
        self.say(
            Code::NotAllowed,
            path,
            format!("This must be one of {}; it is {}.", list(Lang::En, ", "), shown(value)),
            format!("此项必须是下列之一：{}，现为 {}。", list(Lang::Zh, "、"), shown(value)),
        );
    }

    /// The exact name of the column that is meant.
    fn column(&mut self, path: &str, choice: &ColumnChoice, name: &str) -> String {
        let tables = self.columns.get(&choice.port).map(Vec::as_slice).unwrap_or_default();
        // Nothing is connected, or only the data will tell: there is nothing to compare with.
        let Some(columns) = tables.iter().map(|table| table.known()).collect::<Option<Vec<_>>>() else {
            return name.to_owned();
        };
        if columns.is_empty() {
            return name.to_owned();
        }
        let columns: Vec<&Column> = columns.into_iter().flatten().collect();
        let Some(column) = find(&columns, name) else {
            let near = near(&columns, &choice.kinds);
            self.say(
                Code::UnknownColumn,
                path,
                format!("The input has no column “{name}”. Choose another; there are: {}.", near.join(", ")),
                format!("输入中没有“{name}”列，请改选；可选的列：{}。", near.join("、")),
            );
            return name.to_owned();
        };
        if !choice.kinds.is_empty() && !choice.kinds.contains(&column.kind) {
            let (is, wanted) = (column.kind.words(), |lang| ColumnKind::list(&choice.kinds, lang));
            self.say(
                Code::ColumnKind,
                path,
                format!(
                    "Column “{name}” is {}, and this needs {}. Choose another column or convert it before.",
                    is.en,
                    wanted(Lang::En)
                ),
                format!("“{name}”列是{}，此处需要{}。请改选一列，或先转换它的类型。", is.zh, wanted(Lang::Zh)),
            );
        }
        column.name.clone()
    }

    fn say(&mut self, code: Code, path: &str, en: String, zh: String) {
        self.problems.push(Problem {
            code,
            param: self.param.to_owned(),
            path: path.to_owned(),
            message: Text::new(en, zh),
        });
    }
}

/// The column of that name: exactly, or the only one that differs in case alone.
fn find<'c>(columns: &[&'c Column], name: &str) -> Option<&'c Column> {
    if let Some(column) = columns.iter().find(|column| column.name == name) {
        return Some(column);
    }
    let lower = name.to_lowercase();
    let mut alike: Vec<&&Column> = columns.iter().filter(|column| column.name.to_lowercase() == lower).collect();
    alike.dedup_by(|a, b| a.name == b.name);
    match alike.as_slice() {
        [column] => Some(column),
        _ => None,
    }
}

/// The first columns that would do.
fn near<'c>(columns: &[&'c Column], kinds: &[ColumnKind]) -> Vec<&'c str> {
    let fits = |column: &&&'c Column| kinds.is_empty() || kinds.contains(&column.kind);
    columns.iter().filter(fits).map(|column| column.name.as_str()).take(20).collect()
}

/// The whole number that a JSON number is, 39.0 included.
fn whole(value: &Value) -> Option<i64> {
    let exact = |v: f64| (v.fract() == 0.0 && v.abs() < 9.0e15).then_some(v as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(exact))
}

/// A value as it is quoted in a message, cut where it is long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
