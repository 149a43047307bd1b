//! How soon the server answers after its start, and what it takes while nobody asks.

use anyhow::Result;
use serde::Deserialize;

use super::lab::{Lab, text};
use super::process::{self, Taken};
use super::table::{Goal, Measure};

const MEMORY_MB: f64 = 150.0;

#[derive(Deserialize)]
struct Idle {
    ready_seconds: f64,
    idle_mb: f64,
}

pub(super) fn run(lab: &Lab) -> Result<Vec<Measure>> {
    let mut measure = Measure::new("ready, and then idle", Some(Goal::Within(1.0)));
    measure.memory_goal_mb = Some(MEMORY_MB);
    for _ in 0..lab.rounds {
        let (taken, printed) = process::run(&mut lab.script("server.py", [text(&lab.binary)?.as_str(), "idle"]))?;
        let idle: Idle = serde_json::from_str(&printed)?;
        measure.add_alone(Taken { seconds: idle.ready_seconds, peak_mb: idle.idle_mb, ..taken });
    }
    Ok(vec![measure])
}
