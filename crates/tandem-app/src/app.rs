//! The application: what every use case works with.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tandem_call::Services;
use tandem_components::{Shipped, functions::functions};
use tandem_core::{Clock, Error, ErrorCode, Lang, Result, config::Config, id::OrgId};
use tandem_engine::{Engine, EngineOptions};
use tandem_mail::Sender;
use tandem_meta::Meta;
use tandem_report::{FileFormat, Report, pdf::Fonts};
use tandem_runner::Results;

use crate::{
    access::Policies,
    python,
    query::Running,
    seal::{Sealer, secret_key},
    turns::Turns,
    workflows::Presence,
};

/// The file whose secret keys hash masks; every installation has it.
const MASK_KEY: &str = "keys/mask.key";

/// One installation, opened. Use cases are free functions that take it:
/// `people::sign_in(&app, …)`, `datasets::import(&app, …)`.
pub struct App {
    /// How it is set up.
    pub config: Config,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Names, people, versions, runs.
    pub meta: Meta,
    /// Tables.
    pub engine: Engine,
    pub(crate) policies: Policies,
    /// What workflows may call.
    pub(crate) services: Services,
    /// The way to the mail server, where there is one.
    pub(crate) mail: Option<Sender>,
    pub(crate) sealer: Sealer,
    pub(crate) running: Running,
    pub(crate) turns: Turns,
    pub(crate) presence: Presence,
    pub(crate) results: Results,
    pub(crate) components: Arc<Shipped>,
    pub(crate) python: Arc<python::Server>,
    fonts: OnceLock<Arc<Fonts>>,
    mask_key: [u8; 32],
}

impl App {
    /// Makes sure that there is an installation where `config` says, for what
    /// must not make one.
    ///
    /// # Errors
    /// `not_found` where there is none.
    pub fn require_installed(config: &Config) -> Result<()> {
        if config.data_dir.join(MASK_KEY).is_file() {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::NotFound,
            format!(
                "There is no installation in {}; nothing was made. Name its folder with --data, or make one with \
                 “tandem init”.",
                config.data_dir.display()
            ),
        ))
    }

    /// Opens, and makes where it is missing, the installation that `config`
    /// describes, and brings its metadata up to date.
    ///
    /// # Errors
    /// `invalid_parameter` where the configuration can't be; `unavailable` where
    /// the database or the folder can't be opened;
    /// `state_conflict` where the metadata are of a newer release.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>> {
        for folder in ["", "uploads", "tmp", "keys"] {
            fs::create_dir_all(config.data_dir.join(folder))?;
        }
        restrict(&config.data_dir)?;
        let meta = Meta::open(&config.database_url(), clock.clone()).await?;
        meta.migrate().await?;
        let options = EngineOptions { folder: config.data_dir.clone(), memory_bytes: config.memory_bytes, threads: 0 };
        let engine = Engine::open_with(&options, clock.clone(), &functions())?;
        Ok(Arc::new(Self {
            sealer: Sealer::open(&config.data_dir.join("keys/seal.key"))?,
            policies: Policies::load()?,
            services: config.services.as_deref().map(Services::load).transpose()?.unwrap_or_default(),
            mail: config.mail.clone().map(Sender::new).transpose()?,
            running: Running::default(),
            turns: Turns::default(),
            presence: Presence::default(),
            results: Results::open(&config.data_dir.join("results"))?,
            components: Arc::new(Shipped::new(engine.clone())),
            python: Arc::new(python::Server::new(&config)?),
            fonts: OnceLock::new(),
            mask_key: secret_key(&config.data_dir.join(MASK_KEY))?,
            config,
            clock,
            meta,
            engine,
        }))
    }

    /// Hands over the font that PDFs are set in, which is among the pages that
    /// the program carries. What was handed over first stays.
    pub fn set_fonts(&self, fonts: Fonts) {
        let _ = self.fonts.set(Arc::new(fonts));
    }

    /// A report as a file, made beside the threads that answer requests.
    pub(crate) async fn report_file(&self, report: Report, format: FileFormat, lang: Lang) -> Result<Vec<u8>> {
        let fonts = self.fonts.get().cloned();
        tokio::task::spawn_blocking(move || format.render(&report, lang, fonts.as_deref()))
            .await
            .map_err(Error::internal)?
    }

    /// The secret of an organization's hash masks: equal values stay equal inside
    /// it, and no list of likely values can be hashed to find them out.
    pub(crate) fn mask_salt(&self, org: OrgId) -> String {
        blake3::keyed_hash(&self.mask_key, org.as_uuid().as_bytes()).to_hex().to_string()
    }

    /// Where files wait that are fetched for one import.
    pub(crate) fn temp_dir(&self) -> PathBuf {
        self.config.data_dir.join("tmp")
    }

    /// Where uploads wait until they are versions.
    pub(crate) fn uploads_dir(&self) -> PathBuf {
        self.config.data_dir.join("uploads")
    }
}

/// The data folder holds everybody's rows and the keys: its owner alone enters.
fn restrict(folder: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(Error::from)
}
