//! Where an installation is, and what it may take.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, str::FromStr};

use clap::Args;
use tandem_core::{Error, ErrorCode, HostPolicy, HostRule, Result, config::Config};

use super::mail::MailOptions;
use crate::machine::half_of_memory_mib;

/// Which installation.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// Folder that holds everything: metadata, tables, uploads, keys.
    #[arg(long, env = "TANDEM_DATA", default_value = "tandem-data", value_name = "FOLDER")]
    pub(crate) data: PathBuf,

    /// Metadata database: postgres://USER@HOST/DATABASE; a SQLite file in the data folder without it.
    #[arg(long, env = "TANDEM_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

/// How a server runs.
#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// Address to listen on.
    #[arg(long, env = "TANDEM_LISTEN", default_value = "127.0.0.1:8686", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,

    /// A folder of this machine that imports may read; may be given several times.
    #[arg(long = "import-folder", env = "TANDEM_IMPORT_FOLDERS", value_name = "FOLDER", value_delimiter = ':')]
    import_folders: Vec<PathBuf>,

    /// A host that imports may read databases and object stores from: a name, *.example.com, an address, a network
    /// such as 10.0.0.0/8, any, or default; may be given several times, and then nothing else is read. The default is
    /// every address but this machine's own, link-local ones and those of cloud metadata. To add this machine's own:
    /// --allow-source default --allow-source 127.0.0.0/8
    #[arg(long = "allow-source", env = "TANDEM_ALLOW_SOURCES", value_name = "HOST", value_delimiter = ',')]
    allow_sources: Vec<HostRule>,

    /// Memory for queries and runs together, in MiB; beyond it they spill to disk. Half of the machine's where it
    /// isn't said.
    #[arg(long, env = "TANDEM_MEMORY_MIB", default_value_t = half_of_memory_mib(), hide_default_value = true, value_name = "MIB")]
    memory: u64,

    /// Largest upload, in MiB.
    #[arg(long, env = "TANDEM_MAX_UPLOAD_MIB", default_value_t = 102_400, value_name = "MIB")]
    max_upload: u64,

    /// Background jobs that run at once.
    #[arg(long, env = "TANDEM_WORKERS", default_value_t = 2, value_name = "NUMBER")]
    workers: usize,

    /// The longest that a Python component may work, in seconds.
    #[arg(long, env = "TANDEM_COMPONENT_TIME", default_value_t = 600, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    component_time: u64,

    /// The most memory that a Python component may have, in MiB.
    #[arg(long, env = "TANDEM_COMPONENT_MEMORY_MIB", default_value_t = 4096, value_name = "MIB", value_parser = clap::value_parser!(u64).range(64..))]
    component_memory: u64,

    /// The address that people use, where it is another than the one listened on.
    #[arg(long, env = "TANDEM_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// JSON file that names the services which workflows may call, with their addresses and headers.
    #[arg(long, env = "TANDEM_SERVICES", value_name = "FILE")]
    services: Option<PathBuf>,
    /// A folder of this machine that people may have files delivered to, and the name that they choose it by; may be
    /// given several times.
    #[arg(
        long = "delivery-folder",
        env = "TANDEM_DELIVERY_FOLDERS",
        value_name = "NAME=FOLDER",
        value_delimiter = ':'
    )]
    delivery_folders: Vec<NamedFolder>,

    #[command(flatten)]
    mail: MailOptions,
}

/// A folder by the name that people choose it by.
#[derive(Debug, Clone)]
struct NamedFolder {
    name: String,
    folder: PathBuf,
}

impl FromStr for NamedFolder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            let message = format!("“{text}” is not NAME=FOLDER with a name of up to 60 characters.");
            Error::new(ErrorCode::InvalidParameter, message)
        };
        let (name, folder) = text.split_once('=').ok_or_else(wrong)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) || folder.is_empty() {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), folder: folder.into() })
    }
}

impl DataOptions {
    /// The configuration for a command that serves nobody.
    pub(crate) fn config(&self) -> Config {
        Config { database_url: self.database.clone(), ..Config::embedded(&self.data) }
    }
}

impl ServerOptions {
    /// The whole configuration of a server.
    pub(crate) fn config(&self, data: &DataOptions) -> Result<Config> {
        let folders: Result<Vec<PathBuf>> =
            self.import_folders.iter().map(|folder| folder.canonicalize().map_err(Error::from)).collect();
        Ok(Config {
            listen: self.listen,
            import_folders: folders?,
            source_hosts: HostPolicy::new(self.allow_sources.clone()),
            memory_bytes: self.memory << 20,
            max_upload_bytes: self.max_upload << 20,
            workers: self.workers,
            public_url: self.public_url.clone(),
            services: self.services.clone(),
            mail: self.mail.config(),
            delivery_folders: self.folders(),
            component_seconds: self.component_time,
            component_memory_bytes: self.component_memory << 20,
            ..data.config()
        })
    }

    /// A folder that isn't mounted now may be later.
    fn folders(&self) -> BTreeMap<String, PathBuf> {
        let absolute = |folder: &PathBuf| std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        self.delivery_folders.iter().map(|named| (named.name.clone(), absolute(&named.folder))).collect()
    }
}
