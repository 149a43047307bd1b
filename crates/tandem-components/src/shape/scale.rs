//! Numbers of different sizes made comparable.

use serde::Deserialize;
use tandem_core::Result;

use crate::{
    Ask,
    select::Select,
    sql::{as_number, ident},
};

#[derive(Deserialize)]
struct Params {
    columns: Vec<String>,
    method: Method,
    #[serde(default)]
    suffix: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Method {
    ZScore,
    MinMax,
    Robust,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of_alias(table, "t");
    let mut statistics = Vec::new();
    for (at, name) in params.columns.iter().enumerate() {
        let value = as_number(&table.need(name)?.name);
        let quantile = |q: &str| format!("percentile_cont({q}) WITHIN GROUP (ORDER BY {value})");
        let (middle, spread) = match params.method {
            Method::ZScore => (format!("avg({value})"), format!("stddev_samp({value})")),
            Method::MinMax => (format!("min({value})"), format!("max({value}) - min({value})")),
            Method::Robust => (quantile("0.5"), format!("{} - {}", quantile("0.75"), quantile("0.25"))),
        };
        statistics.push(format!("{middle} AS \"#middle{at}\", {spread} AS \"#spread{at}\""));
        let distance = format!("(CAST(t.{} AS DOUBLE) - s.\"#middle{at}\")", ident(name));
        // Where all values are equal, each is in the middle.
        let scaled = format!("{distance} / CASE WHEN s.\"#spread{at}\" > 0 THEN s.\"#spread{at}\" ELSE 1 END");
        match params.suffix.as_deref() {
            Some(suffix) if !suffix.is_empty() => select.add(&format!("{name}{suffix}"), scaled)?,
            _ => select.set(name, scaled),
        }
    }
    if statistics.is_empty() {
        return Ok(Select::of(table).from(&table.sql()));
    }
    let source =
        format!("(SELECT {} FROM {}) AS s\nCROSS JOIN {} AS t", statistics.join(", "), table.sql(), table.sql());
    Ok(select.from(&source))
}
