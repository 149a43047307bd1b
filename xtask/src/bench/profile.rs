//! The profile of a file against DuckDB's SUMMARIZE. Ours says more (histograms, top values, key candidates, warnings).

use anyhow::Result;

use super::lab::{Lab, text};
use super::process;
use super::table::{Goal, Measure};

pub(super) fn run(lab: &Lab, rows: u64) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for extension in ["parquet", "csv"] {
        let file = text(&lab.generated("orders", rows, extension)?)?;
        let ours = || Ok((process::run(&mut lab.tandem(["profile", &file, "--json"]))?.0, None));
        let measure = Measure::new(&format!("profile of {rows} rows of {extension}"), Some(Goal::AtMost(1.0)));
        measures.push(lab.in_turn(measure, ours, || lab.script("profile.py", [&file]))?);
    }
    Ok(measures)
}
