//! `tandem workflow fingerprint`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args as ClapArgs;
use tandem_app::files::LocalFile;
use tandem_core::{Cancel, Result};
use tandem_runner::Fingerprint;

use crate::output;

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Files that hold a table each.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// One line a file, with what `workflow run --json` says of a table with these rows.
pub(super) fn run(args: &Args) -> Result<()> {
    let mut lines = String::new();
    for path in &args.files {
        lines.push_str(&format!("{}  {}\n", of(path)?, path.display()));
    }
    output::print(lines.as_bytes())
}

fn of(path: &Path) -> Result<Fingerprint> {
    let file = LocalFile::look(path)?;
    let mut fingerprint = Fingerprint::new(file.schema().fields().iter().map(|field| field.name().as_str()));
    for batch in file.rows(Arc::new(()), Cancel::new())? {
        fingerprint.add(&batch?)?;
    }
    Ok(fingerprint)
}
