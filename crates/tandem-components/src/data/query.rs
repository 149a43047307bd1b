//! A statement of a person's own over what is connected.

use serde::Deserialize;
use tandem_core::Result;

use crate::Ask;

#[derive(Deserialize)]
struct Params {
    sql: String,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let named = ask.tables("tables").iter().enumerate().map(|(at, table)| {
        // A table of its own, so that the statement can name nothing else.
        format!("t{} AS (\n  SELECT * FROM {}\n)", at + 1, table.sql())
    });
    let mut parts: Vec<String> = named.collect();
    // On a line of its own: the statement may end in a comment.
    parts.push(format!("\"the query\" AS (\n{}\n)", params.sql.trim().trim_end_matches(';')));
    Ok(format!("WITH {}\nSELECT * FROM \"the query\"", parts.join(",\n")))
}
