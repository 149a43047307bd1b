//! Configuration, declared once with its documentation.
//!
//! Values come from the command line, then `TANDEM_*` variables, then the
//! defaults below.

use std::{net::SocketAddr, path::PathBuf};

use crate::HostPolicy;

/// How one server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder that holds everything: metadata, tables, uploads, keys.
    pub data_dir: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Metadata database: `sqlite:` path or `postgres://` URL. Default: a
    /// SQLite file in the data folder.
    pub database_url: Option<String>,
    /// Folders of this machine that imports may read (NAS mounts and the like).
    pub import_folders: Vec<PathBuf>,
    /// Hosts that imports may read databases and object stores from.
    pub source_hosts: HostPolicy,
    /// Memory for queries and runs together, in bytes; beyond it they spill.
    pub memory_bytes: u64,
    /// Largest upload, in bytes.
    pub max_upload_bytes: u64,
    /// Background jobs that run at once.
    pub workers: usize,
    /// The address people use, for links and for the cookie's `Secure` mark.
    pub public_url: Option<String>,
    /// File that names the services which workflows may call; without one they call none.
    pub services: Option<PathBuf>,
}

impl Config {
    /// The embedded default with everything under `data_dir`.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8686)),
            database_url: None,
            import_folders: Vec::new(),
            source_hosts: HostPolicy::default(),
            memory_bytes: 1 << 30,
            max_upload_bytes: 100 << 30,
            workers: 2,
            public_url: None,
            services: None,
        }
    }

    /// The metadata database's address.
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}?mode=rwc", self.data_dir.join("meta.sqlite").display()))
    }
}
