//! Keeps `web/openapi.json` equal to what the binary says of itself.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::repo;

const DOCUMENT: &str = "web/openapi.json";

/// Options of `cargo xtask openapi`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail if the document differs instead of writing it
    #[arg(long)]
    check: bool,
    /// The binary to ask; built first if not given
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Writes the document, or with `--check` compares it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut ask = match &options.binary {
        Some(binary) => Command::new(binary),
        None => {
            let mut cargo = Command::new("cargo");
            cargo.args(["run", "--quiet", "--package", "tandem", "--"]);
            cargo
        }
    };
    let said = repo::stdout(ask.current_dir(repo::root()).arg("openapi"))?;
    let path = repo::root().join(DOCUMENT);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if said == kept {
        println!("{DOCUMENT} is current");
        return Ok(());
    }
    if options.check {
        let line = kept.lines().zip(said.lines()).position(|(a, b)| a != b).unwrap_or(0) + 1;
        bail!("{DOCUMENT} is not what the server says (first at line {line}): run `cargo xtask openapi` and commit it");
    }
    std::fs::write(&path, said)?;
    println!("wrote {DOCUMENT}");
    Ok(())
}
