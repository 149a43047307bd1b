//! Delimited text → records → cells (RFC 4180).
//!
//! A quote opens a field only at the field's start; anywhere else it is a
//! character like any other. Inside, two quotes stand for one.

use memchr::memchr;

use super::scan;
use crate::{
    cells::Cell,
    options::Delimiter,
    reject::{Reject, RejectCode, raw_text},
};

/// What separates and surrounds fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What separates fields.
    pub(crate) delimiter: Delimiter,
    /// What surrounds fields that hold delimiters or line ends.
    pub(crate) quote: Option<u8>,
}

/// One record, as it is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    /// Its first cell in the list of all.
    pub(crate) first: usize,
    /// Where it begins in the text.
    pub(crate) start: usize,
    /// Behind its line end.
    pub(crate) end: usize,
    /// Whether a quoted field went on after its closing quote.
    pub(crate) stray: bool,
}

/// Finds every record of `text`, whose last one ends in a line feed. Each
/// record's cells are at the end of `cells` when `found` is called, which may
/// take them out. Blank lines are no records, unless `single` says that the
/// table has one column, of which they are missing values.
pub(crate) fn scan_records(
    text: &[u8],
    dialect: Dialect,
    single: bool,
    cells: &mut Vec<Cell>,
    found: impl FnMut(&mut Vec<Cell>, Record),
) {
    match dialect.delimiter {
        Delimiter::Byte(delimiter) => delimited(text, delimiter, dialect.quote, single, cells, found),
        Delimiter::Whitespace => aligned(text, dialect.quote, cells, found),
    }
}

fn delimited(
    text: &[u8],
    delimiter: u8,
    quote: Option<u8>,
    single: bool,
    cells: &mut Vec<Cell>,
    mut found: impl FnMut(&mut Vec<Cell>, Record),
) {
    let quote = quote.unwrap_or(b'\n');
    let mut record = Record { first: cells.len(), start: 0, end: 0, stray: false };
    let mut field = 0;
    // Of the field at hand: whether it is open, was quoted, holds doubled
    // quotes, and where its closing quote is.
    let (mut open, mut quoted, mut escaped, mut close) = (false, false, false, 0);
    // The second of two quotes is passed over.
    let mut pass = usize::MAX;
    scan::for_each(text, 0, [delimiter, b'\n', quote], |at, byte| {
        if open {
            if byte == quote && at != pass {
                if text.get(at + 1) == Some(&quote) {
                    escaped = true;
                    pass = at + 1;
                } else {
                    open = false;
                    close = at;
                }
            }
            return;
        }
        if byte == quote && byte != b'\n' {
            if at == field {
                (open, quoted) = (true, true);
            }
            return;
        }
        let mut end = at;
        if byte == b'\n' && end > field && text[end - 1] == b'\r' {
            end -= 1;
        }
        if quoted {
            record.stray |= close + 1 != end;
            cells.push(Cell::quoted(field + 1, close, escaped));
            (quoted, escaped) = (false, false);
        } else {
            cells.push(Cell::plain(field, end));
        }
        field = at + 1;
        if byte == b'\n' {
            record.end = field;
            if end == record.start && cells.len() == record.first + 1 && !single {
                cells.truncate(record.first);
            } else {
                found(cells, record);
            }
            record = Record { first: cells.len(), start: field, end: 0, stray: false };
        }
    });
}

fn aligned(text: &[u8], quote: Option<u8>, cells: &mut Vec<Cell>, mut found: impl FnMut(&mut Vec<Cell>, Record)) {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r');
    let mut start = 0;
    while let Some(length) = memchr(b'\n', &text[start..]) {
        let end = start + length;
        let mut record = Record { first: cells.len(), start, end: end + 1, stray: false };
        let mut at = start;
        loop {
            while at < end && blank(text[at]) {
                at += 1;
            }
            if at == end {
                break;
            }
            if quote == Some(text[at])
                && let Some(inner) = memchr(text[at], &text[at + 1..end])
            {
                let close = at + 1 + inner;
                cells.push(Cell::quoted(at + 1, close, false));
                at = close + 1;
                record.stray |= at < end && !blank(text[at]);
                continue;
            }
            let field = at;
            while at < end && !blank(text[at]) {
                at += 1;
            }
            cells.push(Cell::plain(field, at));
        }
        if cells.len() > record.first {
            found(cells, record);
        }
        start = end + 1;
    }
}

