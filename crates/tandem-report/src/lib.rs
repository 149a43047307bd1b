//! The report document, and its HTML, XLSX and PDF forms.
//!
//! A scenario answers with a [`Report`]: plain data with words in both
//! languages. Its JSON is what the web draws with its own charts; [`html`]
//! makes one self-contained page of it (inline SVG, no script, nothing fetched
//! from elsewhere), [`xlsx`] a workbook, and [`pdf`] sheets of paper. The same report gives the same
//! bytes, always.
//!
//! Invariant: no engine, no tables, no I/O, no clock. Every text that comes
//! from data is treated as hostile and escaped.

pub mod data;
mod file;
#[cfg(test)]
mod fixture;
pub mod format;
pub mod html;
pub mod model;
pub mod palette;
pub mod pdf;
pub mod svg;
mod words;
pub mod xlsx;

pub use file::FileFormat;
pub use model::*;
