//! Which encoding the bytes of a text are in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use tandem_core::{Error, ErrorCode, Result};

/// Part of zero bytes at every other place above which a text is UTF-16.
const UTF16_ZEROS: f64 = 0.08;

/// The encoding's WHATWG label in lower case, and whether some lines are not
/// in it.
///
/// # Errors
/// `unsupported_format` where the bytes are no text at all.
pub(super) fn detect(head: &[u8], spots: &[Vec<u8>]) -> Result<(String, bool)> {
    if head.starts_with(b"\xEF\xBB\xBF") {
        return Ok(("utf-8".into(), lines_in_utf8(head, spots).1 > 0));
    }
    if head.starts_with(b"\xFF\xFE") {
        return Ok(("utf-16le".into(), false));
    }
    if head.starts_with(b"\xFE\xFF") {
        return Ok(("utf-16be".into(), false));
    }
    if memchr::memchr(0, head).is_some() {
        return utf16(head).map(|name| (name.into(), false));
    }
    let (valid, invalid) = lines_in_utf8(head, spots);
    if invalid * 9 <= valid {
        return Ok(("utf-8".into(), invalid > 0));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for spot in spots {
        detector.feed(spot, false);
    }
    detector.feed(head, true);
    let guess = detector.guess(None, Utf8Detection::Deny).name().to_ascii_lowercase();
    // GB 18030 holds every character of GBK and more.
    Ok((if guess == "gbk" { "gb18030".into() } else { guess }, false))
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

/// How many lines with characters beyond ASCII are UTF-8, and how many are not.
fn lines_in_utf8(head: &[u8], spots: &[Vec<u8>]) -> (u64, u64) {
    let (mut valid, mut invalid) = (0, 0);
    let parts = std::iter::once((head, true)).chain(spots.iter().map(|s| (s.as_slice(), false)));
    for (part, from_start) in parts {
        let lines: Vec<&[u8]> = part.split(|b| *b == b'\n').collect();
        // The first and last lines of a stretch may be cut inside a character.
        let last = lines.len() - usize::from(lines.len() > 1);
        for line in &lines[usize::from(!from_start).min(last)..last] {
            if line.is_ascii() {
                continue;
            }
            match std::str::from_utf8(line) {
                Ok(_) => valid += 1,
                // A single line that is cut at its end.
                Err(e) if lines.len() == 1 && e.error_len().is_none() => valid += 1,
                Err(_) => invalid += 1,
            }
        }
    }
    (valid, invalid)
}
