//! Which columns stay, and in which order.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, refusal::cannot, select::Select};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    mode: Mode,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Keep,
    Drop,
    First,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let rest = table.names().filter(|name| !params.columns.contains(name));
    let select = match params.mode {
        Mode::Keep => Select::names(&params.columns),
        Mode::Drop => Select::names(rest),
        Mode::First => Select::names(params.columns.iter().chain(rest)),
    };
    if select.is_empty() {
        return Err(cannot("No column would be left. Keep at least one.", "这样就没有列了，请至少保留一列。"));
    }
    Ok(select.from(&table.sql()))
}
