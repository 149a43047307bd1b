//! The engine as its callers see it: versions, queries through access plans,
//! limits, attacks, encoders.

mod attacks;
mod compare;
mod encode;
mod kill;
mod limits;
mod queries;
mod support;
mod upsert;
mod versions;
