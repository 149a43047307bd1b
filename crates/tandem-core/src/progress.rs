//! How long work tells where it is, and how it is told to stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{Error, ErrorCode, Result};

/// Receives the progress of one piece of work. Called often: implementations
/// must be cheap and must not fail.
pub trait Progress: Send + Sync {
    /// `done` of `total` units (rows or bytes, as the phase says; `total` where
    /// it is known) of the phase named `phase`, a stable snake_case word that
    /// pages translate.
    fn report(&self, phase: &'static str, done: u64, total: Option<u64>);
}

/// Progress that nobody watches.
impl Progress for () {
    fn report(&self, _phase: &'static str, _done: u64, _total: Option<u64>) {}
}

/// A request to stop, shared between who asks and who works. Work checks it
/// between batches.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A request that has not been made.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the work was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Returns early where the work was asked to stop.
    ///
    /// # Errors
    /// `cancelled`.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::new(ErrorCode::Cancelled, "The work was cancelled; nothing was changed."));
        }
        Ok(())
    }
}
