//! One value as a cell.

use std::io::Write;

use arrow::{
    array::{Array, AsArray},
    datatypes::{
        DataType, Date32Type, Schema, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType,
    },
};
use tandem_core::Result;

use super::{
    super::value::{Column, Style, column},
    parts::{DAY, HEADER, MOMENT},
};

/// Longest text of a cell, in units of UTF-16.
const TEXT: usize = 32_767;
/// Digits that a number keeps.
const DIGITS: usize = 15;
/// Days from the first of a sheet's calendar to 1970.
const EPOCH: i64 = 25_569;
/// The days that all programs agree on: March 1900 to the end of 9999.
const CALENDAR: std::ops::RangeInclusive<i64> = 61..=2_958_465;

/// Where a cell is.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) letters: &'a str,
    pub(super) row: u32,
}

/// Writes the cells of one column; nothing for a missing value.
pub(super) type Cells<'a> = Box<dyn Fn(usize, Place<'_>, &mut Vec<u8>) + 'a>;

/// The letters of a column, counted from 0.
pub(super) fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
        if column < 26 {
            return name.iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

/// The row of names.
pub(super) fn header(schema: &Schema, letters: &[String], xml: &mut Vec<u8>) {
    xml.extend_from_slice(b"<row r=\"1\">");
    for (field, letters) in schema.fields().iter().zip(letters) {
        text(field.name(), Place { letters, row: 1 }, Some(HEADER), xml);
    }
    xml.extend_from_slice(b"</row>");
}

/// How the values of `array` are written.
pub(super) fn writer(array: &dyn Array) -> Result<Cells<'_>> {
    let shown = column(array, Style::Csv)?;
    let write: Cells<'_> = match array.data_type() {
        DataType::Boolean => {
            let array = array.as_boolean();
            Box::new(move |row, place, xml| {
                let value = u8::from(array.value(row));
                let _ = write!(xml, r#"<c r="{}{}" t="b"><v>{value}</v></c>"#, place.letters, place.row);
            })
        }
        kind if kind.is_numeric() => number(shown),
        DataType::Date32 => {
            let array = array.as_primitive::<Date32Type>();
            day(move |row| (i64::from(array.value(row)), 0), DAY, shown)
        }
        DataType::Timestamp(unit, _) => {
            let values: Box<dyn Fn(usize) -> i64> = match unit {
                TimeUnit::Second => {
                    let array = array.as_primitive::<TimestampSecondType>();
                    Box::new(move |row| array.value(row).saturating_mul(1_000_000))
                }
                TimeUnit::Millisecond => {
                    let array = array.as_primitive::<TimestampMillisecondType>();
                    Box::new(move |row| array.value(row).saturating_mul(1000))
                }
                TimeUnit::Microsecond => {
                    let array = array.as_primitive::<TimestampMicrosecondType>();
                    Box::new(move |row| array.value(row))
                }
                TimeUnit::Nanosecond => {
                    let array = array.as_primitive::<TimestampNanosecondType>();
                    Box::new(move |row| array.value(row).div_euclid(1000))
                }
            };
            const MICROS: i64 = 86_400_000_000;
            day(move |row| (values(row).div_euclid(MICROS), values(row).rem_euclid(MICROS)), MOMENT, shown)
        }
        _ => Box::new(move |row, place, xml| {
            let mut value = Vec::new();
            shown(row, &mut value);
            text(&String::from_utf8_lossy(&value), place, None, xml);
        }),
    };
    let nulls = array.logical_nulls();
    Ok(Box::new(move |row, place, xml| {
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            write(row, place, xml);
        }
    }))
}

