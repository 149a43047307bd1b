//! `tandem query`: SQL over files, without a server.

mod table;
mod write;

use std::{path::Path, sync::Arc};

use clap::{Args, ValueEnum};
use tandem_app::files::{self, LocalFile};
use tandem_core::{Cancel, Error, ErrorCode, Lang, Result};

use super::{
    file::{pair, say_rejects},
    reading::Reading,
};
use crate::{
    machine::half_of_memory_mib,
    output,
    terminal::{Bar, LangArg, pick},
};

/// Run one SQL statement that only reads over files.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The statement.
    sql: String,
    /// A file and the name that the statement knows it by. May be given several times.
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = pair)]
    tables: Vec<(String, String)>,
    #[command(flatten)]
    reading: Reading,
    /// How the rows are printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Memory in MiB before the query spills to disk; half of the machine's where it isn't said.
    #[arg(long, default_value_t = half_of_memory_mib(), hide_default_value = true, value_parser = clap::value_parser!(u64).range(16..))]
    memory: u64,
    /// Say on standard error how long the statement took, the reading of files into tables left out.
    #[arg(long)]
    timing: bool,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned text for people; the first 1,000 rows.
    Table,
    /// Comma-separated, with a header.
    Csv,
    /// One array of objects.
    Json,
    /// One object a line.
    Ndjson,
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl Query {
    /// Does it.
    ///
    /// # Errors
    /// Those of reading the files and of the statement.
    pub(crate) fn run(self) -> Result<()> {
        let lang = pick(self.lang);
        let options = self.reading.options();
        let mut tables: Vec<(String, LocalFile)> = Vec::new();
        for (name, path) in &self.tables {
            if tables.iter().any(|(known, _)| known == name) {
                let message = format!("--table {name} was given twice.");
                return Err(Error::new(ErrorCode::InvalidRequest, message));
            }
            tables.push((name.clone(), LocalFile::look_as(Path::new(path), &options)?));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let cancel = Cancel::new();
            let answer = self.answer(tables, lang, &cancel);
            let interrupted = async {
                // Where signals can't be had, the query goes on to its end.
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                done = answer => done,
                () = interrupted => {
                    cancel.cancel();
                    cancel.check()
                }
            }
        })
    }

    async fn answer(&self, tables: Vec<(String, LocalFile)>, lang: Lang, cancel: &Cancel) -> Result<()> {
        let bar = Arc::new(Bar::new(lang));
        let begun = files::query(tables, &self.sql, self.memory << 20, bar.clone(), cancel).await;
        bar.clear();
        let mut query = begun?;
        let begun = query.begun;
        for (name, count, first) in &query.rejected {
            let first = first.iter().map(|r| (r.line.unwrap_or(r.row_number), r.message.as_str()));
            say_rejects(Some(name), *count, first, lang);
        }
        if self.format == Format::Table {
            let shown = table::render(&mut query.stream).await?;
            output::print(shown.text.as_bytes())?;
            if shown.left_out > 0 {
                output::say(&match lang {
                    Lang::En => format!("… {} more rows; --format csv prints them all", shown.left_out),
                    Lang::Zh => format!("……另有 {} 行，使用 --format csv 可全部输出", shown.left_out),
                });
            }
        } else {
            write::write(query, self.format).await?;
        }
        if self.timing {
            output::say(&format!("time: {:.4} s", begun.elapsed().as_secs_f64()));
        }
        Ok(())
    }
}
