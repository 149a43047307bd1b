//! Columns become rows of name and value.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{common, ident, text, type_of},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    name_to: String,
    value_to: String,
    drop_empty: bool,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let columns = params.columns.iter().map(|name| table.need(name)).collect::<Result<Vec<_>>>()?;
    if columns.is_empty() {
        return Err(cannot("Choose the columns that become rows.", "请选择要转成行的列。"));
    }
    let kind = common(columns.iter().map(|column| column.kind));
    let mut select = Select::of_alias(table, "t");
    params.columns.iter().for_each(|name| select.remove(name));
    let (mut places, mut values) = (Vec::new(), String::new());
    for (at, column) in columns.iter().enumerate() {
        places.push(format!("({at}, {})", text(&column.name)));
        let value = format!("t.{}", ident(&column.name));
        let value = if column.kind == kind { value } else { format!("CAST({value} AS {})", type_of(kind)) };
        values.push_str(&format!(" WHEN {at} THEN {value}"));
    }
    select.add(&params.name_to, "n.\"name\"")?;
    select.add(&params.value_to, format!("CASE n.\"place\"{values} END"))?;
    let names = format!("(VALUES {}) AS n (\"place\", \"name\")", places.join(", "));
    let rows = select.from(&format!("{names}\nCROSS JOIN {} AS t", table.sql()));
    Ok(match params.drop_empty {
        true => format!("SELECT * FROM (\n{rows}\n)\nWHERE {} IS NOT NULL", ident(&params.value_to)),
        false => rows,
    })
}
