//! What happens in a project, as it happens.

use std::{sync::Arc, time::Duration};

use tandem_core::{Action, Principal, Result, id::ProjectId};
use tandem_meta::repo::outbox::Event;
use tokio::sync::watch;

use super::activity::{Activity, Eye, tell};
use crate::App;

/// How often what other processes did is looked up.
const LOOK: Duration = Duration::from_secs(3);
/// The most events told at once.
const BATCH: u32 = 100;

/// Somebody who watches a project.
pub struct Follower {
    app: Arc<App>,
    principal: Principal,
    project: ProjectId,
    after: i64,
    signal: watch::Receiver<i64>,
}

/// Begins to watch a project: from behind the event `after`, or from now on.
///
/// # Errors
/// `not_found`.
pub async fn follow(app: &Arc<App>, principal: &Principal, project: ProjectId, after: Option<i64>) -> Result<Follower> {
    app.require_project(principal, Action::Discover, project).await?;
    let signal = app.meta.outbox_signal();
    let now = app.meta.read().await?.outbox_seq().await?;
    let after = after.unwrap_or(now).min(now);
    Ok(Follower { app: app.clone(), principal: principal.clone(), project, after, signal })
}

impl Follower {
    /// Waits for what happens next; `None` once the person may no longer know
    /// of the project.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next(&mut self) -> Result<Option<Vec<Activity>>> {
        loop {
            self.signal.mark_unchanged();
            let Some(events) = self.look().await? else { return Ok(None) };
            let told = tell(&self.app, &self.principal, events).await?;
            if !told.is_empty() {
                return Ok(Some(told));
            }
            // An error of the signal means that the server is going down; then
            // the next look says so.
            let _ = tokio::time::timeout(LOOK, self.signal.changed()).await;
        }
    }

    /// The next events that the person may see, if any. Rights are looked up
    /// anew each time, but it is no decision to be noted again and again.
    async fn look(&mut self) -> Result<Option<Vec<Event>>> {
        let org = self.principal.org;
        let mut meta = self.app.meta.read().await?;
        let member = meta.member(org, self.principal.user).await?.is_some_and(|member| !member.disabled);
        let role = meta.project_role(org, self.project, self.principal.user).await?;
        let live = meta.project(org, self.project).await?.is_some_and(|project| project.archived_at.is_none());
        let rights = self.app.project_rights(&self.principal, self.project, role)?;
        if !member || !live || !rights.contains(&Action::Discover) {
            return Ok(None);
        }
        let eye = Eye::of(&mut meta, &self.principal, role).await?;
        let events = meta.project_events_after(org, self.project, self.after, BATCH).await?;
        if let Some(last) = events.last() {
            self.after = last.seq;
        }
        Ok(Some(events.into_iter().filter(|event| eye.sees(event)).collect()))
    }
}
