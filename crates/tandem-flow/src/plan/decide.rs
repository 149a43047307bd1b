//! Whether a node that waits may run, must be skipped, or must wait on.

use super::{Feed, Gate, SkipReason, State, Step};

/// What is to become of a node that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Something that feeds it has not ended.
    Wait,
    /// Everything that it needs is there.
    Ready,
    /// It will not run.
    Skip(SkipReason),
}

/// What an output has become for a port that it feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// Nobody knows yet.
    Open,
    /// It is there.
    There,
    /// A branch went the other way, or the condition is false.
    NotTaken,
    /// It will never be there, because something failed or was stopped.
    Lost,
}

/// Decides on a node from the states of what feeds it. A failure upstream
/// weighs more than a branch not taken, and neither counts before all is known.
pub(super) fn decide(step: &Step, states: &[State], looked_at: &mut u64) -> Decision {
    let (mut lost, mut not_taken) = (false, false);
    for gate in &step.ports {
        let mut there = 0_usize;
        for feed in &gate.feeds {
            *looked_at += 1;
            match given(gate, feed, &states[feed.from]) {
                Given::Open => return Decision::Wait,
                Given::There => there += 1,
                Given::NotTaken => {}
                Given::Lost => lost = true,
            }
        }
        // An optional port stays open when its branch was not taken; a condition decides all the same.
        not_taken |= there == 0 && (gate.condition || !gate.optional);
    }
    match (lost, not_taken) {
        (true, _) => Decision::Skip(SkipReason::Upstream),
        (false, true) => Decision::Skip(SkipReason::Branch),
        (false, false) => Decision::Ready,
    }
}

fn given(gate: &Gate, feed: &Feed, state: &State) -> Given {
    match state {
        State::Waiting | State::Running => Given::Open,
        State::Succeeded { closed, untrue } => {
            let is_false = gate.condition && untrue.contains(&feed.output);
            if is_false || closed.contains(&feed.output) { Given::NotTaken } else { Given::There }
        }
        State::Skipped { reason: SkipReason::Branch } => Given::NotTaken,
        State::Failed | State::Cancelled | State::Skipped { .. } => Given::Lost,
    }
}
