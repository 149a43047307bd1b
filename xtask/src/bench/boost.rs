//! Gradient boosting on 1 million rows of 30 columns against LightGBM, each by its own clock around binning and fit;
//! ours may lose 0.01 of AUC on the rows held out.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::lab::{Lab, text};
use super::process;
use super::table::{Goal, Measure};

const TOLERANCE: f64 = 0.01;

pub(super) fn run(lab: &Lab, rows: u64) -> Result<Vec<Measure>> {
    let path = lab.data.join(format!("boost-{rows}.f32"));
    if !path.exists() {
        eprintln!("making {}", path.display());
        process::run(&mut lab.script("boost.py", ["make", &rows.to_string(), &text(&path)?]))?;
    }
    let file = text(&path)?;
    let peer = || lab.script("boost.py", ["fit", &file]);
    let expected: Value = serde_json::from_str(&process::run(&mut peer())?.1)?;
    let expected = expected["rows"][0][0].as_f64().context("the peer gave no AUC")?;
    let fitter = super::bgnbd::fitter()?;
    let ours = || {
        let (mut taken, printed) = process::run(Command::new(&fitter).args(["fit-boost", &file]))?;
        let printed: Value = serde_json::from_str(&printed)?;
        taken.inner_seconds = printed["seconds"].as_f64();
        let auc = printed["auc"].as_f64().context("no AUC")?;
        eprintln!("AUC {auc:.5}, the peer's {expected:.5}");
        ensure!(auc > expected - TOLERANCE, "the AUC is {auc}, the peer's {expected}");
        Ok((taken, None))
    };
    Ok(vec![lab.in_turn(Measure::new("100 rounds, default settings", Some(Goal::AtMost(1.5))), ours, peer)?])
}

/// `fit-boost FILE [--threads N]`: fits four fifths of the rows and judges the last fifth.
#[cfg(feature = "fit")]
pub(crate) fn fit(file: &std::path::Path, threads: usize) -> Result<()> {
    use tandem_core::Cancel;
    use tandem_science::{
        boost::{BoostModel, BoostParams},
        design::{Features, TargetKind},
        evaluate::Ranking,
        work::Work,
    };

    const COLUMNS: usize = 30;
    let bytes = std::fs::read(file)?;
    let values: Vec<f64> =
        bytes.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect();
    let rows = values.len() / (COLUMNS + 1);
    let cut = rows * 4 / 5;
    let column = |i: usize| &values[i * rows..(i + 1) * rows];
    let part = |range: std::ops::Range<usize>| {
        Features::numeric((0..COLUMNS).map(|i| (format!("c{i}"), column(i)[range.clone()].to_vec())))
    };
    let (train, test, truth) = (part(0..cut), part(cut..rows), column(COLUMNS));
    let cancel = Cancel::new();
    let threads = if threads > 0 { threads } else { std::thread::available_parallelism()?.get() };
    let work = Work { threads, ..Work::new(&cancel) };
    let start = std::time::Instant::now();
    let kind = (TargetKind::Binary, 2);
    let params = BoostParams::default();
    let fitted = BoostModel::fit(&train, &truth[..cut], kind, None, &params, &work, &mut |_| {})?;
    let seconds = start.elapsed().as_secs_f64();
    let start = std::time::Instant::now();
    let scores = fitted.model.scores(&test, &work)?;
    let predicting = start.elapsed().as_secs_f64();
    let positive: Vec<bool> = truth[cut..].iter().map(|y| *y > 0.5).collect();
    let auc = Ranking::of(&scores, &positive)?.auc;
    println!("{}", serde_json::json!({"seconds": seconds, "predicting": predicting, "auc": auc}));
    Ok(())
}

/// Without the model this program is built in seconds; the bench builds it with.
#[cfg(not(feature = "fit"))]
pub(crate) fn fit(_: &std::path::Path, _: usize) -> Result<()> {
    anyhow::bail!("this needs `cargo run --release --package xtask --features fit`")
}
