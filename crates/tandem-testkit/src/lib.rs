//! For tests: a running installation on a loopback port, its people and
//! projects, and clients that call it as them.
//!
//! Everything is real: the database (SQLite, or PostgreSQL with
//! `TANDEM_TEST_DB=postgres` and `TANDEM_TEST_POSTGRES_URL`), the tables, the
//! workers and HTTP. Two things are not: the clock, which tests may move, and
//! the cost of password hashes, which is as low as argon2 takes.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that can't be set up fails by panicking, and says why it was skipped"
)]

mod app;
mod assets;
mod client;
mod clock;
mod data;
mod database;
mod people;

pub use app::TestApp;
pub use client::{Answer, Client, Events};
pub use clock::MovingClock;
pub use data::shared_data;
pub use database::postgres_url;
pub use people::{PASSWORD, TestOrg, TestUser};
