//! The streaming part: batches in, [`Transactions`] out.

use std::collections::{HashMap, HashSet};

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::Schema,
};
use tandem_core::{Error, ErrorCode, Result};

use super::{
    Cleaning, Counts, Duplicates, Returns, Roles, Transactions,
    amount::{Amount, NANO, amounts},
    customer::{Customers, MISSING, sort_order},
    date_of,
    day::{UNREADABLE, days},
};
use crate::hashing::{WordState, hash_rows};

/// Rows looked at together: bounds the memory that one huge batch takes.
const CHUNK: usize = 16_384;
/// Distinct rows remembered before duplicates are estimated from a sample.
const REMEMBERED: usize = 2_000_000;

#[derive(Debug, Default, Clone, Copy)]
struct Day {
    bought: i128,
    returned: i128,
    purchases: u32,
}

/// Cleans rows and gathers them by customer and day. Takes memory for each
/// customer-day, not for each row (see [`Duplicates::Drop`] for the exception).
#[derive(Debug)]
pub struct Cleaner {
    roles: Roles,
    cleaning: Cleaning,
    customers: Customers,
    days: HashMap<u64, Day, WordState>,
    seen: Seen,
    counts: Counts,
    returned: i128,
    span: Option<(i32, i32)>,
    hashes: Vec<u64>,
}

impl Cleaner {
    /// A cleaner that has seen nothing yet.
    pub fn new(roles: Roles, cleaning: Cleaning) -> Self {
        let seen = Seen { limit: (cleaning.duplicates == Duplicates::Keep).then_some(REMEMBERED), ..Seen::default() };
        Self {
            roles,
            cleaning,
            customers: Customers::default(),
            days: HashMap::default(),
            seen,
            counts: Counts::default(),
            returned: 0,
            span: None,
            hashes: Vec::new(),
        }
    }

