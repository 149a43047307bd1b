//! Opens a file as settled on.

use std::path::Path;

use tandem_core::{Error, ErrorCode, Result};

use crate::{
    columnar, json,
    options::{Format, ImportOptions, ResolvedOptions},
    reader::{Context, Reader},
    sniff::{sniff, sniff_within},
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

/// Reads the file at `path` as [`open`] does, if its columns still are those
/// that were settled on: it may have changed since, and values must not end in
/// the column of another name.
///
/// # Errors
/// As [`open`]; `schema_mismatch` where the columns are others.
pub fn open_settled(path: &Path, file_name: &str, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    let found = sniff_within(path, file_name, &options.as_asked(), &context.limits);
    let found = found.map_err(|error| match error.code() {
        // Nobody asked for anything: the file is not what it was.
        ErrorCode::InvalidParameter => has_changed().with_source(error),
        _ => error,
    })?;
    // A key of JSON that was not planned for rejects its row, and a Parquet
    // file names its columns.
    let by_place = matches!(options.format, Format::Csv | Format::Excel);
    let sources = found.options.columns.iter().map(|column| &column.source);
    let same = sources.eq(options.columns.iter().map(|column| &column.source));
    if found.options.compression != options.compression || (by_place && !same) {
        return Err(has_changed());
    }
    open(path, options, context)
}

/// A source whose columns are not those that were settled on.
pub(crate) fn has_changed() -> Error {
    Error::new(ErrorCode::SchemaMismatch, "The columns are not those of the preview. Look at the preview again.")
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
