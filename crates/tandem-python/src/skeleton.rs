//! A component to begin from, which runs as it is.

use std::{fs, path::Path};

use tandem_core::{Error, ErrorCode, Result};

const LOCK: &str = include_str!("skeleton/default.lock");

const FILES: [(&str, &str); 3] = [
    ("component.json", include_str!("skeleton/component.json")),
    ("component.py", include_str!("skeleton/component.py")),
    ("test_component.py", include_str!("skeleton/test_component.py")),
];

const STATEMENT: [(&str, &str); 2] = [
    ("component.json", include_str!("skeleton/sql/component.json")),
    ("component.sql", include_str!("skeleton/sql/component.sql")),
];

/// Writes the Python component `name` into a folder of components, with the environment `default` where there is none.
///
/// # Errors
/// `invalid_request` for a name that no component can have; `already_exists`.
pub fn write_skeleton(folder: &Path, name: &str) -> Result<()> {
    write(folder, name, &FILES)?;
    let locks = folder.join("environments");
    let lock = locks.join("default.lock");
    if !lock.exists() {
        fs::create_dir_all(&locks)?;
        fs::write(lock, LOCK)?;
    }
    Ok(())
}

/// Writes the SQL component `name` into a folder of components.
///
/// # Errors
/// As [`write_skeleton`].
pub fn write_statement(folder: &Path, name: &str) -> Result<()> {
    write(folder, name, &STATEMENT)
}

fn write(folder: &Path, name: &str, files: &[(&str, &str)]) -> Result<()> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(letters) {
        let message =
            format!("“{name}” is no name for a component: small letters, digits and hyphens, a letter first.");
        return Err(Error::new(ErrorCode::InvalidRequest, message));
    }
    let place = folder.join(name);
    if place.exists() {
        let message = format!("There is a component {} already. Choose another name.", place.display());
        return Err(Error::new(ErrorCode::AlreadyExists, message));
    }
    fs::create_dir_all(&place)?;
    for (file, text) in files {
        fs::write(place.join(file), text.replace("NAME", name))?;
    }
    Ok(())
}
