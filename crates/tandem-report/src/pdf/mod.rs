//! The report on sheets of paper: A4, in one language, with an outline, links,
//! words that can be copied and searched, and charts as vectors.
//!
//! The font is given by the caller; a document carries the glyphs that it uses
//! and nothing else. Deterministic: time is that of the report. What is long is
//! listed in part (see [`render`]), so that a report of any size takes bounded
//! time and room.

mod blocks;
mod figure;
mod font;
mod page;
mod paint;
mod sheet;
mod table;
mod tags;
mod text;
mod write;

use tandem_core::{Lang, Result};

use crate::Report;

pub use font::Fonts;

/// The report as a PDF document.
///
/// A table lists as many rows as its `page_rows` say, 500 at the most, and 60
/// columns; what is left out is said below it. The same report and fonts give
/// the same bytes.
///
/// # Errors
/// `unsupported_format` or `internal` where the font is damaged.
pub fn render(report: &Report, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>> {
    let mut sheet = sheet::Sheet::new(fonts, lang)?;
    page::write(&mut sheet, report)?;
    write::document(sheet, report)
}

#[cfg(test)]
mod tests;
