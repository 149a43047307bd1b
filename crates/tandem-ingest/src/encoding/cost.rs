//! What it takes to write a text in an encoding, in tenths of a bit.
//!
//! A class of n characters that makes up a share p of what is written beyond
//! ASCII costs log2(n / p) for each of them; what follows what adds to it.

use super::{
    Candidate,
    common::{TABLES, Tables},
};

/// One bit, in the unit of costs.
pub(super) const BIT: u32 = 10;
/// An ASCII character: the same everywhere, but where it is the second byte of
/// another character.
const ASCII: u32 = 50;
/// A byte beyond ASCII of a text that can't be read, and the text itself.
const NOISE: (u32, u32) = (120, 200);

/// How a character stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a script that is not mixed with Latin letters within a word.
    Wide,
    /// A half-width katakana, of one byte.
    Half,
    /// A Latin letter with an accent.
    Lower,
    Upper,
    /// A sign that Western text has beyond ASCII.
    Sign,
}

/// A character of a text.
#[derive(Debug, Clone, Copy)]
struct Char {
    bytes: usize,
    bits: u32,
    kind: Kind,
}

const fn wide(bytes: usize, bits: u32) -> Option<Char> {
    Some(Char { bytes, bits, kind: Kind::Wide })
}

/// What came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The start, or ASCII that is no letter.
    Other,
    AsciiLower,
    AsciiUpper,
    Char(Kind),
}

/// What a text costs where it is written in the encoding; none where it can't be.
pub(super) fn of_text(candidate: Candidate, text: &[u8]) -> Option<u32> {
    let tables = &*TABLES;
    let mut bits = 0;
    let mut before = Before::Other;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if byte.is_ascii() {
            let letter = byte.is_ascii_alphabetic();
            if before == Before::Char(Kind::Wide) {
                bits += if letter { 50 } else { 5 };
            }
            before = match byte {
                b'a'..=b'z' => Before::AsciiLower,
                b'A'..=b'Z' => Before::AsciiUpper,
                _ => Before::Other,
            };
            bits += ASCII;
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let char = match candidate {
            Candidate::Utf8 => utf8(rest, &text[..at], tables),
            Candidate::Gb18030 => gb18030(rest, tables),
            Candidate::Windows1252 => Some(western(byte)),
            Candidate::Big5 => big5(rest, tables),
            Candidate::ShiftJis => shift_jis(rest, before),
            Candidate::EucKr => euc_kr(rest, tables),
            Candidate::EucJp => euc_jp(rest),
            Candidate::Windows1251 => Some(cyrillic(byte, before)),
        }?;
        let after = rest.get(char.bytes).copied().unwrap_or(b' ');
        bits += char.bits + place(char.kind, before, after);
        before = Before::Char(char.kind);
        at += char.bytes;
    }
    Some(bits)
}

/// What a text costs that is in no encoding.
pub(super) fn of_noise(text: &[u8]) -> u32 {
    text.iter().map(|byte| if byte.is_ascii() { ASCII } else { NOISE.0 }).sum::<u32>() + NOISE.1
}

/// What it takes for a character of that kind to stand there.
fn place(kind: Kind, before: Before, after: u8) -> u32 {
    use Before as B;
    let alone = || {
        let letters = matches!(before, B::AsciiLower | B::AsciiUpper | B::Char(Kind::Lower | Kind::Upper))
            || after.is_ascii_alphabetic();
        if letters { 0 } else { 50 }
    };
    match kind {
        Kind::Wide | Kind::Half => match before {
            B::Other => 15,
            B::AsciiLower | B::AsciiUpper => 60,
            B::Char(Kind::Wide | Kind::Half) => 3,
            B::Char(_) => 30,
        },
        Kind::Lower => match before {
            B::AsciiLower | B::AsciiUpper => 30,
            B::Char(_) => 60,
            B::Other => 50 + alone(),
        },
        Kind::Upper => match before {
            B::AsciiLower => 90,
            B::Char(_) => 70,
            B::AsciiUpper | B::Other => 40 + alone(),
        },
        Kind::Sign => match before {
            B::Char(_) => 70,
            _ => 40,
        },
    }
}

