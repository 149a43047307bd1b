//! Components that people make: chosen nodes of a workflow, or a function in
//! Python, as an asset with versions, which other workflows use as one node.

mod content;
mod contents;
mod library;
mod list;
mod make;
mod manage;
mod push;

pub use content::Program;
pub(crate) use content::{Content, id_of, name_of};
pub(crate) use contents::unfolded;
pub(crate) use library::Library;
pub use list::{ComponentDetail, Entry, Package, PythonInside, VersionLine, Withdrawn, catalogue, differences, one};
pub use make::{Made, MakeRequest, Replace, make, suggest};
pub use manage::{share, star, withdraw};
pub use push::{PushRequest, push, push_version};
pub use tandem_flow::package::{Change, Choice};
