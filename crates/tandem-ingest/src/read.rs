//! Opens a file as settled on.

use std::path::Path;

use tandem_core::{Error, ErrorCode, Result};

use crate::{
    columnar, json,
    options::{Format, ImportOptions, ResolvedOptions},
    reader::{Context, Reader},
    sniff::sniff,
    text::csv,
    workbook,
};

/// Reads the file at `path` as `options` say, in chunks that each fit in
/// memory, in the file's order.
///
/// Every row of the file is either in a batch or among the rejects.
///
/// # Errors
/// `not_found`, `malformed_file`, `truncated_file`, `archive_too_large`; the
/// reader ends with the same ones where the fault is further in.
pub fn open(path: &Path, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    match options.format {
        Format::Parquet => columnar::open(path, options, context),
        Format::Json | Format::Ndjson => json::open(path, options, context),
        Format::Excel => workbook::open(path, options, context),
        Format::Database => Err(no_file()),
        Format::Csv => csv::open(path, options, context),
    }
}

/// Sniffs the file at `path` and reads it as found: for the command line.
///
/// # Errors
/// As [`sniff`] and [`open`].
pub fn open_batches(path: &Path) -> Result<Reader> {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let sniffed = sniff(path, &name, &ImportOptions::default())?;
    open(path, &sniffed.options, &Context::default())
}

/// A database is read through its own source.
pub(crate) fn no_file() -> Error {
    Error::new(ErrorCode::InvalidParameter, "A database is no file. Import it as a database.")
}
