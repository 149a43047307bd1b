//! BG/NBD on the whole CDNOW data against the Python package lifetimes: the fit alone, each by its own clock, and the
//! whole way from the file of purchases to the parameters.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::answers::Answer;
use super::lab::{Lab, text};
use super::process;
use super::table::{Goal, Measure};
use crate::repo;

/// Two optimizers stop in slightly different places.
const TOLERANCE: f64 = 0.01;
const PARAMETERS: [&str; 4] = ["r", "alpha", "a", "b"];

pub(super) fn run(lab: &Lab) -> Result<Vec<Measure>> {
    let packed = repo::root().join("samples/cdnow/CDNOW_master.txt.gz");
    let purchases = lab.data.join("CDNOW_master.txt");
    std::fs::write(&purchases, repo::stdout(Command::new("gzip").args(["-dc", &text(&packed)?]))?)?;
    let purchases = text(&purchases)?;
    let histories = text(&lab.data.join("cdnow-histories.csv"))?;
    let peer = || lab.script("bgnbd.py", [&purchases, &histories]);
    // The first run leaves the histories that our fit reads.
    let expected = process::run(&mut peer())?.1;
    let expected: Value = serde_json::from_str(&expected)?;
    let expected: Answer = serde_json::from_value(expected["rows"].clone())?;

    let fitter = fitter()?;
    let fit = || {
        let (mut taken, printed) = process::run(Command::new(&fitter).args(["fit-bgnbd", &histories]))?;
        let printed: Value = serde_json::from_str(&printed)?;
        taken.inner_seconds = printed["seconds"].as_f64();
        close(&printed["parameters"], &expected)?;
        Ok((taken, None))
    };
    let alone = lab.in_turn(Measure::new("the fit alone", Some(Goal::TimesFaster(50.0))), fit, peer)?;

    let output = text(&lab.data.join("customer-value.json"))?;
    let input = format!("transactions={purchases}");
    let whole = || {
        let arguments = ["scenario", "run", "customer-value", "--input", &input, "--param", "unit=week"];
        let taken =
            process::run(lab.tandem(arguments).args(["--param", "calibration_end=1997-09-30", "--json", &output]))?.0;
        let result: Value = serde_json::from_str(&std::fs::read_to_string(&output)?)?;
        close(&result["parameters"]["bgnbd"], &expected)?;
        Ok((taken, None))
    };
    // The peer's clock knows the fit alone.
    let measure = Measure::new("from the file (ours: the whole outcome)", None).by_process();
    Ok(vec![alone, lab.in_turn(measure, whole, peer)?])
}

fn close(found: &Value, expected: &Answer) -> Result<()> {
    for (name, expected) in PARAMETERS.iter().zip(expected.first().context("the peer gave no parameters")?) {
        let found = found[name].as_f64().with_context(|| format!("{name} is missing"))?;
        let expected = expected.as_f64().context("the peer gave no number")?;
        ensure!((found / expected - 1.0).abs() <= TOLERANCE, "{name} is {found}, the peer's {expected}");
    }
    Ok(())
}

/// This program, optimised and with the models in it; built anew where it is not that.
pub(super) fn fitter() -> Result<std::path::PathBuf> {
    if cfg!(all(feature = "fit", not(debug_assertions))) {
        return Ok(std::env::current_exe()?);
    }
    let built = Command::new("cargo")
        .current_dir(repo::root())
        .args(["build", "--release", "--package", "xtask", "--features", "fit"])
        .status()?;
    ensure!(built.success(), "could not build the optimised fit");
    Ok(super::target().join("release/xtask"))
}

/// `fit-bgnbd FILE`: fits the histories of a CSV file (customer, frequency, recency and age in days) in weeks.
#[cfg(feature = "fit")]
pub(crate) fn fit(file: &std::path::Path) -> Result<()> {
    use tandem_science::bgnbd::{BgNbd, Histories, History};

    let rows = std::fs::read_to_string(file)?;
    let history = |row: &str| {
        let mut cells = row.split(',').skip(1).map(str::parse);
        let mut next = || anyhow::Ok(cells.next().context("a cell is missing")??);
        Ok(History { frequency: next()?, recency_days: next()?, age_days: next()? })
    };
    let histories = rows.lines().skip(1).map(history).collect::<Result<Vec<_>>>()?;
    let start = std::time::Instant::now();
    let fitted = BgNbd::fit(&Histories::new(histories, 7.0))?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({"seconds": seconds, "parameters": fitted.model}));
    Ok(())
}

/// Without the model this program is built in seconds; the bench builds it with.
#[cfg(not(feature = "fit"))]
pub(crate) fn fit(_: &std::path::Path) -> Result<()> {
    anyhow::bail!("this needs `cargo run --release --package xtask --features fit`")
}
