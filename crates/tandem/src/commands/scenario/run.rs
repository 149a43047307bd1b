//! `tandem scenario run`.

use std::{path::PathBuf, sync::Arc};

use clap::Args as ClapArgs;
use serde_json::{Map, Value};
use tandem_app::{
    files::FileRows,
    scenarios::{self, Answer, DEFAULT_SEED, Made, Manifest, Request, params},
};
use tandem_core::{Cancel, Clock, Error, ErrorCode, Lang, Result, SystemClock};
use tandem_engine::Batches;

use super::{
    answer,
    input::{self, Chosen},
};
use crate::{
    commands::{
        file::{pair, say_rejected},
        reading::Reading,
        report_file::{ReportFile, report_file},
        tables::{self, Target},
    },
    output,
    terminal::{Bar, LangArg, pick, work},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario's name, such as customer-value.
    name: String,
    /// The file to run on: CSV, TSV, Excel, JSON, NDJSON or Parquet, compressed with gzip or not.
    #[arg(long = "input", value_name = "NAME=FILE", value_parser = pair)]
    inputs: Vec<(String, String)>,
    #[command(flatten)]
    reading: Reading,
    /// Which column plays which role; suggested from the file where none is given. A price and its
    /// quantity are written amount=QUANTITY*PRICE.
    #[arg(long = "map", value_name = "ROLE=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// A parameter; `tandem scenario show` lists them.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// Write the figures as JSON (`-` for standard output).
    #[arg(long, value_name = "OUT.json")]
    json: Option<PathBuf>,
    /// Write the report; the ending says how: .html (one self-contained page), .pdf or .xlsx. `-` is a page on standard
    /// output. May be given several times.
    #[arg(long = "report", value_name = "OUT.html", value_parser = report_file)]
    reports: Vec<ReportFile>,
    /// Write the report as a workbook.
    #[arg(long, value_name = "OUT.xlsx")]
    xlsx: Option<PathBuf>,
    /// Write the rows it gives, such as each customer's value; the ending says how: .csv, .ndjson, .parquet or .arrow.
    #[arg(long, value_name = "OUT.csv", value_parser = tables::target)]
    rows: Option<Target>,
    /// Language of the report and of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
    /// Seed of everything random; the same seed gives the same figures.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
}

pub(super) fn run(args: Args) -> Result<()> {
    let lang = pick(args.lang);
    let manifest = scenarios::find(&args.name)?;
    let params = parameters(&manifest, &args.params)?;
    let chosen = input::choose(&manifest, &args.inputs, &args.reading, &args.map, lang)?;
    let (answer, rows) = compute(&args.name, chosen, params, args.seed, lang)?;
    say_rejected(&rows, lang);
    let documents = args.json.iter().chain(args.reports.iter().map(|report| &report.path));
    let quiet = documents.clone().any(|path| path.as_os_str() == "-");
    if let Some(path) = &args.json {
        let mut json = serde_json::to_vec_pretty(&answer.result).map_err(Error::internal)?;
        json.push(b'\n');
        output::write(path, &json)?;
    }
    args.reports.iter().try_for_each(|file| file.write(&answer.report, lang))?;
    if let Some(path) = &args.xlsx {
        output::write(path, &tandem_report::xlsx::render(&answer.report, lang)?)?;
    }
    if let Some(target) = &args.rows {
        let rows = Batches::from_vec(answer.table.schema(), vec![answer.table]);
        tokio::runtime::Builder::new_current_thread().build()?.block_on(target.write(rows))?;
    }
    for warning in &answer.report.warnings {
        let word = if lang == Lang::En { "note:" } else { "注意：" };
        output::say(&format!("{word} {}", warning.text.get(lang)));
    }
    // What went to standard output as a document stays one.
    if !quiet {
        output::print(answer::text(&answer.report, lang).as_bytes())?;
    }
    let rows = args.rows.as_ref().map(|t| &t.path);
    for path in documents.chain(&args.xlsx).chain(rows).filter(|p| p.as_os_str() != "-") {
        let word = if lang == Lang::En { "wrote" } else { "已写入" };
        output::say(&format!("{word} {}", path.display()));
    }
    Ok(())
}

fn parameters(manifest: &Manifest, given: &[(String, String)]) -> Result<Map<String, Value>> {
    let mut out = Map::new();
    for (name, text) in given {
        if out.insert(name.clone(), params::parse(manifest, name, text)?).is_some() {
            return Err(Error::new(ErrorCode::InvalidRequest, format!("--param {name} was given twice.")));
        }
    }
    Ok(out)
}

/// Reads, computes and writes the report, with a bar where somebody watches.
fn compute(
    name: &str,
    chosen: Chosen,
    params: Map<String, Value>,
    seed: u64,
    lang: Lang,
) -> Result<(Answer, FileRows)> {
    let name = name.to_owned();
    let cancel = Cancel::new();
    let bar = Arc::new(Bar::new(lang));
    let shown = Arc::clone(&bar);
    let task = {
        let cancel = cancel.clone();
        move || {
            let digest = chosen.file.digest(&cancel)?;
            let mut rows = chosen.file.rows(bar.clone(), cancel.clone())?;
            let made = Made {
                at: SystemClock.now(),
                run: None,
                engine: concat!("tandem ", env!("CARGO_PKG_VERSION")).to_owned(),
                digest: None,
                source: chosen.file.name.clone(),
                source_version: None,
                source_digest: Some(digest),
            };
            let request = Request { rows: &mut rows, row_count: None, mapping: chosen.mapping, params, seed, made };
            let answer = scenarios::run(&name, request, &*bar, &cancel)?;
            Ok((answer, rows))
        }
    };
    let done = work(cancel, task);
    shown.clear();
    done
}
