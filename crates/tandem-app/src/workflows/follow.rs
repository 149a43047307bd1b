//! What happens in a workflow, as it happens: edits in their order, and who is there.

use std::{sync::Arc, time::Duration};

use tandem_core::{Action, Principal, Result, id::AssetId};
use tandem_flow::graph::Edit;
use tokio::sync::{broadcast, watch};

use super::{document, presence::Here};
use crate::App;

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
}

/// Begins to watch a workflow from behind a revision, or from now on.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn follow(app: &Arc<App>, principal: &Principal, id: AssetId, after: Option<i64>) -> Result<Follower> {
    let view = document::require(app, principal, Action::Use, id).await?;
    let signal = app.meta.outbox_signal();
    let now = document::draft(app, &view.asset).await?.revision;
    Ok(Follower {
        app: app.clone(),
        principal: principal.clone(),
        id,
        after: after.unwrap_or(now).clamp(0, now),
        signal,
        moves: app.presence.changes(id),
        people: None,
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
        drop(meta);
        let (Some(asset), Some(draft)) = (asset, draft) else { return Ok(None) };
        // Rights are looked up anew each time, but it is no decision to be noted again and again.
        let rights = self.app.asset_rights(&self.principal, std::slice::from_ref(&asset)).await?;
        if !rights.first().is_some_and(|rights| rights.contains(&Action::Use)) {
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
        let people = self.app.presence.people(self.id, self.app.clock.now());
        if self.people.as_ref() != Some(&people) {
            told.push(Told::People(people.clone()));
            self.people = Some(people);
        }
        Ok(Some(told))
    }
}
