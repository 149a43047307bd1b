//! Expected purchases over the horizon, plain and discounted, for every
//! distinct (frequency, age).

use tandem_core::{Cancel, Result};

use super::{params::Params, snapshot::Snapshot};
use crate::bgnbd::BgNbd;

/// Steps into which the horizon is cut for discounting, at the most.
const MOST_STEPS: f64 = 52.0;
const DAYS_A_YEAR: f64 = 365.25;

/// One distinct (frequency, age in days) of the customers.
pub(super) type Key = (u32, u32);

/// For customers who are active now, by key.
#[derive(Debug)]
pub(super) struct Curves {
    pub(super) keys: Vec<Key>,
    /// Expected purchases within the horizon.
    pub(super) purchases: Vec<f64>,
    /// The same, each purchase discounted to today.
    pub(super) discounted: Vec<f64>,
}

impl Curves {
    /// The horizon is cut into equal steps of at most one unit (never more than
    /// 52); the purchases expected in a step count as made in its middle.
    pub(super) fn new(snapshot: &Snapshot, model: &BgNbd, params: &Params, cancel: &Cancel) -> Result<Self> {
        let keys = keys(snapshot);
        let unit_days = params.unit.days();
        let steps = params.horizon.ceil().clamp(1.0, MOST_STEPS);
        let step = params.horizon / steps;
        let yearly = unit_days / DAYS_A_YEAR;
        let factors: Vec<f64> =
            (0..steps as usize).map(|i| (1.0 + params.discount).powf(-(i as f64 + 0.5) * step * yearly)).collect();
        let (mut purchases, mut discounted) = (Vec::with_capacity(keys.len()), Vec::with_capacity(keys.len()));
        for (i, &(x, age_days)) in keys.iter().enumerate() {
            if i % 256 == 0 {
                cancel.check()?;
            }
            let age = f64::from(age_days) / unit_days;
            let (mut so_far, mut present) = (0.0, 0.0);
            for (i, factor) in factors.iter().enumerate() {
                let until = model.expected_if_alive((i as f64 + 1.0) * step, x, age);
                present += (until - so_far) * factor;
                so_far = until;
            }
            purchases.push(so_far);
            discounted.push(present);
        }
        Ok(Self { keys, purchases, discounted })
    }

    pub(super) fn place(&self, key: Key) -> usize {
        self.keys.binary_search(&key).unwrap_or_default()
    }
}

fn keys(snapshot: &Snapshot) -> Vec<Key> {
    let mut keys: Vec<Key> = snapshot.customers.iter().map(|c| (c.history.frequency, c.history.age_days)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
