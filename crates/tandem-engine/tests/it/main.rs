//! The engine as its callers see it: versions, queries through access plans,
//! limits, attacks, encoders.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails")]

mod attacks;
mod compare;
mod distinct;
mod encode;
mod kill;
mod limits;
mod policies;
mod queries;
mod readers;
mod shortcuts;
mod support;
mod upsert;
mod versions;
