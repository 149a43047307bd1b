//! The commands and what they have in common.

use clap::{Parser, Subcommand};

use crate::commands::scenario;

/// Turn your own data into marketing decisions, together.
#[derive(Debug, Parser)]
#[command(name = "tandem", version, about, after_help = crate::exit::HELP, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer a business question from a file: list, look at and run scenarios.
    #[command(subcommand, after_help = crate::exit::HELP)]
    Scenario(scenario::Command),
}
