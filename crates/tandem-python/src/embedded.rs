//! The Python that this crate brings: what runs in the child, and the small client, whose tables cells of notebooks use.

use std::path::Path;

use tandem_core::Result;

/// Runs a component.
const HARNESS: &str = include_str!("harness.py");

macro_rules! client {
    ($($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../../python/tandem/src/tandem/", $name)))),+]
    };
}

const CLIENT: &[(&str, &str)] =
    client!("__init__.py", "_errors.py", "_made.py", "_program.py", "_server.py", "_session.py", "_table.py");

/// Puts it all into a folder; what is to be run is `harness.py`.
pub(crate) fn put(folder: &Path) -> Result<()> {
    let package = folder.join("tandem");
    std::fs::create_dir_all(&package)?;
    for (name, text) in CLIENT {
        std::fs::write(package.join(name), text)?;
    }
    std::fs::write(folder.join("harness.py"), HARNESS)?;
    Ok(())
}

/// What of it a result depends on.
pub(crate) fn digest() -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for text in CLIENT.iter().map(|(_, text)| text).chain([&HARNESS]) {
        hasher.update(blake3::hash(text.as_bytes()).as_bytes());
    }
    hasher.finalize()
}
