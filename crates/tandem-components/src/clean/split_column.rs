//! One column of text as several, or as several rows.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{as_text, ident, text},
};

#[derive(Deserialize)]
struct Params {
    column: String,
    separator: String,
    into: Target,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    keep: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Target {
    Columns,
    Rows,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let column = table.need(&params.column)?;
    let (value, separator) = (as_text(column), text(&params.separator));
    let mut select = Select::of(table);
    if params.into == Target::Rows {
        let list = format!("coalesce(string_to_array({value}, {separator}), make_array(CAST(NULL AS VARCHAR)))");
        let part = table.free("#part");
        let mut inner = Select::of(table);
        inner.add(&part, format!("unnest({list})"))?;
        select.set(&column.name, format!("nullif(btrim({}), '')", ident(&part)));
        return Ok(select.from(&format!("(\n  {}\n)", inner.from(&table.sql()))));
    }
    if params.names.is_empty() {
        return Err(cannot("Name the new columns, one for each part.", "请填写新列名，每一部分一个。"));
    }
    if !params.keep {
        select.remove(&column.name);
    }
    for (at, name) in params.names.iter().enumerate() {
        select.add(name, format!("nullif(btrim(split_part({value}, {separator}, {})), '')", at + 1))?;
    }
    Ok(select.from(&table.sql()))
}
