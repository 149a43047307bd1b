//! Configuration, declared once with its documentation.
//!
//! Values come from the command line, then `TANDEM_*` variables, then the
//! defaults below.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

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
    /// The mail server that what is mailed goes through; nothing is mailed without one.
    pub mail: Option<MailConfig>,
    /// Folders of this machine that people may have files delivered to, by the names that they choose from.
    pub delivery_folders: BTreeMap<String, PathBuf>,
    /// This product's program, which puts up the wall around Python
    /// components; the one that runs where it isn't said.
    pub program: Option<PathBuf>,
    /// The longest that a Python component may work, in seconds.
    pub component_seconds: u64,
    /// The most memory that a Python component may have, in bytes.
    pub component_memory_bytes: u64,
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// Name or address of the SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// The user to sign in as; nobody signs in without one.
    pub user: Option<String>,
    /// The file that holds the password, read whenever it is needed, so that it may be changed.
    pub password_file: Option<PathBuf>,
    /// Whom mail comes from: `name@host` or `Name <name@host>`.
    pub from: String,
    /// PEM file of certificate authorities that are trusted beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// Domains that may be written to, beside the members of an organization: `example.com`, or `*.example.com` for
    /// those below it.
    pub domains: Vec<String>,
    /// Whether anybody at all may be written to.
    pub anyone: bool,
    /// Recipients of one message, at most.
    pub max_recipients: usize,
    /// Attachments of one message together, at most, in bytes.
    pub max_bytes: u64,
    /// How long one message may take.
    pub timeout: Duration,
}

impl MailConfig {
    /// A server with the defaults of everything else.
    pub fn new(host: impl Into<String>, port: u16, from: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls: MailTls::StartTls,
            user: None,
            password_file: None,
            from: from.into(),
            ca_file: None,
            domains: Vec::new(),
            anyone: false,
            max_recipients: 50,
            max_bytes: 20 << 20,
            timeout: Duration::from_secs(60),
        }
    }
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte on (RFC 8314), mostly port 465.
    Implicit,
    /// After the server was asked for it (RFC 3207), mostly port 587. Without it nothing is sent.
    StartTls,
    /// Not at all. A password is then sent to this machine's own addresses alone.
    None,
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
            mail: None,
            delivery_folders: BTreeMap::new(),
            program: None,
            component_seconds: 600,
            component_memory_bytes: 4 << 30,
        }
    }

    /// The metadata database's address.
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}?mode=rwc", self.data_dir.join("meta.sqlite").display()))
    }
}
