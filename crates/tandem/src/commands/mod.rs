//! One file a command.

pub(crate) mod client;
pub(crate) mod component;
mod file;
pub(crate) mod inner;
pub(crate) mod own;
pub(crate) mod profile;
pub(crate) mod query;
mod reading;
mod report_file;
pub(crate) mod scenario;
pub(crate) mod server;
mod tables;
pub(crate) mod workflow;

use tandem_core::Result;

use crate::cli::Command;

/// Does what was asked for.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::Scenario(command) => scenario::run(command),
        Command::Workflow(command) => workflow::run(command),
        Command::Component(command) => component::run(command),
        Command::Profile(command) => command.run(),
        Command::Query(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Login(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Datasets(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Migrate(data) => server::migrate(&data),
        Command::Openapi => server::openapi(),
        Command::Inner(command) => command.run(),
    }
}
