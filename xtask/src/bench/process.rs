//! One process, run and measured.

use std::io::{Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use wait4::Wait4;

/// What one run took.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Taken {
    /// From start to end, as a person waits for it.
    pub(super) seconds: f64,
    /// Of all its threads.
    pub(super) cpu_seconds: f64,
    /// The most memory it held at once, as the kernel counts it at its end.
    pub(super) peak_mb: f64,
    /// The program's own clock around its work, where it has one.
    pub(super) inner_seconds: Option<f64>,
}

/// As [`run`], for a command that says `time: … s` on standard error: its own clock.
pub(super) fn run_timed(command: &mut Command) -> Result<(Taken, String)> {
    let name = format!("{command:?}");
    let mut said = tempfile::tempfile()?;
    let (mut taken, printed) = run(command.stderr(said.try_clone()?))?;
    let mut text = String::new();
    said.seek(SeekFrom::Start(0))?;
    said.read_to_string(&mut text)?;
    let seconds = text.lines().find_map(|line| line.strip_prefix("time: ")?.strip_suffix(" s")?.parse().ok());
    taken.inner_seconds = Some(seconds.with_context(|| format!("{name} said no time: {text}"))?);
    Ok((taken, printed))
}

/// Runs `command` to its end: what it took and what it printed. What it says to standard error is shown.
pub(super) fn run(command: &mut Command) -> Result<(Taken, String)> {
    let name = format!("{command:?}");
    let start = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("could not run {name}"))?;
    let mut printed = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut printed)?;
    }
    let used = child.wait4()?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(used.status.success(), "{name} failed ({})", used.status);
    let cpu_seconds = (used.rusage.utime + used.rusage.stime).as_secs_f64();
    let peak_mb = used.rusage.maxrss as f64 / 1_048_576.0;
    Ok((Taken { seconds, cpu_seconds, peak_mb, inner_seconds: None }, printed))
}
