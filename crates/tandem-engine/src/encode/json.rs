//! Rows as JSON: arrays for a page, objects for a file.

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use tandem_core::{Error, Result};

use super::{
    Encoder,
    value::{Style, column},
};

/// `[[1,"a"],[2,"b"]]`.
pub(super) struct JsonRows {
    first: bool,
}

impl JsonRows {
    pub(super) fn new(out: &mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { first: true }
    }
}

impl Encoder for JsonRows {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let columns = batch.columns().iter().map(|array| column(array.as_ref(), Style::Json));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            if !std::mem::take(&mut self.first) {
                out.push(b',');
            }
            out.push(b'[');
            for (at, write) in columns.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(row, out);
            }
            out.push(b']');
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        out.push(b']');
        Ok(())
    }
}

/// `{"a":1}` and a line's end, for each row.
pub(super) struct JsonLines {
    /// `"name":`, for each column.
    names: Vec<String>,
}

impl JsonLines {
    pub(super) fn new(schema: &SchemaRef) -> Result<Self> {
        let name = |name: &String| serde_json::to_string(name).map(|name| name + ":").map_err(Error::internal);
        Ok(Self { names: schema.fields().iter().map(|field| name(field.name())).collect::<Result<_>>()? })
    }
}

impl Encoder for JsonLines {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let columns = batch.columns().iter().map(|array| column(array.as_ref(), Style::Json));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            out.push(b'{');
            for (at, (name, write)) in self.names.iter().zip(&columns).enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(name.as_bytes());
                write(row, out);
            }
            out.extend_from_slice(b"}\n");
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}
