//! Rows in an order, or the first of it.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    order::{By, partition, total},
    select::Select,
    sql::ident,
};

#[derive(Deserialize)]
struct Params {
    by: Vec<By>,
    #[serde(default)]
    first: Option<u64>,
    #[serde(default)]
    within: Vec<String>,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let order = total(&params.by, table, &[]);
    let select = Select::of(table);
    Ok(match (params.first, params.within.is_empty()) {
        (None, _) => format!("{}\nORDER BY {order}", select.from(&table.sql())),
        (Some(first), true) => format!("{}\nORDER BY {order}\nLIMIT {first}", select.from(&table.sql())),
        (Some(first), false) => {
            let place = ident(&table.free("#place"));
            let numbered = format!(
                "(\n  SELECT *, row_number() OVER ({}ORDER BY {order}) AS {place} FROM {}\n)",
                partition(&params.within),
                table.sql()
            );
            format!("{}\nWHERE {place} <= {first}\nORDER BY {order}", select.from(&numbered))
        }
    })
}
