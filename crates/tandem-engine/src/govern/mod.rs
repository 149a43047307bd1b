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

pub(crate) use guard::{GuardExec, masked};
pub(crate) use provider::{PlanTable, Rows, exposed_schema};