/// A byte of windows-1252.
fn western(byte: u8) -> Char {
    let (bits, kind) = match byte {
        0xD0 | 0xDE | 0xF0 | 0xFE | 0x8A | 0x9A | 0x8E | 0x9E | 0x9F => (120, Kind::Lower),
        0xD7 | 0xF7 => (120, Kind::Sign),
        0xC0..=0xDE | 0x8C => (90, Kind::Upper),
        0xDF..=0xFF | 0x9C => (51, Kind::Lower),
        // Euro, quotes, dashes, and signs of money, measures and law.
        0x80
        | 0x85
        | 0x91..=0x97
        | 0x99
        | 0xA0
        | 0xA1
        | 0xA3
        | 0xA5
        | 0xA7
        | 0xA9
        | 0xAB
        | 0xAE
        | 0xB0..=0xB3
        | 0xB5
        | 0xB7
        | 0xBA
        | 0xBB
        | 0xBD
        | 0xBF => (85, Kind::Sign),
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D => (300, Kind::Sign),
        _ => (120, Kind::Sign),
    };
    Char { bytes: 1, bits, kind }
}

/// A byte of windows-1251.
fn cyrillic(byte: u8, before: Before) -> Char {
    let (bits, kind) = match (byte, before == Before::Char(Kind::Wide)) {
        (0xE0..=0xFF, true) => (52, Kind::Wide),
        (0xC0..=0xDF, true) => (95, Kind::Wide),
        (0xC0..=0xFF, false) => (70, Kind::Wide),
        (0xA8 | 0xAA | 0xAF | 0xB2..=0xB4 | 0xB8 | 0xBA | 0xBF, _) => (100, Kind::Wide),
        _ => (120, Kind::Sign),
    };
    Char { bytes: 1, bits, kind }
}

