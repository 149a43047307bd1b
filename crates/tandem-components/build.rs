//! Finds the dictionary that the segmenter's package brings, to be compiled in.
//!
//! The package would do that by itself with a feature that unpacks it with
//! another copy of zstd and a dozen crates more; the file is there anyway.

use std::{env, error::Error, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &env::var("TARGET")?])
        .current_dir(env::var("CARGO_MANIFEST_DIR")?)
        .output()?;
    let listed = String::from_utf8(output.stdout)?;
    // Of the whole document only where the package lies is asked.
    let manifests = listed.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let package = manifests.map(|path| PathBuf::from(path.replace("\\\\", "\\"))).find_map(|path| {
        let folder = path.parent()?;
        folder.file_name()?.to_str()?.starts_with("jieba-rs").then(|| folder.to_path_buf())
    });
    let Some(package) = package else {
        return Err(format!("cargo metadata names no jieba-rs: {}", String::from_utf8_lossy(&output.stderr)).into());
    };
    let dictionary = package.join("src").join("data").join("dict.txt");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", dictionary.display());
    println!("cargo:rustc-env=JIEBA_DICTIONARY={}", dictionary.display());
    Ok(())
}
