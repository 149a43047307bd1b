//! Components through a real engine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on fails")]

mod charts;
mod columns;
mod edges;
mod examples;
mod flow;
mod host;
mod hostile;
mod learn;
mod odd;
mod refusals;
mod support;
mod template;
mod totals;
mod values;
mod workflows;
