//! `tandem serve`: the server.

use std::sync::Arc;

use clap::Args;
use tandem_app::{App, demo, people, runs};
use tandem_core::{Error, ErrorCode, Result, SystemClock, config::Config};
use tokio::net::TcpListener;

use super::{
    demo as demo_password, log,
    options::{DataOptions, ServerOptions},
};
use crate::output::say;

/// Serve pages and API until stopped.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    data: DataOptions,

    #[command(flatten)]
    server: ServerOptions,

    /// Make the demo workspace where nobody can sign in yet.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// Serves until SIGINT or SIGTERM.
    pub(crate) fn run(self) -> Result<()> {
        log::start();
        let config = self.server.config(&self.data)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(config, self.demo))
    }
}

async fn serve(config: Config, with_demo: bool) -> Result<()> {
    let app = App::open(config, Arc::new(SystemClock)).await?;
    let listener = TcpListener::bind(app.config.listen).await.map_err(|error| {
        Error::new(
            ErrorCode::Unavailable,
            format!("{} can't be listened on ({error}). Choose another with --listen.", app.config.listen),
        )
    })?;
    let address = listener.local_addr()?;
    let url = app.config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let workers = runs::start_workers(&app).await?;
    let server = tokio::spawn(tandem_api::serve(listener, app.clone(), stopped()));
    say(&format!("Tandem serves {url}"));
    if with_demo {
        prepare_demo(&app, &url).await?;
    } else if !people::is_set_up(&app).await? {
        say("Nobody can sign in yet: make the first account with `tandem init`.");
    }
    let served = server.await.map_err(Error::internal)?;
    workers.stop().await?;
    app.meta.close().await?;
    served.map_err(Error::from)
}

async fn prepare_demo(app: &Arc<App>, url: &str) -> Result<()> {
    let password = demo_password::password(&app.config.data_dir)?;
    if let Some(made) = demo::set_up(app, &password).await? {
        say("Making the demo workspace: importing a grocer's year and valuing its households …");
        let run = demo::fill(app, &made).await?;
        say(&format!("The customer-value report is ready: {url}/projects/{}/runs/{run}", made.project));
    }
    say(&format!("Sign in as {} with the password {password}", demo::EMAIL));
    Ok(())
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
