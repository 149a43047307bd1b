//! Rows of purchases, cleaned and gathered into one total for each customer
//! and day.
//!
//! Every row read ends in exactly one of the classes of [`Counts`]: nothing is
//! dropped in silence. Amounts are added as whole billionths, so the result
//! does not depend on the order in which rows arrive.
//!
//! What counts as a purchase:
//! - a row with an amount of zero or more. Zero-amount rows are purchases,
//!   because somebody came; the published CDNOW table, too, counts them;
//! - purchases of one customer on one day are one purchase, of their sum;
//! - a row with a negative amount is a return and never a purchase. Returns are
//!   counted and summed; with [`Returns::Net`] they also lower the value of the
//!   customer's purchases before them.

mod amount;
mod cleaner;
mod customer;
mod day;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use cleaner::Cleaner;

/// Which column plays which part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Who bought: any integer, text, or integral number column.
    pub customer: String,
    /// When: a date, a timestamp, text in ISO form, or `YYYYMMDD`.
    pub time: String,
    /// What the row was worth, or the price of one piece where `quantity` is
    /// given. Without it there is no monetary part.
    pub amount: Option<String>,
    /// How many pieces: the amount is multiplied by it. Negative for returns.
    #[serde(default)]
    pub quantity: Option<String>,
}

/// What is done with returns, that is, with negative amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// Counted and summed, and otherwise left out: value is what was bought.
    #[default]
    Exclude,
    /// Taken off the customer's purchases on or before the day of the return,
    /// the latest first, never below zero. What finds no purchase is reported
    /// as unmatched.
    Net,
}

/// What is done with a row that equals an earlier one in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Counted and kept: two equal lines of one basket are two purchases.
    #[default]
    Keep,
    /// Counted and left out. Takes about 20 bytes of memory a row.
    Drop,
}

/// How rows are cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cleaning {
    /// What is done with negative amounts.
    pub returns: Returns,
    /// What is done with exact duplicates.
    pub duplicates: Duplicates,
}

/// What became of every row. `rows` is the sum of `missing_customer`,
/// `unreadable_time`, `missing_amount`, `unreadable_amount`, `returns`,
/// `purchase_rows` and `duplicates_dropped`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read.
    pub rows: u64,
    /// Left out: no customer.
    pub missing_customer: u64,
    /// Left out: no time, or one that can't be read.
    pub unreadable_time: u64,
    /// Left out: no amount (or no quantity).
    pub missing_amount: u64,
    /// Left out: an amount that is no finite number.
    pub unreadable_amount: u64,
    /// Rows with a negative amount.
    pub returns: u64,
    /// Their sum, negative.
    pub returns_amount: f64,
    /// The part of it that found no purchase to be taken off; only with [`Returns::Net`].
    pub returns_unmatched: f64,
    /// Rows that are purchases.
    pub purchase_rows: u64,
    /// Among those: rows with an amount of exactly zero.
    pub zero_amount: u64,
    /// Rows that equal an earlier row in every column.
    pub duplicates: u64,
    /// Whether that number is exact; beyond two million distinct rows it is
    /// estimated from a sample (standard error under 0.2 % of the rows).
    pub duplicates_exact: bool,
    /// Duplicates that were left out, only with [`Duplicates::Drop`].
    pub duplicates_dropped: u64,
    /// Days with a purchase, summed over customers.
    pub purchase_days: u64,
    /// Customers with at least one purchase.
    pub customers: u64,
    /// Customers seen in returns only.
    pub customers_without_purchase: u64,
    /// Customers with purchases on two days or more.
    pub repeat_buyers: u64,
    /// Sum of the purchases' amounts, after netting.
    pub total_amount: Option<f64>,
    /// First day with a usable row.
    pub first_day: Option<NaiveDate>,
    /// Last day with a usable row; the data is taken to be complete up to it.
    pub last_day: Option<NaiveDate>,
    /// The time zone has a name that is unknown here: its days are those of UTC.
    pub time_zone_ignored: bool,
}

/// Purchases by customer and day: customers sorted by key (as numbers where all
/// are), their days ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct Transactions {
    pub(crate) customers: Vec<String>,
    /// `offsets[i]..offsets[i + 1]` are the days of customer `i`.
    pub(crate) offsets: Vec<usize>,
    /// Days since 1970-01-01.
    pub(crate) days: Vec<i32>,
    /// Sum of the day; all zero where there is no amount.
    pub(crate) amounts: Vec<f64>,
    pub(crate) has_amount: bool,
    pub(crate) counts: Counts,
    /// First and last day with a usable row.
    pub(crate) first_day: i32,
    pub(crate) last_day: i32,
}

impl Transactions {
    /// What became of every row.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many customers bought something.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether nobody bought anything.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// Whether an amount was given.
    pub fn has_amount(&self) -> bool {
        self.has_amount
    }

    /// Customer by customer: key, days since 1970-01-01 (ascending), amount of each day.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[i32], &[f64])> {
        self.customers.iter().enumerate().map(|(i, key)| {
            let range = self.offsets[i]..self.offsets[i + 1];
            (key.as_str(), &self.days[range.clone()], &self.amounts[range])
        })
    }
}

/// Days from 1970-01-01 to 0001-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

/// The calendar date of a number of days since 1970-01-01.
pub(crate) fn date_of(day: i32) -> NaiveDate {
    day.checked_add(EPOCH_FROM_CE).and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

/// The number of days since 1970-01-01.
pub(crate) fn day_of(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// Whether a text is a number as people write amounts.
pub(crate) fn amount_in_text(text: &str) -> bool {
    matches!(amount::from_text(Some(text)), amount::Amount::Nano(_))
}

/// The day that a text is, in one of the forms that cleaning reads; not a plain number.
pub(crate) fn day_in_text(text: &str) -> Option<i32> {
    if text.trim().bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    day::from_text(text)
}

/// The day that a number is, read as YYYYMMDD.
pub(crate) fn day_in_digits(number: i64) -> Option<i32> {
    day::from_digits(number)
}

#[cfg(test)]
mod tests;
