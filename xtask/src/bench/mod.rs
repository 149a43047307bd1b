//! `cargo xtask bench NAME`: ours and the peer in turn, in one run, on data made here.
//!
//! Ours is timed as a whole process, since that is what a person waits for. The peer's interpreter is not what we
//! compare with, so the peer is timed by its own clock around its work alone: the harder way round for us. Every round
//! runs both, in alternating order, after one round that warms the file cache.

mod answers;
pub(crate) mod bgnbd;
pub(crate) mod boost;
mod flow;
mod import;
mod lab;
mod pipeline;
mod process;
mod profile;
mod queries;
mod server;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use self::lab::Lab;
use self::table::Report;

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// A CSV file of a gigabyte into a version, against DuckDB writing zstd Parquet
    Import,
    /// The profile of a file, against DuckDB's SUMMARIZE
    Profile,
    /// Eight analytic queries on 20 million rows, against DuckDB
    Queries,
    /// BG/NBD on the whole CDNOW data, against the Python package lifetimes
    Bgnbd,
    /// Gradient boosting on 1 million rows of 30 columns, against LightGBM
    Boost,
    /// What a workflow costs beside the work of its nodes
    Flow,
    /// A workflow that cleans, joins and groups 20 million rows, against Polars
    Pipeline,
    /// How soon the server is ready, and its memory when idle
    Server,
}

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    name: Name,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// The binary to measure: a release build, or the figures mean nothing
    #[arg(long)]
    binary: Option<PathBuf>,
    /// How often each is measured; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Rows of generated data, if not the bench's own number
    #[arg(long)]
    rows: Option<u64>,
    /// Where generated data is kept between runs
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Runs one bench and prints its figures.
pub(crate) fn run(options: &Options) -> Result<()> {
    let target = target();
    let lab = Lab {
        binary: options.binary.clone().unwrap_or_else(|| target.join("release/tandem")),
        python: lab::python()?,
        data: options.data.clone().unwrap_or_else(|| target.join("bench")),
        rounds: options.rounds.max(1),
    };
    anyhow::ensure!(
        lab.binary.is_file(),
        "{} is not there: `cargo build --release --package tandem`, or name it with --binary",
        lab.binary.display()
    );
    std::fs::create_dir_all(&lab.data).with_context(|| format!("could not make {}", lab.data.display()))?;
    let measures = match options.name {
        Name::Import => import::run(&lab, options.rows.unwrap_or(13_000_000)),
        Name::Profile => profile::run(&lab, options.rows.unwrap_or(5_000_000)),
        Name::Queries => queries::run(&lab, options.rows.unwrap_or(20_000_000)),
        Name::Bgnbd => bgnbd::run(&lab),
        Name::Boost => boost::run(&lab, options.rows.unwrap_or(1_000_000)),
        Name::Flow => flow::run(&lab),
        Name::Pipeline => pipeline::run(&lab, options.rows.unwrap_or(20_000_000)),
        Name::Server => server::run(&lab),
    }?;
    let name = options.name.to_possible_value().map(|name| name.get_name().to_owned()).unwrap_or_default();
    let report = Report::new(&name, &lab, measures)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?)
    } else {
        print!("{report}")
    }
    Ok(())
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::repo::root().join("target"), PathBuf::from)
}
