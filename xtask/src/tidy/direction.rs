//! Crates depend on one another in one direction, and what is heavy or dangerous has one owner.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use super::Problem;
use crate::repo;

/// What a crate may use of the workspace. A crate that is not listed here is a problem of its own.
const MAY_USE: &[(&str, &[&str])] = &[
    ("tandem-core", &[]),
    ("tandem-science", &["tandem-core"]),
    ("tandem-ingest", &["tandem-core"]),
    ("tandem-engine", &["tandem-core"]),
    ("tandem-meta", &["tandem-core"]),
    ("tandem-report", &["tandem-core"]),
    ("tandem-call", &["tandem-core"]),
    ("tandem-mail", &["tandem-core"]),
    ("tandem-flow", &["tandem-core"]),
    ("tandem-components", &["tandem-core", "tandem-science", "tandem-engine", "tandem-report", "tandem-flow"]),
    ("tandem-python", &["tandem-core", "tandem-flow"]),
    (
        "tandem-runner",
        &["tandem-core", "tandem-science", "tandem-engine", "tandem-report", "tandem-flow", "tandem-components"],
    ),
    (
        "tandem-app",
        &[
            "tandem-core",
            "tandem-science",
            "tandem-ingest",
            "tandem-engine",
            "tandem-meta",
            "tandem-report",
            "tandem-call",
            "tandem-mail",
            "tandem-flow",
            "tandem-components",
            "tandem-python",
            "tandem-runner",
        ],
    ),
    ("tandem-api", &["tandem-core", "tandem-app"]),
    (
        "tandem",
        &[
            "tandem-core",
            "tandem-science",
            "tandem-ingest",
            "tandem-engine",
            "tandem-meta",
            "tandem-report",
            "tandem-call",
            "tandem-mail",
            "tandem-flow",
            "tandem-components",
            "tandem-python",
            "tandem-runner",
            "tandem-app",
            "tandem-api",
        ],
    ),
    (
        "tandem-testkit",
        &[
            "tandem-core",
            "tandem-science",
            "tandem-ingest",
            "tandem-engine",
            "tandem-meta",
            "tandem-report",
            "tandem-call",
            "tandem-mail",
            "tandem-flow",
            "tandem-components",
            "tandem-python",
            "tandem-runner",
            "tandem-app",
            "tandem-api",
        ],
    ),
    // For a bench, and only when asked for.
    ("xtask", &["tandem-core", "tandem-science"]),
    ("workspace-hack", &[]),
];

/// Which crates may name a part from outside; a trailing `*` stands for any ending.
const OWNED: &[(&str, &[&str])] = &[
    ("datafusion*", &["tandem-engine"]),
    ("deltalake*", &["tandem-engine"]),
    ("parquet", &["tandem-engine", "tandem-ingest"]),
    ("object_store", &["tandem-engine", "tandem-ingest"]),
    ("sqlx", &["tandem-meta", "tandem-ingest", "tandem-testkit"]),
    ("cedar-policy*", &["tandem-app"]),
    ("axum*", &["tandem-api", "tandem-testkit"]),
    ("tower-http", &["tandem-api"]),
    ("utoipa*", &["tandem-api"]),
    ("calamine", &["tandem-ingest"]),
    ("rust_xlsxwriter", &["tandem-report"]),
    ("pdf-writer", &["tandem-report"]),
    ("subsetter", &["tandem-report"]),
    ("ttf-parser", &["tandem-report"]),
    ("reqwest", &["tandem", "tandem-call", "tandem-ingest", "tandem-testkit"]),
    (
        "tokio",
        &[
            "tandem-core",
            "tandem-ingest",
            "tandem-engine",
            "tandem-runner",
            "tandem-meta",
            "tandem-call",
            "tandem-mail",
            "tandem-app",
            "tandem-api",
            "tandem",
            "tandem-testkit",
        ],
    ),
    ("lettre", &["tandem-mail"]),
    ("rustls", &["tandem-mail"]),
    ("tokio-rustls", &["tandem-mail"]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for what the crate itself uses, `dev` for its tests, `build` for its build script.
    kind: Option<String>,
    /// Where a crate of the workspace is.
    path: Option<String>,
}

/// The problems of the workspace at `root`.
pub(super) fn check(root: &Path) -> Result<Vec<Problem>> {
    let metadata = repo::stdout(Command::new("cargo").current_dir(root).args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version=1",
    ]))?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let mut problems = Vec::new();
    for package in &metadata.packages {
        let manifest = Path::new(&package.manifest_path);
        let manifest = manifest.strip_prefix(root).unwrap_or(manifest);
        problems.extend(judge(package).into_iter().map(|what| Problem::new(manifest, None, what)));
        let text = std::fs::read_to_string(root.join(manifest))?;
        if package.name != "workspace-hack" && !text.contains("[lints]\nworkspace = true") {
            problems.push(Problem::new(manifest, None, "does not take the workspace's lints"));
        }
    }
    Ok(problems)
}

/// What is wrong with the dependencies of one crate. Its tests may use what they like.
fn judge(package: &Package) -> Vec<String> {
    let Some((_, may_use)) = MAY_USE.iter().find(|(name, _)| *name == package.name) else {
        return vec!["is not listed in xtask/src/tidy/direction.rs: say there what it may use".to_owned()];
    };
    let own = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    let mut wrong = Vec::new();
    for dependency in own.filter(|dependency| dependency.name != "workspace-hack" && package.name != "workspace-hack") {
        if dependency.path.is_some() && !may_use.contains(&dependency.name.as_str()) {
            wrong.push(format!("{} may not use {}", package.name, dependency.name));
        }
        let owners = OWNED.iter().find(|(pattern, _)| matches(pattern, &dependency.name)).map(|(_, owners)| *owners);
        if let Some(owners) = owners.filter(|owners| !owners.contains(&package.name.as_str())) {
            wrong.push(format!("{} may not name {}: {} may", package.name, dependency.name, owners.join(", ")));
        }
    }
    wrong
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>, bool)]) -> Package {
        let dependency = |(name, kind, ours): &(&str, Option<&str>, bool)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            path: ours.then(|| format!("crates/{name}")),
        };
        Package {
            name: name.to_owned(),
            manifest_path: String::new(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[test]
    fn a_middle_crate_uses_core_and_nothing_beside_it() {
        assert!(
            judge(&package("tandem-engine", &[("tandem-core", None, true), ("datafusion", None, false)])).is_empty()
        );
        let wrong = judge(&package("tandem-engine", &[("tandem-ingest", None, true)]));
        assert_eq!(wrong, ["tandem-engine may not use tandem-ingest"]);
    }

    #[test]
    fn the_engine_alone_names_its_parts() {
        assert_eq!(judge(&package("tandem-app", &[("datafusion-expr", None, false)])).len(), 1);
        assert_eq!(judge(&package("tandem-meta", &[("deltalake-core", None, false)])).len(), 1);
    }

    #[test]
    fn tests_may_use_what_they_like() {
        assert!(judge(&package("tandem-core", &[("tandem-testkit", Some("dev"), true)])).is_empty());
        assert_eq!(judge(&package("tandem-core", &[("tandem-app", Some("build"), true)])).len(), 1);
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        assert_eq!(judge(&package("tandem-new", &[])).len(), 1);
    }
}
