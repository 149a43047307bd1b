//! Rows that could not be read, each with its reason.

use serde::{Deserialize, Serialize};

/// Longest raw text that a reject keeps, in bytes.
pub const RAW_LIMIT: usize = 1024;

/// Why a row was set aside. Pages translate the code; `message` of the
/// [`Reject`] is English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// The record has more or fewer fields than the table has columns.
    FieldCount,
    /// A quoted field goes on after its closing quote.
    StrayQuote,
    /// A quoted field is never closed.
    UnclosedQuote,
    /// Bytes that are no text in the file's encoding.
    InvalidEncoding,
    /// Longer than a record may be.
    RecordTooLong,
    /// A value does not fit the column's type.
    InvalidValue,
    /// A line or element that is no JSON object.
    MalformedJson,
    /// A JSON object with a field that no column was planned for.
    UnknownField,
}

impl RejectCode {
    /// The code as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FieldCount => "field_count",
            Self::StrayQuote => "stray_quote",
            Self::UnclosedQuote => "unclosed_quote",
            Self::InvalidEncoding => "invalid_encoding",
            Self::RecordTooLong => "record_too_long",
            Self::InvalidValue => "invalid_value",
            Self::MalformedJson => "malformed_json",
            Self::UnknownField => "unknown_field",
        }
    }
}

/// One row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Its place among the data rows of the source, from 1, rejected ones included.
    pub row_number: u64,
    /// The line of the file on which it begins, from 1, where the format has lines.
    pub line: Option<u64>,
    /// The column at fault, by its name in the result.
    pub column: Option<String>,
    /// Why.
    pub code: RejectCode,
    /// Why, in words.
    pub message: String,
    /// The row as it stands in the source, cut after [`RAW_LIMIT`] bytes.
    pub raw: String,
}

/// The start of `bytes` as text, cut at [`RAW_LIMIT`] on a character boundary.
pub(crate) fn raw_text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.len() <= RAW_LIMIT {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut end = RAW_LIMIT;
    // A byte 10xxxxxx continues a character.
    while end > RAW_LIMIT - 4 && bytes[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    let mut text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    text.push('…');
    text
}
