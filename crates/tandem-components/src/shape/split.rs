//! Rows to learn from, and rows to test on.

use serde::Deserialize;
use tandem_core::Result;

use super::chance::drawn;
use crate::{
    Ask,
    order::partition,
    refusal::cannot,
    select::Select,
    sql::{ident, idents, number},
};

#[derive(Deserialize)]
struct Params {
    method: Method,
    test_share: f64,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    strata: Vec<String>,
    #[serde(default)]
    time: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Method {
    Random,
    Group,
    Stratified,
    Time,
}

pub(super) fn train(ask: &Ask<'_>) -> Result<String> {
    side(ask, false)
}

pub(super) fn test(ask: &Ask<'_>) -> Result<String> {
    side(ask, true)
}

fn side(ask: &Ask<'_>, test: bool) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let share = number(params.test_share);
    let chance = table.free("#chance");
    let not = if test { "" } else { "NOT " };
    let select = Select::of(table);
    Ok(match params.method {
        Method::Random | Method::Group => {
            let keys: &[String] = match params.method {
                Method::Group if params.groups.is_empty() => return Err(choose()),
                Method::Group => &params.groups,
                _ => &[],
            };
            let source = drawn(ask, table, keys, &chance);
            format!("{}\nWHERE {not}({} < {share})", select.from(&source), ident(&chance))
        }
        Method::Stratified => {
            if params.strata.is_empty() {
                return Err(choose());
            }
            let source = drawn(ask, table, &[], &chance);
            let (place, all) = (ident(&table.free("#place")), ident(&table.free("#all")));
            let groups = partition(&params.strata);
            format!(
                "{}\nWHERE {not}(CAST({place} AS DOUBLE) <= round(CAST({all} AS DOUBLE) * {share}))",
                select.from(&format!(
                    "(\n  SELECT *, row_number() OVER ({groups}ORDER BY {}, {}) AS {place}, count(*) OVER ({}) AS {all}\n  FROM {source}\n)",
                    ident(&chance),
                    idents(table.names()),
                    groups.trim_end()
                ))
            )
        }
        Method::Time => {
            let time = ident(&params.time.ok_or_else(choose)?);
            // The first moment of the last rows; all rows of a moment are on one side.
            let cut = format!(
                "SELECT min({time}) AS \"#cut\" FROM (\n  SELECT {time}, sum(\"#rows\") OVER (ORDER BY {time} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS \"#until\", \
                 sum(\"#rows\") OVER () AS \"#all\" FROM (\n    SELECT {time}, count(*) AS \"#rows\" FROM {} WHERE {time} IS NOT NULL GROUP BY {time}\n  )\n) \
                 WHERE CAST(\"#until\" AS DOUBLE) > CAST(\"#all\" AS DOUBLE) * (1 - {share})",
                table.sql()
            );
            let select = Select::of_alias(table, "t");
            format!(
                "{}\nWHERE {not}coalesce(t.{time} >= c.\"#cut\", false)",
                select.from(&format!("({cut}) AS c\nCROSS JOIN {} AS t", table.sql()))
            )
        }
    })
}

fn choose() -> tandem_core::Error {
    cannot("Choose the column by which rows are divided.", "请选择划分所依据的列。")
}
