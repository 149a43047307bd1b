//! The import walk: bytes → staged file → sniff → preview → job → Delta
//! version → profile.

mod execute;
mod request;
mod source;
mod stage;

pub(crate) use execute::execute;
pub use request::{ImportRequest, SniffRequest, start};
pub use source::{NewSource, sniff};
pub use stage::{Upload, browse, folders, upload};
