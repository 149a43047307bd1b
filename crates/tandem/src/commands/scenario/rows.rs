//! The rows that a scenario gives, as a file.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use futures::StreamExt;
use tandem_core::Result;
use tandem_engine::{
    Batches,
    encode::{Format, encode},
};

use crate::output;

/// A file and its format.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    format: Format,
}

/// The file of a name, by its ending.
pub(super) fn target(text: &str) -> std::result::Result<Target, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
    let format = match ending.as_deref() {
        // With the mark by which spreadsheet programs know UTF-8.
        Some("csv") => Format::CsvForSpreadsheets,
        Some("ndjson" | "jsonl") => Format::Ndjson,
        Some("parquet") => Format::Parquet,
        Some("arrow" | "arrows") => Format::Arrow,
        _ => return Err("end the name in .csv, .ndjson, .parquet or .arrow".to_owned()),
    };
    Ok(Target { path, format })
}

impl Target {
    /// Writes the rows.
    ///
    /// # Errors
    /// Those of [`output::write`].
    pub(super) fn write(&self, rows: RecordBatch) -> Result<()> {
        let mut encoded = Box::pin(encode(Batches::from_vec(rows.schema(), vec![rows]), self.format));
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let bytes = runtime.block_on(async {
            let mut bytes = Vec::new();
            while let Some(part) = encoded.next().await {
                bytes.extend_from_slice(&part?);
            }
            Ok::<_, tandem_core::Error>(bytes)
        })?;
        output::write(&self.path, &bytes)
    }
}
