//! Rows that a command writes to a file, by the file's ending.

use std::path::PathBuf;

use futures::StreamExt;
use tandem_core::Result;
use tandem_engine::{
    Batches,
    encode::{Format, encode},
};

use crate::output;

/// A file and its format.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) path: PathBuf,
    format: Format,
}

/// The file of a name, by its ending.
pub(crate) fn target(text: &str) -> std::result::Result<Target, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
    let format = match ending.as_deref() {
        // With the mark by which spreadsheet programs know UTF-8.
        Some("csv") => Format::CsvForSpreadsheets,
        Some("ndjson" | "jsonl") => Format::Ndjson,
        Some("parquet") => Format::Parquet,
        Some("arrow" | "arrows") => Format::Arrow,
        Some("xlsx") => Format::Xlsx,
        _ => return Err("end the name in .csv, .ndjson, .parquet, .xlsx or .arrow".to_owned()),
    };
    Ok(Target { path, format })
}

impl Target {
    /// Writes the rows.
    ///
    /// # Errors
    /// Those of the rows and of [`output::write`].
    pub(crate) async fn write(&self, rows: Batches) -> Result<()> {
        let mut encoded = Box::pin(encode(rows, self.format));
        let mut sink = output::Sink::open(&self.path)?;
        while let Some(part) = encoded.next().await {
            sink.write(&part?)?;
        }
        sink.finish()
    }

    /// What a server calls the kind of file.
    pub(crate) const fn name(&self) -> &'static str {
        match self.format {
            Format::Csv | Format::SafeCsv | Format::CsvForSpreadsheets => "csv",
            Format::Ndjson => "ndjson",
            Format::Parquet => "parquet",
            Format::Arrow => "arrow",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
        }
    }
}
