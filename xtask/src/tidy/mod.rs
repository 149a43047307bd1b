//! What the compiler and clippy do not check.

mod direction;
mod lines;
mod links;
mod marks;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::repo;

/// Options of `cargo xtask tidy`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Lower the figures of xtask/long-files.txt to what the files are now (it never raises one)
    #[arg(long)]
    shrink: bool,
}

/// Something to put right, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    path: PathBuf,
    line: Option<usize>,
    what: String,
}

impl Problem {
    fn new(path: impl Into<PathBuf>, line: impl Into<Option<usize>>, what: impl Into<String>) -> Self {
        Self { path: path.into(), line: line.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path.display(), self.what),
            None => write!(f, "{}: {}", self.path.display(), self.what),
        }
    }
}

/// A text file of the checkout.
pub(crate) struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn has_extension(&self, wanted: &[&str]) -> bool {
        self.path.extension().and_then(|extension| extension.to_str()).is_some_and(|have| wanted.contains(&have))
    }
}

/// Runs every check; an error says how many problems were printed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = repo::root();
    let sources = read(&root, &repo::files()?);
    if options.shrink {
        return lines::shrink(&root, &sources);
    }
    let mut problems = direction::check(&root)?;
    problems.extend(lines::check(&root, &sources)?);
    problems.extend(sources.iter().flat_map(marks::check));
    problems.extend(sources.iter().flat_map(|source| links::check(source, |path| root.join(path).exists())));
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => {
            println!("tidy: {} files in order", sources.len());
            Ok(())
        }
        1 => bail!("1 thing to put right"),
        many => bail!("{many} things to put right"),
    }
}

/// The files that are text; the others (samples, pictures) have nothing to check.
fn read(root: &Path, files: &[PathBuf]) -> Vec<Source> {
    let text =
        |path: &PathBuf| Some(Source { path: path.clone(), text: std::fs::read_to_string(root.join(path)).ok()? });
    files.iter().filter_map(text).collect()
}
