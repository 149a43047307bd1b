//! A CSV file of a gigabyte into a version of a dataset, through a real server, against DuckDB reading the same file and
//! writing it as zstd Parquet: without the profile, which DuckDB doesn't make, and with it.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::answers::{self, Answer};
use super::lab::{self, Lab, text};
use super::process::{self, Taken};
use super::table::{Goal, Measure};

/// The most memory that the server may take for it, profile included.
const MEMORY_MB: f64 = 512.0;

#[derive(Deserialize)]
struct Imported {
    write_seconds: f64,
    seconds: f64,
    peak_mb: f64,
    rows: Answer,
}

pub(super) fn run(lab: &Lab, rows: u64) -> Result<Vec<Measure>> {
    let file = text(&lab.generated("orders", rows, "csv")?)?;
    let target = text(&lab.data.join("import.parquet"))?;
    let gigabytes = std::fs::metadata(&file)?.len() as f64 / 1e9;
    let mut without =
        Measure::new(&format!("import of {gigabytes:.2} GB without the profile"), Some(Goal::AtMost(1.0)));
    without.memory_goal_mb = Some(MEMORY_MB);
    let mut with = Measure::new("the same with the profile", None);
    lab.rounds(
        "import",
        || {
            let (taken, printed) =
                process::run(&mut lab.script("server.py", [text(&lab.binary)?.as_str(), "import", &file]))?;
            let imported: Imported = serde_json::from_str(&printed).context("server.py printed something else")?;
            Ok((taken, imported))
        },
        || lab::peer_run(&mut lab.script("import.py", [&file, &target])),
        |(taken, ours), (theirs, answer)| {
            answers::compare(&ours.rows, &answer).context("not the same number of rows")?;
            let server = Taken { peak_mb: ours.peak_mb, ..taken };
            without.add(Taken { seconds: ours.write_seconds, ..server }, theirs);
            with.add(Taken { seconds: ours.seconds, ..server }, theirs);
            Ok(())
        },
    )?;
    Ok(vec![without, with])
}
