//! `tandem workflow`: workflows over files, without a server.

mod answer;
mod check;
mod follow;
mod run;

use clap::Subcommand;
use tandem_core::Result;

/// Workflows.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a workflow over files.
    Run(run::Args),
    /// Say what is wrong with a workflow, and where.
    Check(check::Args),
}

/// Does it.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::run(&args),
    }
}
