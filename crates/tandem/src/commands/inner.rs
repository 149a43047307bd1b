//! `tandem inner`: what the program asks of itself in a process of its own.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Subcommand};
use tandem_core::Result;
use tandem_python::{Inside, NO_WALL, enter};

use crate::output;

/// What is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Close everything around this process and become a Python component's interpreter.
    PythonChild(Child),
}

/// Arguments of `python-child`.
#[derive(Debug, Args)]
pub(crate) struct Child {
    /// The process with which it ends.
    #[arg(long)]
    parent: i32,
    /// Bytes of address space that the interpreter may have.
    #[arg(long)]
    memory: u64,
    /// The folder that it reads and writes.
    #[arg(long)]
    folder: PathBuf,
    /// What it reads beside that.
    #[arg(long)]
    read: Vec<PathBuf>,
    /// The interpreter and its arguments.
    #[arg(last = true, required = true)]
    program: Vec<OsString>,
}

impl Command {
    /// Comes back only where the wall can't be put up.
    pub(crate) fn run(self) -> Result<()> {
        let Self::PythonChild(Child { parent, memory, folder, read, program }) = self;
        let error = enter(&Inside { parent, memory, folder, read, program });
        output::say(error.message());
        std::process::exit(i32::from(NO_WALL))
    }
}
