//! A clock that runs, and can be moved on.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tandem_core::{Clock, SystemClock};

/// The machine's clock, moved on by as much as a test says.
#[derive(Debug, Default)]
pub struct MovingClock(AtomicI64);

impl MovingClock {
    /// Moves it on by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

impl Clock for MovingClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::milliseconds(self.0.load(Ordering::Relaxed))
    }
}
