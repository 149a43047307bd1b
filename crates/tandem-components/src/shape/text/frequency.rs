//! How often each word is used, and in how many rows.

use serde::Deserialize;
use tandem_core::Result;

use super::Words;
use crate::Ask;

#[derive(Deserialize)]
struct Params {
    column: String,
    #[serde(flatten)]
    words: Words,
    most: u32,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let words = params.words.sql(table.need(&params.column)?);
    // One row for each word of each row, with how often it is there.
    Ok(format!(
        "SELECT \"word\", CAST(sum(\"n\") AS BIGINT) AS \"count\", count(*) AS \"rows\", CAST(count(*) AS DOUBLE) / nullif(max(\"all\"), 0) AS \"share\"\n\
         FROM (\n  SELECT \"row\", \"word\", max(\"all\") AS \"all\", count(*) AS \"n\" FROM (\n    \
         SELECT \"row\", \"all\", unnest(string_to_array(\"words\", ' ')) AS \"word\" FROM (\n      \
         SELECT row_number() OVER () AS \"row\", count(*) OVER () AS \"all\", {words} AS \"words\" FROM {}\n    )\n  ) \
         WHERE \"word\" <> '' GROUP BY \"row\", \"word\"\n)\nGROUP BY \"word\"\nORDER BY \"count\" DESC, \"word\"\nLIMIT {}",
        table.sql(),
        params.most,
    ))
}
