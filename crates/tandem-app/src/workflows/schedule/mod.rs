//! Workflows that run by themselves: at times, or when data comes.
//!
//! What is due is a function of what a schedule waits for and of the time
//! ([`due`]). Whoever attends to a schedule writes what came of it together
//! with the run, in a transaction that fails where another server was first;
//! so nothing is lost or done twice, whatever is killed when.

mod attend;
mod chain;
mod cron;
mod due;
mod manage;
mod settings;

pub use attend::attend;
pub(crate) use attend::keep;
pub use manage::{
    HeldBack, ScheduleDetail, ScheduleView, get as schedule, list as schedules, put as set_schedule,
    remove as remove_schedule, upcoming,
};
pub use settings::{CronSetting, DataSetting, Missed, ScheduleReason, ScheduleSettings};

/// After so many failed runs in a row a schedule pauses itself.
const FAILURES: u32 = 5;
