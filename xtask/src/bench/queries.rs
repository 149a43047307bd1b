//! Eight analytic queries against DuckDB on the same Parquet file, with the same answers.

use anyhow::Result;

use super::answers;
use super::lab::{Lab, text};
use super::process;
use super::table::{Goal, Measure};

const QUERIES: &str = include_str!("../../bench/queries.sql");

pub(super) fn run(lab: &Lab, rows: u64) -> Result<Vec<Measure>> {
    let orders = format!("orders={}", text(&lab.generated("orders", rows, "parquet")?)?);
    let products = format!("products={}", text(&lab.generated("products", 10_000, "parquet")?)?);
    let mut measures = Vec::new();
    for (name, sql) in queries() {
        let arguments = ["query", sql, "--table", &orders, "--table", &products, "--format", "csv", "--timing"];
        let ours = || {
            let (taken, printed) = process::run_timed(&mut lab.tandem(arguments))?;
            Ok((taken, Some(answers::from_csv(&printed))))
        };
        let peer = || lab.script("query.py", [sql, &orders, &products]);
        measures.push(lab.in_turn(Measure::new(name, Some(Goal::AtMost(1.2))), ours, peer)?);
    }
    Ok(measures)
}

/// Name and SQL of each query: a comment line, then a statement up to its semicolon.
fn queries() -> impl Iterator<Item = (&'static str, &'static str)> {
    QUERIES.split(';').filter_map(|part| {
        let (_, part) = part.rsplit_once("-- ")?;
        let (name, sql) = part.split_once('\n')?;
        Some((name.trim(), sql.trim()))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_eight_queries_with_a_name_each() {
        let all: Vec<_> = super::queries().collect();
        assert_eq!(all.len(), 8);
        assert!(
            all.iter().all(|(name, sql)| !name.is_empty() && (sql.starts_with("SELECT") || sql.starts_with("WITH")))
        );
    }
}