fn utf8(rest: &[u8], before: &[u8], tables: &Tables) -> Option<Char> {
    let bytes = match rest[0] {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let char = std::str::from_utf8(rest.get(..bytes)?).ok()?.chars().next()?;
    let known = |bits, kind| Some(Char { bytes, bits, kind });
    match u32::from(char) {
        0x80..=0x9F => known(300, Kind::Sign),
        // The sign of yuan, before prices.
        0xA5 => known(30, Kind::Sign),
        point @ 0xA0..=0xFF => Some(Char { bytes, ..western(point as u8) }),
        0x100..=0x24F => known(90, if char.is_uppercase() { Kind::Upper } else { Kind::Lower }),
        0x250..=0x36F => known(200, Kind::Lower),
        // Alphabets, whose letters come in rows.
        point @ 0x370..=0x1FFF => wide(bytes, of_letter(point, before)),
        0x2000..=0x206F | 0x20A0..=0x20CF | 0x2122 => known(85, Kind::Sign),
        0x2070..=0x2FFF => known(120, Kind::Sign),
        0x3040..=0x30FF => wide(bytes, 85),
        0x3000..=0x303F | 0xFF00..=0xFFEF => wide(bytes, 115),
        point @ 0x4E00..=0x9FFF if tables.unicode.holds(point as u16) => wide(bytes, 100),
        0x4E00..=0x9FFF => wide(bytes, 141),
        0xAC00..=0xD7A3 => wide(bytes, 105),
        0xE000..=0xF8FF => wide(bytes, 300),
        // What another program could not read.
        0xFFFD => wide(bytes, 120),
        0x1_0000.. => wide(bytes, 160),
        _ => wide(bytes, 220),
    }
}

/// What a letter of an alphabet takes, of which the next is of the same one.
fn of_letter(point: u32, before: &[u8]) -> u32 {
    let last = before.utf8_chunks().last().and_then(|chunk| chunk.valid().chars().next_back());
    match last.map(u32::from) {
        Some(last) if last >> 8 == point >> 8 => 75,
        Some(0x370..=0x1FFF) => 250,
        _ => 160,
    }
}

fn gb18030(rest: &[u8], tables: &Tables) -> Option<Char> {
    if rest[0] == 0x80 {
        return Some(Char { bytes: 1, bits: 200, kind: Kind::Sign });
    }
    let (lead, trail) = (rest[0], *rest.get(1)?);
    match (lead, trail) {
        (0x81..=0xFE, b'0'..=b'9') => match (*rest.get(2)?, *rest.get(3)?) {
            // Signs and letters of Western text.
            (0x81..=0x8A, b'0'..=b'9') if (lead, trail) == (0x81, b'0') => wide(4, 140),
            (0x81..=0xFE, b'0'..=b'9') => wide(4, if lead <= 0x84 { 240 } else { 320 }),
            _ => None,
        },
        (0xFF, _) => None,
        // The characters of everyday (GB 2312, level 1) …
        (0xB0..=0xD7, 0xA1..=0xFE) => wide(2, if tables.gb18030.pair(lead, trail) { 100 } else { 141 }),
        // … the rarer ones (level 2), punctuation and full-width letters, numerals, …
        (0xD8..=0xF7, 0xA1..=0xFE) => wide(2, if tables.gb18030.pair(lead, trail) { 100 } else { 176 }),
        // The sign of yuan, before prices.
        (0xA3, 0xA4) => wide(2, 70),
        (0xA1 | 0xA3, 0xA1..=0xFE) => wide(2, 118),
        (0xA2, 0xA1..=0xFE) => wide(2, 150),
        // … other alphabets and lines, …
        (0xA4..=0xA9, 0xA1..=0xFE) => wide(2, 190),
        // … places without a meaning of their own, …
        (0xAA..=0xAF | 0xF8..=0xFE, 0xA1..=0xFE) | (0xA1..=0xA7, 0x40..=0x7E | 0x80..=0xA0) => wide(2, 350),
        // … and what GBK adds: traditional and rare characters.
        (0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE) => wide(2, 218),
        _ => None,
    }
}

fn big5(rest: &[u8], tables: &Tables) -> Option<Char> {
    let (lead, trail) = (rest[0], *rest.get(1)?);
    match (lead, trail) {
        (_, 0x00..=0x3F | 0x7F..=0xA0 | 0xFF) | (0x80 | 0xFF, _) => None,
        (0xA4..=0xC5, _) | (0xC6, 0x40..=0x7E) => wide(2, if tables.big5.pair(lead, trail) { 103 } else { 140 }),
        (0xA1..=0xA3, _) => wide(2, 128),
        (0xC9..=0xF9, _) => wide(2, 185),
        _ => wide(2, 260),
    }
}

fn euc_kr(rest: &[u8], tables: &Tables) -> Option<Char> {
    let (lead, trail) = (rest[0], *rest.get(1)?);
    match (lead, trail) {
        (0xB0..=0xC8, 0xA1..=0xFE) => wide(2, if tables.euc_kr.pair(lead, trail) { 86 } else { 141 }),
        (0xA1..=0xA3, 0xA1..=0xFE) => wide(2, 123),
        (0xA4..=0xAC, 0xA1..=0xFE) => wide(2, 190),
        (0xCA..=0xFD, 0xA1..=0xFE) => wide(2, 199),
        // Syllables beyond the usual 2,350.
        (0x81..=0xC6, 0x41..=0x5A | 0x61..=0x7A | 0x81..=0xFE) => wide(2, 207),
        _ => None,
    }
}

fn shift_jis(rest: &[u8], before: Before) -> Option<Char> {
    let lead = rest[0];
    if let 0xA1..=0xDF = lead {
        let bits = if before == Before::Char(Kind::Half) { 62 } else { 110 };
        return Some(Char { bytes: 1, bits, kind: Kind::Half });
    }
    match (lead, *rest.get(1)?) {
        (0x80 | 0xA0 | 0xFD..=0xFF, _) | (_, 0x00..=0x3F | 0x7F | 0xFD..=0xFF) => None,
        (0x82, 0x9F..=0xF1) => wide(2, 79),
        (0x83, 0x40..=0x96) => wide(2, 88),
        (0x81, _) | (0x82, 0x4F..=0x9A) => wide(2, 116),
        (0x88, 0x9F..) | (0x89..=0x97, _) | (0x98, ..=0x72) => wide(2, 130),
        (0x98..=0x9F | 0xE0..=0xEA, _) => wide(2, 184),
        (0xF0..=0xF9, _) => wide(2, 350),
        _ => wide(2, 220),
    }
}

fn euc_jp(rest: &[u8]) -> Option<Char> {
    let (lead, trail) = (rest[0], *rest.get(1)?);
    match (lead, trail) {
        (0x8E, 0xA1..=0xDF) => wide(2, 150),
        (0x8F, 0xA1..=0xFE) => matches!(rest.get(2), Some(0xA1..=0xFE)).then_some(()).and_then(|()| wide(3, 250)),
        (0xA4, 0xA1..=0xF3) => wide(2, 79),
        (0xA5, 0xA1..=0xF6) => wide(2, 88),
        (0xA1, 0xA1..=0xFE) | (0xA3, 0xB0..=0xB9 | 0xC1..=0xDA | 0xE1..=0xFA) => wide(2, 116),
        (0xA3, _) => None,
        (0xB0..=0xCF, 0xA1..=0xFE) => wide(2, 130),
        (0xD0..=0xF4, 0xA1..=0xFE) => wide(2, 184),
        (0xA2 | 0xA6..=0xA8, 0xA1..=0xFE) => wide(2, 190),
        (0xA1..=0xFE, 0xA1..=0xFE) => wide(2, 300),
        _ => None,
    }
}
