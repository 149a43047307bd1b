//! `tandem scenario …`: business questions answered from a file, without a server.

mod answer;
mod input;
mod list;
mod run;
mod show;

use clap::Subcommand;
use tandem_core::Result;

/// Scenarios.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the scenarios.
    List(list::Args),
    /// Show what a scenario takes: inputs, roles, parameters.
    Show(show::Args),
    /// Run a scenario on a file.
    #[command(after_help = crate::exit::HELP)]
    Run(Box<run::Args>),
}

/// Does what was asked for.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::List(args) => list::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Run(args) => run::run(*args),
    }
}
