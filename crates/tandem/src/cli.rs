//! The commands and what they have in common.

use clap::{Parser, Subcommand};

use crate::commands::{client, component, inner, profile, query, scenario, server, workflow};

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

    /// Run workflows over files, and check them.
    #[command(subcommand, after_help = crate::exit::HELP)]
    Workflow(workflow::Command),

    /// Look at the components that workflows are made of.
    #[command(subcommand, after_help = crate::exit::HELP)]
    Component(component::Command),

    #[command(after_help = crate::exit::HELP)]
    Profile(profile::Profile),

    #[command(after_help = crate::exit::HELP)]
    Query(query::Query),

    Serve(server::Serve),

    Init(server::Init),

    Login(client::Login),

    Import(client::Import),

    Datasets(client::Datasets),

    Doctor(server::Doctor),

    Backup(server::Backup),

    Restore(server::Restore),

    /// Bring the metadata of an installation up to date.
    Migrate(server::DataOptions),

    /// Print the OpenAPI document.
    Openapi,

    /// What the program asks of itself.
    #[command(subcommand, hide = true)]
    Inner(inner::Command),
}
