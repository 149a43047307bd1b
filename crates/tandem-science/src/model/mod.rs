//! A model as a document: what it needs, what it answers, and all it takes to
//! answer.
//!
//! A [`Model`] is made by [`train`] from a table, written as versioned JSON,
//! and applied to any table that has the columns of its [`Signature`].

mod apply;
mod document;
mod train;
mod tune;

pub use document::{Input, Learned, Model, Output, Signature};
pub use train::{Learner, Prepared, Task, TrainSpec, Trained, train};
pub use tune::{Choice, Trial, Trials, boost_choices, linear_choices, tune};

#[cfg(test)]
mod tests;
