//! `kill -9` in the middle of writing: no version lost, none half there.
//!
//! The test runs itself again as a child that writes versions as fast as it
//! can, kills it at a moment that depends on what it has written, and looks at
//! what is left.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use tandem_core::{Cancel, FixedClock, SystemClock, id::AssetId};
use tandem_engine::{Batches, Engine, EngineOptions, WriteMode, WriteOptions};

use crate::support::people;

const KILLS: u64 = 24;
/// Tells the child where to write.
const FOLDER: &str = "TANDEM_TEST_KILL_FOLDER";
const DATASET: &str = "TANDEM_TEST_KILL_DATASET";

fn engine(folder: &Path) -> Engine {
    let options = EngineOptions { folder: folder.into(), memory_bytes: 64 << 20, threads: 2 };
    Engine::open(&options, Arc::new(FixedClock::new(tandem_core::Clock::now(&SystemClock)))).unwrap()
}

/// What the child does: version after version, each with a count of rows that
/// its number tells, so that half of one would show.
#[test]
#[ignore = "run by the test below, as a process to be killed"]
fn child() {
    let (Ok(folder), Ok(dataset)) = (std::env::var(FOLDER), std::env::var(DATASET)) else { return };
    let dataset: AssetId = dataset.parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let engine = engine(Path::new(&folder));
        loop {
            let next = engine.latest(dataset).await.unwrap().map_or(0, |latest| latest.delta_version + 1);
            let mode = match next % 3 {
                0 => WriteMode::Append,
                1 => WriteMode::Replace,
                _ => WriteMode::Upsert { key: vec!["id".into()] },
            };
            let pieces = (0..4).map(|at| people(at * 20_000, 20_000)).chain([people(80_000, 1 + next as usize)]);
            let input = Batches::from_iter(people(0, 1).schema(), pieces.map(Ok), 1);
            let written = engine.write(dataset, input, WriteOptions::new(mode), &Cancel::new()).await.unwrap();
            println!("written {}", written.version.delta_version);
        }
    });
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Bytes below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[tokio::test]
async fn killed_at_any_moment_nothing_is_lost_and_nothing_half_there() {
    let folder = tempfile::TempDir::new().unwrap();
    let dataset = AssetId::generate(&SystemClock);
    let table = folder.path().join("tables").join(dataset.to_string());
    let mut told: Option<u64> = None;
    for kill in 0..KILLS {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .env(DATASET, dataset.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut child = Killed(child);
        let output = BufReader::new(child.0.stdout.take().unwrap());
        let lines = std::thread::spawn(move || {
            let numbers = output.lines().map_while(Result::ok).filter_map(|line| {
                line.rsplit_once("written ").and_then(|(_, number)| number.trim().parse::<u64>().ok())
            });
            numbers.last()
        });
        // Somewhere in the next three versions, at another byte each time.
        let goal = bytes_below(&table) + 1 + (kill * 104_729) % 1_100_000;
        for waited in 0.. {
            if bytes_below(&table) >= goal {
                break;
            }
            assert!(child.0.try_wait().unwrap().is_none(), "the child has stopped by itself");
            assert!(waited < 120_000, "the child writes nothing");
            std::thread::sleep(std::time::Duration::from_micros(500));
        }
        drop(child);
        told = lines.join().unwrap().or(told);
        let engine = engine(folder.path());
        let latest = engine.latest(dataset).await.unwrap();
        if let Some(told) = told {
            assert!(
                latest.as_ref().is_some_and(|latest| latest.delta_version >= told),
                "kill {kill}: version {told} is lost"
            );
        }
        let Some(latest) = latest else { continue };
        let rows = engine.read_at(dataset, latest.delta_version, None).await.unwrap().collect().await.unwrap();
        let count: u64 = rows.iter().map(|batch| batch.num_rows() as u64).sum();
        assert_eq!(
            (count, latest.rows),
            (expected(latest.delta_version), count),
            "kill {kill}: version {}",
            latest.delta_version
        );
        for (path, file) in engine.files_at(dataset, latest.delta_version).await.unwrap().iter().zip(&latest.files) {
            assert_eq!(blake3::hash(&std::fs::read(path).unwrap()).to_hex().as_str(), file.digest, "kill {kill}");
        }
    }
    // Every version that ever was is still there and whole.
    let engine = engine(folder.path());
    let latest = engine.latest(dataset).await.unwrap().unwrap();
    assert!(latest.delta_version >= 3);
    for version in 0..=latest.delta_version {
        assert_eq!(engine.version(dataset, version).await.unwrap().rows, expected(version), "version {version}");
    }
}

/// Rows of the child's versions: append to what was, replace, upsert of the
/// same keys and one more.
fn expected(version: u64) -> u64 {
    let own = |version: u64| 80_000 + 1 + version;
    match version % 3 {
        0 if version > 0 => expected(version - 1) + own(version),
        _ => own(version),
    }
}
