//! A column of words, separated by spaces.

use serde::Deserialize;
use tandem_core::Result;

use super::Words;
use crate::{Ask, select::Select};

#[derive(Deserialize)]
struct Params {
    column: String,
    #[serde(flatten)]
    words: Words,
    #[serde(default)]
    name: Option<String>,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let words = params.words.sql(table.need(&params.column)?);
    let mut select = Select::of(table);
    match params.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => select.add(name, words)?,
        None => select.add(&format!("{}_words", params.column), words)?,
    }
    Ok(select.from(&table.sql()))
}
