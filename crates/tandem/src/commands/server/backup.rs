//! `tandem backup` and `tandem restore`: a whole installation in one folder.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use tandem_app::backup;
use tandem_core::{Result, SystemClock};

use super::DataOptions;
use crate::output::say;

/// Copy a whole installation into a folder; the server may go on running.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    data: DataOptions,

    /// The folder to make.
    into: PathBuf,
}

/// Make an installation from a backup.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    from: PathBuf,

    /// The data folder to make; it must not be there yet, or be empty.
    #[arg(long, env = "TANDEM_DATA", default_value = "tandem-data", value_name = "FOLDER")]
    data: PathBuf,
}

impl Backup {
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let copied = runtime.block_on(backup::backup(self.data.config(), Arc::new(SystemClock), &self.into))?;
        say(&format!("{} files, {} bytes are in {}.", copied.files, copied.bytes, self.into.display()));
        Ok(())
    }
}

impl Restore {
    pub(crate) fn run(self) -> Result<()> {
        let copied = backup::restore(&self.from, &self.data)?;
        say(&format!("{} files, {} bytes are in {}.", copied.files, copied.bytes, self.data.display()));
        Ok(())
    }
}
