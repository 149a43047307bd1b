//! Rows that meet conditions.

use serde::Deserialize;
use serde_json::Value;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask, Table,
    refusal::cannot,
    sql::{as_text, ident, literal, literals, text},
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    conditions: Vec<Condition>,
    combine: Combine,
    #[serde(default)]
    expression: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Combine {
    All,
    Any,
}

#[derive(Deserialize)]
struct Condition {
    column: String,
    operator: Operator,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    values: Vec<Value>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Operator {
    Equals,
    NotEquals,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
    StartsWith,
    EndsWith,
    OneOf,
    NoneOf,
    IsEmpty,
    IsNotEmpty,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut parts = params.conditions.iter().map(|one| condition(table, one)).collect::<Result<Vec<_>>>()?;
    if let Some(expression) = params.expression.filter(|expression| !expression.trim().is_empty()) {
        parts.push(format!("({expression}\n)"));
    }
    let glue = if params.combine == Combine::All { " AND " } else { " OR " };
    let rows = if parts.is_empty() { String::new() } else { format!("\nWHERE {}", parts.join(glue)) };
    Ok(format!("SELECT * FROM {}{rows}", table.sql()))
}

fn condition(table: &Table, condition: &Condition) -> Result<String> {
    let column = table.need(&condition.column)?;
    let name = ident(&column.name);
    Ok(match condition.operator {
        // A row without a value is unequal to every value, as people expect.
        Operator::Equals => format!("{name} IS NOT DISTINCT FROM {}", value(condition, column)?),
        Operator::NotEquals => format!("{name} IS DISTINCT FROM {}", value(condition, column)?),
        Operator::Less => format!("{name} < {}", value(condition, column)?),
        Operator::AtMost => format!("{name} <= {}", value(condition, column)?),
        Operator::More => format!("{name} > {}", value(condition, column)?),
        Operator::AtLeast => format!("{name} >= {}", value(condition, column)?),
        Operator::Contains => format!("strpos({}, {}) > 0", as_text(column), words(condition)?),
        Operator::StartsWith => format!("starts_with({}, {})", as_text(column), words(condition)?),
        Operator::EndsWith => format!("ends_with({}, {})", as_text(column), words(condition)?),
        Operator::OneOf => format!("{name} IN ({})", values(condition, column)?),
        Operator::NoneOf => format!("({name} IS NULL OR {name} NOT IN ({}))", values(condition, column)?),
        Operator::IsEmpty if column.kind == ColumnKind::Text => format!("({name} IS NULL OR {name} = '')"),
        Operator::IsEmpty => format!("{name} IS NULL"),
        Operator::IsNotEmpty if column.kind == ColumnKind::Text => format!("({name} IS NOT NULL AND {name} <> '')"),
        Operator::IsNotEmpty => format!("{name} IS NOT NULL"),
    })
}

fn value(condition: &Condition, column: &Column) -> Result<String> {
    match &condition.value {
        Value::Null => Err(cannot(
            format!("Say with what “{}” is compared.", column.name),
            format!("请填写与“{}”比较的值。", column.name),
        )),
        value => literal(value, column.kind),
    }
}

/// A list of values: one by one, or words with commas between them.
fn values(condition: &Condition, column: &Column) -> Result<String> {
    let list = match &condition.value {
        _ if !condition.values.is_empty() => condition.values.clone(),
        Value::Array(list) => list.clone(),
        Value::String(words) => words.split([',', '，']).map(|word| Value::from(word.trim())).collect(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    if list.is_empty() {
        return Err(cannot(
            format!("Name at least one value for “{}”.", column.name),
            format!("请为“{}”至少填一个值。", column.name),
        ));
    }
    literals(&list, column.kind)
}

fn words(condition: &Condition) -> Result<String> {
    literal(&condition.value, ColumnKind::Text).map(|literal| if literal == "NULL" { text("") } else { literal })
}
