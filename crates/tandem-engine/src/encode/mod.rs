//! Batches as bytes, as they come: nothing waits for the last row.
//!
//! Values in the text formats (JSON, NDJSON, CSV): dates `2024-02-29`,
//! timestamps `2024-02-29T08:30:00` with a fraction where there is one and `Z`
//! where they have a zone, times `08:30:00`, decimals with all their digits,
//! binary in base64. In JSON, whole numbers beyond ±2^53 − 1 and decimals are
//! strings, as a browser would round them; so are `NaN`, `Infinity` and
//! `-Infinity`, for which JSON has no number. Lists are arrays, structures
//! objects; a map is an object where its keys are text and an array of pairs
//! elsewhere. Null is `null`, and an empty field in CSV (an empty text is `""`).
//!
//! What people open in a spreadsheet program must not compute: in the forms of
//! CSV that are for them a text that would be taken for a formula begins with
//! an apostrophe, and in a workbook a text is a text.

mod csv;
mod ipc;
mod json;
mod parquet;
mod shared;
mod value;
mod xlsx;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::Batches;

/// What batches are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// An Arrow IPC stream.
    Arrow,
    /// An array of rows, each an array of values.
    Json,
    /// One object a line, named by the columns.
    Ndjson,
    /// Comma-separated (RFC 4180, lines end in LF), with a header, in UTF-8.
    Csv,
    /// The same, in which no text begins like a formula.
    SafeCsv,
    /// The safe one after a byte order mark, by which spreadsheet programs know
    /// that it is UTF-8.
    CsvForSpreadsheets,
    /// An Excel workbook, with as many sheets as the rows need.
    Xlsx,
    /// One Parquet file, compressed with zstd.
    Parquet,
}

impl Format {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv | Self::SafeCsv | Self::CsvForSpreadsheets => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The usual end of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Arrow => "arrow",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv | Self::SafeCsv | Self::CsvForSpreadsheets => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }
}

/// Writes batches into a buffer that is emptied between them.
trait Encoder: Send {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()>;

    /// What comes after the last batch.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()>;
}

fn encoder(format: Format, schema: &SchemaRef, out: &mut Vec<u8>) -> Result<Box<dyn Encoder>> {
    Ok(match format {
        Format::Arrow => Box::new(ipc::Ipc::new(schema, out)?),
        Format::Json => Box::new(json::JsonRows::new(out)),
        Format::Ndjson => Box::new(json::JsonLines::new(schema)?),
        Format::Csv => Box::new(csv::Csv::new(schema, false, out)),
        Format::SafeCsv => Box::new(csv::Csv::new(schema, true, out)),
        Format::CsvForSpreadsheets => {
            out.extend_from_slice(csv::BYTE_ORDER_MARK);
            Box::new(csv::Csv::new(schema, true, out))
        }
        Format::Xlsx => Box::new(xlsx::Workbook::new(schema)?),
        Format::Parquet => Box::new(parquet::File::new(schema)?),
    })
}

/// The bytes of `batches` in `format`. An error ends the stream; what was
/// written until then is no complete file.
pub fn encode(batches: Batches, format: Format) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    enum State {
        Begin(Batches),
        Rows(Batches, Box<dyn Encoder>),
        End,
    }
    let steps = stream::try_unfold(State::Begin(batches), move |state| async move {
        let mut out = Vec::new();
        let next = match state {
            State::Begin(batches) => {
                let encoder = encoder(format, &batches.schema(), &mut out)?;
                State::Rows(batches, encoder)
            }
            State::Rows(mut batches, mut encoder) => match batches.next().await {
                Some(batch) => {
                    encoder.write(&batch?, &mut out)?;
                    State::Rows(batches, encoder)
                }
                None => {
                    encoder.finish(&mut out)?;
                    State::End
                }
            },
            State::End => return Ok(None),
        };
        Ok(Some((Bytes::from(out), next)))
    });
    steps.filter(|bytes: &Result<Bytes>| {
        let keep = bytes.as_ref().map_or(true, |bytes| !bytes.is_empty());
        futures::future::ready(keep)
    })
}

/// The rows of `batches` as one JSON array of arrays, for answers that hold a
/// page of them.
///
/// # Errors
/// `internal` where a type can't be written.
pub fn json_rows(batches: &[RecordBatch]) -> Result<String> {
    let mut out = Vec::new();
    let mut rows = json::JsonRows::new(&mut out);
    for batch in batches {
        rows.write(batch, &mut out)?;
    }
    rows.finish(&mut out)?;
    String::from_utf8(out).map_err(tandem_core::Error::internal)
}
