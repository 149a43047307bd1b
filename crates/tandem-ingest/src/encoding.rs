//! Which encoding lines of text are in.
//!
//! For each encoding that files of our users come in, the bits are counted
//! that it takes to write the lines, when what is common in that encoding
//! takes few and what is rare takes many ([`cost`]). That is Bayes' rule with
//! a simple model of text: a difference of ten bits is odds of a thousand to
//! one. Which characters are common decides between encodings that share
//! their byte pairs (GB 18030, EUC-KR, EUC-JP, Big5); that letters with
//! accents stand alone between letters decides against them for Western text.
//!
//! What an encoding can't read costs what noise would, not more, so that a few
//! bad lines don't decide for all the others. What comes again and again says
//! little more than what comes once: its weight grows with the logarithm.

mod common;
mod cost;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252,
};

use std::collections::BTreeMap;

use cost::BIT;

/// An encoding that is weighed against the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Candidate {
    Utf8,
    Gb18030,
    Windows1252,
    Big5,
    ShiftJis,
    EucKr,
    EucJp,
    Windows1251,
}

impl Candidate {
    /// Each with the bits that it is behind before any byte is seen: who works
    /// with this program reads Chinese or English.
    const ALL: [(Self, u32); 8] = [
        (Self::Utf8, 0),
        (Self::Gb18030, 10),
        (Self::Windows1252, 13),
        (Self::Big5, 18),
        (Self::ShiftJis, 20),
        (Self::EucKr, 22),
        (Self::EucJp, 26),
        (Self::Windows1251, 26),
    ];

    /// The candidate that reads texts of `encoding`.
    fn of(encoding: &'static Encoding) -> Option<Self> {
        if encoding == GBK {
            return Some(Self::Gb18030);
        }
        Self::ALL.iter().map(|(candidate, _)| *candidate).find(|candidate| candidate.encoding() == encoding)
    }

    const fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            // It holds every character of GBK and more.
            Self::Gb18030 => GB18030,
            Self::Windows1252 => WINDOWS_1252,
            Self::Big5 => BIG5,
            Self::ShiftJis => SHIFT_JIS,
            Self::EucKr => EUC_KR,
            Self::EucJp => EUC_JP,
            Self::Windows1251 => WINDOWS_1251,
        }
    }
}

/// What lines were found to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guess {
    /// The encoding; none where no candidate explains the lines.
    pub(crate) encoding: Option<&'static Encoding>,
    /// How many bits the next best is behind.
    pub(crate) ahead: u32,
}

/// Weighs the candidates over lines that each hold bytes beyond ASCII.
pub(crate) fn guess<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Guess {
    let fields = fields(lines);
    let weighed = Candidate::ALL.map(|(candidate, behind)| {
        let mut total = u64::from(behind * BIT);
        let (mut read, mut not) = (0, 0);
        for (field, times) in fields.values() {
            let weight = u64::from(times.ilog2() + 1);
            let noise = cost::of_noise(field);
            let bits = cost::of_text(candidate, field);
            *if bits.is_some() { &mut read } else { &mut not } += weight;
            total += u64::from(bits.unwrap_or(noise).min(noise)) * weight;
        }
        // The bulk of them must be in it. Of UTF-8 a single one says much,
        // since other text is hardly ever valid in it.
        let explains = if candidate == Candidate::Utf8 { read > 0 } else { read >= not };
        (candidate, total, explains)
    });
    let Some((best, bits, explains)) = weighed.into_iter().min_by_key(|(_, bits, _)| *bits) else {
        return Guess { encoding: None, ahead: 0 };
    };
    let next = weighed.iter().filter(|(candidate, ..)| *candidate != best).map(|(_, bits, _)| *bits).min();
    let ahead = next.map_or(0, |next| next.saturating_sub(bits) / u64::from(BIT));
    Guess { encoding: explains.then(|| best.encoding()), ahead: u32::try_from(ahead).unwrap_or(u32::MAX) }
}

/// The different fields beyond ASCII, with how often each comes; fields that
/// differ in digits alone are one.
fn fields<'a>(lines: impl Iterator<Item = &'a [u8]>) -> BTreeMap<Vec<u8>, (&'a [u8], u64)> {
    // None of these is ever the second byte of a character.
    let parts = |byte: &u8| matches!(byte, 0..=b'/' | b':'..=b'?');
    let mut fields = BTreeMap::new();
    for field in lines.flat_map(|line| line.split(parts)).filter(|field| !field.is_ascii()) {
        let key: Vec<u8> = field.iter().copied().filter(|b| !b.is_ascii_digit()).collect();
        fields.entry(key).or_insert((field, 0_u64)).1 += 1;
    }
    fields
}

/// Bits by which UTF-8 must be the better reading before a line of a file in
/// another encoding is taken for UTF-8.
const FOREIGN: u32 = 8;

/// Whether the line of a file in `encoding` is in UTF-8 instead, where the
/// file's own encoding would read it too, as other characters than are meant.
pub(crate) fn is_foreign(line: &[u8], encoding: &'static Encoding) -> bool {
    if !may_hold_foreign(encoding) || line.is_ascii() {
        return false;
    }
    let Ok(text) = std::str::from_utf8(line) else { return false };
    match Candidate::of(encoding) {
        // `Ã«` is nothing that anybody writes.
        Some(Candidate::Windows1252) => true,
        Some(own) => {
            let bits = |candidate| cost::of_text(candidate, line);
            bits(Candidate::Utf8).is_some_and(|utf8| bits(own).is_none_or(|own| utf8 + FOREIGN * BIT < own))
        }
        // Nothing is known of what is common in it; but one character of two
        // bytes may be valid by chance.
        None => text.chars().any(|c| c > '\u{7FF}') || text.chars().filter(|c| !c.is_ascii()).count() > 1,
    }
}

/// Whether lines of UTF-8 could be among those of a file in `encoding`.
pub(crate) fn may_hold_foreign(encoding: &'static Encoding) -> bool {
    encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE
}

/// Whether the line of a file in `encoding` can't be read as such, or is
/// [foreign](is_foreign).
pub(crate) fn is_not_in(line: &[u8], encoding: &'static Encoding) -> bool {
    encoding.decode_without_bom_handling_and_without_replacement(line).is_none() || is_foreign(line, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_foreign_where_it_is_the_better_reading() {
        let foreign = |text: &str, encoding| is_foreign(text.as_bytes(), encoding);
        for text in ["1,李四", "北京", "Zoë,5", "😀"] {
            assert!(foreign(text, GB18030), "{text}");
        }
        assert!(
            foreign("Zoë", WINDOWS_1252)
                && foreign("東京", SHIFT_JIS)
                && foreign("Zoë Müller", encoding_rs::WINDOWS_1251)
        );
        assert!(!foreign("李四", UTF_8) && !foreign("ann", GB18030));
        // What is written in the file's encoding stays, though it is valid UTF-8 by chance.
        for text in ["女", "1,女,5", "通,女"] {
            let (bytes, ..) = GB18030.encode(text);
            assert!(std::str::from_utf8(&bytes).is_ok() && !is_foreign(&bytes, GB18030), "{text}");
        }
        let january = [0xD1, 0xB3];
        assert!(!is_foreign(&january, encoding_rs::WINDOWS_1251));
    }
}
