//! Text as dates.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    functions::moment::Format,
    select::Select,
    sql::{as_text, text},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    #[serde(default)]
    formats: Vec<String>,
    to: To,
    on_error: OnError,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum To {
    Date,
    Timestamp,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum OnError {
    Empty,
    Fail,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    for format in &params.formats {
        Format::parse(format)?;
    }
    let formats = params.formats.join("|");
    let function = if params.on_error == OnError::Fail { "parse_moment_strict" } else { "parse_moment" };
    let to = match params.to {
        To::Date => "DATE",
        To::Timestamp => "TIMESTAMP",
    };
    let mut select = Select::of(table);
    for name in &params.columns {
        let value = as_text(table.need(name)?);
        select.set(name, format!("CAST({function}({value}, {}) AS {to})", text(&formats)));
    }
    Ok(select.from(&table.sql()))
}
