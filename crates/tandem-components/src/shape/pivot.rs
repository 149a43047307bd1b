//! Values of a column become columns.

use serde::Deserialize;
use tandem_core::Result;

use super::categories;
use crate::{Ask, select::Select, sql::idents, totals::Function};

#[derive(Deserialize)]
struct Params {
    by: Vec<String>,
    column: String,
    function: Function,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    prefix: Option<String>,
    most: usize,
}

pub(super) fn probe(ask: &Ask<'_>) -> Result<Option<String>> {
    let params: Params = ask.params()?;
    match params.values.is_empty() {
        true => Ok(Some(categories::all(ask.table("table")?, &params.column, params.most)?)),
        false => Ok(None),
    }
}

pub(super) fn query(ask: &Ask<'_>, answer: &[String]) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let values = if params.values.is_empty() { answer } else { params.values.as_slice() };
    let prefix = params.prefix.as_deref().unwrap_or_default();
    let mut select = Select::names(&params.by);
    for (name, condition) in categories::conditions(table, &params.column, values, params.most, prefix)? {
        let behind = format!(" FILTER (WHERE {condition})");
        select.add(&name, params.function.sql(table, params.value.as_deref(), &behind)?)?;
    }
    if select.is_empty() {
        // No row has a value: a table without columns can't be said.
        select.add("rows", "count(*)")?;
    }
    let text = select.from(&table.sql());
    if params.by.is_empty() {
        return Ok(text);
    }
    Ok(format!("{text}\nGROUP BY {0}\nORDER BY {0}", idents(&params.by)))
}
