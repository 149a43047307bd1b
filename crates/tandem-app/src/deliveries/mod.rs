//! Deliveries: a dashboard as files, into a folder or by mail, when a schedule
//! says so or a person does.
//!
//! What is delivered has left, so it takes the right to download every dataset
//! that the dashboard reads, of the person who has set it up, and as it is at
//! each delivery. Nothing is written outside of the folders that the operator
//! names, and nobody is mailed whom the operator doesn't allow.

mod execute;
mod folder;
mod manage;
mod name;
mod settings;
mod start;

pub(crate) use execute::execute;
pub use manage::{Delivered, Deliveries, DeliveryView, Offers, create, get, list, remove, send, set};
pub use settings::{DeliverySettings, Stamp, Target};
pub(crate) use start::{reads, ready};
