//! Some of the rows, by chance.

use serde::Deserialize;
use tandem_core::Result;

use super::chance::drawn;
use crate::{
    Ask,
    order::partition,
    select::Select,
    sql::{ident, idents, number},
};

#[derive(Deserialize)]
struct Params {
    size: Size,
    #[serde(default)]
    rows: Option<u64>,
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    strata: Vec<String>,
    #[serde(default)]
    together: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Size {
    Rows,
    Share,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let chance = table.free("#chance");
    let source = drawn(ask, table, &params.together, &chance);
    let chance = ident(&chance);
    let select = Select::of(table);
    let share = number(params.share.unwrap_or(0.1));
    let rows = params.rows.unwrap_or(1000);
    // Rows that go together have one number: the others decide between them.
    let order = format!("{chance}, {}", idents(table.names()));
    if params.strata.is_empty() {
        return Ok(match params.size {
            Size::Rows => format!("{}\nORDER BY {order}\nLIMIT {rows}", select.from(&source)),
            Size::Share => format!("{}\nWHERE {chance} < {share}", select.from(&source)),
        });
    }
    let (place, all) = (ident(&table.free("#place")), ident(&table.free("#all")));
    let groups = partition(&params.strata);
    let placed = format!(
        "(SELECT *, row_number() OVER ({groups}ORDER BY {order}) AS {place}, count(*) OVER ({}) AS {all} FROM {source})",
        groups.trim_end()
    );
    Ok(match params.size {
        Size::Rows => format!("{}\nWHERE {place} <= {rows}", select.from(&placed)),
        Size::Share => {
            format!("{}\nWHERE CAST({place} AS DOUBLE) <= round(CAST({all} AS DOUBLE) * {share})", select.from(&placed))
        }
    })
}
