//! A stream of text → blocks of whole records.
//!
//! One thread does this for many that parse, so it looks only at quotes and
//! line ends: where a block holds no quote, at its last line end alone.

use std::io::Read;

use memchr::{memchr, memrchr};
use tandem_core::{Error, ErrorCode, Result};

use super::{input::read_error, records::Dialect, scan};
use crate::{
    options::Delimiter,
    reject::{RAW_LIMIT, RejectCode},
};

/// Unclosed quotes after which the file is given up: each costs a second look
/// at what follows.
const MAX_RECOVERIES: u32 = 10_000;

/// Some whole records, or the start of one that can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Records with their line ends; of a faulty one, its start.
    pub(crate) bytes: Vec<u8>,
    /// Why these bytes are one record that can't be read.
    pub(crate) fault: Option<RejectCode>,
}

/// Cuts a stream where records end.
pub(crate) struct Splitter<R> {
    input: R,
    /// Byte that makes a quote at its right one that opens a field.
    delimiter: u8,
    quote: Option<u8>,
    block: usize,
    limit: usize,
    /// Text from the start of a record on.
    held: Vec<u8>,
    /// How much of it was looked at.
    scanned: usize,
    /// Whether a quoted field is open there.
    open: bool,
    /// The second of two quotes, to pass over.
    pass: usize,
    /// Behind the last record that is whole.
    end: usize,
    ended: bool,
    recoveries: u32,
}

impl<R: Read> Splitter<R> {
    /// Blocks of about `block` bytes, holding no more than a block beyond a
    /// record of `limit` bytes.
    pub(crate) fn new(input: R, dialect: Dialect, block: usize, limit: usize) -> Self {
        let (delimiter, quote) = match dialect.delimiter {
            Delimiter::Byte(byte) => (byte, dialect.quote),
            // Fields of aligned tables don't run over lines.
            Delimiter::Whitespace => (b' ', None),
        };
        Self {
            input,
            delimiter,
            quote,
            block: block.max(1),
            limit,
            held: Vec::new(),
            scanned: 0,
            open: false,
            pass: usize::MAX,
            end: 0,
            ended: false,
            recoveries: 0,
        }
    }

    /// The next block; none at the end.
    pub(crate) fn next_block(&mut self) -> Result<Option<Block>> {
        let mut target = self.block;
        loop {
            self.fill(target)?;
            self.scan();
            if self.end > 0 {
                return Ok(Some(self.take()));
            }
            if self.ended {
                if self.held.is_empty() {
                    return Ok(None);
                }
                if self.open {
                    return self.recover().map(Some);
                }
                // The last line of a file may lack its end.
                self.held.push(b'\n');
                self.end = self.held.len();
                self.scanned = self.end;
                return Ok(Some(self.take()));
            }
            if self.held.len() > self.limit {
                return if self.open { self.recover().map(Some) } else { self.pass_over().map(Some) };
            }
            target = self.held.len() + self.block;
        }
    }

