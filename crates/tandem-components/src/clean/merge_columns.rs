//! Several columns as one text.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    select::Select,
    sql::{as_text, text},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    #[serde(default)]
    separator: Option<String>,
    name: String,
    keep: bool,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut parts = vec![text(params.separator.as_deref().unwrap_or_default())];
    for name in &params.columns {
        parts.push(format!("nullif({}, '')", as_text(table.need(name)?)));
    }
    let mut select = Select::of(table);
    if !params.keep {
        params.columns.iter().for_each(|name| select.remove(name));
    }
    // Empty parts leave no separator behind.
    select.add(&params.name, format!("nullif(concat_ws({}), '')", parts.join(", ")))?;
    Ok(select.from(&table.sql()))
}
