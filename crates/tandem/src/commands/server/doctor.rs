//! `tandem doctor`: whether an installation is sound.

use std::sync::Arc;

use clap::Args;
use serde_json::json;
use tandem_app::doctor;
use tandem_core::{Error, ErrorCode, Result, SystemClock, config::Config};

use super::{DataOptions, mail::MailOptions};
use crate::output;

/// Check an installation: metadata, tables, audit log, and the mail server where one is set up.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    data: DataOptions,

    #[command(flatten)]
    mail: MailOptions,

    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Fails where anything is wrong.
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let config = Config { mail: self.mail.config(), ..self.data.config() };
        let findings = runtime.block_on(doctor::examine(config, Arc::new(SystemClock)))?;
        let sound = findings.iter().all(|f| f.ok);
        if self.json {
            let rows: Vec<_> =
                findings.iter().map(|f| json!({ "check": f.check, "ok": f.ok, "detail": f.detail })).collect();
            let text = serde_json::to_string_pretty(&rows).map_err(Error::internal)?;
            output::print(format!("{text}\n").as_bytes())?;
        } else {
            for finding in &findings {
                let mark = if finding.ok { "ok   " } else { "WRONG" };
                output::print(format!("{mark}  {}: {}\n", finding.check, finding.detail).as_bytes())?;
            }
        }
        if sound {
            return Ok(());
        }
        Err(Error::new(ErrorCode::StateConflict, "Something is wrong with this installation; see above."))
    }
}
