//! How the values of a column are spread: the bars of a histogram.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    sql::{as_number, ident},
};

#[derive(Deserialize)]
struct Params {
    column: String,
    bins: u32,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    table.need(&params.column)?;
    let (name, value) = (ident(&params.column), as_number(&params.column));
    let bins = params.bins.max(1);
    let (low, high) = (format!("min({value})"), format!("max({value})"));
    // Where all values are equal the one bar has a width all the same.
    let range = format!(
        "SELECT {low} AS \"low\", CASE WHEN {high} > {low} THEN ({high} - {low}) / {bins} ELSE 1.0 / {bins} END AS \"width\" FROM {} WHERE {name} IS NOT NULL",
        table.sql()
    );
    let place = format!(
        "least(CAST(floor((CAST(t.{name} AS DOUBLE) - r.\"low\") / r.\"width\") AS BIGINT), CAST({} AS BIGINT))",
        bins - 1
    );
    let counted = format!(
        "SELECT {place} AS \"bin\", count(*) AS \"rows\"\n  FROM ({range}) AS r\n  CROSS JOIN {} AS t\n  WHERE t.{name} IS NOT NULL GROUP BY 1",
        table.sql()
    );
    Ok(format!(
        "SELECT CAST(b.\"bin\" AS BIGINT) + 1 AS \"bin\", r.\"low\" + r.\"width\" * b.\"bin\" AS \"from\", \
         r.\"low\" + r.\"width\" * (b.\"bin\" + 1) AS \"to\", coalesce(c.\"rows\", 0) AS \"rows\"\n\
         FROM ({range}) AS r\nCROSS JOIN generate_series(0, {}) AS b (\"bin\")\nLEFT JOIN (\n  {counted}\n) AS c ON c.\"bin\" = b.\"bin\"\n\
         WHERE r.\"low\" IS NOT NULL\nORDER BY 1",
        bins - 1
    ))
}
