//! Figures: medians, ratios, goals, and how they are shown.

use std::fmt;
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use super::lab::Lab;
use super::process::Taken;
use crate::repo;

/// What a measure should reach.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    /// Ours takes at most this many times the peer's time.
    AtMost(f64),
    /// The peer takes at least this many times ours.
    TimesFaster(f64),
}

/// One thing measured on both sides.
#[derive(Serialize)]
pub(super) struct Measure {
    pub(super) what: String,
    goal: Option<Goal>,
    ours: Vec<Taken>,
    peer: Vec<Taken>,
    /// The most memory that ours may take, in MB.
    pub(super) memory_goal_mb: Option<f64>,
}

impl Measure {
    pub(super) fn new(what: &str, goal: Option<Goal>) -> Self {
        Self { what: what.to_owned(), goal, ours: Vec::new(), peer: Vec::new(), memory_goal_mb: None }
    }

    pub(super) fn add(&mut self, ours: Taken, peer: Taken) {
        self.ours.push(ours);
        self.peer.push(peer);
    }

    fn summary(&self) -> Summary {
        let ours = Side::of(&self.ours);
        let peer = Side::of(&self.peer);
        // A program with a clock of its own is compared by that on both sides, or by none.
        let pair = ours.inner_seconds.zip(peer.inner_seconds).unwrap_or((ours.seconds, peer.seconds));
        let ratio = pair.0 / pair.1;
        let in_time = self.goal.map(|goal| match goal {
            Goal::AtMost(most) => ratio <= most,
            Goal::TimesFaster(least) => 1.0 / ratio >= least,
        });
        let in_memory = self.memory_goal_mb.map(|most| ours.peak_mb <= most);
        let met = match (in_time, in_memory) {
            (None, None) => None,
            (time, memory) => Some(time.unwrap_or(true) && memory.unwrap_or(true)),
        };
        Summary { ours, peer, ratio, met }
    }
}

/// The medians of one side, with the range of its time.
#[derive(Serialize)]
struct Side {
    seconds: f64,
    seconds_min: f64,
    seconds_max: f64,
    cpu_seconds: f64,
    peak_mb: f64,
    inner_seconds: Option<f64>,
}

impl Side {
    fn of(taken: &[Taken]) -> Self {
        let seconds: Vec<f64> = taken.iter().map(|one| one.seconds).collect();
        let inner: Option<Vec<f64>> = taken.iter().map(|one| one.inner_seconds).collect();
        Self {
            seconds: median(seconds.clone()),
            seconds_min: seconds.iter().copied().fold(f64::INFINITY, f64::min),
            seconds_max: seconds.iter().copied().fold(0.0, f64::max),
            cpu_seconds: median(taken.iter().map(|one| one.cpu_seconds).collect()),
            // Of memory the worst round counts.
            peak_mb: taken.iter().map(|one| one.peak_mb).fold(0.0, f64::max),
            inner_seconds: inner.map(median),
        }
    }
}

#[derive(Serialize)]
struct Summary {
    ours: Side,
    peer: Side,
    /// Ours by the peer's: under 1 is faster.
    ratio: f64,
    met: Option<bool>,
}

/// The middle one, or the mean of the two in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => figures[count / 2],
        count => f64::midpoint(figures[count / 2 - 1], figures[count / 2]),
    }
}

/// What one run of a bench found.
#[derive(Serialize)]
pub(super) struct Report {
    bench: String,
    binary: String,
    cores: usize,
    peers: Vec<String>,
    rounds: usize,
    measures: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    measure: Measure,
    #[serde(flatten)]
    summary: Summary,
}

impl Report {
    pub(super) fn new(bench: &str, lab: &Lab, measures: Vec<Measure>) -> Result<Self> {
        let pinned = std::fs::read_to_string(repo::root().join("scripts/requirements.txt"))?;
        let is_peer = |line: &&str| line.starts_with("duckdb==") || line.to_lowercase().starts_with("lifetimes==");
        let row = |measure: Measure| Row { summary: measure.summary(), measure };
        Ok(Self {
            bench: bench.to_owned(),
            binary: repo::stdout(Command::new(&lab.binary).arg("--version"))?.trim().to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            peers: pinned.lines().filter(is_peer).map(str::to_owned).collect(),
            rounds: lab.rounds,
            measures: measures.into_iter().map(row).collect(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} against {}, {} cores, median of {}",
            self.bench,
            self.binary,
            self.peers.join(" and "),
            self.cores,
            self.rounds
        )?;
        writeln!(
            f,
            "{:<40} {:>9} {:>9} {:>9} {:>7} {:>8} {:>8}  goal",
            "", "ours s", "peer s", "its own s", "ratio", "ours MB", "peer MB"
        )?;
        for Row { measure, summary } in &self.measures {
            let inner = summary.peer.inner_seconds.map_or(String::new(), |seconds| format!("{seconds:.3}"));
            let goal = match measure.goal {
                Some(Goal::AtMost(most)) => format!("at most {most}"),
                Some(Goal::TimesFaster(least)) => format!("{least} times faster"),
                None => String::new(),
            };
            let memory = measure.memory_goal_mb.map_or(String::new(), |most| format!(", {most} MB"));
            let met = match summary.met {
                Some(true) => ": met",
                Some(false) => ": MISSED",
                None => "",
            };
            let ours = summary
                .ours
                .inner_seconds
                .filter(|_| summary.peer.inner_seconds.is_some())
                .unwrap_or(summary.ours.seconds);
            writeln!(
                f,
                "{:<40} {ours:>9.3} {:>9.3} {inner:>9} {:>7.3} {:>8.0} {:>8.0}  {goal}{memory}{met}",
                measure.what, summary.peer.seconds, summary.ratio, summary.ours.peak_mb, summary.peer.peak_mb
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(seconds: f64, inner_seconds: Option<f64>) -> Taken {
        Taken { seconds, cpu_seconds: seconds, peak_mb: seconds * 100.0, inner_seconds }
    }

    #[test]
    fn the_median_counts_and_of_memory_the_worst() {
        let mut measure = Measure::new("x", Some(Goal::AtMost(1.0)));
        for (ours, peer) in [(1.0, 2.0), (9.0, 2.0), (1.5, 3.0)] {
            measure.add(taken(ours, None), taken(peer, None));
        }
        let summary = measure.summary();
        assert_eq!((summary.ours.seconds, summary.ours.peak_mb, summary.ratio), (1.5, 900.0, 0.75));
        assert_eq!(summary.met, Some(true));
        measure.memory_goal_mb = Some(512.0);
        assert_eq!(measure.summary().met, Some(false));
    }

    #[test]
    fn own_clocks_are_compared_only_when_both_have_one() {
        let mut measure = Measure::new("x", Some(Goal::TimesFaster(50.0)));
        measure.add(taken(1.0, Some(0.001)), taken(2.0, Some(0.1)));
        assert_eq!(measure.summary().met, Some(true));
        let mut measure = Measure::new("x", Some(Goal::TimesFaster(50.0)));
        measure.add(taken(1.0, None), taken(2.0, Some(0.1)));
        assert_eq!(measure.summary().ratio, 0.5);
    }
}
