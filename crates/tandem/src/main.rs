//! The binary: the command line, and the wiring of the server.
//!
//! What a command does is in `tandem-app`; here words become requests, and
//! answers become text, files and an exit code.

mod cli;
mod commands;
mod exit;
mod machine;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::fail(&error),
    }
}
