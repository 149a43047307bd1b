//! `tandem init`: the first organization and its owner.

use std::{io::IsTerminal, sync::Arc};

use clap::Args;
use tandem_app::{
    App,
    people::{self, FirstOwner},
};
use tandem_core::{Error, ErrorCode, Lang, Result, SystemClock};

use super::DataOptions;
use crate::output;

/// Make an organization and the account that owns it.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    data: DataOptions,

    /// Name of the organization.
    #[arg(long)]
    org: String,

    /// E-mail address that its owner signs in with.
    #[arg(long)]
    email: String,

    /// Name of its owner.
    #[arg(long)]
    name: String,

    /// Language of the owner's pages.
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    lang: String,
}

impl Init {
    /// Asks for the password on a terminal, and takes it from
    /// `TANDEM_PASSWORD` elsewhere.
    pub(crate) fn run(self) -> Result<()> {
        let password = password()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let lang = if self.lang == "zh-CN" { Lang::Zh } else { Lang::En };
        let owner = FirstOwner { email: self.email, name: self.name, password, lang };
        runtime.block_on(async {
            let app = App::open(self.data.config(), Arc::new(SystemClock)).await?;
            let made = people::set_up(&app, &self.org, &owner).await?;
            app.meta.close().await?;
            output::say(&format!("{} can sign in to {}.", made.account.email, made.org.name));
            Ok(())
        })
    }
}

fn password() -> Result<String> {
    if let Ok(password) = std::env::var("TANDEM_PASSWORD") {
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorCode::InvalidParameter,
            "There is no terminal to ask for the password on. Set TANDEM_PASSWORD.",
        ));
    }
    Ok(rpassword::prompt_password("Password: ")?)
}
