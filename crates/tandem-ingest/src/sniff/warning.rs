//! What the user should know before importing.

use serde::{Deserialize, Serialize};

/// The kind of remark, which pages translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// A column had no name and got one.
    EmptyColumnName,
    /// Columns had the same name; later ones got a number.
    DuplicateColumnName,
    /// The header names more or fewer columns than the rows have.
    HeaderWidth,
    /// All values are text, so that the first row was only supposed to be a header.
    HeaderAssumed,
    /// Lines above the table are left out.
    LinesSkipped,
    /// Some lines are not in the file's encoding and will be rejected.
    MixedEncoding,
    /// The encoding was guessed from so few characters that it may be another.
    UncertainEncoding,
    /// Rows have different numbers of fields; those that don't fit will be rejected.
    RaggedRows,
    /// Day and month could be either way round; the column stays text.
    AmbiguousDates,
    /// Nearly all values are of one type; the column stays text.
    MostlyTyped,
    /// Texts such as `NA` are read as missing values.
    NullTokens,
    /// Numbers written `17850.0` are read as whole.
    WholeWithPoint,
    /// Numbers are written with commas or currency signs. The detail is `text`
    /// where the column stays text because the commas could be decimal ones.
    FormattedNumbers,
    /// Numbers are written with decimal commas: `1.234,56`.
    DecimalCommas,
    /// The file is an archive, of which the one file is read.
    ArchiveMember,
    /// A column without any value.
    EmptyColumn,
    /// Nested values are kept as JSON text.
    NestedAsText,
    /// A column's type has no equal here and becomes another (`Time64(µs) → text`).
    TypeChanged,
    /// The workbook has other sheets.
    OtherSheets,
    /// There are no rows.
    NoRows,
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Its kind.
    pub code: WarningCode,
    /// The column it is about, by its sniffed name.
    pub column: Option<String>,
    /// The particulars, for the translated text: a count, names, an example.
    pub detail: String,
    /// It all in English.
    pub message: String,
}

impl Warning {
    /// A remark about the file.
    pub(crate) fn new(code: WarningCode, detail: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, column: None, detail: detail.into(), message: message.into() }
    }

    /// A remark about one column.
    pub(crate) fn of_column(
        code: WarningCode,
        column: &str,
        detail: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { column: Some(column.into()), ..Self::new(code, detail, message) }
    }
}
