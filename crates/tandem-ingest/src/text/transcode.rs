//! Text in any encoding → UTF-8.
//!
//! Lines that are UTF-8 although the file is not come through as they are, with
//! a byte `FF` before their first character beyond ASCII, so that their rows are
//! rejected rather than read as other characters than are meant.

use std::{
    io::{self, Read},
    ops::Range,
};

use encoding_rs::{Decoder, DecoderResult, Encoding};
use memchr::{memchr2, memrchr2};

use crate::encoding::{is_foreign, may_hold_foreign};

/// The byte that no UTF-8 holds.
const BROKEN: u8 = 0xFF;
/// Bytes that are looked at together; in a longer line nothing is looked for.
const BUFFER: usize = 128 << 10;

/// Text in another encoding, as UTF-8.
pub(super) struct Transcoded {
    inner: Box<dyn Read + Send>,
    encoding: &'static Encoding,
    decoder: Decoder,
    /// Bytes read, of which `used..filled` wait, and `used..own` are known to
    /// be lines of the file's encoding.
    raw: Vec<u8>,
    used: usize,
    own: usize,
    filled: usize,
    /// Whether what waits begins inside of a line.
    inside: bool,
    /// Text made, of which `ready` waits.
    out: Vec<u8>,
    ready: Range<usize>,
    ended: bool,
    done: bool,
}

impl Transcoded {
    /// Reads `inner`, which is in `encoding`, without its byte order mark.
    pub(super) fn new(inner: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            encoding,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BUFFER],
            used: 0,
            own: 0,
            filled: 0,
            inside: false,
            // Room for a line and the byte before it.
            out: vec![0; BUFFER + 1],
            ready: 0..0,
            ended: false,
            done: false,
        }
    }

    /// Finds out what comes next: bytes to decode, or a line that is UTF-8,
    /// which is ready then.
    fn look(&mut self) -> io::Result<()> {
        let watched = may_hold_foreign(self.encoding);
        self.fill(watched)?;
        let rest = &self.raw[self.used..self.filled];
        if !watched {
            self.own = self.filled;
            return Ok(());
        }
        let last = memrchr2(b'\n', b'\r', rest).map(|at| at + 1);
        let whole = if self.ended { rest.len() } else { last.unwrap_or(rest.len()) };
        let mut start = 0;
        while start < whole {
            let end = memchr2(b'\n', b'\r', &rest[start..whole]).map_or(whole, |at| start + at + 1);
            let line = &rest[start..end];
            if !self.inside && is_foreign(line, self.encoding) {
                break;
            }
            self.inside = !line.ends_with(b"\n") && !line.ends_with(b"\r");
            start = end;
        }
        self.own = self.used + start;
        if start == 0 && whole > 0 {
            let end = memchr2(b'\n', b'\r', &rest[..whole]).map_or(whole, |at| at + 1);
            let first = rest.iter().position(|b| !b.is_ascii()).unwrap_or(0);
            self.out[..first].copy_from_slice(&rest[..first]);
            self.out[first] = BROKEN;
            self.out[first + 1..=end].copy_from_slice(&rest[first..end]);
            self.ready = 0..end + 1;
            self.used += end;
            self.own = self.used;
        }
        Ok(())
    }

    /// Reads until something waits, and where `lines` are wanted a whole one,
    /// unless that is longer than there is room for.
    fn fill(&mut self, lines: bool) -> io::Result<()> {
        let mut looked = self.used;
        loop {
            let fresh = &self.raw[looked..self.filled];
            let waits = if lines { memchr2(b'\n', b'\r', fresh).is_some() } else { !fresh.is_empty() };
            if waits || self.ended {
                return Ok(());
            }
            if self.used > 0 {
                self.raw.copy_within(self.used..self.filled, 0);
                (self.filled, self.used) = (self.filled - self.used, 0);
            }
            if self.filled == self.raw.len() {
                return Ok(());
            }
            looked = self.filled;
            let count = self.inner.read(&mut self.raw[self.filled..])?;
            self.filled += count;
            self.ended = count == 0;
        }
    }

    /// Decodes what is known to be in the file's encoding.
    fn decode(&mut self) {
        let last = self.ended && self.own == self.filled;
        let room = self.out.len() - 1;
        let bytes = &self.raw[self.used..self.own];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.out[..room], last);
        self.used += read;
        self.ready = 0..written;
        match result {
            DecoderResult::InputEmpty => self.done = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                self.out[written] = BROKEN;
                self.ready = 0..written + 1;
            }
        }
    }
}

impl Read for Transcoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            if self.done {
                return Ok(0);
            }
            if self.used == self.own {
                self.look()?;
            }
            if self.ready.is_empty() {
                self.decode();
            }
        }
        let count = self.ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.out[self.ready.start..self.ready.start + count]);
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::{BIG5, GB18030, SHIFT_JIS, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    fn read_all(inner: impl Read + Send + 'static, encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        Transcoded::new(Box::new(inner), encoding).read_to_end(&mut text).unwrap();
        text
    }

    /// Gives one to three bytes at a time.
    struct Dripping(Cursor<Vec<u8>>);

    impl Read for Dripping {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = 1 + self.0.position() as usize % 3;
            let most = most.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn transcoded(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        read_all(Dripping(Cursor::new(bytes.to_vec())), encoding)
    }

    #[test]
    fn lines_of_utf8_are_marked_and_kept() {
        for (encoding, own, theirs) in [
            (GB18030, "城市,n\r\n上海,1\r\n", "1,李四\n"),
            (WINDOWS_1252, "café,1\n", "2,Zoë\n"),
            (SHIFT_JIS, "氏名,金額\n山田,1\n", "東京,2\r\n"),
            (BIG5, "客戶,金額\n", "2,臺北\n"),
        ] {
            let mut bytes = encoding.encode(own).0.into_owned();
            bytes.extend_from_slice(theirs.as_bytes());
            bytes.extend_from_slice(&encoding.encode(own).0);
            let mut expected = own.as_bytes().to_vec();
            let first = theirs.bytes().position(|b| !b.is_ascii()).unwrap();
            expected.extend_from_slice(&theirs.as_bytes()[..first]);
            expected.push(BROKEN);
            expected.extend_from_slice(&theirs.as_bytes()[first..]);
            expected.extend_from_slice(own.as_bytes());
            assert_eq!(transcoded(&bytes, encoding), expected, "{}", encoding.name());
        }
    }

    #[test]
    fn lines_longer_than_the_buffer_come_through() {
        let text = format!("a,{}\n上海,{}", "上海北京".repeat(40_000), "x".repeat(BUFFER));
        assert_eq!(read_all(Cursor::new(GB18030.encode(&text).0.into_owned()), GB18030), text.as_bytes());
        // Nothing is known of a line that is not seen whole.
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(b'\n');
        assert!(read_all(Cursor::new(bytes), GB18030).len() > BUFFER);
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(text in "[a-c ,\r\n是海码京订]{0,80}") {
            prop_assert_eq!(transcoded(&GB18030.encode(&text).0, GB18030), text.into_bytes());
        }
    }
}
