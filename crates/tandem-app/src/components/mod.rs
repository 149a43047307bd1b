//! Packaged components: chosen nodes of a workflow as an asset with versions,
//! which other workflows use as one node.

mod content;
mod library;
mod list;
mod make;
mod manage;

pub(crate) use content::{Content, id_of, name_of};
pub(crate) use library::Library;
pub use list::{ComponentDetail, Entry, Package, VersionLine, Withdrawn, catalogue, differences, one};
pub use make::{Made, MakeRequest, Replace, make, suggest};
pub use manage::{share, star, withdraw};
pub use tandem_flow::package::{Change, Choice};
