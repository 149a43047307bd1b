//! Workflows: a document that people draw together, its versions, what is
//! wrong with it, its runs, and what is there at each of its ports.
//!
//! Tables come into a workflow through [`sources`], with the access that the
//! person who looks or runs has; results are kept by digests that cover that
//! access, so that nobody is shown what they could not compute themselves.

mod bring;
mod call;
pub(crate) mod catalog;
mod check;
mod components;
mod compute;
pub(crate) mod document;
pub(crate) mod each;
pub(crate) mod effects;
mod execute;
mod face;
mod fold;
mod follow;
pub(crate) mod job;
pub(crate) mod models;
mod nodes;
mod notebook;
mod notify;
pub(crate) mod peek;
mod presence;
mod ran;
mod reads;
mod schedule;
pub(crate) mod sources;
mod stale;
pub(crate) mod start;
pub(crate) mod states;
mod view;

pub use bring::{BringRequest, Brought, bring, from_notebook};
pub use check::{CheckedWorkflow, check};
pub use components::{ComponentPage, component, components};
pub use document::{Edited, RefusedEdit, WorkflowDetail, create, document, edit, get, read, save};
pub use face::{Face, signature};
pub use follow::{Follower, Told, follow};
pub use nodes::{NodeState, Standing};
pub use notebook::notebook;
pub use peek::{Looked, look, profile};
pub use presence::{Here, Presence, here};
pub use ran::look_at_run;
pub use schedule::{
    HeldBack, ScheduleDetail, ScheduleSettings, ScheduleView, get as schedule, list as schedules, put as set_schedule,
    remove as remove_schedule,
};
pub use stale::{Mark, Marks, NodeMark, StaleReason, stale};
pub use start::{WorkflowRequest, refresh, start};
pub use states::{DraftStates, of_run, states};
pub use tandem_flow::{
    Signature, Workflow,
    check::Problem,
    diff::Diff,
    graph::{Edit, NodeId},
    notebook::Remark,
};

pub(crate) use compute::{Computed, compute};
pub(crate) use execute::execute;
pub(crate) use nodes::Tracker;
pub(crate) use ran::Ran;
pub(crate) use schedule::{reads as schedule_reads, ready as schedule_ready};
pub(crate) use view::{View, view};
