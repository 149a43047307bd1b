//! Other values for values.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{ident, literal, text},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    find: Find,
    pairs: Vec<Pair>,
    #[serde(default)]
    others: Others,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Find {
    Whole,
    Part,
    Pattern,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Default)]
#[serde(rename_all = "snake_case")]
enum Others {
    #[default]
    Keep,
    Empty,
}

#[derive(Deserialize)]
struct Pair {
    from: String,
    #[serde(default)]
    to: Option<String>,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of(table);
    for name in &params.columns {
        select.set(name, replaced(table.need(name)?, &params)?);
    }
    Ok(select.from(&table.sql()))
}

fn replaced(column: &Column, params: &Params) -> Result<String> {
    let name = ident(&column.name);
    if params.find == Find::Whole {
        if params.pairs.is_empty() {
            return Ok(name);
        }
        let mut cases = String::new();
        for pair in &params.pairs {
            let from = literal(&Value::from(pair.from.as_str()), column.kind)?;
            let to = pair.to.as_ref().map_or(Value::Null, |to| Value::from(to.as_str()));
            cases.push_str(&format!(" WHEN {name} = {from} THEN {}", literal(&to, column.kind)?));
        }
        let other = if params.others == Others::Keep { name } else { "NULL".to_owned() };
        return Ok(format!("CASE{cases} ELSE {other} END"));
    }
    if column.kind != ColumnKind::Text {
        return Err(cannot(
            format!("“{}” is {}: parts can be replaced in text alone.", column.name, column.kind.words().en),
            format!("“{}”是{}，只有文本列才能替换其中一部分。", column.name, column.kind.words().zh),
        ));
    }
    let mut value = name;
    for pair in &params.pairs {
        let (from, to) = (&pair.from, text(pair.to.as_deref().unwrap_or_default()));
        value = match params.find {
            Find::Pattern => {
                Regex::new(from).map_err(|_| {
                    cannot(format!("“{from}” is no regular expression."), format!("“{from}”不是有效的正则表达式。"))
                })?;
                format!("regexp_replace({value}, {}, {to}, 'g')", text(from))
            }
            _ => format!("replace({value}, {}, {to})", text(from)),
        };
    }
    Ok(value)
}
