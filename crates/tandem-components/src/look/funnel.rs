//! How many get from step to step.

use serde::Deserialize;
use serde_json::Value;
use tandem_core::Result;

use crate::{
    Ask,
    sql::{ident, literal, text},
};

#[derive(Deserialize)]
struct Params {
    who: String,
    event: String,
    #[serde(default)]
    time: Option<String>,
    steps: Vec<String>,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let event = table.need(&params.event)?;
    let (who, name, source) = (ident(&params.who), ident(&params.event), table.sql());
    let mut steps = Vec::new();
    let mut parts = Vec::new();
    for (at, step) in params.steps.iter().enumerate() {
        let is = format!("t.{name} = {}", literal(&Value::from(step.as_str()), event.kind)?);
        let (time, after) = match &params.time {
            Some(time) => {
                (format!(", min(t.{0}) AS \"time\"", ident(time)), format!(" AND t.{} >= p.\"time\"", ident(time)))
            }
            None => (String::new(), String::new()),
        };
        // Who took the step before, and this one: where there is a time, not before it.
        let (before, after) = match at {
            0 => (String::new(), String::new()),
            _ => (format!("\"#{}\" AS p JOIN ", at - 1), format!(" ON t.{who} = p.\"who\"{after}")),
        };
        steps.push(format!(
            "\"#{at}\" AS (\n  SELECT t.{who} AS \"who\"{time} FROM {before}{source} AS t{after} WHERE {is} AND t.{who} IS NOT NULL GROUP BY t.{who}\n)"
        ));
        parts.push(format!(
            "SELECT CAST({} AS BIGINT) AS \"step\", {} AS \"name\", count(*) AS \"people\" FROM \"#{at}\"",
            at + 1,
            text(step)
        ));
    }
    let share =
        |of: &str| format!("CAST(\"people\" AS DOUBLE) / nullif(CAST({of} OVER (ORDER BY \"step\") AS DOUBLE), 0)");
    Ok(format!(
        "WITH {}\nSELECT \"step\", \"name\", \"people\", {} AS \"share_of_first\", coalesce({}, CASE WHEN \"step\" = 1 AND \"people\" > 0 THEN 1.0 END) AS \"share_of_previous\"\nFROM (\n  {}\n)\nORDER BY \"step\"",
        steps.join(",\n"),
        share("first_value(\"people\")"),
        share("lag(\"people\")"),
        parts.join("\n  UNION ALL\n  ")
    ))
}
