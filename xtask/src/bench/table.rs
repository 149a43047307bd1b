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
    /// Ours takes at most so many seconds, whatever others take.
    Within(f64),
}

/// One thing measured on both sides.
#[derive(Serialize)]
pub(super) struct Measure {
    pub(super) what: String,
    goal: Option<Goal>,
    /// Whether the peer is timed by its own clock, around its work alone. Ours never is, unless it has one too.
    by_own_clock: bool,
    ours_rounds: Vec<Taken>,
    peer_rounds: Vec<Taken>,
    /// The most memory that ours may take, in MB.
    pub(super) memory_goal_mb: Option<f64>,
}

impl Measure {
    pub(super) fn new(what: &str, goal: Option<Goal>) -> Self {
        Self {
            what: what.to_owned(),
            goal,
            by_own_clock: true,
            ours_rounds: Vec::new(),
            peer_rounds: Vec::new(),
            memory_goal_mb: None,
        }
    }

    /// Compares whole processes, since the peer's clock leaves out a part of the work.
    pub(super) fn by_process(mut self) -> Self {
        self.by_own_clock = false;
        self
    }

    pub(super) fn add(&mut self, ours: Taken, peer: Taken) {
        self.ours_rounds.push(ours);
        self.peer_rounds.push(peer);
    }

    /// Where there is no peer.
    pub(super) fn add_alone(&mut self, ours: Taken) {
        self.ours_rounds.push(ours);
    }

    fn summary(&self) -> Summary {
        let ours = Side::of(&self.ours_rounds);
        let peer = Side::of(&self.peer_rounds);
        let own = |side: &Side| side.inner_seconds.filter(|_| self.by_own_clock).unwrap_or(side.seconds);
        let (ours_seconds, peer_seconds) = (own(&ours), own(&peer));
        let ratio = ours_seconds / peer_seconds;
        let in_time = self.goal.map(|goal| match goal {
            Goal::AtMost(most) => ratio <= most,
            Goal::TimesFaster(least) => 1.0 / ratio >= least,
            Goal::Within(seconds) => ours_seconds <= seconds,
        });
        let in_memory = self.memory_goal_mb.map(|most| ours.peak_mb <= most);
        let met = match (in_time, in_memory) {
            (None, None) => None,
            (time, memory) => Some(time.unwrap_or(true) && memory.unwrap_or(true)),
        };
        Summary { ours_seconds, peer_seconds, ratio, met, ours, peer }
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
    /// What is compared.
    ours_seconds: f64,
    peer_seconds: f64,
    /// Ours by the peer's: under 1 is faster.
    ratio: f64,
    met: Option<bool>,
    ours: Side,
    peer: Side,
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
        let alone = measures.iter().all(|measure| measure.peer_rounds.is_empty());
        let peer = match bench {
            "bgnbd" => "lifetimes==",
            "boost" => "lightgbm==",
            "pipeline" => "polars==",
            _ => "duckdb==",
        };
        let is_peer = |line: &&str| !alone && line.to_lowercase().starts_with(peer);
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
        let Self { bench, binary, cores, peers, rounds, measures } = self;
        let against = if peers.is_empty() { String::new() } else { format!(" against {}", peers.join(" and ")) };
        writeln!(f, "{bench}: {binary}{against}, {cores} cores, median of {rounds}")?;
        writeln!(
            f,
            "{:<40} {:>9} {:>9} {:>7} {:>8} {:>8}  goal",
            "", "ours s", "peer s", "ratio", "ours MB", "peer MB"
        )?;
        for Row { measure, summary } in measures {
            let goal = match measure.goal {
                Some(Goal::AtMost(most)) => format!("at most {most}"),
                Some(Goal::TimesFaster(least)) => format!("{least} times faster"),
                Some(Goal::Within(seconds)) => format!("within {seconds} s"),
                None => String::new(),
            };
            let memory = measure.memory_goal_mb.map_or(String::new(), |most| format!(", {most} MB"));
            let met = match summary.met {
                Some(true) => ": met",
                Some(false) => ": MISSED",
                None => "",
            };
            let Summary { ours_seconds, peer_seconds, ratio, ours, peer, .. } = summary;
            // Where there is no peer, there is nothing to say of one.
            let said = |figure: f64, digits: usize| match figure.is_finite() && !measure.peer_rounds.is_empty() {
                true => format!("{figure:.digits$}"),
                false => "-".to_owned(),
            };
            writeln!(
                f,
                "{:<40} {ours_seconds:>9.4} {:>9} {:>7} {:>8.0} {:>8}  {goal}{memory}{met}",
                measure.what,
                said(*peer_seconds, 4),
                said(*ratio, 3),
                ours.peak_mb,
                said(peer.peak_mb, 0),
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
    fn the_peer_is_timed_by_its_own_clock_unless_that_leaves_something_out() {
        let ratio = |mut measure: Measure| {
            measure.add(taken(1.0, None), taken(4.0, Some(2.0)));
            measure.summary().ratio
        };
        assert_eq!(ratio(Measure::new("x", None)), 0.5);
        assert_eq!(ratio(Measure::new("x", None).by_process()), 0.25);
    }
}
