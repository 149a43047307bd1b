//! Files read from end to end.

mod real;
mod support;
