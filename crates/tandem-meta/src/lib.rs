//! Metadata on SQLite and PostgreSQL, through one contract.
//!
//! [`Meta`] is the opened database. [`Meta::read`] gives a [`Snapshot`], on
//! which all look-ups are; [`Meta::begin`] gives a [`Tx`], which can look up
//! and write. One transaction is one write: what it changes, the jobs and
//! events that this causes, and its audit rows become durable together with
//! [`Tx::commit`], or not at all.
//!
//! - Look-ups answer `Result<Option<T>>`; what must be there is the caller's
//!   to say.
//! - Every look-up and write on what belongs to an organization takes its
//!   `OrgId` and filters on it in SQL; foreign keys carry it too.
//! - Lists are paged by the key of their last row; where a list takes a `keep`
//!   function, rows that it hides neither shorten a page nor show in a cursor.
//! - The time comes from the clock given to [`Meta::open`]; a transaction has
//!   one time for all its rows.
//!
//! Invariant: nothing outside this crate knows a dialect of SQL, and nothing
//! in it knows HTTP, tables of data or who may do what.

mod backup;
#[cfg(test)]
mod durability;
mod meta;
mod migrate;
mod page;
pub mod repo;
mod sql;
mod tx;

pub use backup::{BackupInfo, database_file, restore};
pub use meta::Meta;
pub use migrate::{SchemaState, schema_digest};
pub use repo::{
    access::{AccessFilter, AccessRequest, AccessState},
    account::{Account, NewAccount, Theme},
    asset::{Asset, AssetFilter, AssetKind, AssetOrder, NewAsset},
    audit::{AuditCheck, AuditEntry, AuditFilter, AuditRow, Decision},
    grant::Grant,
    job::{Heartbeat, Job, JobFilter, JobState, Lease, NewJob, Retry, backoff, rest},
    lineage::{Direction, Lineage, Node, Step},
    org::{Member, Membership, Org},
    outbox::{Event, Topic},
    policy::{Policy, Setting},
    project::{Project, ProjectFilter, ProjectMember},
    restriction::Source,
    run::{NewRun, Run, RunEnd, RunFilter, RunInput, RunKind, RunLink, RunState, RunView},
    schedule::{Cause, Claim, Firing, FiringEnd, NewFiring, NewSchedule, Outcome, Schedule, ScheduleState, Watched},
    session::{NewSession, Session, SignedIn},
    sign_in::SignInFailures,
    thread::{Comment, NewThread, Thread, ThreadCount, ThreadFilter, ThreadState},
    token::{NewToken, Token, TokenHolder},
    upload::{NewUpload, Upload},
    version::{NewVersion, Version},
};
pub use sql::Secret;
pub use tx::{Snapshot, Tx};