/// The records of one block that have a cell for every column, and why the
/// others were set aside.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// `width` cells for each row kept.
    pub(crate) cells: Vec<Cell>,
    /// Where each row kept is in the text.
    pub(crate) spans: Vec<(u32, u32)>,
    /// The others, by their place in the text.
    pub(crate) faults: Vec<Fault>,
}

/// A record that can't be a row.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Where it is in the text.
    pub(crate) span: (u32, u32),
    /// The column at fault.
    pub(crate) column: Option<String>,
    /// Why.
    pub(crate) code: RejectCode,
    /// Why, in words.
    pub(crate) message: String,
}

impl Records {
    /// Reads a block of whole records of `width` columns, of which none may
    /// be longer than `limit` bytes.
    pub(crate) fn read(text: &[u8], dialect: Dialect, width: usize, limit: usize) -> Self {
        let guess = text.len() / 64;
        let mut cells = Vec::with_capacity(guess * width);
        let mut spans = Vec::with_capacity(guess);
        let mut faults = Vec::new();
        scan_records(text, dialect, width == 1, &mut cells, |cells, record| {
            let fields = cells.len() - record.first;
            let span = (record.start as u32, record.end as u32);
            if fields == width && !record.stray && record.end - record.start <= limit {
                spans.push(span);
                return;
            }
            cells.truncate(record.first);
            let (code, message) = if record.end - record.start > limit {
                too_long(limit)
            } else if record.stray {
                (RejectCode::StrayQuote, "A quoted field goes on after its closing quote.".into())
            } else {
                (RejectCode::FieldCount, format!("The record has {fields} fields; the table has {width} columns."))
            };
            faults.push(Fault { span, column: None, code, message });
        });
        Self { cells, spans, faults }
    }

    /// Sets aside the rows that hold bytes which are no UTF-8, and makes those
    /// bytes question marks.
    pub(crate) fn reject_invalid(&mut self, text: &mut [u8], width: usize) {
        let mut kept = 0;
        for row in 0..self.spans.len() {
            let span = self.spans[row];
            if std::str::from_utf8(&text[span.0 as usize..span.1 as usize]).is_err() {
                let message = "Some bytes are no text in the file's encoding.".to_owned();
                self.faults.push(Fault { span, column: None, code: RejectCode::InvalidEncoding, message });
            } else {
                self.spans[kept] = span;
                self.cells.copy_within(row * width..(row + 1) * width, kept * width);
                kept += 1;
            }
        }
        self.spans.truncate(kept);
        self.cells.truncate(kept * width);
    }

    /// The rejects of the block, by their place in it: rows and lines are
    /// counted from the block's start, from 0.
    pub(crate) fn rejects(mut self, text: &[u8]) -> Vec<Reject> {
        if self.faults.is_empty() {
            return Vec::new();
        }
        self.faults.sort_by_key(|f| f.span);
        let (mut line, mut counted, mut row) = (0, 0, 0);
        let mut rejects = Vec::with_capacity(self.faults.len());
        for (before, fault) in self.faults.into_iter().enumerate() {
            let (start, end) = (fault.span.0 as usize, fault.span.1 as usize);
            line += memchr::memchr_iter(b'\n', &text[counted..start]).count() as u64;
            counted = start;
            while row < self.spans.len() && self.spans[row].0 < fault.span.0 {
                row += 1;
            }
            rejects.push(Reject {
                row_number: (row + before) as u64,
                line: Some(line),
                column: fault.column,
                code: fault.code,
                message: fault.message,
                raw: raw_text(&text[start..end]),
            });
        }
        rejects
    }
}

/// Why a record of more than `limit` bytes is rejected.
pub(crate) fn too_long(limit: usize) -> (RejectCode, String) {
    (RejectCode::RecordTooLong, format!("The record is longer than {limit} bytes."))
}
