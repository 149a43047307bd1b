//! When things happen by themselves: at times, or when data comes. Workflows
//! run, dashboards are delivered.
//!
//! What is due is a function of what a schedule waits for and of the time
//! ([`due`]). Whoever attends to a schedule writes what came of it together
//! with the run, in a transaction that fails where another server was first;
//! so nothing is lost or done twice, whatever is killed when. What is run, and
//! which datasets are waited for, says the [`subject`].

mod attend;
mod chain;
mod cron;
mod due;
mod settings;
pub(crate) mod subject;

use tandem_core::{ErrorCode, Result};

pub use attend::attend;
pub(crate) use attend::{keep, watched};
pub use cron::upcoming;
pub(crate) use due::wake_at;
pub use settings::{CronSetting, DataSetting, Missed, ScheduleReason, When};
pub(crate) use settings::{Waiting, reason};
pub(crate) use subject::{Due, Start, shut};

/// After so many failed runs in a row a schedule pauses itself.
const FAILURES: u32 = 5;
/// Times to come that are shown.
pub(crate) const UPCOMING: usize = 5;
/// Times gone by that are shown.
pub(crate) const HISTORY: u32 = 50;
/// How often it is tried to write beside who attends to schedules.
const ATTEMPTS: usize = 5;

/// Whether what a person does to a schedule is done again, as whoever attends to it wrote at the same moment.
/// `tried` counts.
pub(crate) fn met_attending<T>(tried: &mut usize, done: &Result<T>) -> bool {
    *tried += 1;
    *tried < ATTEMPTS && done.as_ref().is_err_and(|error| error.code() == ErrorCode::VersionConflict)
}
