//! Housekeeping: what has served its time is thrown away.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tandem_core::{Result, id::UploadId};
use tokio::sync::watch;

use crate::{App, models, python::scratch};

/// How often it is looked after.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// How long ended jobs are kept; runs are kept for good.
const JOBS_KEPT: TimeDelta = TimeDelta::days(30);
/// How long results of workflows are kept; they can be computed again.
const RESULTS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long edits of drafts are kept for those who follow; the drafts stay.
const EDITS_KEPT: TimeDelta = TimeDelta::days(7);
/// How long it is remembered what came of times at which workflows were due.
const FIRINGS_KEPT: TimeDelta = TimeDelta::days(90);
/// Uploads thrown away in one go.
const AT_ONCE: u32 = 200;

/// Looks after the house until told to stop; at the start first, for what a
/// crash has left behind.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = tidy(&app).await {
            tracing::warn!(%error, "housekeeping failed; it is tried again later");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Throws away what has served its time, and what runs and servers that broke off have left. Where one part fails, the
/// others are done all the same.
///
/// # Errors
/// The first of those of the database and of the disk; what is left is thrown away the next time.
pub async fn tidy(app: &App) -> Result<()> {
    let parts = [
        uploads(app).await,
        half_uploads(app).await,
        left_calls(app).await,
        models::sweep(app).await.map(|_| ()),
        rows(app).await,
        results(app).await,
    ];
    let mut failed = parts.into_iter().filter_map(Result::err);
    let Some(first) = failed.next() else { return Ok(()) };
    for error in failed {
        tracing::warn!(%error, "another part of housekeeping failed");
    }
    Err(first)
}

/// Uploads that nobody made anything of.
async fn uploads(app: &App) -> Result<()> {
    let expired = app.meta.read().await?.expired_uploads(AT_ONCE).await?;
    for upload in expired {
        match tokio::fs::remove_file(app.config.data_dir.join(&upload.path)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut tx = app.meta.begin().await?;
        tx.delete_upload(upload.org_id, upload.id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Rows of the metadata.
async fn rows(app: &App) -> Result<()> {
    let before = app.clock.now() - JOBS_KEPT;
    let mut tx = app.meta.begin().await?;
    tx.prune_sessions().await?;
    tx.prune_jobs(before).await?;
    tx.prune_draft_edits(app.clock.now() - EDITS_KEPT).await?;
    tx.prune_firings(app.clock.now() - FIRINGS_KEPT).await?;
    tx.commit().await
}

/// Results of workflows, which can be computed again.
async fn results(app: &App) -> Result<()> {
    let results = app.results.clone();
    let forgotten = tokio::task::spawn_blocking(move || results.forget_older(RESULTS_KEPT));
    forgotten.await.map_err(tandem_core::Error::internal)?.map(|_| ())
}

/// Folders of calls of Python components that broke off with the server.
async fn left_calls(app: &App) -> Result<()> {
    let mut entries = tokio::fs::read_dir(scratch(&app.config.data_dir)).await?;
    while let Some(entry) = entries.next_entry().await? {
        let age = entry.metadata().await?.modified().ok().and_then(|at| at.elapsed().ok());
        let old = age.is_some_and(|age| age > Duration::from_secs(24 * 3600 + app.config.component_seconds));
        if old && entry.file_name().to_string_lossy().starts_with("python-") {
            tokio::fs::remove_dir_all(entry.path()).await?;
        }
    }
    Ok(())
}

/// Files of uploads that broke off with the server: nothing names them.
async fn half_uploads(app: &App) -> Result<()> {
    let mut entries = tokio::fs::read_dir(app.uploads_dir()).await?;
    while let Some(entry) = entries.next_entry().await? {
        let age = entry.metadata().await?.modified().ok().and_then(|at| at.elapsed().ok());
        // A young one may be on its way right now.
        if age.is_none_or(|age| age < Duration::from_secs(24 * 3600)) {
            continue;
        }
        let Ok(id) = entry.file_name().to_string_lossy().parse::<UploadId>() else { continue };
        if !app.meta.read().await?.upload_exists(id).await? {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}
