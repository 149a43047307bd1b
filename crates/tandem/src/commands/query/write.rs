//! Rows as bytes on standard output, as they come.

use futures::StreamExt;
use tandem_app::{
    files::FileQuery,
    tables::{self, encode},
};
use tandem_core::Result;

use super::Format;
use crate::output;

/// Prints all rows.
///
/// # Errors
/// Those of the query, and of standard output.
pub(super) async fn write(query: FileQuery, format: Format) -> Result<()> {
    let encoding = match format {
        Format::Csv => tables::Format::Csv,
        Format::Json | Format::Ndjson | Format::Table => tables::Format::Ndjson,
        Format::Arrow => tables::Format::Arrow,
        Format::Parquet => tables::Format::Parquet,
    };
    // What was put aside for the query stays until its last row.
    let (stream, _aside) = query.into_parts();
    let mut bytes = Box::pin(encode(stream.into_batches(), encoding));
    let mut array = (format == Format::Json).then(Array::default);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk?;
        match &mut array {
            Some(array) => output::print(&array.add(&chunk))?,
            None => output::print(&chunk)?,
        }
    }
    match array {
        Some(array) => output::print(&array.finish()),
        None => Ok(()),
    }
}

/// Lines of objects becoming one array: each line's end becomes a comma, but the last.
#[derive(Debug, Default)]
struct Array {
    begun: bool,
    /// A line has ended, and nothing has come after it yet.
    ended: bool,
}

impl Array {
    fn add(&mut self, lines: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(lines.len() + 16);
        for &byte in lines {
            if byte == b'\n' {
                self.ended = true;
                continue;
            }
            if !std::mem::replace(&mut self.begun, true) {
                out.extend_from_slice(b"[\n");
            }
            if std::mem::take(&mut self.ended) {
                out.extend_from_slice(b",\n");
            }
            out.push(byte);
        }
        out
    }

    fn finish(self) -> Vec<u8> {
        if self.begun { b"\n]\n".to_vec() } else { b"[]\n".to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_one_array_wherever_they_are_cut() {
        let lines = b"{\"a\":1}\n{\"a\":\"x\\n\"}\n{}\n";
        for cut in 0..=lines.len() {
            let mut array = Array::default();
            let mut out = array.add(&lines[..cut]);
            out.extend(array.add(&lines[cut..]));
            out.extend(array.finish());
            let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(value, serde_json::json!([{"a": 1}, {"a": "x\n"}, {}]));
        }
        assert_eq!(Array::default().finish(), b"[]\n");
    }
}
