//! One row of each that are alike.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    order::{By, Direction, partition, total},
    select::Select,
    sql::ident,
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    first_by: Option<String>,
    order: Order,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Least,
    Greatest,
}

impl Order {
    fn direction(&self) -> Direction {
        match self {
            Self::Least => Direction::Ascending,
            Self::Greatest => Direction::Descending,
        }
    }
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    if params.by.is_empty() {
        return Ok(format!("SELECT DISTINCT * FROM {}", table.sql()));
    }
    let direction = params.order.direction();
    let first: Vec<By> = params.first_by.map(|column| By { column, direction }).into_iter().collect();
    let place = ident(&table.free("#place"));
    Ok(format!(
        "SELECT {} FROM (\n  SELECT *, row_number() OVER ({}ORDER BY {}) AS {place} FROM {}\n)\nWHERE {place} = 1",
        Select::of(table).list(),
        partition(&params.by),
        total(&first, table, &params.by),
        table.sql()
    ))
}
