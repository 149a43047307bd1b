//! The repositories: for each subject its records, its look-ups (on
//! [`Snapshot`](crate::Snapshot)) and its writes (on [`Tx`](crate::Tx)).
//!
//! Whatever belongs to an organization is looked up with its `OrgId`, which
//! every statement filters on. What has none (sessions and tokens before it is
//! known who asks, housekeeping, the worker's queue) says so.

pub mod access;
pub mod account;
pub mod asset;
pub mod audit;
pub mod draft;
pub mod grant;
pub mod job;
pub mod lineage;
pub mod org;
pub mod outbox;
pub mod policy;
pub mod project;
pub mod restriction;
pub mod run;
pub mod schedule;
pub mod session;
pub mod sign_in;
pub mod thread;
pub mod token;
pub mod upload;
pub mod version;

/// How a name is compared: without its case and the space around it.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}
