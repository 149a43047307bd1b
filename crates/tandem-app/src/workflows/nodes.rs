//! What there is to say of each node of a run while it goes on and after.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_core::Clock;
use tandem_flow::{
    graph::NodeId,
    plan::{SkipReason, State},
};
use tandem_runner::{NodeEnd, Watch};

use super::fold::Fold;

/// Points of a curve that are kept, at most; beyond it every second one goes.
const POINTS: usize = 400;
/// Bytes of what a node printed that are kept of the beginning, and as many of the end.
const PRINTED: usize = 8 << 10;

/// Where a node stands, as people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It was not started, or nothing is known.
    Waiting,
    /// It computes.
    Running,
    /// Its results are there.
    Succeeded,
    /// It ended badly.
    Failed,
    /// It will not run: something before it failed, or a branch went the other way.
    Skipped,
    /// It was stopped.
    Cancelled,
}

/// What there is to say of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeState {
    /// Where it stands.
    pub state: Standing,
    /// Why it was skipped: `upstream`, `branch` or `cancelled`.
    #[serde(default)]
    pub reason: Option<SkipReason>,
    /// Whether its results were known before.
    #[serde(default)]
    pub cached: bool,
    /// Rows of its kept tables, by output port.
    #[serde(default)]
    pub rows: BTreeMap<String, u64>,
    /// `{phase, done, total}` while it computes.
    #[serde(default)]
    pub progress: Option<Value>,
    /// When it began.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it computed, in milliseconds; of known results, how long they had taken.
    #[serde(default)]
    pub elapsed_ms: u64,
    /// Why it failed: `{code, message}`.
    #[serde(default)]
    pub error: Option<Value>,
    /// Curves that were drawn while it worked.
    #[serde(default)]
    pub curve: Vec<Curve>,
    /// What its code printed, shortened in the middle where it is long.
    #[serde(default)]
    pub log: Option<String>,
}

/// A curve that is drawn while a node works, such as the loss by rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What it shows.
    pub series: String,
    /// `[x, y]`, in the order in which they came.
    pub points: Vec<[f64; 2]>,
}

impl NodeState {
    /// Of a node of which nothing is known.
    pub fn waiting() -> Self {
        Self {
            state: Standing::Waiting,
            reason: None,
            cached: false,
            rows: BTreeMap::new(),
            progress: None,
            started_at: None,
            finished_at: None,
            elapsed_ms: 0,
            error: None,
            curve: Vec::new(),
            log: None,
        }
    }

    /// How a node ended.
    pub(super) fn end(&mut self, end: &NodeEnd) {
        (self.state, self.reason) = match &end.state {
            State::Succeeded { .. } => (Standing::Succeeded, None),
            State::Failed => (Standing::Failed, None),
            State::Cancelled => (Standing::Cancelled, None),
            State::Skipped { reason } => (Standing::Skipped, Some(*reason)),
            State::Waiting | State::Running => (Standing::Waiting, None),
        };
        self.cached = end.cached;
        self.rows.clone_from(&end.rows);
        self.elapsed_ms = end.elapsed_ms;
        self.progress = None;
        self.error =
            end.error.as_ref().map(|error| json!({ "code": error.code().as_str(), "message": error.message() }));
    }
}

/// Follows the nodes of a run.
pub(crate) struct Tracker {
    clock: Arc<dyn Clock>,
    fold: Fold,
    nodes: Mutex<BTreeMap<NodeId, NodeState>>,
}

impl Tracker {
    pub(crate) fn new(clock: Arc<dyn Clock>, fold: Fold) -> Self {
        Self { clock, fold, nodes: Mutex::default() }
    }

    fn with(&self, node: &NodeId, change: impl FnOnce(&mut NodeState)) {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        change(nodes.entry(node.clone()).or_insert_with(NodeState::waiting));
    }

    /// `{phase, done, total, nodes}`.
    pub(crate) fn json(&self) -> Value {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let nodes = self.fold.fold(nodes, true);
        let open = |state: &NodeState| matches!(state.state, Standing::Waiting | Standing::Running);
        let done = nodes.values().filter(|state| !open(state)).count();
        json!({ "phase": "nodes", "done": done, "total": self.fold.drawn(), "nodes": nodes })
    }
}

impl Watch for Tracker {
    fn started(&self, node: &NodeId) {
        let now = self.clock.now();
        self.with(node, |state| (state.state, state.started_at) = (Standing::Running, Some(now)));
    }

    fn progress(&self, node: &NodeId, phase: &'static str, done: u64, total: Option<u64>) {
        self.with(node, |state| state.progress = Some(json!({ "phase": phase, "done": done, "total": total })));
    }

    fn point(&self, node: &NodeId, series: &str, x: f64, y: f64) {
        if !x.is_finite() || !y.is_finite() {
            return;
        }
        self.with(node, |state| {
            let at = state.curve.iter().position(|curve| curve.series == series).unwrap_or_else(|| {
                state.curve.push(Curve { series: series.to_owned(), points: Vec::new() });
                state.curve.len() - 1
            });
            let points = &mut state.curve[at].points;
            points.push([x, y]);
            if points.len() > POINTS {
                let mut at = 0;
                points.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
            }
        });
    }

    fn log(&self, node: &NodeId, text: &str) {
        let text = shortened(text);
        self.with(node, |state| state.log = Some(text));
    }

    fn ended(&self, node: &NodeId, end: &NodeEnd) {
        let now = self.clock.now();
        self.with(node, |state| {
            state.finished_at = Some(now);
            state.end(end);
        });
    }
}

/// The beginning and the end of a text. What a database can't keep in it is left out.
fn shortened(text: &str) -> String {
    let text = text.replace('\0', "");
    if text.len() <= 2 * PRINTED {
        return text;
    }
    let (head, tail) = (text.floor_char_boundary(PRINTED), text.ceil_char_boundary(text.len() - PRINTED));
    format!("{}\n… {} bytes …\n{}", &text[..head], tail - head, &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        assert_eq!(shortened("ab\0c\n"), "abc\n");
        let long = shortened(&"数据".repeat(10_000));
        assert!(long.starts_with("数据") && long.ends_with("数据") && long.contains("bytes …"), "{}", long.len());
        assert!(long.len() < 2 * PRINTED + 40);
    }
}
