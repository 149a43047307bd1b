//! Files of models that no version names: runs that failed or were cancelled
//! after they had kept a model leave them, and so do servers that broke off.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use tandem_core::{Error, PageRequest, Result, id::OrgId};
use tandem_meta::{RunFilter, RunKind, RunState, Snapshot};

use super::content::{DRAFT, alone, folder};
use crate::App;

/// How long a file is left alone.
const LEFT: Duration = Duration::from_secs(24 * 3600);
/// Runs looked at in one go.
const PAGE: u32 = 200;

/// Throws away models that nobody has kept: files older than a day, and than
/// every run that goes on, which no version of any organization names. How many
/// they were. Nothing is thrown away where no model at all is named: then the
/// metadata are not those of this folder.
///
/// # Errors
/// Those of the database and of the disk.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let folder = folder(app);
    let mut since = SystemTime::from(app.clock.now()) - LEFT;
    let (place, before) = (folder.clone(), since);
    let found = tokio::task::spawn_blocking(move || Found::of(&place, before)).await;
    let Found { all, mut older } = found.map_err(Error::internal)??;
    if older.is_empty() {
        return Ok(0);
    }
    let mut named = HashSet::new();
    // One moment of both: a run either goes on in it, or what it kept is named.
    let mut meta = app.meta.read().await?;
    for org in meta.every_org().await? {
        if let Some(first) = first_open(&mut meta, org.id).await? {
            since = since.min(first);
        }
        named.extend(meta.digests_named(org.id, &all).await?);
    }
    drop(meta);
    if named.is_empty() {
        return Ok(0);
    }
    older.retain(|name| !named.contains(name));
    let swept = tokio::task::spawn_blocking(move || remove(&folder, &older, since)).await;
    swept.map_err(Error::internal)?
}

/// When the first of the runs began that go on, or wait to.
async fn first_open(meta: &mut Snapshot, org: OrgId) -> Result<Option<SystemTime>> {
    let mut first: Option<SystemTime> = None;
    for state in [RunState::Queued, RunState::Running] {
        let filter = RunFilter { kind: Some(RunKind::Workflow), state: Some(state), ..RunFilter::default() };
        let mut page = PageRequest::new(Some(PAGE), None)?;
        loop {
            let runs = meta.runs(org, &filter, &page, |_| true).await?;
            let begun = runs.items.iter().map(|view| SystemTime::from(view.run.created_at)).min();
            first = first.into_iter().chain(begun).min();
            let Some(next) = runs.next_cursor else { break };
            page = PageRequest::new(Some(PAGE), Some(next))?;
        }
    }
    Ok(first)
}

/// The models of a folder.
struct Found {
    all: Vec<String>,
    /// Those, and drafts of models, that were last kept before a moment.
    older: Vec<String>,
}

impl Found {
    /// What is neither a model nor a draft of one is somebody else's, and stays.
    fn of(folder: &Path, before: SystemTime) -> Result<Self> {
        let mut found = Self { all: Vec::new(), older: Vec::new() };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_model = is_digest(&name);
            if (is_model || name.starts_with(DRAFT)) && is_older(&entry.path(), before)? {
                found.older.push(name.clone());
            }
            if is_model {
                found.all.push(name);
            }
        }
        Ok(found)
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A file that is gone is no older than anything.
fn is_older(file: &Path, before: SystemTime) -> Result<bool> {
    match fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        data => Ok(data?.modified()? < before),
    }
}

fn remove(folder: &Path, names: &[String], since: SystemTime) -> Result<u64> {
    let mut removed = 0;
    for name in names {
        let (_alone, path) = (alone(folder)?, folder.join(name));
        // A run may have kept the same model since it was looked at.
        if is_older(&path, since)? {
            fs::remove_file(path)?;
            removed += 1;
        }
    }
    Ok(removed)
}
