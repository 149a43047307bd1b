//! Chores of the repository: `cargo xtask tidy`, `cargo xtask openapi`.
#![expect(clippy::print_stdout, reason = "a command-line tool: its answer goes to standard output")]

mod openapi;
mod repo;
mod tidy;

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
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Tidy(options) => tidy::run(&options),
        Chore::Openapi(options) => openapi::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
