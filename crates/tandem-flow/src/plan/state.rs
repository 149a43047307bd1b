//! What is known of each node of a run.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::graph::NodeId;

/// The state of a node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum State {
    /// It was not started.
    #[default]
    Waiting,
    /// It was started and has not ended.
    Running,
    /// It ended well, or its result was known.
    Succeeded {
        /// Outputs that it did not give: the sides that a branch did not go.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        closed: BTreeSet<String>,
        /// Outputs whose value is `false`; as conditions they skip what they decide.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        untrue: BTreeSet<String>,
    },
    /// It ended badly.
    Failed,
    /// It will not run.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
    /// It was stopped.
    Cancelled,
}

impl State {
    /// It ended well and gave all of its outputs.
    pub const fn succeeded() -> Self {
        Self::Succeeded { closed: BTreeSet::new(), untrue: BTreeSet::new() }
    }

    /// Whether nothing more happens to it.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// Why a node does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Something that feeds it failed, was stopped, or was skipped for that.
    Upstream,
    /// A branch went the other way.
    Branch,
    /// The run was cancelled.
    Cancelled,
}

/// The states of all nodes of a plan, and whether the run was asked to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct States {
    pub(super) states: Vec<State>,
    pub(super) cancelling: bool,
}

impl States {
    /// Everything waits.
    pub fn new(plan: &Plan) -> Self {
        Self { states: vec![State::Waiting; plan.len()], cancelling: false }
    }

    /// The state of a node; waiting for one that is not in the plan.
    pub fn get(&self, plan: &Plan, id: &NodeId) -> State {
        plan.at(id).and_then(|at| self.states.get(at)).cloned().unwrap_or_default()
    }

    /// Writes down what became of a node; says whether it is in the plan.
    pub fn set(&mut self, plan: &Plan, id: &NodeId, state: State) -> bool {
        let Some(slot) = plan.at(id).and_then(|at| self.states.get_mut(at)) else { return false };
        *slot = state;
        true
    }

    /// Asks the run to stop: nothing new is started, and what waits is skipped.
    pub fn cancel(&mut self) {
        self.cancelling = true;
    }

    /// Whether the run was asked to stop.
    pub fn is_cancelling(&self) -> bool {
        self.cancelling
    }

    /// After a crash: whatever was running did not end, and waits again.
    pub fn resume(&mut self) {
        for state in self.states.iter_mut().filter(|state| **state == State::Running) {
            *state = State::Waiting;
        }
    }

    /// Another try: what succeeded stays, all else waits again.
    pub fn retry(&mut self) {
        self.cancelling = false;
        for state in self.states.iter_mut().filter(|state| !matches!(state, State::Succeeded { .. })) {
            *state = State::Waiting;
        }
    }

    /// Another try that begins at a node: it and what stands downstream wait
    /// again, and so does all that did not succeed.
    pub fn retry_from(&mut self, plan: &Plan, id: &NodeId) {
        self.retry();
        let Some(first) = plan.at(id) else { return };
        let mut again = vec![false; plan.len()];
        for at in first..plan.len() {
            again[at] = at == first || plan.feeds(at).any(|feed| again[feed.from]);
            if again[at] {
                self.states[at] = State::Waiting;
            }
        }
    }

    /// The states in the order of [`Plan::nodes`].
    pub fn iter(&self) -> impl Iterator<Item = &State> {
        self.states.iter()
    }
}
