//! The commands of an installation: they work on its data folder.

mod backup;
mod demo;
mod doctor;
mod init;
mod log;
mod mail;
mod migrate;
mod openapi;
mod options;
mod serve;

pub(crate) use backup::{Backup, Restore};
pub(crate) use doctor::Doctor;
pub(crate) use init::Init;
pub(crate) use migrate::migrate;
pub(crate) use openapi::openapi;
pub(crate) use options::DataOptions;
pub(crate) use serve::Serve;
