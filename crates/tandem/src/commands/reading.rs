//! What a person may say of a file where the guess is wrong.

use clap::Args;
use tandem_app::files::{Delimiter, ImportOptions};

/// How files are read, in the words that the API has for it. Whatever is absent is found out.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Reading {
    /// The text's encoding, such as utf-8, gb18030 or windows-1252; guessed without it.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What separates the fields of a text: one character, `tab`, or `whitespace` for runs of blanks; guessed without
    /// it.
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<Delimiter>,
    /// The first row names the columns; guessed without it and --no-header.
    #[arg(long, conflicts_with = "no_header")]
    header: bool,
    /// The first row is data.
    #[arg(long)]
    no_header: bool,
    /// The sheet of a workbook; the first that holds a table without it.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl Reading {
    /// What was said.
    pub(crate) fn options(&self) -> ImportOptions {
        ImportOptions {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            header: (self.header || self.no_header).then_some(self.header),
            sheet: self.sheet.clone(),
            ..ImportOptions::default()
        }
    }
}
