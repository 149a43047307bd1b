//! Workflows as values: what a component takes and gives, the graph that
//! people draw, what is wrong with it, what of it is known already, and what to
//! do next.
//!
//! Invariant: no I/O, no clock, no chance that it was not given. Nothing here
//! computes a table: a column is a name and a kind. docs/adr/0007 has the reasons.

pub mod check;
pub mod column;
pub mod diff;
pub mod digest;
pub mod graph;
pub mod layout;
pub mod notebook;
pub mod package;
pub mod params;
pub mod plan;
pub mod signature;
#[cfg(test)]
mod testing;

pub use column::{Column, ColumnKind, Columns, PortColumns};
pub use digest::Digest;
pub use graph::Workflow;
pub use signature::Signature;
