//! Looks at a file and says what it is: format, encoding, delimiter, header,
//! columns and types, with a preview of how it would be read.

mod delimited;
mod dialect;
mod encoding;
pub(crate) mod header;
pub(crate) mod infer;
mod kind;
pub(crate) mod plan;
mod preview;
mod sample;
mod warning;

use std::path::Path;

use serde::{Deserialize, Serialize};
use tandem_core::Result;

pub(crate) use delimited::TextSample;
use kind::Kind;
pub(crate) use preview::preview_of;
pub use warning::{Warning, WarningCode};

use crate::{
    columnar, json,
    limits::Limits,
    options::{Compression, Format, ImportOptions, ResolvedOptions},
    read,
    reject::Reject,
    types::ColumnType,
    workbook,
};

/// What a file was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sniffed {
    /// The kind of file.
    pub format: Format,
    /// Everything that was settled on: found, or overridden.
    pub options: ResolvedOptions,
    /// Every column of the file, in its order.
    pub columns: Vec<SniffedColumn>,
    /// The first rows as they would be read, one text a column that is
    /// included; none for a missing value.
    pub rows: Vec<Vec<Option<String>>>,
    /// The rows among the first that would be rejected.
    pub rejects: Vec<Reject>,
    /// What the user should know before importing.
    pub warnings: Vec<Warning>,
    /// Names of the sheets of a workbook.
    pub sheets: Vec<String>,
    /// About how many rows the file has, where that can be told.
    pub row_estimate: Option<u64>,
}

/// What was found of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SniffedColumn {
    /// Its name as sniffed; overrides name it so.
    pub source: String,
    /// Its name in the result.
    pub name: String,
    /// Its type in the result.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The type that its values suggest.
    pub inferred: ColumnType,
    /// Whether a value was missing in the sample.
    pub nullable: bool,
    /// Whether it is in the result.
    pub include: bool,
    /// Some values as they are written.
    pub samples: Vec<String>,
}

/// What the sniffer of one format found.
pub(crate) struct Found {
    pub(crate) options: ResolvedOptions,
    pub(crate) columns: Vec<SniffedColumn>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) sheets: Vec<String>,
    pub(crate) row_estimate: Option<u64>,
}

/// Looks at the file at `path`, which its owner calls `file_name`.
///
/// The types are those that hold every value of a sample from all over the
/// file. A value elsewhere that doesn't fit becomes a rejected row on import.
///
/// # Errors
/// `unsupported_format`, `malformed_file`, `truncated_file`,
/// `archive_too_large`, and `invalid_parameter` where `options` don't fit the
/// file.
pub fn sniff(path: &Path, file_name: &str, options: &ImportOptions) -> Result<Sniffed> {
    sniff_within(path, file_name, options, &Limits::default())
}

/// As [`sniff`], within other limits.
///
/// # Errors
/// As [`sniff`].
pub fn sniff_within(path: &Path, file_name: &str, options: &ImportOptions, limits: &Limits) -> Result<Sniffed> {
    let found = find(path, file_name, options, limits)?;
    let (rows, rejects) = preview::preview(path, &found.options, limits)?;
    Ok(Sniffed {
        format: found.options.format,
        options: found.options,
        columns: found.columns,
        rows,
        rejects,
        warnings: found.warnings,
        sheets: found.sheets,
        row_estimate: found.row_estimate,
    })
}

/// As [`sniff`], for who needs no preview: how the file is read.
///
/// # Errors
/// As [`sniff`].
pub fn settle(path: &Path, file_name: &str, options: &ImportOptions) -> Result<ResolvedOptions> {
    Ok(find(path, file_name, options, &Limits::default())?.options)
}

fn find(path: &Path, file_name: &str, options: &ImportOptions, limits: &Limits) -> Result<Found> {
    let Kind { format, compression, name } = kind::detect(path, file_name, options, limits)?;
    let mut found = match format {
        Format::Parquet => columnar::sniff(path, options)?,
        Format::Json | Format::Ndjson => json::sniff(path, format, compression, options, limits)?,
        Format::Excel => workbook::sniff(path, options, limits)?,
        Format::Database => return Err(read::no_file()),
        Format::Csv => delimited::sniff(path, &name, compression, options, limits)?,
    };
    if compression == Compression::Zip {
        let message = format!("The archive holds one file, `{name}`, and it is read.");
        found.warnings.insert(0, Warning::new(WarningCode::ArchiveMember, name, message));
    }
    Ok(found)
}
