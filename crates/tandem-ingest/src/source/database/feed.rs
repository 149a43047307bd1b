//! Rows of a database as a stream of CSV: missing values are empty, texts are
//! quoted.

use std::{
    io::{self, Read, Write as _},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use memchr::memchr;
use tandem_core::{Cancel, Error, Result};

/// How much is handed over at once, in bytes.
const PIECE: usize = 256 << 10;
/// How many pieces may wait.
const WAITING: usize = 4;

type Piece = Result<Option<Vec<u8>>>;

/// Where a database's rows are put.
pub(super) struct Feed {
    sender: SyncSender<Piece>,
    buffer: Vec<u8>,
    /// Whether a field of the row was written.
    started: bool,
    /// Asked while waiting for rows.
    pub(super) cancel: Cancel,
}

/// Where they come out.
pub(super) struct FeedReader {
    receiver: Receiver<Piece>,
    piece: Vec<u8>,
    used: usize,
    ended: bool,
}

/// Both ends.
pub(super) fn channel(cancel: Cancel) -> (Feed, FeedReader) {
    let (sender, receiver) = sync_channel(WAITING);
    let feed = Feed { sender, buffer: Vec::with_capacity(PIECE + 4096), started: false, cancel };
    (feed, FeedReader { receiver, piece: Vec::new(), used: 0, ended: false })
}

impl Feed {
    /// Rows that are CSV already. Says whether anybody waits for more.
    pub(super) fn rows(&mut self, csv: &[u8]) -> bool {
        self.buffer.extend_from_slice(csv);
        self.hand_over(PIECE)
    }

    /// A missing value.
    pub(super) fn null(&mut self) {
        self.separate();
    }

    /// A value that needs no quotes: a number.
    pub(super) fn plain(&mut self, value: impl std::fmt::Display) {
        self.separate();
        // Writing to memory can't fail.
        let _ = write!(self.buffer, "{value}");
    }

    /// A text.
    pub(super) fn text(&mut self, value: &[u8], suffix: &str) {
        self.separate();
        self.buffer.push(b'"');
        let mut rest = value;
        while let Some(at) = memchr(b'"', rest) {
            self.buffer.extend_from_slice(&rest[..=at]);
            self.buffer.push(b'"');
            rest = &rest[at + 1..];
        }
        self.buffer.extend_from_slice(rest);
        self.buffer.extend_from_slice(suffix.as_bytes());
        self.buffer.push(b'"');
    }

    /// Bytes, as `\x` and their digits.
    pub(super) fn bytes(&mut self, value: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.separate();
        self.buffer.extend_from_slice(b"\"\\x");
        for byte in value {
            self.buffer.push(DIGITS[usize::from(byte >> 4)]);
            self.buffer.push(DIGITS[usize::from(byte & 15)]);
        }
        self.buffer.push(b'"');
    }

    /// Ends the row. Says whether anybody waits for more.
    pub(super) fn end_row(&mut self) -> bool {
        self.buffer.push(b'\n');
        self.started = false;
        self.hand_over(PIECE)
    }

    /// Ends it all.
    pub(super) fn end(mut self, outcome: Result<()>) {
        // Nobody waits any more where the reader was dropped.
        let _ = match outcome {
            Ok(()) => self.hand_over(1) && self.sender.send(Ok(None)).is_ok(),
            Err(error) => self.sender.send(Err(error)).is_ok(),
        };
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.started, true) {
            self.buffer.push(b',');
        }
    }

    fn hand_over(&mut self, least: usize) -> bool {
        if self.buffer.len() < least {
            return true;
        }
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE + 4096));
        self.sender.send(Ok(Some(piece))).is_ok()
    }
}

impl Read for FeedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.piece.len() {
            if self.ended {
                return Ok(0);
            }
            match self.receiver.recv() {
                Ok(Ok(Some(piece))) => (self.piece, self.used) = (piece, 0),
                Ok(Ok(None)) => self.ended = true,
                Ok(Err(error)) => return Err(io::Error::other(error)),
                Err(_) => return Err(io::Error::other(Error::internal("the thread that reads the database stopped"))),
            }
        }
        let count = (self.piece.len() - self.used).min(buffer.len());
        buffer[..count].copy_from_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}
