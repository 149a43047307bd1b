//! Several tables one below the other, by the names of their columns.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;

use crate::{
    Ask, Table,
    refusal::cannot,
    select::Select,
    sql::{common, ident, text, type_of},
};

#[derive(Deserialize)]
struct Params {
    columns: Keep,
    distinct: bool,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Keep {
    All,
    Common,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let tables = ask.tables("tables");
    if tables.is_empty() {
        return Err(cannot("Nothing is connected. Connect at least one table.", "尚未连接任何表，请至少接入一张。"));
    }
    let columns = columns(tables, params.columns);
    if columns.is_empty() {
        return Err(cannot("The tables have no column in common.", "这些表没有同名的列。"));
    }
    let mut parts = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let mut select = Select::default();
        for (name, kind) in &columns {
            let quoted = ident(name);
            let text = match table.column(name) {
                Some(column) if column.kind == *kind && *kind != ColumnKind::Decimal => quoted,
                Some(column) if column.kind == *kind && same(tables, name) => quoted,
                Some(_) => format!("CAST({quoted} AS {})", type_of(*kind)),
                None => format!("CAST(NULL AS {})", type_of(*kind)),
            };
            select.add(name, text)?;
        }
        if let Some(source) = &params.source {
            let label = params.labels.get(at).cloned().unwrap_or_else(|| (at + 1).to_string());
            select.add(source, text(&label))?;
        }
        parts.push(select.from(&table.sql()));
    }
    let glue = if params.distinct { "\nUNION\n" } else { "\nUNION ALL\n" };
    // A table alone has nothing to be compared with but itself.
    Ok(match (parts.as_slice(), params.distinct) {
        ([one], true) => format!("SELECT DISTINCT * FROM (\n{one}\n)"),
        (parts, _) => parts.join(glue),
    })
}

/// Names in the order of their first appearance, with the kind that fits all.
fn columns(tables: &[Table], keep: Keep) -> Vec<(String, ColumnKind)> {
    let mut names: Vec<&String> = Vec::new();
    for name in tables.iter().flat_map(Table::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if keep == Keep::Common {
        names.retain(|name| tables.iter().all(|table| table.column(name).is_some()));
    }
    let kind = |name: &str| common(tables.iter().filter_map(|table| table.column(name)).map(|column| column.kind));
    names.into_iter().map(|name| (name.clone(), kind(name))).collect()
}

/// Whether every table has the column, so that the engine finds the type for all.
fn same(tables: &[Table], name: &str) -> bool {
    tables.iter().all(|table| table.column(name).is_some_and(|column| column.kind == ColumnKind::Decimal))
}
