//! In and out: what a workflow reads, and what it leaves behind.

mod query;
mod report;

use crate::{
    Body::{Outside, Query, Rows},
    catalog::Entry,
};

/// The component that reads a dataset.
pub const DATASET: &str = "dataset";
/// The component that writes one.
pub const WRITE_DATASET: &str = "write-dataset";
/// The component that reads a model.
pub const MODEL: &str = "model";
/// The component that keeps one.
pub const WRITE_MODEL: &str = "write-model";

/// The component that puts pages together.
pub const REPORT: &str = "report";

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("dataset.json"), Outside),
    (include_str!("query.json"), Query(query::query)),
    (include_str!("write_dataset.json"), Outside),
    (include_str!("report.json"), Rows(report::FUNCTION)),
    (include_str!("model.json"), Outside),
    (include_str!("write_model.json"), Outside),
];
