//! The shared data, where it is.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use tandem_core::Cancel;
use tandem_science::{
    customer_value::{Outcome, Params, run},
    transactions::{Cleaner, Cleaning, Roles, Transactions},
};

/// A shared file, or `None` (and a message) where the folder is not there.
pub(crate) fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TANDEM_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there (set TANDEM_SHARED_DATA)", path.display());
    None
}

pub(crate) fn roles(customer: &str, time: &str, amount: Option<&str>) -> Roles {
    Roles { customer: customer.into(), time: time.into(), amount: amount.map(Into::into), quantity: None }
}

pub(crate) fn clean(batches: &[RecordBatch], roles: Roles, cleaning: Cleaning) -> Transactions {
    let mut cleaner = Cleaner::new(roles, cleaning);
    for batch in batches {
        cleaner.update(batch).unwrap();
    }
    cleaner.finish().unwrap()
}

pub(crate) fn value(transactions: &Transactions, params: &Params) -> Outcome {
    run(transactions, params, &(), &Cancel::new()).unwrap()
}

#[track_caller]
pub(crate) fn assert_within(actual: f64, expected: f64, relative: f64) {
    assert!((actual / expected - 1.0).abs() <= relative, "{actual} is not within {relative} of {expected}");
}
