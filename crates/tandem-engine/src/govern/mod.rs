//! Row filters and masks, beneath everything that SQL can reach.
//!
//! A restricted table is read by a plan of its own (scan, row filter, masks)
//! that ends in a [`guard`]: nothing of the query is evaluated below it but
//! comparisons that can't fail, nothing of what is below (statistics, paths,
//! filter constants, errors) is seen above it.

mod guard;
mod leakproof;
mod mask;
mod predicate;
mod provider;

use tandem_core::{Error, ErrorCode};

pub(crate) use guard::{GuardExec, masked};
pub(crate) use provider::{PlanTable, Rows, exposed_schema};

/// What is kept back names a column that this version doesn't have. Perhaps it
/// has another name there, so nothing of the version is shown; nor is the name
/// told, which may be kept back itself.
pub(crate) fn closed() -> Error {
    Error::new(
        ErrorCode::Forbidden,
        "This version is closed to you: rules keep some of the dataset from you, and name a column that this version \
         doesn't have. Ask whoever manages the dataset to bring its rules up to date, or read another version.",
    )
}
