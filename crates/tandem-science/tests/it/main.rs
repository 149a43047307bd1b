//! The algorithms on real data, against published figures.

mod cdnow;
mod retail;
mod shared;
