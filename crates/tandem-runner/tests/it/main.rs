//! Workflows, run over small tables.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod bench;
mod runs;
