//! Rows as an Arrow IPC stream.

use arrow::{array::RecordBatch, datatypes::SchemaRef, ipc::writer::StreamWriter};
use tandem_core::{Error, Result};

use super::Encoder;

pub(super) struct Ipc {
    writer: StreamWriter<Vec<u8>>,
}

impl Ipc {
    /// Begins with the schema.
    pub(super) fn new(schema: &SchemaRef, out: &mut Vec<u8>) -> Result<Self> {
        let writer = StreamWriter::try_new(Vec::new(), schema).map_err(Error::internal)?;
        let mut ipc = Self { writer };
        ipc.take(out);
        Ok(ipc)
    }

    fn take(&mut self, out: &mut Vec<u8>) {
        out.append(self.writer.get_mut());
    }
}

impl Encoder for Ipc {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        self.writer.write(batch).map_err(Error::internal)?;
        self.take(out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.writer.finish().map_err(Error::internal)?;
        self.take(out);
        Ok(())
    }
}
