//! Rows as CSV (RFC 4180).

use arrow::{
    array::{Array, RecordBatch},
    datatypes::SchemaRef,
};
use tandem_core::Result;

use super::{
    Encoder,
    value::{Style, column},
};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct Csv {
    cell: Vec<u8>,
}

impl Csv {
    /// Begins with the header.
    pub(super) fn new(schema: &SchemaRef, mark: bool, out: &mut Vec<u8>) -> Self {
        if mark {
            out.extend_from_slice(BYTE_ORDER_MARK);
        }
        for (at, field) in schema.fields().iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            put(field.name().as_bytes(), out);
        }
        out.push(b'\n');
        Self { cell: Vec::new() }
    }
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
