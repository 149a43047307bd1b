//! Use cases and authorization, a folder a domain.
//!
//! Invariants: nothing here knows HTTP or SQL dialects; whoever reads a table
//! does so through an access plan made by `query::plan`; every use case begins
//! with one of the `require_*` calls of [`access`].

pub mod access;
mod app;
pub mod apps;
pub mod assets;
pub mod backup;
pub mod components;
pub mod dashboards;
pub mod datasets;
pub mod deliveries;
pub mod demo;
pub mod doctor;
pub mod files;
mod house;
pub mod mail;
pub mod models;
pub mod people;
pub mod projects;
pub mod python;
pub mod query;
pub mod runs;
pub mod scenarios;
pub mod schedule;
mod seal;
pub mod threads;
mod turns;
pub mod workflows;

pub use app::App;
pub use house::tidy;
/// What is said about a file to import.
pub use tandem_ingest::{ImportOptions, ResolvedOptions, source::database::DatabaseKind};
/// The records that use cases take and return.
pub use tandem_meta::repo as records;
/// The kinds of file that a report is given away as, and the font of one of them.
pub use tandem_report::{FileFormat, pdf::Fonts};

/// Rows on their way out.
pub mod tables {
    pub use tandem_engine::{
        QueryStream,
        encode::{Format, encode, json_rows},
    };
}
