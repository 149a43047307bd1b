//! SQL over the datasets that one may use.

mod execute;
pub mod limits;
pub mod plan;

pub use execute::{Answer, Catalog, CatalogTable, Running, cancel, catalog, execute, export};
