//! Environments: what a lock file names, installed in a folder that is named by the digest of that file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tandem_core::{Error, ErrorCode, Result};

/// The file that is there when all else of an environment is.
const COMPLETE: &str = "complete";

/// A lock file: a list of pinned packages as `uv pip compile` or `uv export` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name: that of the file without the ending.
    pub name: String,
    /// The file.
    pub lock: PathBuf,
    /// The digest of what the file says.
    pub digest: String,
}

impl Environment {
    /// Looks at a lock file.
    ///
    /// # Errors
    /// `not_found` where there is none; `malformed_file` where it isn't text or pins nothing.
    pub fn look(lock: &Path) -> Result<Self> {
        let text = fs::read_to_string(lock).map_err(|error| {
            Error::new(
                ErrorCode::NotFound,
                format!("There is no lock file {}. Write one with uv pip compile.", lock.display()),
            )
            .with_source(error)
        })?;
        let pins = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let loose = |line: &&str| !line.contains("==") && !line.starts_with("--") && !line.contains(" @ ");
        if let Some(loose) = pins.clone().find(loose) {
            return Err(Error::new(
                ErrorCode::MalformedFile,
                format!(
                    "{} doesn't say which version “{loose}” is. Pin every package, as uv pip compile does.",
                    lock.display()
                ),
            ));
        }
        let name = lock.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let pins: Vec<&str> = pins.collect();
        let digest = blake3::hash(pins.join("\n").as_bytes()).to_hex().to_string();
        Ok(Self { name, lock: lock.to_owned(), digest })
    }
}

/// Where environments are.
#[derive(Debug, Clone)]
pub struct Environments {
    folder: PathBuf,
}

impl Environments {
    /// Those in this folder, which needn't be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn place(&self, environment: &Environment) -> PathBuf {
        self.folder.join(environment.digest.get(..24).unwrap_or(&environment.digest))
    }

    /// The interpreter of an environment.
    ///
    /// # Errors
    /// `unavailable` where it was not made on this machine.
    pub fn python(&self, environment: &Environment) -> Result<PathBuf> {
        let place = self.place(environment);
        if place.join(COMPLETE).exists() {
            return Ok(place.join("bin").join("python"));
        }
        Err(Error::new(
            ErrorCode::Unavailable,
            format!(
                "The environment “{}” was not made on this machine. Make it with: tandem component environment {}",
                environment.name,
                environment.lock.display()
            ),
        ))
    }

    /// Makes an environment, where it isn't there: downloads what the lock file
    /// names. Gives whether anything had to be made.
    ///
    /// # Errors
    /// `unavailable` where there is no uv, or what the file names can't be had; uv's own words go to standard error.
    pub fn make(&self, environment: &Environment) -> Result<bool> {
        fs::create_dir_all(&self.folder)?;
        let place = self.place(environment);
        let turn = File::create(place.with_extension("turn"))?;
        turn.lock()?;
        if place.join(COMPLETE).exists() {
            return Ok(false);
        }
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        uv(Command::new(uv_path()).args(["venv", "--quiet", "--no-project"]).arg(&place))?;
        let sync = ["pip", "sync", "--quiet", "--python"];
        uv(Command::new(uv_path()).args(sync).arg(place.join("bin").join("python")).arg(&environment.lock))?;
        fs::write(place.join(COMPLETE), &environment.name)?;
        Ok(true)
    }
}

/// `TANDEM_UV`, or `uv` on the path.
fn uv_path() -> PathBuf {
    std::env::var_os("TANDEM_UV").map_or_else(|| PathBuf::from("uv"), PathBuf::from)
}

fn uv(command: &mut Command) -> Result<()> {
    // What it says is for whoever makes the environment.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).env("UV_PYTHON_DOWNLOADS", "never").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::new(
            ErrorCode::Unavailable,
            "The environment can't be made; uv said why above. Nothing was kept. Mend the lock file and repeat.",
        )),
        Err(error) => Err(Error::new(
            ErrorCode::Unavailable,
            "There is no uv to make environments with. Install it (pip install uv), or set TANDEM_UV.",
        )
        .with_source(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(folder: &Path, text: &str) -> Result<Environment> {
        let path = folder.join("basic.lock");
        fs::write(&path, text).unwrap();
        Environment::look(&path)
    }

    #[test]
    fn the_digest_is_of_what_is_pinned() {
        let folder = tempfile::tempdir().unwrap();
        let one = lock(folder.path(), "# made by uv\npyarrow==26.0.1\n").unwrap();
        assert_eq!(one.name, "basic");
        assert_eq!(one.digest, lock(folder.path(), "pyarrow==26.0.1\n\n# the end\n").unwrap().digest);
        assert_ne!(one.digest, lock(folder.path(), "pyarrow==26.0.2\n").unwrap().digest);
    }

    #[test]
    fn what_is_not_pinned_or_not_there_or_not_made_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = lock(folder.path(), "pyarrow==26.0.1\npandas\n").unwrap_err();
        assert!(error.code() == ErrorCode::MalformedFile && error.message().contains("“pandas”"), "{error}");
        assert_eq!(Environment::look(&folder.path().join("no.lock")).unwrap_err().code(), ErrorCode::NotFound);
        let environment = lock(folder.path(), "pyarrow==26.0.1\n").unwrap();
        let error = Environments::new(folder.path().join("none")).python(&environment).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unavailable);
        assert!(error.message().contains("tandem component environment"), "{error}");
    }
}
