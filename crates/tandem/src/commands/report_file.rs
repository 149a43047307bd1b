//! A report's file, whose ending says what kind it is.

use std::path::PathBuf;

use tandem_app::FileFormat;
use tandem_core::{Lang, Result};
use tandem_report::Report;

use crate::output;

/// Where a report goes, and as what.
#[derive(Debug, Clone)]
pub(crate) struct ReportFile {
    /// The file; `-` is standard output.
    pub(crate) path: PathBuf,
    pub(crate) format: FileFormat,
}

/// Reads the name of a report's file. A name without an ending, such as `-`, is a page.
pub(crate) fn report_file(text: &str) -> std::result::Result<ReportFile, String> {
    let path = PathBuf::from(text);
    let format = match path.extension().and_then(|ending| ending.to_str()) {
        None => FileFormat::Html,
        Some(ending) if ending.eq_ignore_ascii_case("htm") => FileFormat::Html,
        Some(ending) => FileFormat::of_extension(ending).ok_or_else(|| {
            let known: Vec<String> = FileFormat::ALL.iter().map(|format| format!(".{}", format.extension())).collect();
            format!("end the name in one of {}", known.join(", "))
        })?,
    };
    Ok(ReportFile { path, format })
}

impl ReportFile {
    /// Writes the report.
    ///
    /// # Errors
    /// Those of making it and of [`output::write`].
    pub(crate) fn write(&self, report: &Report, lang: Lang) -> Result<()> {
        let fonts = if self.format == FileFormat::Pdf { tandem_api::fonts() } else { None };
        output::write(&self.path, &self.format.render(report, lang, fonts.as_ref())?)
    }
}