    /// Passes over `lines` lines, whatever is in them.
    pub(crate) fn skip_lines(&mut self, lines: u32) -> Result<()> {
        for _ in 0..lines {
            loop {
                if let Some(at) = memchr(b'\n', &self.held) {
                    self.held.drain(..=at);
                    break;
                }
                self.held.clear();
                self.fill(self.block)?;
                if self.held.is_empty() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Passes over the first record that isn't a blank line, and says how many
    /// lines were passed.
    pub(crate) fn skip_record(&mut self) -> Result<u64> {
        let mut lines = 0;
        let mut target = self.block;
        loop {
            self.fill(target)?;
            if let Some(end) = self.first_end() {
                let record = &self.held[..end];
                let blank = record
                    .iter()
                    .all(|b| matches!(b, b'\n' | b'\r') || (self.delimiter == b' ' && matches!(b, b' ' | b'\t')));
                lines += memchr::memchr_iter(b'\n', record).count() as u64;
                self.held.drain(..end);
                if !blank {
                    return Ok(lines);
                }
                continue;
            }
            if self.ended || self.held.len() > self.limit {
                // A quote that is never closed: the header is the line.
                match memchr(b'\n', &self.held) {
                    Some(at) => drop(self.held.drain(..=at)),
                    None => self.held.clear(),
                }
                return Ok(lines + 1);
            }
            target = self.held.len() + self.block;
        }
    }

    /// Behind the first record held.
    fn first_end(&self) -> Option<usize> {
        let mut open = false;
        let mut closed = usize::MAX;
        for (at, byte) in self.held.iter().enumerate() {
            if Some(*byte) == self.quote {
                if open {
                    (open, closed) = (false, at + 1);
                } else {
                    // The second of two quotes opens again what the first closed.
                    open = at == 0 || self.opens_after(self.held[at - 1]) || closed == at;
                }
            } else if *byte == b'\n' && !open {
                return Some(at + 1);
            }
        }
        None
    }

    const fn opens_after(&self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\n'
    }

    /// Holds at least `target` bytes, or all there are.
    fn fill(&mut self, target: usize) -> Result<()> {
        if self.ended || self.held.len() >= target {
            return Ok(());
        }
        let missing = target - self.held.len();
        self.held.reserve(missing + 64);
        let read = self.input.by_ref().take(missing as u64).read_to_end(&mut self.held).map_err(read_error)?;
        self.ended = read < missing;
        Ok(())
    }

    /// Looks at what was not looked at yet.
    fn scan(&mut self) {
        let fresh = &self.held[self.scanned..];
        let quote = self.quote.filter(|q| self.open || memchr(*q, fresh).is_some());
        let Some(quote) = quote else {
            if let Some(at) = memrchr(b'\n', fresh) {
                self.end = self.scanned + at + 1;
            }
            self.scanned = self.held.len();
            return;
        };
        let held = &self.held;
        let (mut open, mut pass, mut end) = (self.open, self.pass, self.end);
        let mut scanned = held.len();
        scan::for_each(held, self.scanned, [b'\n', quote, quote], |at, byte| {
            if byte == b'\n' {
                if !open {
                    end = at + 1;
                }
            } else if !open {
                open = at == 0 || held[at - 1] == self.delimiter || held[at - 1] == b'\n';
            } else if at != pass {
                match held.get(at + 1) {
                    Some(next) if *next == quote => pass = at + 1,
                    Some(_) => open = false,
                    // Whether it closes depends on what comes next.
                    None if !self.ended => scanned = at,
                    None => open = false,
                }
            }
        });
        (self.open, self.pass, self.end, self.scanned) = (open, pass, end, scanned);
    }

    /// The whole records held.
    fn take(&mut self) -> Block {
        let mut rest = Vec::with_capacity(self.block + (self.held.len() - self.end) + 64);
        rest.extend_from_slice(&self.held[self.end..]);
        self.held.truncate(self.end);
        self.scanned -= self.end;
        if self.pass != usize::MAX {
            self.pass = self.pass.checked_sub(self.end).unwrap_or(usize::MAX);
        }
        self.end = 0;
        Block { bytes: std::mem::replace(&mut self.held, rest), fault: None }
    }

    /// A quote was opened and never closed, or not in a record's length: gives
    /// up the line it is on, and reads on from the next.
    fn recover(&mut self) -> Result<Block> {
        let Some(at) = memchr(b'\n', &self.held) else {
            return self.pass_over();
        };
        self.recoveries += 1;
        if self.recoveries > MAX_RECOVERIES {
            return Err(Error::new(
                ErrorCode::MalformedFile,
                "The file has thousands of quotes that are never closed; nothing was changed. Choose another quote \
                 character, or none.",
            ));
        }
        let bytes = self.held[..at.min(RAW_LIMIT * 2)].to_vec();
        self.held.drain(..=at);
        self.restart();
        Ok(Block { bytes, fault: Some(RejectCode::UnclosedQuote) })
    }

    /// Passes over the line held, which is too long, without holding the rest.
    fn pass_over(&mut self) -> Result<Block> {
        let bytes = self.held[..self.held.len().min(RAW_LIMIT * 2)].to_vec();
        let fault = if self.ended && self.open { RejectCode::UnclosedQuote } else { RejectCode::RecordTooLong };
        loop {
            if let Some(at) = memchr(b'\n', &self.held) {
                self.held.drain(..=at);
                break;
            }
            self.held.clear();
            self.fill(self.block)?;
            if self.held.is_empty() {
                break;
            }
        }
        self.restart();
        Ok(Block { bytes, fault: Some(fault) })
    }

    const fn restart(&mut self) {
        self.scanned = 0;
        self.open = false;
        self.pass = usize::MAX;
        self.end = 0;
    }
}
