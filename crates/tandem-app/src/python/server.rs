//! What a server has to run Python components: its wall, its environments, and
//! turns, so that not too many run at once.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tandem_core::{Action, Error, Principal, Result, config::Config};
use tandem_python::{Environments, Limits, Listed, Manifest, Own, Wall};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::App;

/// What calls and their folders are in, below the data folder.
pub(crate) fn scratch(data: &Path) -> PathBuf {
    data.join("tmp")
}

/// Runs components behind the wall.
pub(crate) struct Server {
    pub(crate) wall: Wall,
    pub(crate) environments: Environments,
    limits: Limits,
    /// That the wall can be put up, which doesn't change while a server runs.
    sound: OnceCell<()>,
    turns: Semaphore,
}

impl Server {
    /// As the configuration has it. Nothing is tried yet.
    ///
    /// # Errors
    /// Where this program's own file can't be named.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let program = match &config.program {
            Some(program) => program.clone(),
            None => std::env::current_exe()?,
        };
        Ok(Self {
            wall: Wall::new(program, scratch(&config.data_dir)),
            environments: Environments::new(config.data_dir.join("environments")),
            limits: Limits {
                time: Duration::from_secs(config.component_seconds),
                memory: config.component_memory_bytes,
                ..Limits::default()
            },
            sound: OnceCell::new(),
            turns: Semaphore::new(config.workers.max(1)),
        })
    }

    /// A component as this server would run it.
    pub(crate) fn own(&self, manifest: Manifest, code: String) -> Own {
        Own::of(manifest, code, self.environments.folder(), self.limits)
    }

    /// The component whose code stands in the nodes themselves, as this server would run it.
    ///
    /// # Errors
    /// `internal`.
    pub(crate) fn free(&self) -> Result<Own> {
        tandem_python::free(self.environments.folder(), self.limits)
    }

    /// Puts up the wall once, to see that it can be.
    ///
    /// # Errors
    /// `unavailable`, with what this machine doesn't give.
    pub(crate) async fn examine(&self) -> Result<()> {
        let try_it = || async {
            let wall = self.wall.clone();
            let tried = tokio::task::spawn_blocking(move || wall.examine()).await.map_err(Error::internal)?;
            tried.inspect_err(|error| {
                let source = std::error::Error::source(error).map(ToString::to_string);
                tracing::warn!(%error, ?source, "no wall around Python components");
            })
        };
        self.sound.get_or_try_init(try_it).await.copied()
    }

    /// Waits for a turn to run a component.
    ///
    /// # Errors
    /// `internal` where there are none any more.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        self.turns.acquire().await.map_err(Error::internal)
    }
}

/// The environments of this server, which whoever is signed in may see.
///
/// # Errors
/// Those of the folder.
pub async fn environments(app: &App, principal: &Principal) -> Result<Vec<Listed>> {
    app.require_org(principal, Action::Discover).await?;
    let environments = app.python.environments.clone();
    tokio::task::spawn_blocking(move || environments.list()).await.map_err(Error::internal)?
}
