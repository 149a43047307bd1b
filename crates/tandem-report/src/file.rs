//! The kinds of file that a report is given away as: the one list of them.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Lang, Result};

use crate::{
    Report, html,
    pdf::{self, Fonts},
    xlsx,
};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// One self-contained web page.
    Html,
    /// A workbook.
    Xlsx,
    /// Sheets of paper.
    Pdf,
}

impl FileFormat {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Html, Self::Pdf, Self::Xlsx];

    /// The ending of such a file's name, without the dot; also its name in requests.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// Its media type, with the character set where it has one.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    /// The kind whose files have this ending, in whatever case.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension().eq_ignore_ascii_case(extension))
    }

    /// The report as such a file, in one language; the same report gives the
    /// same bytes. `fonts` are those that a PDF is set in.
    ///
    /// # Errors
    /// `internal` where the form can't hold it; `unavailable` for a PDF without fonts.
    pub fn render(self, report: &Report, lang: Lang, fonts: Option<&Fonts>) -> Result<Vec<u8>> {
        match self {
            Self::Html => Ok(html::render(report, lang).into_bytes()),
            Self::Xlsx => xlsx::render(report, lang),
            Self::Pdf => pdf::render(report, lang, fonts.ok_or_else(no_fonts)?),
        }
    }
}

fn no_fonts() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "This program was built without its pages, and so without the font that a PDF is set in. \
         Take the report as HTML and print it, or use a program that was built with them.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_ending() {
        for format in FileFormat::ALL {
            assert_eq!(FileFormat::of_extension(&format.extension().to_uppercase()), Some(format));
            let named = serde_json::to_value(format).unwrap();
            assert_eq!(named, format.extension());
        }
        assert_eq!(FileFormat::of_extension("docx"), None);
    }
}
