//! The server as a whole, over HTTP: what it answers to whom; and the command
//! line without one.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on fails, and says where"
)]

mod assets;
mod audit;
mod cli;
mod coverage;
mod crash;
mod data;
mod datasets;
mod exports;
mod imports;
mod isolation;
mod members;
mod postgres;
mod projects;
mod scenarios;
mod session;
mod sources;
mod tokens;
mod world;
