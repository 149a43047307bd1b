//! How often values of two columns meet.

use serde::Deserialize;
use tandem_core::Result;

use super::categories;
use crate::{Ask, select::Select, sql::ident, totals::Function};

#[derive(Deserialize)]
struct Params {
    rows: String,
    columns: String,
    #[serde(default)]
    value: Option<String>,
    show: Show,
    totals: bool,
    most: usize,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Show {
    Amount,
    ShareOfRow,
    ShareOfColumn,
    ShareOfAll,
}

/// The name of the row and the column of totals.
const TOTAL: &str = "(total)";

pub(super) fn probe(ask: &Ask<'_>) -> Result<Option<String>> {
    let params: Params = ask.params()?;
    Ok(Some(categories::all(ask.table("table")?, &params.columns, params.most)?))
}

pub(super) fn query(ask: &Ask<'_>, answer: &[String]) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let (row, key) = (categories::value(table, &params.rows)?, ident(&params.rows));
    let measure = |behind: &str| -> Result<String> {
        match params.value.as_deref() {
            Some(value) => Ok(format!("coalesce({}, 0)", Function::Sum.sql(table, Some(value), behind)?)),
            None => Function::Rows.sql(table, None, behind),
        }
    };
    let conditions = categories::conditions(table, &params.columns, answer, params.most, "")?;
    // Cells as `#0`, `#1` …, beside the total of the row and, joined, those of the columns.
    let mut cells: Vec<String> = Vec::new();
    for (at, (_, condition)) in conditions.iter().enumerate() {
        cells.push(format!("{} AS \"#{at}\"", measure(&format!(" FILTER (WHERE {condition})"))?));
    }
    cells.push(format!("{} AS \"#all\"", measure("")?));
    let cells = cells.join(", ");
    let (rows, sums) = (
        format!(
            "SELECT CASE WHEN {row} = '' THEN '(empty)' ELSE {row} END AS {key}, 0 AS \"#last\", {cells} FROM {} GROUP BY {row}",
            table.sql()
        ),
        format!("SELECT {cells} FROM {}", table.sql()),
    );
    let body = match params.totals {
        true => {
            format!("{rows}\n  UNION ALL\n  SELECT '{TOTAL}' AS {key}, 1 AS \"#last\", {cells} FROM {}", table.sql())
        }
        false => rows,
    };
    let shown = |cell: &str| {
        let whole = match params.show {
            Show::Amount => return format!("r.\"{cell}\""),
            Show::ShareOfRow => "r.\"#all\"".to_owned(),
            Show::ShareOfColumn => format!("s.\"{cell}\""),
            Show::ShareOfAll => "s.\"#all\"".to_owned(),
        };
        format!("CAST(r.\"{cell}\" AS DOUBLE) / nullif(CAST({whole} AS DOUBLE), 0)")
    };
    let mut select = Select::default();
    select.add(&params.rows, format!("r.{key}"))?;
    for (at, (name, _)) in conditions.iter().enumerate() {
        select.add(name, shown(&format!("#{at}")))?;
    }
    if params.totals {
        select.add(TOTAL, shown("#all"))?;
    }
    Ok(format!(
        "{}\nORDER BY r.\"#last\", r.{key}",
        select.from(&format!("({sums}) AS s\nCROSS JOIN (\n  {body}\n) AS r"))
    ))
}
