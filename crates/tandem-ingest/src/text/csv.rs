//! Delimited text, read.

use std::{io::Read, path::Path};

use tandem_core::{Error, Result};

use super::{
    input::{Counted, Position, open_file, open_text},
    pipeline::{self, Parsed},
    records::{Dialect, Fault, Records, too_long},
    split::{Block, Splitter},
};
use crate::{
    cells::{CellTable, build::BuildPlan},
    options::ResolvedOptions,
    reader::{Context, Reader},
    reject::{Reject, RejectCode, raw_text},
};

impl ResolvedOptions {
    /// How the text is a table.
    pub(crate) const fn dialect(&self) -> Dialect {
        Dialect { delimiter: self.delimiter, quote: self.quote.0 }
    }
}

/// Reads a delimited text.
pub(crate) fn open(path: &Path, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    let total = open_file(path)?.metadata()?.len();
    let (text, position) =
        open_text(path, options.compression, &options.encoding, options.carriage_returns, &context.limits)?;
    read(text, Some(total), position, options, context)
}

/// Reads delimited UTF-8 from a stream.
pub(crate) fn open_stream(
    text: impl Read + Send + 'static,
    options: &ResolvedOptions,
    context: &Context,
) -> Result<Reader> {
    let position = Position::default();
    read(Counted::new(text, position.clone()), None, position, options, context)
}

fn read(
    text: impl Read + Send + 'static,
    total: Option<u64>,
    position: Position,
    options: &ResolvedOptions,
    context: &Context,
) -> Result<Reader> {
    let limits = &context.limits;
    let dialect = options.dialect();
    let mut splitter = Splitter::new(text, dialect, limits.block_bytes, limits.record_bytes);
    splitter.skip_lines(options.skip_rows)?;
    let mut lines = u64::from(options.skip_rows);
    if options.header {
        lines += splitter.skip_record()?;
    }
    let plan = BuildPlan::new(options);
    let schema = plan.schema();
    let (width, limit) = (options.columns.len(), limits.record_bytes);
    let chunks = pipeline::run(
        context,
        position,
        total,
        lines,
        move || splitter.next_block(),
        move |block| parse(block, dialect, width, limit, &plan),
    )?;
    Ok(Reader::new(schema, chunks))
}

/// A block → a batch.
fn parse(block: Block, dialect: Dialect, width: usize, limit: usize, plan: &BuildPlan) -> Result<Parsed> {
    if let Some(code) = block.fault {
        return faulty(&block, code, limit, plan);
    }
    let mut bytes = block.bytes;
    let mut records = Records::read(&bytes, dialect, width, limit);
    let original = if simdutf8::basic::from_utf8(&bytes).is_err() {
        records.reject_invalid(&mut bytes, width);
        let original = bytes.clone();
        mask_invalid(&mut bytes);
        Some(original)
    } else {
        None
    };
    let text = simdutf8::basic::from_utf8(&bytes).map_err(Error::internal)?;
    let quote = dialect.quote.map_or('"', char::from);
    let table = CellTable { text, cells: &records.cells, width, quote };
    let (batch, bad) = plan.build(&table)?;
    drop_bad_rows(&mut records, bad);
    let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
    let rejects = records.rejects(original.as_deref().unwrap_or(&bytes));
    Ok(Parsed { batch, rejects, lines })
}

/// Rows with a cell that doesn't fit become faults like any other.
fn drop_bad_rows(records: &mut Records, bad: Vec<crate::cells::build::BadCell>) {
    if bad.is_empty() {
        return;
    }
    let mut rows = bad.iter().map(|b| b.row).peekable();
    let mut kept = Vec::with_capacity(records.spans.len() - bad.len());
    let mut spans = Vec::with_capacity(bad.len());
    for (row, span) in records.spans.iter().enumerate() {
        if rows.next_if_eq(&row).is_some() {
            spans.push(*span);
        } else {
            kept.push(*span);
        }
    }
    records.spans = kept;
    records.faults.extend(bad.into_iter().zip(spans).map(|(cell, span)| Fault {
        span,
        column: Some(cell.column),
        code: RejectCode::InvalidValue,
        message: cell.message,
    }));
}

/// One record that can't be read at all.
fn faulty(block: &Block, code: RejectCode, limit: usize, plan: &BuildPlan) -> Result<Parsed> {
    let message = match code {
        RejectCode::UnclosedQuote => {
            format!(
                "A quoted field begins here and is not closed within {limit} bytes; reading goes on at the next line."
            )
        }
        _ => too_long(limit).1,
    };
    let batch = arrow::array::RecordBatch::new_empty(plan.schema());
    let raw = raw_text(&block.bytes);
    let reject = Reject { row_number: 0, line: Some(0), column: None, code, message, raw };
    Ok(Parsed { batch, rejects: vec![reject], lines: 1 })
}

/// Makes bytes that are no UTF-8 question marks.
pub(crate) fn mask_invalid(bytes: &mut [u8]) {
    let mut from = 0;
    while let Err(error) = std::str::from_utf8(&bytes[from..]) {
        let start = from + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |length| start + length);
        // A line end is no part of a broken character.
        bytes[start..end].fill(b'?');
        from = end;
    }
}
