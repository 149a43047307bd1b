//! The report as a workbook: a summary, a sheet for each table, one for the data
//! of each chart, and how it was made.
//!
//! Cells are typed. Words are always written as strings, so that one beginning
//! with `=`, `+`, `-` or `@` is shown and never computed.

mod data;
mod formats;
mod provenance;
mod sheet;
mod summary;

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use tandem_core::{Error, Lang, Result};

use crate::Report;
use sheet::Names;

/// The workbook's bytes, in one language; the same report gives the same bytes.
///
/// # Errors
/// `internal` where the workbook can't be written: more tables or cells than the format holds.
pub fn render(report: &Report, lang: Lang) -> Result<Vec<u8>> {
    build(report, lang).map_err(Error::internal)
}

fn build(report: &Report, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let at = report.created_at;
    let created = ExcelDateTime::from_ymd(
        u16::try_from(at.year()).unwrap_or(1970),
        u8::try_from(at.month()).unwrap_or(1),
        u8::try_from(at.day()).unwrap_or(1),
    )?
    .and_hms(
        u16::try_from(at.hour()).unwrap_or(0),
        u8::try_from(at.minute()).unwrap_or(0),
        f64::from(at.second().min(59)),
    )?;
    let properties = DocProperties::new()
        .set_title(sheet::clip(report.title.get(lang), 250))
        .set_comment(sheet::clip(report.answer.get(lang), 2000))
        .set_author("Tandem")
        .set_creation_datetime(&created);
    book.set_properties(&properties);

    let mut names = Names::default();
    let (summary_name, made_name) = match lang {
        Lang::En => ("Summary", "How this was made"),
        Lang::Zh => ("摘要", "结果从何而来"),
    };
    let made_name = names.take(made_name);
    summary::write(book.add_worksheet().set_name(names.take(summary_name))?, report, lang)?;
    for table in report.tables() {
        let name = names.take(table.title.get(lang));
        data::write(book.add_worksheet().set_name(name)?, table, lang)?;
    }
    for chart in report.charts() {
        let table = crate::data::table(chart);
        let name = names.take(table.title.get(lang));
        data::write(book.add_worksheet().set_name(name)?, &table, lang)?;
    }
    provenance::write(book.add_worksheet().set_name(made_name)?, report, lang)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests;
