//! One file a command.

pub(crate) mod scenario;

use tandem_core::Result;

use crate::cli::Command;

/// Does what was asked for.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::Scenario(command) => scenario::run(command),
    }
}
