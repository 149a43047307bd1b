//! Rows as an Excel workbook (ECMA-376), written as they come: a sheet after
//! the other, and what says how many there are at the end.
//!
//! Values that a sheet has no exact form for are texts: numbers of more than
//! 15 digits, days before March 1900. Texts are never formulas; one longer than
//! a cell may be ends in `…`.

mod cell;
mod parts;

use std::io::Write;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use tandem_core::{Error, ErrorCode, Result};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use self::cell::{Place, header, writer};
use super::{Encoder, shared::Shared};

/// Rows of a sheet, its header included.
const ROWS: u32 = 1 << 20;
/// Columns of a sheet.
const COLUMNS: usize = 1 << 14;
/// XML of one sheet, in bytes, below which its size fits the archive's plain
/// fields, as every program reads them.
const BYTES: u64 = 2 << 30;

pub(super) struct Workbook {
    schema: SchemaRef,
    /// `A`, `B`, … for each column.
    letters: Vec<String>,
    /// None once it is finished.
    archive: Option<ZipWriter<StreamWriter<Shared>>>,
    written: Shared,
    sheets: usize,
    /// Of the sheet that is open.
    rows: u32,
    bytes: u64,
    xml: Vec<u8>,
}

impl Workbook {
    /// Begins with nothing: the first row opens the first sheet.
    pub(super) fn new(schema: &SchemaRef) -> Result<Self> {
        if schema.fields().len() > COLUMNS {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                format!("A sheet has {COLUMNS} columns at the most. Choose fewer columns, or another format."),
            ));
        }
        let written = Shared::default();
        let archive = ZipWriter::new_stream(written.clone());
        let letters = (0..schema.fields().len()).map(cell::letters).collect();
        let schema = schema.clone();
        Ok(Self { schema, letters, archive: Some(archive), written, sheets: 0, rows: 0, bytes: 0, xml: Vec::new() })
    }

    fn archive(&mut self) -> Result<&mut ZipWriter<StreamWriter<Shared>>> {
        self.archive.as_mut().ok_or_else(|| Error::internal("the workbook is finished"))
    }

    fn part(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // Rows are often alike: the quickest level is most of the way.
            .compression_level(Some(1));
        self.archive()?.start_file(name, options).map_err(Error::internal)
    }

    fn open_sheet(&mut self) -> Result<()> {
        self.close_sheet()?;
        self.sheets += 1;
        self.part(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        self.xml.extend_from_slice(parts::SHEET_START.as_bytes());
        header(&self.schema, &self.letters, &mut self.xml);
        (self.rows, self.bytes) = (1, 0);
        self.flush()
    }

    fn close_sheet(&mut self) -> Result<()> {
        if self.sheets == 0 {
            return Ok(());
        }
        self.xml.extend_from_slice(parts::SHEET_END.as_bytes());
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        let xml = std::mem::take(&mut self.xml);
        self.bytes += xml.len() as u64;
        self.archive()?.write_all(&xml).map_err(Error::from)?;
        self.xml = xml;
        self.xml.clear();
        Ok(())
    }
}

impl Encoder for Workbook {
    fn write(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let columns = batch.columns().iter().map(|array| writer(array.as_ref())).collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            if self.sheets == 0 || self.rows == ROWS || self.bytes > BYTES {
                self.open_sheet()?;
            }
            self.rows += 1;
            let _ = write!(self.xml, "<row r=\"{}\">", self.rows);
            for (write, letters) in columns.iter().zip(&self.letters) {
                write(row, Place { letters, row: self.rows }, &mut self.xml);
            }
            self.xml.extend_from_slice(b"</row>");
            if self.xml.len() > 1 << 16 {
                self.flush()?;
            }
        }
        self.flush_open()?;
        self.written.take(out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if self.sheets == 0 {
            self.open_sheet()?;
        }
        self.close_sheet()?;
        for (name, text) in parts::rest(self.sheets) {
            self.part(name)?;
            self.archive()?.write_all(text.as_bytes()).map_err(Error::from)?;
        }
        if let Some(archive) = self.archive.take() {
            archive.finish().map_err(Error::internal)?;
        }
        self.written.take(out);
        Ok(())
    }
}

impl Workbook {
    fn flush_open(&mut self) -> Result<()> {
        if self.sheets > 0 { self.flush() } else { Ok(()) }
    }
}
