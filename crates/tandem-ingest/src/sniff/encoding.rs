//! Which encoding the bytes of a text are in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::memchr2;
use tandem_core::{Error, ErrorCode, Result};

use super::sample::Sample;
use crate::encoding::{self, Guess};

/// Part of zero bytes at every other place above which a text is UTF-16.
const UTF16_ZEROS: f64 = 0.08;
/// Most lines that are weighed.
const WEIGHED: usize = 4_000;
/// Most of a line that is weighed, in bytes.
const LINE: usize = 4 << 10;
/// Bits by which the encoding must be ahead of the next to be certain.
const CERTAIN: u32 = 15;
/// Bytes beyond ASCII below which a guess is never certain, but of UTF-8,
/// which other text hardly ever is by chance.
const FEW: usize = 12;

/// What the sample of a text is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detected {
    /// The encoding's WHATWG label in lower case.
    pub(super) name: String,
    /// Whether some lines are not in it.
    pub(super) mixed: bool,
    /// Whether it was guessed from so little that it may well be another.
    pub(super) unsure: bool,
}

impl Detected {
    fn certain(name: &str) -> Self {
        Self { name: name.to_owned(), mixed: false, unsure: false }
    }
}

/// Finds the encoding of a sample.
///
/// # Errors
/// `unsupported_format` where the bytes are no text at all.
pub(super) fn detect(sample: &Sample) -> Result<Detected> {
    let head = sample.head.as_slice();
    if head.starts_with(b"\xFF\xFE") {
        return Ok(Detected::certain("utf-16le"));
    }
    if head.starts_with(b"\xFE\xFF") {
        return Ok(Detected::certain("utf-16be"));
    }
    let marked = head.starts_with(b"\xEF\xBB\xBF");
    if !marked && memchr::memchr(0, head).is_some() {
        return utf16(head).map(Detected::certain);
    }
    let lines = lines_beyond_ascii(sample);
    if marked {
        return Ok(Detected { mixed: is_mixed(&lines, UTF_8), ..Detected::certain("utf-8") });
    }
    // Three bytes that make a character of UTF-8 don't come by chance.
    if lines.iter().all(|line| std::str::from_utf8(line).is_ok_and(|t| t.chars().any(|c| c > '\u{7FF}'))) {
        return Ok(Detected::certain("utf-8"));
    }
    let stride = lines.len().div_ceil(WEIGHED).max(1);
    let Guess { encoding, ahead } = encoding::guess(lines.iter().step_by(stride).copied());
    let found = match encoding {
        Some(found) if found != WINDOWS_1252 => found,
        alphabet => of_an_alphabet(sample, alphabet),
    };
    let bytes = lines.iter().map(|line| line.iter().filter(|b| !b.is_ascii()).count()).sum::<usize>();
    Ok(Detected {
        name: found.name().to_ascii_lowercase(),
        mixed: is_mixed(&lines, found),
        unsure: encoding.is_none() || ahead < CERTAIN || (found != UTF_8 && bytes < FEW),
    })
}

/// The encoding of a text that is in no encoding of characters of two bytes
/// and not in UTF-8: windows-1252, or what other alphabets are written in.
fn of_an_alphabet(sample: &Sample, western: Option<&'static Encoding>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for spot in &sample.spots {
        detector.feed(spot, false);
    }
    detector.feed(&sample.head, true);
    let found = detector.guess(None, Utf8Detection::Deny);
    match western {
        // What it says of other kinds of text was weighed already; and nobody
        // makes tables on DOS any more.
        Some(western) if !found.is_single_byte() || found == encoding_rs::IBM866 => western,
        _ if found == encoding_rs::GBK => encoding_rs::GB18030,
        _ => found,
    }
}

/// Whether a line is not in the encoding.
fn is_mixed(lines: &[&[u8]], encoding: &'static Encoding) -> bool {
    lines.iter().any(|line| encoding::is_not_in(line, encoding))
}

/// Which of the two, by where the zero bytes are.
fn utf16(head: &[u8]) -> Result<&'static str> {
    let pairs = head.len().div_ceil(2).max(1) as f64;
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count() as f64 / pairs;
    let (even, odd) = (zeros(0), zeros(1));
    if odd > UTF16_ZEROS && even < odd / 20.0 {
        return Ok("utf-16le");
    }
    if even > UTF16_ZEROS && odd < even / 20.0 {
        return Ok("utf-16be");
    }
    Err(Error::new(
        ErrorCode::UnsupportedFormat,
        "The file is neither text nor a kind of file that can be read here. Import CSV, TSV, Excel (.xlsx, .xls), \
         JSON, NDJSON or Parquet.",
    ))
}

/// The whole lines with characters beyond ASCII; of a long one its start.
fn lines_beyond_ascii(sample: &Sample) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let head = (sample.head.as_slice(), true, sample.whole);
    for (part, from_start, to_end) in std::iter::once(head).chain(sample.spots.iter().map(|s| (&s[..], false, false))) {
        let mut rest = part.strip_prefix(b"\xEF\xBB\xBF").filter(|_| from_start).unwrap_or(part);
        // The first and last lines of a stretch may be cut inside a character.
        let mut whole = from_start;
        while let Some(end) = memchr2(b'\n', b'\r', rest) {
            if whole {
                take(&rest[..end], &mut lines);
            }
            (rest, whole) = (&rest[end + 1..], true);
        }
        if to_end {
            take(rest, &mut lines);
        } else if whole && rest.len() > LINE {
            // A line that goes on behind the stretch, such as JSON's.
            take(rest, &mut lines);
        }
    }
    lines
}

fn take<'a>(line: &'a [u8], lines: &mut Vec<&'a [u8]>) {
    let mut line = line;
    if line.len() > LINE {
        // Such bytes are never the second of a character.
        let end = line[..LINE].iter().rposition(|b| matches!(b, b' '..=b'/'));
        line = &line[..end.unwrap_or(LINE)];
    }
    if !line.is_ascii() {
        lines.push(line);
    }
}

#[cfg(test)]
mod tests;
