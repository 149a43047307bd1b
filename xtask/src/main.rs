//! Chores of the repository: `cargo xtask tidy`, `cargo xtask openapi`, `cargo xtask bench`.
#![expect(clippy::print_stdout, reason = "a command-line tool: its answer goes to standard output")]

mod bench;
mod openapi;
mod repo;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Checks what the compiler does not: direction of crates, length of files, marks left behind, links in documents
    Tidy(tidy::Options),
    /// Writes web/openapi.json from the binary, from which the web client is generated
    Openapi(openapi::Options),
    /// Measures ours and a peer in turn and prints the ratios
    Bench(bench::Options),
    /// The part of the bench bgnbd that needs the model in this program
    #[command(hide = true)]
    FitBgnbd {
        /// customer, frequency, recency, age
        file: PathBuf,
    },
    /// The part of the bench boost that needs the model in this program
    #[command(hide = true)]
    FitBoost {
        /// Columns of 32-bit floats
        file: PathBuf,
        /// As many as there are cores, if not said
        #[arg(long, default_value_t = 0)]
        threads: usize,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Tidy(options) => tidy::run(&options),
        Chore::Openapi(options) => openapi::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::FitBgnbd { file } => bench::bgnbd::fit(&file),
        Chore::FitBoost { file, threads } => bench::boost::fit(&file, threads),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
