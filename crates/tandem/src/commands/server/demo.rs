//! The demo's password: random, made once, kept beside the data for who starts
//! the server.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use tandem_core::Result;

/// The password in the data folder; made where there is none.
/// `TANDEM_DEMO_PASSWORD` chooses it.
pub(super) fn password(data: &Path) -> Result<String> {
    let path = data.join("demo-password");
    if let Ok(kept) = fs::read_to_string(&path) {
        return Ok(kept.trim().to_owned());
    }
    let chosen = std::env::var("TANDEM_DEMO_PASSWORD").ok().filter(|p| !p.is_empty());
    let password = chosen.unwrap_or_else(|| tandem_app::people::secret::generate().0.chars().take(16).collect());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{password}")?;
    Ok(password)
}
