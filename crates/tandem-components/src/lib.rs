//! The components that ship: what they declare, and what they compute.
//!
//! A component is a folder's file of Rust beside its signature as JSON. Most say
//! what they do as one `SELECT` over their inputs ([`Body`]); what SQL cannot say
//! reads rows. docs/adr/0007 has the reasons.
//!
//! Invariant: nothing here knows of people, assets or runs, and nothing opens a
//! table by itself: rows come through the engine that is handed in.

mod catalog;
mod clean;
pub mod columns;
mod component;
pub mod data;
pub mod flow;
pub mod functions;
mod gives;
mod learn;
mod look;
mod order;
mod page;
mod refusal;
mod rows;
mod select;
mod shape;
pub mod sql;
mod template;
mod totals;

pub use catalog::{all, find};
pub use columns::Shipped;
pub use component::{Ask, Body, Component, Query, Table};
pub use refusal::{refuse, words};
pub use rows::{Function, Host, Output, Outputs};
