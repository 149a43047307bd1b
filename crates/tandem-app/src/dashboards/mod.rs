//! Dashboards: pages of figures over datasets, which whoever reads them sees
//! with their own access, narrows by shared filters and takes away as a file.
//!
//! Invariant: nothing here opens a table. A page becomes a workflow, and
//! `workflows::compute` runs it with the reader's rights.

mod answer;
mod bind;
mod choices;
mod compile;
mod document;
mod export;
mod manage;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Answered, UsedVersion, answer, preview};
pub use bind::{Binding, RoleColumn, SourceRoles, bind, roles};
pub use choices::{Asked, Choices, choices, preview_choices};
pub use compile::Reading;
pub use document::{Block, Condition, Dashboard, Figure, Filter, Page, Shows, Source};
pub use export::file;
pub(crate) use export::report;
pub use manage::{DashboardDetail, create, get, save};
