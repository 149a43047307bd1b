//! `tandem login`: trades a password for a token, and keeps the token.

use std::io::IsTerminal;

use clap::Args;
use reqwest::{Client, header};
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Result};

use super::{
    http::{checked, unreachable},
    saved::Saved,
};
use crate::output::say;

/// Sign in to a server; later commands use it.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The server's address, such as https://tandem.example.com.
    url: String,

    /// The e-mail address to sign in with.
    #[arg(long)]
    email: Option<String>,

    /// Keep this token (from the page “Tokens”) instead of signing in; read from TANDEM_TOKEN where it is set.
    #[arg(long, env = "TANDEM_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// How long the token lasts, in days.
    #[arg(long, default_value_t = 90)]
    days: u32,
}

impl Login {
    /// The password comes from the terminal, or from `TANDEM_PASSWORD`.
    pub(crate) fn run(self) -> Result<()> {
        let url = self.url.trim_end_matches('/').to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = match self.token {
            Some(token) => token,
            None => {
                let email = self.email.map_or_else(|| ask("E-mail: "), Ok)?;
                let password = match std::env::var("TANDEM_PASSWORD") {
                    Ok(password) => password,
                    Err(_) => ask_hidden("Password: ")?,
                };
                runtime.block_on(trade(&url, &email, &password, self.days))?
            }
        };
        let saved = Saved { url, token };
        let name = runtime.block_on(who(&saved))?;
        let path = saved.save()?;
        say(&format!("Signed in to {} as {name}; the token is kept in {}.", saved.url, path.display()));
        Ok(())
    }
}

/// A session is opened, a token made in it, and the session closed again.
async fn trade(url: &str, email: &str, password: &str, days: u32) -> Result<String> {
    let client = Client::new();
    let api = format!("{url}/api/v1");
    let body = json!({ "email": email, "password": password });
    let response = client.post(format!("{api}/session")).json(&body).send().await.map_err(unreachable)?;
    let response = checked(response).await?;
    let cookie = response.headers().get(header::SET_COOKIE).and_then(|v| v.to_str().ok());
    let cookie = cookie.and_then(|v| v.split(';').next()).unwrap_or_default().to_owned();
    let session: Value = response.json().await.map_err(unreachable)?;
    let csrf = session["csrf_token"].as_str().unwrap_or_default();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let body = json!({ "name": format!("command line {}", host.trim()), "scope": "write", "expires_in_days": days });
    let made = client
        .post(format!("{api}/me/tokens"))
        .header(header::COOKIE, &cookie)
        .header("x-csrf-token", csrf)
        .json(&body)
        .send()
        .await
        .map_err(unreachable)?;
    let made: Value = checked(made).await?.json().await.map_err(unreachable)?;
    let closed = client.delete(format!("{api}/session")).header(header::COOKIE, &cookie).header("x-csrf-token", csrf);
    // The session ends by itself if this fails.
    let _ = closed.send().await;
    made["secret"].as_str().map(str::to_owned).ok_or_else(|| Error::internal("the server made no token"))
}

async fn who(saved: &Saved) -> Result<String> {
    let request = Client::new().get(format!("{}/api/v1/me", saved.url)).bearer_auth(&saved.token);
    let me: Value = checked(request.send().await.map_err(unreachable)?).await?.json().await.map_err(unreachable)?;
    Ok(me["email"].as_str().unwrap_or_default().to_owned())
}

fn ask(prompt: &str) -> Result<String> {
    need_terminal()?;
    eprint_prompt(prompt);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn ask_hidden(prompt: &str) -> Result<String> {
    need_terminal()?;
    Ok(rpassword::prompt_password(prompt)?)
}

fn eprint_prompt(prompt: &str) {
    use std::io::Write;
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{prompt}").and_then(|()| stderr.flush());
}

fn need_terminal() -> Result<()> {
    if std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InvalidRequest,
        "There is no terminal to ask on. Give --email and set TANDEM_PASSWORD, or set TANDEM_TOKEN.",
    ))
}
