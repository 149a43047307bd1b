//! A stream of JSON → blocks of whole elements.

use std::io::Read;

use tandem_core::Result;

use crate::{
    reject::{RAW_LIMIT, RejectCode},
    text::{
        input::{read_error, truncated},
        split::Block,
    },
};

/// Some whole elements.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// The text they are in.
    pub(super) bytes: Vec<u8>,
    /// Where each is.
    pub(super) spans: Vec<(u32, u32)>,
    /// Why these bytes are the start of one element that can't be read.
    pub(super) fault: Option<RejectCode>,
}

impl Elements {
    /// One element a line; blank lines are none.
    pub(super) fn of_lines(block: Block) -> Self {
        let mut spans = Vec::with_capacity(block.bytes.len() / 128);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &block.bytes) {
            if !block.bytes[start..end].trim_ascii().is_empty() {
                spans.push((start as u32, end as u32));
            }
            start = end + 1;
        }
        Self { bytes: block.bytes, spans, fault: block.fault }
    }
}

/// Cuts a JSON array, or a sequence of values, into its elements.
pub(super) struct ElementSplitter<R> {
    input: R,
    block: usize,
    limit: usize,
    held: Vec<u8>,
    scanned: usize,
    ended: bool,
    state: State,
    /// Elements found in what is held.
    spans: Vec<(u32, u32)>,
}

/// Where in the text the scan is.
#[derive(Debug, Default)]
struct State {
    /// Whether an array was opened around the elements, and not closed yet.
    in_array: bool,
    /// Where the element at hand began.
    start: Option<usize>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Whether the element is too long and no longer held.
    dropped: bool,
    any: bool,
}

impl<R: Read> ElementSplitter<R> {
    /// Blocks of about `block` bytes with elements of at most `limit` bytes.
    pub(super) fn new(input: R, block: usize, limit: usize) -> Self {
        Self {
            input,
            block: block.max(16),
            limit,
            held: Vec::new(),
            scanned: 0,
            ended: false,
            state: State::default(),
            spans: Vec::new(),
        }
    }

    /// The next block; none at the end.
    ///
    /// # Errors
    /// `truncated_file` where the text ends within an element or its array.
    pub(super) fn next_block(&mut self) -> Result<Option<Elements>> {
        loop {
            if self.ended && self.scanned == self.held.len() {
                return self.finish();
            }
            let missing = self.block as u64;
            self.held.reserve(self.block + 64);
            let read = self.input.by_ref().take(missing).read_to_end(&mut self.held).map_err(read_error)?;
            self.ended = (read as u64) < missing;
            let dropped = self.scan();
            if let Some(bytes) = dropped {
                return Ok(Some(Elements { spans: Vec::new(), bytes, fault: Some(RejectCode::RecordTooLong) }));
            }
            if !self.spans.is_empty() {
                return Ok(Some(self.take()));
            }
        }
    }

    fn finish(&mut self) -> Result<Option<Elements>> {
        // A number or word may end with the text.
        if let Some(start) = self.state.start.take()
            && self.state.depth == 0
            && !self.state.in_string
        {
            self.spans.push((start as u32, self.held.len() as u32));
            return Ok(Some(self.take()));
        }
        if self.state.in_array || self.state.depth > 0 || self.state.in_string {
            return Err(truncated("JSON file"));
        }
        Ok(None)
    }

    /// Looks at what was not looked at yet. Where the element at hand got too
    /// long, gives its start and lets go of it.
    fn scan(&mut self) -> Option<Vec<u8>> {
        let state = &mut self.state;
        for at in self.scanned..self.held.len() {
            let byte = self.held[at];
            if state.in_string {
                match byte {
                    _ if state.escaped => state.escaped = false,
                    b'\\' => state.escaped = true,
                    b'"' => {
                        state.in_string = false;
                        end_at(state, &mut self.spans, at + 1);
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => end_at(state, &mut self.spans, at),
                b',' if state.depth == 0 => end_at(state, &mut self.spans, at),
                b'[' if !state.any && !state.in_array => {
                    state.in_array = true;
                    state.any = true;
                }
                b']' if state.depth == 0 => {
                    end_at(state, &mut self.spans, at);
                    state.in_array = false;
                }
                b'{' | b'[' => {
                    state.start.get_or_insert(at);
                    state.any = true;
                    state.depth += 1;
                }
                b'}' | b']' => {
                    state.start.get_or_insert(at);
                    state.depth = state.depth.saturating_sub(1);
                    end_at(state, &mut self.spans, at + 1);
                }
                b'"' => {
                    state.start.get_or_insert(at);
                    state.any = true;
                    state.in_string = true;
                }
                _ => {
                    state.start.get_or_insert(at);
                    state.any = true;
                }
            }
        }
        self.scanned = self.held.len();
        let start = state.start.unwrap_or(self.held.len());
        if self.spans.is_empty() && self.held.len() - start > self.limit {
            let bytes = (!state.dropped).then(|| self.held[start..self.held.len().min(start + 2 * RAW_LIMIT)].to_vec());
            state.dropped = true;
            state.start = Some(0);
            self.held.clear();
            self.scanned = 0;
            return bytes;
        }
        None
    }

    /// The elements found; what follows them stays.
    fn take(&mut self) -> Elements {
        let end = self.state.start.unwrap_or(self.held.len());
        let rest = self.held.split_off(end);
        self.scanned -= end.min(self.scanned);
        self.state.start = self.state.start.map(|_| 0);
        Elements { bytes: std::mem::replace(&mut self.held, rest), spans: std::mem::take(&mut self.spans), fault: None }
    }
}

/// What could be an element ended: it is one unless it is within another.
fn end_at(state: &mut State, spans: &mut Vec<(u32, u32)>, end: usize) {
    if state.depth == 0
        && let Some(start) = state.start.take()
        && !std::mem::take(&mut state.dropped)
    {
        spans.push((start as u32, end as u32));
    }
}
