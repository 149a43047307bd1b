//! Who is in a workflow now, and where: kept in memory, forgotten in seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, UserId},
};
use tokio::sync::broadcast;

use super::document;
use crate::{App, people::People};

/// Who says nothing for so long has left.
const GONE: TimeDelta = TimeDelta::seconds(15);
/// People in one workflow, at most; who comes later works unseen.
const MOST: usize = 64;

/// A window in which somebody has a workflow open.
#[derive(Debug, Clone, PartialEq)]
pub struct Here {
    /// The window.
    pub client: String,
    /// Whose it is.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Where their pointer is on the canvas.
    pub pointer: [f64; 2],
    /// The nodes that they have chosen.
    pub selected: Vec<String>,
    seen: DateTime<Utc>,
}

#[derive(Debug)]
struct Room {
    people: Vec<Here>,
    changed: broadcast::Sender<()>,
}

/// Who is where.
#[derive(Debug, Default)]
pub struct Presence(Mutex<HashMap<AssetId, Room>>);

impl Presence {
    fn with<T>(&self, id: AssetId, f: impl FnOnce(&mut Room) -> T) -> T {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|other, room| *other == id || room.changed.receiver_count() > 0 || !room.people.is_empty());
        f(rooms.entry(id).or_insert_with(|| Room { people: Vec::new(), changed: broadcast::channel(1).0 }))
    }

    /// Those who are in a workflow, oldest window first.
    pub(super) fn people(&self, id: AssetId, now: DateTime<Utc>) -> Vec<Here> {
        self.with(id, |room| {
            room.people.retain(|here| now - here.seen < GONE);
            room.people.clone()
        })
    }

    /// Told when somebody comes, moves or leaves.
    pub(super) fn changes(&self, id: AssetId) -> broadcast::Receiver<()> {
        self.with(id, |room| room.changed.subscribe())
    }

    fn put(&self, id: AssetId, here: Here) {
        self.with(id, |room| {
            match room.people.iter().position(|other| other.client == here.client && other.user == here.user) {
                Some(at) => room.people[at] = here,
                None if room.people.len() < MOST => room.people.push(here),
                None => return,
            }
            // Where nobody listens there is nobody to tell.
            let _ = room.changed.send(());
        });
    }
}

/// Says where somebody is in a workflow.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` for a place that is none.
pub async fn here(
    app: &App,
    principal: &Principal,
    id: AssetId,
    client: &str,
    pointer: [f64; 2],
    selected: Vec<String>,
) -> Result<()> {
    document::require(app, principal, Action::Inspect, id).await?;
    let sound = pointer.iter().all(|part| part.is_finite());
    if client.is_empty() || client.len() > 64 || selected.len() > 500 || !sound {
        return Err(Error::new(ErrorCode::InvalidParameter, "This is no place on a canvas."));
    }
    let people = People::load(&mut app.meta.read().await?, principal.org, [principal.user].into()).await?;
    let here = Here {
        client: client.to_owned(),
        user: principal.user,
        name: people.get(principal.user).name,
        pointer,
        selected,
        seen: app.clock.now(),
    };
    app.presence.put(id, here);
    Ok(())
}
