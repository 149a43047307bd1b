//! The wall around a component whose code somebody else wrote: what it may
//! read, write and ask of the kernel (docs/adr/0009).
//!
//! A child can be narrowed before its first line only by itself. So the server
//! starts its own program again, which closes everything around itself
//! ([`enter`]) and then becomes the interpreter.

mod calls;
mod enter;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tandem_core::{Error, ErrorCode, Result};

pub use enter::{Inside, enter};

/// The exit code of a process that could not put up the wall.
pub const NO_WALL: u8 = 126;

/// Threads that a component may have, at most; other processes it has none.
pub(crate) const THREADS: u64 = 512;

/// How components are started behind the wall.
#[derive(Debug, Clone)]
pub struct Wall {
    /// The program that closes everything around itself, and the arguments that make it do so.
    program: PathBuf,
    /// Where calls have their folders.
    scratch: PathBuf,
}

impl Wall {
    /// `program` is this product's own, whose hidden command calls [`enter`];
    /// calls have their folders in `scratch`.
    pub fn new(program: impl Into<PathBuf>, scratch: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), scratch: scratch.into() }
    }

    /// Where calls have their folders.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// The command that runs `program` behind the wall with so many bytes of address space; its arguments are added by
    /// whoever calls.
    pub(crate) fn command(&self, folder: &Path, read: &[&Path], memory: u64, program: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["inner", "python-child", "--parent"]).arg(std::process::id().to_string());
        command.arg("--memory").arg(memory.to_string()).arg("--folder").arg(folder);
        for path in read {
            command.arg("--read").arg(path);
        }
        command.arg("--").arg(program);
        command
    }

    /// Puts up the wall around a program that does nothing.
    ///
    /// # Errors
    /// `unavailable`, with what this machine doesn't give.
    pub fn examine(&self) -> Result<()> {
        std::fs::create_dir_all(&self.scratch)?;
        let folder = tempfile::Builder::new().prefix("python-").tempdir_in(&self.scratch)?;
        let done = self
            .command(folder.path(), &[], 4 << 30, &self.program)
            .arg("--version")
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        if done.status.success() {
            return Ok(());
        }
        Err(missing().with_source(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
    }
}

/// What is said where the wall can't be put up.
pub(crate) fn missing() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "This server can't run Python components: its kernel doesn't give the wall that they run behind (Linux 5.13 or \
         newer with Landlock and seccomp). Ask whoever runs the server; `tandem doctor` says more.",
    )
}
