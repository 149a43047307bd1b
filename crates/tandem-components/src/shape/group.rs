//! One row for each group, with totals.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, refusal::cannot, select::Select, sql::idents, totals::Total};

#[derive(Deserialize)]
struct Params {
    by: Vec<String>,
    totals: Vec<Total>,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::names(&params.by);
    for total in &params.totals {
        total.add(&mut select, table)?;
    }
    if select.is_empty() {
        return Err(cannot("Choose a column to group by, or a total.", "请选择分组列或汇总。"));
    }
    let text = select.from(&table.sql());
    if params.by.is_empty() {
        return Ok(text);
    }
    Ok(format!("{text}\nGROUP BY {0}\nORDER BY {0}", idents(&params.by)))
}
