//! What was known of every customer at the end of one day.

use crate::{
    bgnbd::{Histories, History},
    rfm::{self, Scores},
    transactions::Transactions,
};

/// One customer as of the snapshot's end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Customer {
    /// Position in [`Transactions`].
    pub(super) index: usize,
    pub(super) first: i32,
    pub(super) last: i32,
    pub(super) history: History,
    /// Sum of all purchases.
    pub(super) spent: f64,
    /// Mean of the repeat purchases; 0 without any.
    pub(super) mean: f64,
}

impl Customer {
    /// Days with a purchase.
    pub(super) fn purchase_days(&self) -> u32 {
        self.history.frequency + 1
    }
}

/// Every customer whose first purchase was on or before `end`.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) end: i32,
    pub(super) customers: Vec<Customer>,
}

impl Snapshot {
    /// Forgets everything after the day `end`.
    pub(super) fn at(transactions: &Transactions, end: i32) -> Self {
        let customers = transactions
            .iter()
            .enumerate()
            .filter_map(|(index, (_, days, amounts))| {
                let known = days.partition_point(|&day| day <= end);
                let (&first, &last) = (days[..known].first()?, days[..known].last()?);
                let frequency = known as u32 - 1;
                let repeat: f64 = amounts[1..known].iter().sum();
                Some(Customer {
                    index,
                    first,
                    last,
                    history: History { frequency, recency_days: (last - first) as u32, age_days: (end - first) as u32 },
                    spent: amounts[0] + repeat,
                    mean: if frequency == 0 { 0.0 } else { repeat / f64::from(frequency) },
                })
            })
            .collect();
        Self { end, customers }
    }

    pub(super) fn histories(&self, unit_days: f64) -> Histories {
        Histories::new(self.customers.iter().map(|c| c.history), unit_days)
    }

    pub(super) fn repeat_buyers(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter().filter(|c| c.history.frequency > 0)
    }

    pub(super) fn scores(&self, has_amount: bool) -> Vec<Scores> {
        let column = |value: fn(&Customer) -> f64| -> Vec<f64> { self.customers.iter().map(value).collect() };
        let recency: Vec<f64> = self.customers.iter().map(|c| f64::from(self.end - c.last)).collect();
        let frequency = column(|c| f64::from(c.purchase_days()));
        let spent = has_amount.then(|| column(|c| c.spent));
        rfm::scores(&recency, &frequency, spent.as_deref())
    }
}
