//! `tandem migrate`: brings the metadata up to date without serving.

use std::sync::Arc;

use tandem_app::App;
use tandem_core::{Result, SystemClock};

use super::DataOptions;
use crate::output;

/// Migrates; safe to repeat. Where there is no installation, none is made.
pub(crate) fn migrate(data: &DataOptions) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = data.config();
        App::require_installed(&config)?;
        let app = App::open(config, Arc::new(SystemClock)).await?;
        app.meta.close().await
    })?;
    output::say("The metadata are up to date.");
    Ok(())
}
