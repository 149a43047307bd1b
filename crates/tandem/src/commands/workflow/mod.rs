//! `tandem workflow`: workflows over files, without a server, and by their names those of a server.

mod answer;
mod bring;
mod check;
mod elsewhere;
mod fingerprint;
mod follow;
mod given;
mod notebook;
mod push;
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
    /// Bring a notebook that was made from a workflow back: to a file, or to the draft of a workflow of a server.
    FromNotebook(notebook::From),
    /// Make a workflow of a server from a file, or from a notebook that was made from a workflow.
    Push(push::Args),
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
        Command::Push(args) => push::run(&args),
        Command::Fingerprint(args) => fingerprint::run(&args),
    }
}