    /// Takes in one batch. Exact duplicates are told by all of its columns.
    ///
    /// # Errors
    /// `unknown_column` where a role's column is not in the batch;
    /// `schema_mismatch` where its type can't play the part.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        let roles = [
            Some(&self.roles.customer),
            Some(&self.roles.time),
            self.roles.amount.as_ref(),
            self.roles.quantity.as_ref(),
        ];
        let [customer, time, amount, quantity] =
            roles.map(|name| name.map(|n| column_index(&batch.schema(), n)).transpose());
        let (customer, time, amount, quantity) = (customer?, time?, amount?, quantity?);
        let (Some(customer), Some(time)) = (customer, time) else { return Ok(()) };
        for start in (0..batch.num_rows()).step_by(CHUNK) {
            let chunk = batch.slice(start, CHUNK.min(batch.num_rows() - start));
            self.chunk(&chunk, customer, time, amount, quantity)?;
        }
        Ok(())
    }

    fn chunk(
        &mut self,
        chunk: &RecordBatch,
        customer: usize,
        time: usize,
        amount: Option<usize>,
        quantity: Option<usize>,
    ) -> Result<()> {
        let column = |index: usize| -> &ArrayRef { chunk.column(index) };
        let customers = self.customers.number(column(customer))?;
        let times = days(column(time))?;
        let quantities = amount.and(quantity).map(|i| amounts(column(i))).transpose()?;
        let mut amounts = amount.map(|i| amounts(column(i))).transpose()?;
        if let (Some(amounts), Some(quantities)) = (&mut amounts, quantities) {
            for (amount, quantity) in amounts.iter_mut().zip(quantities) {
                *amount = amount.times(quantity);
            }
        }
        let mut hashes = std::mem::take(&mut self.hashes);
        hash_rows(chunk.columns(), chunk.num_rows(), &mut hashes)?;

        self.counts.rows += chunk.num_rows() as u64;
        self.counts.time_zone_ignored |= times.zone_ignored;
        for row in 0..chunk.num_rows() {
            let repeated = self.seen.is_repeated(hashes[row]);
            if repeated && self.cleaning.duplicates == Duplicates::Drop {
                self.counts.duplicates_dropped += 1;
                continue;
            }
            let amount = amounts.as_ref().map_or(Amount::Nano(0), |a| a[row]);
            self.row(customers[row], times.values[row], amount);
        }
        self.hashes = hashes;
        Ok(())
    }

    #[inline]
    fn row(&mut self, customer: u32, day: i32, amount: Amount) {
        if customer == MISSING {
            self.counts.missing_customer += 1;
            return;
        }
        if day == UNREADABLE {
            self.counts.unreadable_time += 1;
            return;
        }
        let nano = match amount {
            Amount::Missing => {
                self.counts.missing_amount += 1;
                return;
            }
            Amount::Unreadable => {
                self.counts.unreadable_amount += 1;
                return;
            }
            Amount::Nano(nano) => nano,
        };
        self.span = Some(self.span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        let total = self.days.entry(u64::from(customer) << 32 | u64::from(day as u32)).or_default();
        if nano < 0 {
            self.counts.returns += 1;
            self.returned += nano;
            total.returned += nano;
        } else {
            self.counts.purchase_rows += 1;
            self.counts.zero_amount += u64::from(nano == 0);
            total.bought += nano;
            total.purchases = total.purchases.saturating_add(1);
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// `not_enough_data` where no row was a purchase.
    pub fn finish(self) -> Result<Transactions> {
        let Self { roles, cleaning, customers, days, seen, mut counts, returned, span, .. } = self;
        let has_amount = roles.amount.is_some();
        if !has_amount {
            counts.zero_amount = 0;
        }
        counts.duplicates = seen.repeated(counts.rows);
        counts.duplicates_exact = seen.level == 0;
        counts.returns_amount = to_amount(returned);

        let keys = customers.into_keys();
        let order = sort_order(&keys);
        let mut rank = vec![0_u32; keys.len()];
        for (place, &number) in order.iter().enumerate() {
            rank[number as usize] = place as u32;
        }
        let mut totals: Vec<(u32, i32, Day)> =
            days.into_iter().map(|(key, day)| (rank[(key >> 32) as usize], key as u32 as i32, day)).collect();
        totals.sort_unstable_by_key(|&(customer, day, _)| (customer, day));

        let mut sink = Sink::new(keys.len());
        for group in totals.chunk_by_mut(|a, b| a.0 == b.0) {
            if cleaning.returns == Returns::Net {
                sink.unmatched += net(group);
            }
            let key = &keys[order[group[0].0 as usize] as usize];
            sink.customer(key, group);
        }
        counts.returns_unmatched = to_amount(sink.unmatched);
        counts.customers = sink.customers.len() as u64;
        counts.customers_without_purchase = sink.without_purchase;
        counts.repeat_buyers = sink.offsets.windows(2).filter(|w| w[1] - w[0] > 1).count() as u64;
        counts.purchase_days = sink.days.len() as u64;
        counts.total_amount = has_amount.then(|| to_amount(sink.total));
        let (Some((first_day, last_day)), false) = (span, sink.customers.is_empty()) else {
            return Err(nothing_usable(&counts));
        };
        counts.first_day = Some(date_of(first_day));
        counts.last_day = Some(date_of(last_day));
        let Sink { customers, offsets, days, amounts, .. } = sink;
        Ok(Transactions { customers, offsets, days, amounts, has_amount, counts, first_day, last_day })
    }
}

fn column_index(schema: &Schema, name: &str) -> Result<usize> {
    schema.index_of(name).map_err(|e| {
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        let message = format!("There is no column “{name}”. The columns are: {}.", names.join(", "));
        Error::new(ErrorCode::UnknownColumn, message).with_source(e)
    })
}

fn nothing_usable(counts: &Counts) -> Error {
    let message = format!(
        "None of the {} rows is a purchase: {} without a customer, {} without a readable time, {} without a readable \
         amount, {} returns. Check which column plays which part.",
        counts.rows,
        counts.missing_customer,
        counts.unreadable_time,
        counts.missing_amount + counts.unreadable_amount,
        counts.returns
    );
    Error::new(ErrorCode::NotEnoughData, message)
}

fn to_amount(nano: i128) -> f64 {
    if nano.unsigned_abs() < 1 << 53 {
        return nano as f64 / NANO as f64;
    }
    // In two parts, so that what is beyond 2^53 billionths keeps its digits.
    (nano / NANO) as f64 + (nano % NANO) as f64 / NANO as f64
}

/// Takes returns off the purchases on or before their day, the latest first.
/// Gives what found no purchase, negative.
fn net(days: &mut [(u32, i32, Day)]) -> i128 {
    let mut unmatched = 0;
    for at in 0..days.len() {
        let mut left = days[at].2.returned;
        for earlier in days[..=at].iter_mut().rev() {
            if left == 0 {
                break;
            }
            let taken = left.max(-earlier.2.bought);
            earlier.2.bought += taken;
            left -= taken;
        }
        unmatched += left;
    }
    unmatched
}

struct Sink {
    customers: Vec<String>,
    offsets: Vec<usize>,
    days: Vec<i32>,
    amounts: Vec<f64>,
    without_purchase: u64,
    unmatched: i128,
    total: i128,
}

impl Sink {
    fn new(customers: usize) -> Self {
        Self {
            customers: Vec::with_capacity(customers),
            offsets: vec![0],
            days: Vec::new(),
            amounts: Vec::new(),
            without_purchase: 0,
            unmatched: 0,
            total: 0,
        }
    }

    fn customer(&mut self, key: &str, days: &[(u32, i32, Day)]) {
        for &(_, day, total) in days.iter().filter(|d| d.2.purchases > 0) {
            self.days.push(day);
            self.amounts.push(to_amount(total.bought));
            self.total += total.bought;
        }
        if self.offsets.last() == Some(&self.days.len()) {
            self.without_purchase += 1;
        } else {
            self.customers.push(key.to_owned());
            self.offsets.push(self.days.len());
        }
    }
}

/// Which rows were seen, by hash. Past `limit` distinct rows only every second,
/// fourth, … part of the hashes is remembered, and the rest is inferred.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) hashes: HashSet<u64, WordState>,
    pub(super) limit: Option<usize>,
    pub(super) level: u32,
}

impl Seen {
    fn is_sampled(&self, hash: u64) -> bool {
        hash.trailing_zeros() >= self.level
    }

    #[inline]
    pub(super) fn is_repeated(&mut self, hash: u64) -> bool {
        if !self.is_sampled(hash) {
            return false;
        }
        let new = self.hashes.insert(hash);
        if self.limit.is_some_and(|limit| self.hashes.len() > limit) {
            self.level += 1;
            let level = self.level;
            self.hashes.retain(|h| h.trailing_zeros() >= level);
        }
        !new
    }

    pub(super) fn repeated(&self, rows: u64) -> u64 {
        rows.saturating_sub((self.hashes.len() as u64) << self.level)
    }
}
