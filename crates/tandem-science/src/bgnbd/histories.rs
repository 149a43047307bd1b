//! What the model needs to know of each customer, equal customers together.

/// One customer's past, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct History {
    /// Repeat purchases: days with a purchase after the first.
    pub frequency: u32,
    /// Days from the first purchase to the end of the observation.
    pub age_days: u32,
    /// Days from the first purchase to the last; at most `age_days`.
    pub recency_days: u32,
}

/// Customers grouped by equal history, which is all that the likelihood sees:
/// the 23,570 of the CDNOW file are 8,685 groups.
#[derive(Debug, Clone)]
pub struct Histories {
    /// Distinct histories in order, each with how many customers share it.
    pub(super) groups: Vec<(History, u32)>,
    pub(super) unit_days: f64,
    pub(super) customers: u64,
}

impl Histories {
    /// Groups customers; `unit_days` is the length of the model's unit of time.
    pub fn new(customers: impl IntoIterator<Item = History>, unit_days: f64) -> Self {
        // Histories packed into one word sort several times faster.
        let mut packed: Vec<u128> = customers
            .into_iter()
            .map(|h| u128::from(h.frequency) << 64 | u128::from(h.age_days) << 32 | u128::from(h.recency_days))
            .collect();
        packed.sort_unstable();
        let groups = packed
            .chunk_by(|a, b| a == b)
            .map(|same| {
                let word = same[0];
                let history = History {
                    frequency: (word >> 64) as u32,
                    age_days: (word >> 32) as u32,
                    recency_days: word as u32,
                };
                (history, same.len() as u32)
            })
            .collect();
        Self { groups, unit_days, customers: packed.len() as u64 }
    }

    /// How many customers there are.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// Distinct histories with the number of customers that share each.
    pub fn groups(&self) -> &[(History, u32)] {
        &self.groups
    }
}
