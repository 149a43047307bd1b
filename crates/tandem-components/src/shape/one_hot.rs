//! A column of zeros and ones for each value.

use serde::Deserialize;
use tandem_core::Result;

use super::categories;
use crate::{Ask, refusal::cannot, select::Select, sql::text};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    #[serde(default)]
    values: Vec<String>,
    most: usize,
    other: bool,
    drop_first: bool,
    keep: bool,
}

/// The most frequent values of each column, in the order of their names, each behind its column's place.
pub(super) fn probe(ask: &Ask<'_>) -> Result<Option<String>> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    if !params.values.is_empty() || params.columns.is_empty() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for (at, name) in params.columns.iter().enumerate() {
        let value = categories::value(table, name)?;
        parts.push(format!(
            "SELECT * FROM (SELECT {at} AS \"place\", {value} AS \"value\" FROM {} GROUP BY 2 ORDER BY count(*) DESC, 2 LIMIT {})",
            table.sql(),
            params.most
        ));
    }
    Ok(Some(format!(
        "SELECT CAST(\"place\" AS VARCHAR) || ':' || \"value\" AS \"answer\" FROM (\n{}\n) ORDER BY \"place\", \"value\"",
        parts.join("\nUNION ALL\n")
    )))
}

pub(super) fn query(ask: &Ask<'_>, answer: &[String]) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of(table);
    for (at, name) in params.columns.iter().enumerate() {
        let start = format!("{at}:");
        let values: Vec<String> = match params.values.is_empty() {
            true => answer.iter().filter_map(|one| one.strip_prefix(&start)).map(str::to_owned).collect(),
            false => params.values.clone(),
        };
        if !params.keep {
            select.remove(name);
        }
        let conditions = categories::conditions(table, name, &values, usize::MAX, &format!("{name}="))?;
        for (column, condition) in conditions.into_iter().skip(usize::from(params.drop_first)) {
            select.add(&column, format!("CAST(CASE WHEN {condition} THEN 1 ELSE 0 END AS BIGINT)"))?;
        }
        if params.other {
            let list: Vec<String> = values.iter().map(|value| text(value)).collect();
            let known = match list.is_empty() {
                true => "false".to_owned(),
                false => format!("{} IN ({})", categories::value(table, name)?, list.join(", ")),
            };
            select.add(&format!("{name}=(other)"), format!("CAST(CASE WHEN {known} THEN 0 ELSE 1 END AS BIGINT)"))?;
        }
    }
    if select.is_empty() {
        return Err(cannot(
            "There is no value yet, and no other column. Keep the column itself.",
            "还没有任何取值，也没有其他列，请保留原列。",
        ));
    }
    Ok(select.from(&table.sql()))
}
