//! Rows as one Parquet file.

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::arrow::ArrowWriter;
use tandem_core::{Error, Result};

use super::{Encoder, shared::Shared};
use crate::store::{ROW_GROUP_ROWS, properties};

pub(super) struct File {
    /// None once it is finished.
    writer: Option<ArrowWriter<Shared>>,
    written: Shared,
}

impl File {
    pub(super) fn new(schema: &SchemaRef) -> Result<Self> {
        let written = Shared::default();
        let writer =
            ArrowWriter::try_new(written.clone(), schema.clone(), Some(properties())).map_err(Error::internal)?;
        Ok(Self { writer: Some(writer), written })
    }
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Err(Error::internal("the file is finished")) };
        writer.write(batch).map_err(Error::internal)?;
        if writer.in_progress_rows() >= ROW_GROUP_ROWS || writer.in_progress_size() >= 64 << 20 {
            writer.flush().map_err(Error::internal)?;
        }
        self.written.take(out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(Error::internal)?;
        }
        self.written.take(out);
        Ok(())
    }
}
