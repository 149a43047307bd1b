//! Totals of each day, week or month.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{ident, idents},
    totals::Total,
};

#[derive(Deserialize)]
struct Params {
    time: String,
    period: Period,
    totals: Vec<Total>,
    #[serde(default)]
    by: Vec<String>,
    fill: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Period {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    /// What `date_trunc` calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    fn interval(self) -> &'static str {
        match self {
            Self::Hour => "1 hour",
            Self::Day => "1 day",
            Self::Week => "7 days",
            Self::Month => "1 month",
            Self::Quarter => "3 months",
            Self::Year => "1 year",
        }
    }
}

/// The beginning of a row's period.
fn start(params: &Params) -> String {
    format!("date_trunc('{}', CAST({} AS TIMESTAMP))", params.period.word(), ident(&params.time))
}

/// The first and the last period, to name those in between that have no row.
pub(super) fn probe(ask: &Ask<'_>) -> Result<Option<String>> {
    let params: Params = ask.params()?;
    if !params.fill {
        return Ok(None);
    }
    let (start, table) = (start(&params), ask.table("table")?.sql());
    Ok(Some(format!(
        "SELECT CAST(\"at\" AS VARCHAR) AS \"at\" FROM (SELECT min({start}) AS \"at\" FROM {table} UNION ALL SELECT max({start}) FROM {table}) \
         WHERE \"at\" IS NOT NULL ORDER BY \"at\""
    )))
}

pub(super) fn query(ask: &Ask<'_>, answer: &[String]) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let kind = table.need(&params.time)?.kind;
    if params.totals.is_empty() {
        return Err(cannot("Choose a total.", "请至少选择一项汇总。"));
    }
    let as_kind = if kind == ColumnKind::Date && params.period != Period::Hour { "DATE" } else { "TIMESTAMP" };
    let start = format!("CAST({} AS {as_kind})", start(&params));
    let mut select = Select::default();
    select.add("period", start.as_str())?;
    for name in &params.by {
        select.add(name, ident(name))?;
    }
    for total in &params.totals {
        total.add(&mut select, table)?;
    }
    let keys: Vec<String> = (1..=params.by.len() + 1).map(|at| at.to_string()).collect();
    let counted = format!(
        "{}\nWHERE {} IS NOT NULL\nGROUP BY {}",
        select.from(&table.sql()),
        ident(&params.time),
        keys.join(", ")
    );
    let order = keys.join(", ");
    let (Some(first), Some(last)) = (answer.first(), answer.last()) else {
        return Ok(format!("{counted}\nORDER BY {order}"));
    };
    // Every period with every group that there is; what is counted or summed up is 0 there.
    let (from, to) = (crate::sql::text(first), crate::sql::text(last));
    let mut filled = Select::default();
    filled.add("period", format!("CAST(p.\"period\" AS {as_kind})"))?;
    for name in &params.by {
        filled.add(name, format!("g.{}", ident(name)))?;
    }
    for total in &params.totals {
        let value = format!("c.{}", ident(&total.name()));
        filled.add(&total.name(), if total.counts() { format!("coalesce({value}, 0)") } else { value })?;
    }
    let mut source = format!(
        "generate_series(CAST({from} AS TIMESTAMP), CAST({to} AS TIMESTAMP), INTERVAL '{}') AS p (\"period\")\n",
        params.period.interval()
    );
    let mut on = format!("c.\"period\" = CAST(p.\"period\" AS {as_kind})");
    if !params.by.is_empty() {
        source.push_str(&format!("CROSS JOIN (SELECT DISTINCT {} FROM {}) AS g\n", idents(&params.by), table.sql()));
        for name in &params.by {
            on.push_str(&format!(" AND c.{0} IS NOT DISTINCT FROM g.{0}", ident(name)));
        }
    }
    Ok(format!("{}\nORDER BY {order}", filled.from(&format!("{source}LEFT JOIN (\n{counted}\n) AS c ON {on}"))))
}
