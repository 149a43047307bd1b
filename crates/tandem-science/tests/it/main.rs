//! The algorithms on real data, against published figures.

#[cfg(test)]
mod cdnow;
#[cfg(test)]
mod models;
#[cfg(test)]
mod retail;
#[cfg(test)]
mod shared;
