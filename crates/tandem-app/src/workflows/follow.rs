//! What happens in a workflow, as it happens: edits in their order, and who is there.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Map;
use tandem_core::{
    Action, Error, PageRequest, Principal, Result,
    id::{AssetId, RunId},
};
use tandem_flow::{Workflow, graph::Edit};
use tandem_meta::{Asset, RunFilter, RunKind, RunState, repo::draft::Draft};
use tokio::sync::{broadcast, watch};

use super::{
    document,
    presence::Here,
    sources::follows,
    stale::{self, Marks},
};
use crate::{App, components::unfolded};

/// How often what other processes did is looked up.
const LOOK: Duration = Duration::from_secs(2);
/// Edits told at once, at most.
const BATCH: u32 = 200;

/// Something that is told.
#[derive(Debug, Clone)]
pub enum Told {
    /// Edits that were made together.
    Edits {
        /// The revision that they made.
        revision: i64,
        /// The window in which they were made.
        client: String,
        /// They.
        edits: Vec<Edit>,
    },
    /// Edits were made that nobody remembers any more: load the document again.
    Again {
        /// Where the draft stands.
        revision: i64,
    },
    /// Who is there.
    People(Vec<Here>),
    /// How the nodes stand to their last runs.
    Stale(Marks),
    /// Something was said or done in a thread of comments.
    Threads,
}

/// Somebody who watches a workflow.
pub struct Follower {
    app: Arc<App>,
    principal: Principal,
    id: AssetId,
    after: i64,
    signal: watch::Receiver<i64>,
    moves: broadcast::Receiver<()>,
    people: Option<Vec<Here>>,
    threads: Option<(i64, DateTime<Utc>)>,
    stale: Stale,
}

/// What was told of stale nodes, and on what it rests.
#[derive(Default)]
struct Stale {
    /// The last change of anything that was looked at.
    outbox: Option<i64>,
    /// The draft that was read.
    draft: Option<Read>,
    rests_on: Option<RestsOn>,
    told: Option<Marks>,
}

/// A draft, and what it comes to.
struct Read {
    revision: i64,
    workflow: Workflow,
    /// With what stands inside of its packages.
    unfolded: Workflow,
}

/// What marks rest on: where it is the same, they are.
#[derive(PartialEq)]
struct RestsOn {
    /// Of the draft.
    revision: i64,
    newest_run: Option<(RunId, RunState)>,
    /// The newest versions of what the draft reads.
    versions: Vec<i64>,
}

/// Begins to watch a workflow from behind a revision, or from now on.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn follow(app: &Arc<App>, principal: &Principal, id: AssetId, after: Option<i64>) -> Result<Follower> {
    let view = document::require(app, principal, Action::Inspect, id).await?;
    let signal = app.meta.outbox_signal();
    let now = document::draft(app, &view.asset).await?.revision;
    let threads = app.meta.read().await?.threads_mark(principal.org, id).await?;
    Ok(Follower {
        app: app.clone(),
        principal: principal.clone(),
        id,
        after: after.unwrap_or(now).clamp(0, now),
        signal,
        moves: app.presence.changes(id),
        people: None,
        stale: Stale::default(),
        threads,
    })
}

impl Follower {
    /// Waits for what happens next; `None` once the person may no longer look.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next(&mut self) -> Result<Option<Vec<Told>>> {
        loop {
            self.signal.mark_unchanged();
            let Some(told) = self.look().await? else { return Ok(None) };
            if !told.is_empty() {
                return Ok(Some(told));
            }
            tokio::select! {
                // An error of the signal means that the server is going down; then the next look says so.
                _ = tokio::time::timeout(LOOK, self.signal.changed()) => {}
                _ = self.moves.recv() => {}
            }
        }
    }

    async fn look(&mut self) -> Result<Option<Vec<Told>>> {
        let mut meta = self.app.meta.read().await?;
        let asset = meta.asset(self.principal.org, self.id).await?;
        let edits = meta.draft_edits(self.principal.org, self.id, self.after, BATCH).await?;
        let draft = meta.draft(self.principal.org, self.id).await?;
        let outbox = meta.outbox_seq().await?;
        let threads = meta.threads_mark(self.principal.org, self.id).await?;
        drop(meta);
        let (Some(asset), Some(draft)) = (asset, draft) else { return Ok(None) };
        // Rights are looked up anew each time, but it is no decision to be noted again and again.
        let rights = self.app.asset_rights(&self.principal, std::slice::from_ref(&asset)).await?;
        if !rights.first().is_some_and(|rights| rights.contains(&Action::Inspect)) {
            return Ok(None);
        }
        let mut told = Vec::new();
        let missed = edits.first().map_or(draft.revision > self.after, |first| first.revision > self.after + 1);
        if missed {
            self.after = draft.revision;
            told.push(Told::Again { revision: draft.revision });
        } else {
            for one in edits {
                self.after = one.revision;
                let edits = serde_json::from_value(one.edits).map_err(tandem_core::Error::internal)?;
                told.push(Told::Edits { revision: one.revision, client: one.client, edits });
            }
        }
        if self.threads != threads {
            self.threads = threads;
            told.push(Told::Threads);
        }
        let people = self.app.presence.people(self.id, self.app.clock.now());
        if self.people.as_ref() != Some(&people) {
            told.push(Told::People(people.clone()));
            self.people = Some(people);
        }
        if self.stale.outbox.replace(outbox) != Some(outbox)
            && let Some(marks) = self.stale_now(&asset, draft).await?
        {
            told.push(Told::Stale(marks));
        }
        Ok(Some(told))
    }

    /// How the nodes stand, where that is not what was told last.
    async fn stale_now(&mut self, asset: &Asset, draft: Draft) -> Result<Option<Marks>> {
        let org = self.principal.org;
        if self.stale.draft.as_ref().is_none_or(|read| read.revision != draft.revision) {
            let workflow: Workflow = serde_json::from_value(draft.body).map_err(Error::internal)?;
            let unfolded = unfolded(&mut self.app.meta.read().await?, org, &workflow).await?;
            self.stale.draft = Some(Read { revision: draft.revision, workflow, unfolded });
        }
        let Some(Read { revision, workflow, unfolded }) = &self.stale.draft else { return Ok(None) };
        let reads: Vec<AssetId> = follows(unfolded, &Map::new()).into_iter().collect();
        let filter = RunFilter { kind: Some(RunKind::Workflow), of: Some(self.id), ..RunFilter::default() };
        let mut meta = self.app.meta.read().await?;
        let mut datasets = meta.assets_by_id(org, &reads).await?;
        let newest = meta.runs(org, &filter, &PageRequest::new(Some(1), None)?, |_| true).await?.items.pop();
        let role = meta.project_role(org, asset.project_id, self.principal.user).await?;
        drop(meta);
        datasets.sort_by_key(|dataset| dataset.id);
        let newest_run = newest.map(|view| (view.run.id, view.run.state));
        let versions = datasets.iter().map(|dataset| dataset.latest_seq).collect();
        let rests_on = Some(RestsOn { revision: *revision, newest_run, versions });
        if self.stale.rests_on == rests_on {
            return Ok(None);
        }
        let marks = stale::of(&self.app, &self.principal, asset, role, workflow, unfolded).await?;
        self.stale.rests_on = rests_on;
        if self.stale.told.as_ref() == Some(&marks) {
            return Ok(None);
        }
        self.stale.told = Some(marks.clone());
        Ok(Some(marks))
    }
}
