//! Pure algorithms on Arrow arrays: no I/O, no clock, seeded.
//!
//! - [`transactions`] cleans rows of purchases; [`customer_value`] values the
//!   customers they come from, with [`rfm`], [`bgnbd`] and [`gamma_gamma`].
//! - [`profile`] describes a table column by column; [`quality`] checks rules.
//!
//! Invariant: the same input and seed give the same output to the last bit, in
//! whatever order rows arrive.

pub mod bgnbd;
pub mod customer_value;
pub mod gamma_gamma;
pub mod profile;
pub mod quality;
pub mod rfm;
pub mod transactions;

mod hashing;
mod optimize;
mod special;
