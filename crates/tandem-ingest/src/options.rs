//! What the user may say about a file ([`ImportOptions`]) and what was settled
//! on ([`ResolvedOptions`]). The second can be stored with the job and read
//! again years later: it leaves nothing to guess.

use std::{collections::HashSet, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use tandem_core::{Error, ErrorCode, Result};

use crate::{
    limits::Limits,
    types::{ColumnType, DateOrder},
};

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited text: CSV, TSV, tables aligned with blanks.
    Csv,
    /// A workbook: .xlsx or .xls.
    Excel,
    /// An array of objects, or objects one after another.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
    /// Rows of a database, which is no file.
    Database,
}

/// How the file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames.
    Zstd,
    /// A zip archive that holds one file.
    Zip,
}

/// What separates the fields of a delimited text. Written as the character
/// itself (`","`, `"\t"`) or as the word `"whitespace"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// Runs of blanks and tabs; those at either end of a line don't count.
    Whitespace,
}

impl FromStr for Delimiter {
    type Err = Error;

    /// Reads the written form; `tab` and `\t` stand for the character, which is hard to type.
    fn from_str(text: &str) -> Result<Self> {
        match text.as_bytes() {
            b"whitespace" => Ok(Self::Whitespace),
            b"\\t" | b"tab" => Ok(Self::Byte(b'\t')),
            [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"' | 0) => Ok(Self::Byte(*byte)),
            _ => Err(Error::new(
                ErrorCode::InvalidParameter,
                "a delimiter is one ASCII character, or the word `tab` or `whitespace`",
            )),
        }
    }
}

impl Serialize for Delimiter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Byte(byte) => serializer.serialize_char(char::from(*byte)),
            Self::Whitespace => serializer.serialize_str("whitespace"),
        }
    }
}

impl<'de> Deserialize<'de> for Delimiter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| D::Error::custom(error.message()))
    }
}

/// What surrounds a field that holds delimiters or line ends. Written as the
/// character, or as `""` where fields are never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quote(pub Option<u8>);

impl Serialize for Quote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(byte) => serializer.serialize_char(char::from(byte)),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'de> Deserialize<'de> for Quote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_bytes() {
            [] => Ok(Self(None)),
            [byte] if byte.is_ascii_punctuation() => Ok(Self(Some(*byte))),
            _ => Err(D::Error::custom("a quote is one ASCII punctuation character, or empty for none")),
        }
    }
}

/// What the user overrides; whatever is absent is sniffed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImportOptions {
    /// The kind of file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The text encoding, as a WHATWG label (`utf-8`, `gb18030`, `utf-16le`, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What separates fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// What surrounds fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// Whether the first record (after `skip_rows`) names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Lines (of a sheet: rows) to leave out at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_rows: Option<u32>,
    /// Texts that stand for a missing value, in every column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_values: Option<Vec<String>>,
    /// Which sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// What to do with single columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnOverride>,
}

/// What the user says about one column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnOverride {
    /// The column's name as sniffed.
    pub name: String,
    /// The name it shall have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rename: Option<String>,
    /// The type it shall have.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub column_type: Option<ColumnType>,
    /// How its dates are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Whether its numbers are written `1.234,56`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_comma: Option<bool>,
    /// `false` leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<bool>,
}

/// Everything a reader needs to know, with nothing left to guess.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolvedOptions {
    /// The kind of file.
    pub format: Format,
    /// How it is packed.
    #[serde(default)]
    pub compression: Compression,
    /// For text formats: how the bytes are text.
    pub encoding: String,
    /// Whether lines end in carriage returns alone, as on old Macs.
    #[serde(default)]
    pub carriage_returns: bool,
    /// For delimited text: what separates fields.
    pub delimiter: Delimiter,
    /// What surrounds fields.
    pub quote: Quote,
    /// Whether the first record (after `skip_rows`) names the columns.
    pub header: bool,
    /// Lines or rows to leave out at the start.
    pub skip_rows: u32,
    /// Texts that stand for a missing value, in every column.
    pub null_values: Vec<String>,
    /// Which sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Every column of the file, in its order.
    pub columns: Vec<ColumnPlan>,
}

/// What happens to one column of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// Its name as sniffed: unique, and for JSON and Parquet the path in the file.
    pub source: String,
    /// Its name in the result.
    pub name: String,
    /// Its type in the result.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// How its dates are written.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Whether its numbers are written `1.234,56`.
    #[serde(default)]
    pub decimal_comma: bool,
    /// Whether it is in the result.
    pub include: bool,
}

impl ResolvedOptions {
    /// The columns that are in the result, with their place in the file.
    pub fn included(&self) -> impl Iterator<Item = (usize, &ColumnPlan)> {
        self.columns.iter().enumerate().filter(|(_, c)| c.include)
    }

    /// What one would say about a file to have it read so, whatever is in it;
    /// nothing about single columns.
    pub(crate) fn as_asked(&self) -> ImportOptions {
        ImportOptions {
            format: Some(self.format),
            encoding: Some(self.encoding.clone()),
            delimiter: Some(self.delimiter),
            quote: Some(self.quote),
            header: Some(self.header),
            skip_rows: Some(self.skip_rows),
            null_values: Some(self.null_values.clone()),
            sheet: self.sheet.clone(),
            columns: Vec::new(),
        }
    }

    /// Checks options that come from outside: that there is a column, and that
    /// each in the result has a name of its own.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub fn check(&self) -> Result<()> {
        let mut names = HashSet::new();
        let named = self.included().all(|(_, c)| !c.name.trim().is_empty() && names.insert(c.name.to_lowercase()));
        if named && !names.is_empty() && self.columns.len() <= Limits::default().columns {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::InvalidParameter,
            "What was settled on needs a column, and for each column a name of its own. Send what the preview gave.",
        ))
    }

    /// The Arrow schema of the result; every column may hold nulls.
    pub fn schema(&self) -> arrow::datatypes::SchemaRef {
        let fields: Vec<_> = self
            .included()
            .map(|(_, c)| arrow::datatypes::Field::new(&c.name, c.column_type.data_type(), true))
            .collect();
        std::sync::Arc::new(arrow::datatypes::Schema::new(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_read_what_pages_send() {
        let options: ImportOptions = serde_json::from_str(
            r#"{"delimiter":"whitespace","quote":"","header":false,
                "columns":[{"name":"a","type":"decimal(10,2)","date_order":"dmy"}]}"#,
        )
        .unwrap();
        assert_eq!(options.delimiter, Some(Delimiter::Whitespace));
        assert_eq!(options.quote, Some(Quote(None)));
        assert_eq!(["tab", "\\t", "\t"].map(|text| text.parse().ok()), [Some(Delimiter::Byte(b'\t')); 3]);
        assert_eq!(options.columns[0].column_type, Some(ColumnType::Decimal { precision: 10, scale: 2 }));
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<ImportOptions>(&text).unwrap(), options);
        for bad in [r#"{"delimiter":"ab"}"#, r#"{"delimiter":"\n"}"#, r#"{"quote":"x"}"#, r#"{"delimeter":","}"#] {
            assert!(serde_json::from_str::<ImportOptions>(bad).is_err(), "{bad}");
        }
    }
}
