//! Where components of a person's own are, and their environments.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tandem_core::{Error, ErrorCode, Result};
use tandem_python::{Environments, Limits, Shelf, Wall};

/// Arguments of commands that run components.
#[derive(Debug, Args)]
pub(crate) struct Own {
    /// A folder of components of your own; where it isn't said, the folder “components” beside the workflow.
    #[arg(long, value_name = "FOLDER", env = "TANDEM_COMPONENTS")]
    components: Option<PathBuf>,
    #[command(flatten)]
    environments: Kept,
    /// The longest that a Python component may work, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    component_time: u64,
    /// The most memory that a Python component may have, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(64..))]
    component_memory: u64,
    /// Run Python components behind the wall that a server puts around them: no network, no files but their own.
    #[arg(long)]
    pub(super) wall: bool,
}

/// Where environments are.
#[derive(Debug, Args)]
pub(crate) struct Kept {
    /// The folder in which the environments of Python components are made; one of this user's where it isn't said.
    #[arg(long, value_name = "FOLDER", env = "TANDEM_ENVIRONMENTS")]
    environments: Option<PathBuf>,
}

impl Own {
    /// The components; `beside` is the folder in which they are looked for where no other is said.
    ///
    /// # Errors
    /// Those of [`Shelf::read`].
    pub(crate) fn read(&self, beside: &Path) -> Result<Option<Arc<Shelf>>> {
        let folder = match &self.components {
            Some(folder) => folder.clone(),
            None => beside.join("components"),
        };
        if self.components.is_none() && !folder.is_dir() {
            return Ok(None);
        }
        let limits = Limits {
            time: Duration::from_secs(self.component_time),
            memory: self.component_memory << 20,
            ..Limits::default()
        };
        let mut shelf = Shelf::read(&folder, self.environments.open()?, limits)?;
        if self.wall {
            let wall = Wall::new(std::env::current_exe()?, std::env::temp_dir());
            wall.examine()?;
            shelf.wall = Some(wall);
        }
        Ok(Some(Arc::new(shelf)))
    }
}

impl Kept {
    /// The environments.
    ///
    /// # Errors
    /// `invalid_request` where the user has no home.
    pub(crate) fn open(&self) -> Result<Environments> {
        let of_user = || {
            let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
            let data =
                data.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))?;
            Some(data.join("tandem").join("environments"))
        };
        let folder = self.environments.clone().or_else(of_user).ok_or_else(|| {
            let message = "There is no HOME to keep environments in. Say where with --environments.";
            Error::new(ErrorCode::InvalidRequest, message)
        })?;
        Ok(Environments::new(folder))
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
