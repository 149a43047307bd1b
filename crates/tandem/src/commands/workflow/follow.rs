//! Progress of nodes on a terminal; nothing in a pipe.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tandem_flow::graph::NodeId;
use tandem_runner::{NodeEnd, Watch};

/// A line for each node that computes.
#[derive(Debug)]
pub(super) struct Follow {
    all: MultiProgress,
    lines: Mutex<BTreeMap<NodeId, ProgressBar>>,
    logs: Mutex<BTreeMap<NodeId, String>>,
}

impl Follow {
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::new(), lines: Mutex::default(), logs: Mutex::default() }
    }

    /// What nodes printed.
    pub(super) fn logs(&self) -> BTreeMap<NodeId, String> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn line(&self, node: &NodeId, f: impl FnOnce(&ProgressBar)) {
        if let Some(line) = self.lines.lock().unwrap_or_else(PoisonError::into_inner).get(node) {
            f(line);
        }
    }
}

impl Watch for Follow {
    fn started(&self, node: &NodeId) {
        let line = self.all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg}") {
            line.set_style(style);
        }
        line.set_prefix(node.to_string());
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).insert(node.clone(), line);
    }

    fn progress(&self, node: &NodeId, phase: &'static str, done: u64, total: Option<u64>) {
        self.line(node, |line| {
            line.set_message(match total {
                Some(total) => format!("{phase} {done}/{total}"),
                None => format!("{phase} {done}"),
            });
            line.tick();
        });
    }

    fn log(&self, node: &NodeId, text: &str) {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).insert(node.clone(), text.to_owned());
    }

    fn ended(&self, node: &NodeId, _end: &NodeEnd) {
        if let Some(line) = self.lines.lock().unwrap_or_else(PoisonError::into_inner).remove(node) {
            line.finish_and_clear();
        }
    }
}
