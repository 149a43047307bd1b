//! Rows as CSV (RFC 4180).

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    datatypes::{DataType, SchemaRef},
};
use tandem_core::Result;

use super::{
    Encoder,
    value::{Style, column},
};

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct Csv {
    cell: Vec<u8>,
    /// Whether texts that begin like formulas are made harmless.
    safe: bool,
}

impl Csv {
    /// Begins with the header.
    pub(super) fn new(schema: &SchemaRef, safe: bool, out: &mut Vec<u8>) -> Self {
        for (at, field) in schema.fields().iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            let name = field.name();
            let name = if safe && is_formula(name.as_bytes()) { format!("'{name}") } else { name.clone() };
            put(name.as_bytes(), out);
        }
        out.push(b'\n');
        Self { cell: Vec::new(), safe }
    }
}

/// Whether a spreadsheet program would compute the text. A number with a sign
/// is one, and no formula.
fn is_formula(text: &[u8]) -> bool {
    // The wide forms count as well where Chinese or Japanese is typed.
    let wide = ["＝", "＋", "－", "＠"].iter().any(|sign| text.starts_with(sign.as_bytes()));
    let begins = wide || matches!(text.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    begins && !std::str::from_utf8(text).is_ok_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite))
}

/// A cell with quotes where it needs them.
fn put(cell: &[u8], out: &mut Vec<u8>) {
    let needs = cell.is_empty()
        || cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        || cell.first() == Some(&b' ')
        || cell.last() == Some(&b' ');
    if !needs {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

impl Encoder for Csv {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let columns =
            batch.columns().iter().map(|array| Ok((column(array.as_ref(), Style::Csv)?, array.logical_nulls())));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let is_text =
            |array: &ArrayRef| matches!(array.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let texts: Vec<bool> = batch.columns().iter().map(is_text).collect();
        let only = columns.len() == 1;
        for row in 0..batch.num_rows() {
            for (at, (write, nulls)) in columns.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    continue;
                }
                self.cell.clear();
                write(row, &mut self.cell);
                if self.safe && texts[at] && is_formula(&self.cell) {
                    self.cell.insert(0, b'\'');
                }
                put(&self.cell, out);
            }
            // A line of one empty cell would be no row to most readers.
            if only && columns.iter().all(|(_, nulls)| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))) {
                out.extend_from_slice(b"\"\"");
            }
            out.push(b'\n');
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}
