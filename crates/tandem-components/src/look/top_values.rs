//! The most frequent values of a column.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    sql::{as_text, ident},
    totals::Function,
};

#[derive(Deserialize)]
struct Params {
    column: String,
    #[serde(default)]
    value: Option<String>,
    most: u32,
    other: bool,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let column = table.need(&params.column)?;
    let (key, most) = (as_text(column), params.most);
    let measure = match &params.value {
        Some(value) => format!("coalesce({}, 0)", Function::Sum.sql(table, Some(value), "")?),
        None => "count(*)".to_owned(),
    };
    let ranked = format!(
        "SELECT {key} AS \"value\", {measure} AS \"amount\", CAST(row_number() OVER (ORDER BY {measure} DESC, {key}) AS BIGINT) AS \"place\" FROM {} GROUP BY {}",
        table.sql(),
        ident(&params.column)
    );
    let share = "CAST(sum(r.\"amount\") AS DOUBLE) / nullif(CAST(min(s.\"all\") AS DOUBLE), 0)";
    // What is left is one row, behind the others.
    let (value, place) = (
        format!("CASE WHEN r.\"place\" <= {most} THEN coalesce(r.\"value\", '(empty)') ELSE '(other)' END"),
        format!("least(r.\"place\", CAST({} AS BIGINT))", u64::from(most) + 1),
    );
    let only = if params.other { String::new() } else { format!("\nWHERE r.\"place\" <= {most}") };
    Ok(format!(
        "SELECT {place} AS \"place\", {value} AS \"value\", sum(r.\"amount\") AS \"amount\", {share} AS \"share\"\n\
         FROM (SELECT {measure} AS \"all\" FROM {}) AS s\nCROSS JOIN (\n  {ranked}\n) AS r{only}\nGROUP BY 1, 2\nORDER BY 1",
        table.sql()
    ))
}
