//! Files read from end to end.

mod bad;
mod delimited;
mod real;
mod support;
