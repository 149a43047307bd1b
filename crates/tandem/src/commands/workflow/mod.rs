//! `tandem workflow`: workflows over files, without a server, and by their names those of a server.

mod answer;
mod check;
mod elsewhere;
mod fingerprint;
mod follow;
mod given;
mod notebook;
mod run;

pub(in crate::commands) use run::parameters;

use clap::Subcommand;
use tandem_core::Result;

/// Workflows.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a workflow: that of a file over files, or one of a server there.
    Run(run::Args),
    /// Say what is wrong with a workflow, of a file or of a server, and where.
    Check(check::Args),
    /// Write a workflow, of a file or of a server, as a notebook that Jupyter runs.
    ToNotebook(notebook::To),
    /// Bring a notebook that was made from a workflow back.
    FromNotebook(notebook::From),
    /// Say what tables hold in a few letters, whatever the order of their rows.
    Fingerprint(fingerprint::Args),
}

/// Does it.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::run(&args),
        Command::ToNotebook(args) => notebook::write(&args),
        Command::FromNotebook(args) => notebook::read(&args),
        Command::Fingerprint(args) => fingerprint::run(&args),
    }
}
