//! Whose turn it is to write to a table. Inside one process writers queue;
//! between processes the second one gets `version_conflict`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tandem_core::id::AssetId;
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

/// One gate a table, forgotten when nobody waits at it.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<AssetId, Weak<Gate<()>>>>);

/// The right to write to a table, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "held, not read")] OwnedMutexGuard<()>);

impl Turns {
    /// Waits for the turn at `table`.
    pub(crate) async fn take(&self, table: AssetId) -> Turn {
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            gates.retain(|_, gate| gate.strong_count() > 0);
            match gates.get(&table).and_then(Weak::upgrade) {
                Some(gate) => gate,
                None => {
                    let gate = Arc::new(Gate::new(()));
                    gates.insert(table, Arc::downgrade(&gate));
                    gate
                }
            }
        };
        Turn(gate.lock_owned().await)
    }
}
