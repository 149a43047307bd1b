//! The planner.

use serde::{Deserialize, Serialize};

use super::decide::{Decision, decide};
use super::{Budget, Cost, Plan, SkipReason, State, States};
use crate::graph::NodeId;

/// Something to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Start this node.
    Start(NodeId),
    /// Write down that this node is skipped.
    Skip(NodeId, SkipReason),
    /// Everything has ended; the run ends so. Always the last, after the skips.
    Finish(Outcome),
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every node succeeded or lay on a branch not taken.
    Succeeded,
    /// A node failed; what did not depend on it has finished.
    Failed,
    /// The run, or a node of it, was stopped.
    Cancelled,
}

/// What to do next. Nothing means: wait for something that runs.
///
/// Of the nodes that are ready, those with the longest way before them start
/// first; where the next doesn't fit the budget, smaller ones go ahead. A node
/// that wants more than the whole budget runs alone.
pub fn next(plan: &Plan, states: &States, budget: &Budget) -> Vec<Action> {
    counted(plan, states, budget).0
}

/// The same, with the number of nodes and connections that were looked at.
pub(super) fn counted(plan: &Plan, states: &States, budget: &Budget) -> (Vec<Action>, u64) {
    let mut now = states.states.clone();
    let mut actions = Vec::new();
    let mut looked_at = 0;
    let mut ready: Vec<usize> = Vec::new();
    // In the order of the plan, so that a skip reaches all that stands downstream in one go.
    for (at, step) in plan.steps.iter().enumerate() {
        looked_at += 1;
        if now[at] != State::Waiting {
            continue;
        }
        let decision = match states.cancelling {
            true => Decision::Skip(SkipReason::Cancelled),
            false => decide(step, &now, &mut looked_at),
        };
        match decision {
            Decision::Wait => {}
            Decision::Ready => ready.push(at),
            Decision::Skip(reason) => {
                now[at] = State::Skipped { reason };
                actions.push(Action::Skip(step.id.clone(), reason));
            }
        }
    }
    let mut spent = Spent::of(plan, &now, budget);
    ready.sort_by_key(|at| (std::cmp::Reverse(plan.steps[*at].rank), *at));
    for at in ready {
        if spent.take(plan.steps[at].cost, budget) {
            now[at] = State::Running;
            actions.push(Action::Start(plan.steps[at].id.clone()));
        }
    }
    if now.iter().all(State::is_final) {
        actions.push(Action::Finish(outcome(&now, states.cancelling)));
    }
    (actions, looked_at)
}

/// What running nodes take together.
struct Spent {
    memory: u64,
    cores: u32,
}

impl Spent {
    fn of(plan: &Plan, states: &[State], budget: &Budget) -> Self {
        let running = plan.steps.iter().zip(states).filter(|(_, state)| **state == State::Running);
        running.fold(Self { memory: 0, cores: 0 }, |spent, (step, _)| {
            let cost = budget.clamp(step.cost);
            Self { memory: spent.memory.saturating_add(cost.memory), cores: spent.cores.saturating_add(cost.cores) }
        })
    }

    /// Takes what a node costs, where it fits. What costs nothing always fits.
    fn take(&mut self, cost: Cost, budget: &Budget) -> bool {
        let cost = budget.clamp(cost);
        let memory = self.memory.saturating_add(cost.memory);
        let cores = self.cores.saturating_add(cost.cores);
        let fits = cost == Cost::default() || (memory <= budget.memory && cores <= budget.cores);
        if fits {
            (self.memory, self.cores) = (memory, cores);
        }
        fits
    }
}

fn outcome(states: &[State], cancelling: bool) -> Outcome {
    let any = |wanted: &State| states.iter().any(|state| state == wanted);
    // A run that was asked to stop after its last node had ended well was not cut short.
    let cut = states.contains(&State::Skipped { reason: SkipReason::Cancelled });
    if any(&State::Cancelled) || (cancelling && cut) {
        Outcome::Cancelled
    } else if any(&State::Failed) {
        Outcome::Failed
    } else {
        Outcome::Succeeded
    }
}
