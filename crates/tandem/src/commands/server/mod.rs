//! The commands of an installation: they work on its data folder.

mod demo;
mod init;
mod migrate;
mod openapi;
mod options;
mod serve;

pub(crate) use init::Init;
pub(crate) use migrate::migrate;
pub(crate) use openapi::openapi;
pub(crate) use options::DataOptions;
pub(crate) use serve::Serve;
