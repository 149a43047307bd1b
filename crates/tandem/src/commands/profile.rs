//! `tandem profile`: what a file holds, column by column.

use std::{fmt::Write, path::PathBuf, sync::Arc};

use clap::Args;
use tandem_app::files::{self, LocalFile};
use tandem_core::{Cancel, Error, Lang, Result};
use tandem_report::{NumberFormat, format};
use tandem_science::profile::{ColumnProfile, Profile as Described, Value};

use super::{file::say_rejected, reading::Reading};
use crate::{
    output,
    terminal::{Align, Bar, LangArg, Table, pick, work},
};

/// Describe a file: counts, distinct values, ranges, quantiles and oddities of every column.
#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// The file: CSV, TSV, Excel, JSON, NDJSON or Parquet, compressed with gzip or not.
    file: PathBuf,
    #[command(flatten)]
    reading: Reading,
    /// Print the whole profile as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

impl Profile {
    /// Does it.
    ///
    /// # Errors
    /// Those of reading the file.
    pub(crate) fn run(self) -> Result<()> {
        let lang = pick(self.lang);
        let file = LocalFile::look_as(&self.file, &self.reading.options())?;
        let bar = Arc::new(Bar::new(lang));
        let cancel = Cancel::new();
        let done = {
            let (bar, cancel, file) = (Arc::clone(&bar), cancel.clone(), file.clone());
            work(cancel.clone(), move || files::describe(&file, bar, &cancel))
        };
        bar.clear();
        let (profile, rows) = done?;
        say_rejected(&rows, lang);
        if self.json {
            let mut json = serde_json::to_vec_pretty(&profile).map_err(Error::internal)?;
            json.push(b'\n');
            return output::print(&json);
        }
        output::print(text(&file.name, &profile, lang).as_bytes())
    }
}

/// The profile in short.
fn text(name: &str, profile: &Described, lang: Lang) -> String {
    let count = |n: u64| format::number(n as f64, &NumberFormat::count(), lang);
    let (rows, columns) = (count(profile.rows), count(profile.columns.len() as u64));
    // Writing to a String can't fail.
    let mut out = String::new();
    let _ = match lang {
        Lang::En => writeln!(out, "{name}: {rows} rows, {columns} columns\n"),
        Lang::Zh => writeln!(out, "{name}：{rows} 行，{columns} 列\n"),
    };
    use Align::{Left, Right};
    let align = [Left, Left, Right, Right, Right, Right, Right, Left, Left];
    let head = match lang {
        Lang::En => ["Column", "Type", "Null", "Distinct", "Min", "Median", "Max", "Most frequent", "Oddities"],
        Lang::Zh => ["列", "类型", "空值", "不同值", "最小", "中位数", "最大", "最常见", "异常"],
    };
    let mut table = Table::new(head.into_iter().zip(align));
    for column in &profile.columns {
        table.row(cells(column, lang));
    }
    out.push_str(&table.render());
    if let Some(key) = profile.key_candidates.first() {
        let _ = match lang {
            Lang::En => writeln!(out, "\nKey candidate: {}", key.column),
            Lang::Zh => writeln!(out, "\n候选键：{}", key.column),
        };
    }
    out
}

fn cells(column: &ColumnProfile, lang: Lang) -> [String; 9] {
    let count = |n: u64| format::number(n as f64, &NumberFormat::count(), lang);
    let about = |exact: bool| if exact { "" } else { "≈" };
    let short = |v: &Value| clip(&show(v));
    let median = column.quantiles.as_ref().and_then(|q| {
        let value = q.values.iter().find(|q| q.p == 0.5)?;
        Some(format!("{}{}", about(q.exact), short(&value.value)))
    });
    let top = column.top.first().map(|t| {
        let share = format::number(t.share, &NumberFormat::percent(1), lang);
        format!("{} ({share})", short(&t.value))
    });
    let nulls = if column.nulls == 0 {
        "–".to_owned()
    } else {
        format::number(column.null_share, &NumberFormat::percent(1), lang)
    };
    let odd: Vec<String> =
        column.warnings.iter().filter_map(|w| serde_json::to_value(w.code).ok()?.as_str().map(str::to_owned)).collect();
    [
        clip(&column.name),
        column.data_type.clone(),
        nulls,
        column.distinct.map_or_else(String::new, |d| format!("{}{}", about(d.exact), count(d.count))),
        column.min.as_ref().map_or_else(String::new, short),
        median.unwrap_or_default(),
        column.max.as_ref().map_or_else(String::new, short),
        top.unwrap_or_default(),
        odd.join(", "),
    ]
}

fn show(value: &Value) -> String {
    match value {
        Value::Boolean(v) => v.to_string(),
        Value::Integer(v) => v.to_string(),
        Value::Number(v) => format::number(*v, &NumberFormat::default(), Lang::En),
        Value::Text(v) => v.clone(),
    }
}

/// Enough to be recognized.
fn clip(text: &str) -> String {
    const MOST: usize = 28;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST - 1).chain(['…']).collect() }
}
