//! Services that workflows may call over HTTP: those that the operator named, with the headers that they need.
//!
//! Invariant: whoever draws a workflow chooses a service by its name and a path below it, and never an address; secrets
//! are read from files when they are needed, and appear in no message.

mod answer;
mod services;

pub use services::{Call, Method, Services};
