//! What every bench works with: the binary, the peers' Python, the data, and turns between the two.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::answers::{self, Answer};
use super::process::{self, Taken};
use super::table::Measure;
use crate::repo;

/// The set-up of one bench.
pub(super) struct Lab {
    pub(super) binary: PathBuf,
    pub(super) python: PathBuf,
    pub(super) data: PathBuf,
    pub(super) rounds: usize,
}

/// What a peer's script prints.
#[derive(Deserialize)]
struct Printed {
    seconds: f64,
    rows: Answer,
}

/// The interpreter with the peers installed.
pub(super) fn python() -> Result<PathBuf> {
    let printed = repo::stdout(&mut Command::new(repo::root().join("scripts/python")))?;
    Ok(PathBuf::from(printed.trim()))
}

impl Lab {
    /// `tandem` with arguments.
    pub(super) fn tandem<I: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(&self.data);
        command
    }

    /// A script of `xtask/bench` with arguments.
    pub(super) fn script<I: AsRef<std::ffi::OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = I>,
    ) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(repo::root().join("xtask/bench").join(name)).args(arguments).current_dir(&self.data);
        command
    }

    /// A file of generated rows, made if it is not there yet.
    pub(super) fn generated(&self, table: &str, rows: u64, extension: &str) -> Result<PathBuf> {
        let path = self.data.join(format!("{table}-{rows}.{extension}"));
        if !path.exists() {
            eprintln!("making {}", path.display());
            process::run(&mut self.script("data.py", [table, &rows.to_string(), &text(&path)?]))?;
        }
        Ok(path)
    }

    /// Runs ours and the peer's in turn, once to warm up and then `rounds` times; both must give the same answer
    /// where `ours` gives one.
    pub(super) fn in_turn(
        &self,
        mut measure: Measure,
        ours: impl FnMut() -> Result<(Taken, Option<Answer>)>,
        mut peer: impl FnMut() -> Command,
    ) -> Result<Measure> {
        let what = measure.what.clone();
        self.rounds(
            &what,
            ours,
            || peer_run(&mut peer()),
            |(taken, answer), (theirs, expected)| {
                if let Some(answer) = answer {
                    answers::compare(&answer, &expected).with_context(|| format!("{what}: the answers differ"))?;
                }
                measure.add(taken, theirs);
                Ok(())
            },
        )?;
        Ok(measure)
    }

    /// The turns themselves: `note` gets what both gave in each round that counts.
    pub(super) fn rounds<A, B>(
        &self,
        what: &str,
        mut ours: impl FnMut() -> Result<A>,
        mut peer: impl FnMut() -> Result<B>,
        mut note: impl FnMut(A, B) -> Result<()>,
    ) -> Result<()> {
        eprintln!("{what}: warming up");
        ours()?;
        peer()?;
        for round in 1..=self.rounds {
            eprintln!("{what}: round {round} of {}", self.rounds);
            let (mine, theirs) = if round % 2 == 0 {
                let mine = ours()?;
                (mine, peer()?)
            } else {
                let theirs = peer()?;
                (ours()?, theirs)
            };
            note(mine, theirs)?;
        }
        Ok(())
    }
}

/// A path as text, for arguments.
pub(super) fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// Runs a peer's script: what it took, by its own clock too, and its answer.
pub(super) fn peer_run(command: &mut Command) -> Result<(Taken, Answer)> {
    let (mut taken, printed) = process::run(command)?;
    let printed: Printed = serde_json::from_str(&printed).context("the peer's script printed something else")?;
    taken.inner_seconds = Some(printed.seconds);
    Ok((taken, printed.rows))
}
