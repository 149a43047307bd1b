//! Pure algorithms on Arrow arrays: no I/O, no clock, seeded.
//!
//! - [`transactions`] cleans rows of purchases; [`customer_value`] values the
//!   customers they come from, with [`rfm`], [`bgnbd`] and [`gamma_gamma`].
//! - [`design`] encodes a table for models and remembers how.
//! - [`boost`] is gradient boosting of trees, with its explanation.
//! - [`linear`] is linear and logistic regression, with inference.
//! - [`evaluate`] judges answers: order, probabilities, decisions, numbers.
//! - [`look`] correlates columns and tests differences.
//! - [`cluster`] finds groups, directions and outliers.
//! - [`forecast`] continues a series, with intervals.
//! - [`explain`] finds what answers hang on; [`split`] sets rows aside.
//! - [`model`] trains, tunes and applies models, which are documents.
//! - [`profile`] describes a table column by column; [`quality`] checks rules.
//!
//! Invariant: the same input and seed give the same output to the last bit, on
//! any number of threads; what is counted of transactions and columns does not
//! depend on the order of rows either.

pub mod bgnbd;
pub mod boost;
pub mod cluster;
pub mod customer_value;
pub mod design;
pub mod evaluate;
pub mod explain;
pub mod forecast;
pub mod gamma_gamma;
pub mod hashing;
pub mod linear;
pub mod look;
pub mod model;
pub mod profile;
pub mod quality;
pub mod rfm;
pub mod split;
pub mod transactions;
pub mod work;

mod distribution;
mod linalg;
mod optimize;
mod special;
#[cfg(test)]
mod testing;
