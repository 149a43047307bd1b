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

/// An environment of a folder that has the lock files too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it pins, by name: packages and their versions.
    pub packages: Vec<(String, String)>,
    /// Whether it was made.
    pub ready: bool,
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

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Those whose lock files are in the folder, by name.
    ///
    /// # Errors
    /// `malformed_file` for a lock file that pins nothing.
    pub fn list(&self) -> Result<Vec<Listed>> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(Vec::new()) };
        let mut locks: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        locks.retain(|path| path.extension().is_some_and(|ending| ending == "lock"));
        locks.sort();
        let listed = |lock: &PathBuf| {
            let environment = Environment::look(lock)?;
            let text = fs::read_to_string(lock)?;
            let pinned = text.lines().filter_map(|line| line.trim().split_once("=="));
            let word = |text: &str| text.split([' ', ';', '\\']).next().unwrap_or_default().to_owned();
            let packages = pinned.filter(|(name, _)| !name.starts_with(['#', '-']));
            Ok(Listed {
                packages: packages.map(|(name, version)| (word(name), word(version))).collect(),
                ready: self.python(&environment).is_ok(),
                name: environment.name,
            })
        };
        locks.iter().map(listed).collect()
    }

    /// Whether the environment of a name can be used.
    pub fn is_ready(&self, name: &str) -> bool {
        let lock = self.folder.join(format!("{name}.lock"));
        Environment::look(&lock).and_then(|environment| self.python(&environment)).is_ok()
    }

    /// Makes an environment and keeps its lock file in the folder, where
    /// [`Environments::list`] finds it; one of the same name is replaced.
    ///
    /// # Errors
    /// Those of [`Environments::make`].
    pub fn add(&self, environment: &Environment) -> Result<bool> {
        let made = self.make(environment)?;
        let draft = self.folder.join(format!("{}.draft", environment.name));
        fs::copy(&environment.lock, &draft)?;
        fs::rename(draft, self.folder.join(format!("{}.lock", environment.name)))?;
        Ok(made)
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
    fn environments_are_listed_with_what_they_pin() {
        let folder = tempfile::tempdir().unwrap();
        let environment =
            lock(folder.path(), "# made by uv\npyarrow==26.0.1 \\\n    --hash=sha256:00\nx==2; a == 'b'\n").unwrap();
        let environments = Environments::new(folder.path());
        let listed = |ready| {
            let packages =
                [("pyarrow", "26.0.1"), ("x", "2")].map(|(name, version)| (name.to_owned(), version.to_owned()));
            vec![Listed { name: "basic".to_owned(), packages: packages.to_vec(), ready }]
        };
        assert_eq!(environments.list().unwrap(), listed(false));
        let place = environments.place(&environment);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(COMPLETE), "basic").unwrap();
        assert_eq!(environments.list().unwrap(), listed(true));
        assert_eq!(Environments::new(folder.path().join("none")).list().unwrap(), []);
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
