//! A running installation.

use std::{net::SocketAddr, sync::Arc};

use tandem_app::{App, runs};
use tandem_core::{HostPolicy, HostRule, config::Config};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Client, MovingClock, database::PostgresDb, postgres_url};

/// An installation in a temporary folder, served on a loopback port, with its
/// workers. Dropped, it is gone.
pub struct TestApp {
    /// The application itself.
    pub app: Arc<App>,
    /// What time it believes it is.
    pub clock: Arc<MovingClock>,
    /// Where it is served: `http://127.0.0.1:PORT`.
    pub url: String,
    server: JoinHandle<()>,
    _workers: runs::Workers,
    _database: Option<PostgresDb>,
    _folder: TempDir,
}

impl TestApp {
    /// Starts one on SQLite, or on PostgreSQL where `TANDEM_TEST_DB` says
    /// `postgres`.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn start_with(settings: impl FnOnce(&mut Config)) -> Self {
        let postgres = std::env::var("TANDEM_TEST_DB").is_ok_and(|db| db == "postgres");
        let database = match postgres.then(postgres_url).flatten() {
            Some(url) => Some(PostgresDb::create(url).await),
            None => None,
        };
        Self::open(database, settings).await
    }

    /// Starts one on PostgreSQL; `None`, with a printed line, where there is
    /// no server to make a database on.
    pub async fn start_on_postgres() -> Option<Self> {
        let database = PostgresDb::create(postgres_url()?).await;
        Some(Self::open(Some(database), |_| {}).await)
    }

    async fn open(database: Option<PostgresDb>, settings: impl FnOnce(&mut Config)) -> Self {
        show_log();
        let folder = TempDir::with_prefix("tandem-test-").unwrap();
        let mut config = Config::embedded(folder.path());
        config.database_url = database.as_ref().map(PostgresDb::url);
        config.memory_bytes = 256 << 20;
        // The databases and stores of tests are on this machine.
        config.source_hosts = HostPolicy::new(vec![HostRule::Any]);
        let reports = folder.path().join("reports");
        std::fs::create_dir(&reports).unwrap();
        config.delivery_folders.insert("reports".to_owned(), reports);
        settings(&mut config);
        let clock = Arc::new(MovingClock::default());
        let app = App::open(config, clock.clone()).await.unwrap();
        let workers = runs::start_workers(&app).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = tandem_api::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self { app, clock, url, server, _workers: workers, _database: database, _folder: folder }
    }

    /// Somebody who has not proved who they are.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url)
    }
}

/// Shows what the server logs where a test fails: errors, or what `TANDEM_LOG`
/// says.
fn show_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TANDEM_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    // The second test of a process finds it set up.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}