/// A number where a sheet keeps all of its digits, else a text.
fn number(shown: Column<'_>) -> Cells<'_> {
    Box::new(move |row, place, xml| {
        let mut value = Vec::new();
        shown(row, &mut value);
        let value = String::from_utf8_lossy(&value);
        if is_exact(&value) {
            let _ = write!(xml, r#"<c r="{}{}"><v>{value}</v></c>"#, place.letters, place.row);
        } else {
            text(&value, place, None, xml);
        }
    })
}

/// Whether a sheet keeps the number as it is written: a double does, of up to
/// 15 digits or as the shortest that is that double.
fn is_exact(value: &str) -> bool {
    let Ok(double) = value.parse::<f64>() else { return false };
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let shortest = value.contains(['.', 'e']) && (format!("{double}") == value || format!("{double:e}") == value);
    double.is_finite() && (digits <= DIGITS || shortest)
}

/// Days of the calendar with a part of one, in microseconds.
fn day<'a>(value: impl Fn(usize) -> (i64, i64) + 'a, style: u8, shown: Column<'a>) -> Cells<'a> {
    Box::new(move |row, place, xml| {
        let (days, micros) = value(row);
        let serial = days.saturating_add(EPOCH);
        if !CALENDAR.contains(&serial) {
            let mut value = Vec::new();
            shown(row, &mut value);
            return text(&String::from_utf8_lossy(&value), place, None, xml);
        }
        let _ = write!(xml, r#"<c r="{}{}" s="{style}"><v>{serial}"#, place.letters, place.row);
        if micros > 0 {
            // Twelve places of a day are a tenth of a microsecond.
            let part = i128::from(micros) * 1_000_000_000_000 / 86_400_000_000;
            let _ = write!(xml, ".{part:012}");
        }
        xml.extend_from_slice(b"</v></c>");
    })
}

/// A text, which no program takes for a formula.
fn text(value: &str, place: Place<'_>, style: Option<u8>, xml: &mut Vec<u8>) {
    let _ = write!(xml, r#"<c r="{}{}""#, place.letters, place.row);
    if let Some(style) = style {
        let _ = write!(xml, r#" s="{style}""#);
    }
    xml.extend_from_slice(br#" t="inlineStr"><is><t xml:space="preserve">"#);
    escape(shorten(value).as_ref(), xml);
    xml.extend_from_slice(b"</t></is></c>");
}

fn shorten(value: &str) -> std::borrow::Cow<'_, str> {
    if value.len() <= TEXT || value.encode_utf16().count() <= TEXT {
        return value.into();
    }
    let mut units = 0;
    let kept: String = value
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < TEXT
        })
        .collect();
    (kept + "…").into()
}

/// XML has no form for most control characters; a workbook writes them, and
/// what looks like it, as `_xHHHH_` (ECMA-376, 22.9.2.19).
fn escape(value: &str, xml: &mut Vec<u8>) {
    for (at, c) in value.char_indices() {
        match c {
            '&' => xml.extend_from_slice(b"&amp;"),
            '<' => xml.extend_from_slice(b"&lt;"),
            '>' => xml.extend_from_slice(b"&gt;"),
            '\t' => xml.push(b'\t'),
            '\n' => xml.push(b'\n'),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(xml, "_x{:04X}_", u32::from(c));
            }
            '_' if is_escape(&value[at..]) => xml.extend_from_slice(b"_x005F_"),
            c => xml.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702, 16_383].map(letters).to_vec();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn numbers_that_would_lose_digits_are_texts() {
        for exact in ["0", "-12.50", "999999999999999", "0.1", "0.30000000000000004", "1e300", "1.7976931348623157e308"]
        {
            assert!(is_exact(exact), "{exact}");
        }
        for text in ["9007199254740993", "1234567890123456", "12345678901234.567", "NaN", "Infinity", ""] {
            assert!(!is_exact(text), "{text}");
        }
    }

    #[test]
    fn texts_are_escaped() {
        let written = |value: &str| {
            let mut xml = Vec::new();
            escape(value, &mut xml);
            String::from_utf8(xml).unwrap()
        };
        assert_eq!(written("a<b> & \u{1}\r_x000D_ _x_ 会"), "a&lt;b&gt; &amp; _x0001__x000D__x005F_x000D_ _x_ 会");
        assert_eq!(shorten(&"𠮷".repeat(20_000)).encode_utf16().count(), TEXT);
        assert_eq!(shorten(&"a".repeat(TEXT)).len(), TEXT);
        assert!(shorten(&"a".repeat(TEXT + 1)).ends_with('…'));
    }
}
