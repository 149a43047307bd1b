//! What happened in a project.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{
    Action, Page, PageRequest, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId, RunId, ThreadId, UserId},
};
use tandem_meta::{
    Snapshot,
    repo::{
        asset::Asset,
        outbox::{Event, Topic},
    },
};

use crate::{
    App,
    people::{People, Person},
};

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Its number; later ones are higher.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub topic: Topic,
    /// What happened to it: `created`, `updated`, `deleted`, …; for a run, its state.
    pub change: String,
    /// What it is called; empty where it has no name.
    pub name: String,
    /// Who did it, where that is known.
    pub who: Option<Person>,
    /// The asset, with the number of the version where it is about one.
    pub asset: Option<(Asset, Option<i64>)>,
    /// The run.
    pub run: Option<RunId>,
    /// The thread of comments, with the element that it is about.
    pub thread: Option<(ThreadId, Option<String>)>,
    /// The person it was done to.
    pub about: Option<Person>,
}

/// What happened in a project, newest first. Guests see what they were
/// granted, and what they did themselves.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn activity(app: &App, principal: &Principal, id: ProjectId, page: &PageRequest) -> Result<Page<Activity>> {
    let view = app.require_project(principal, Action::Discover, id).await?;
    let mut meta = app.meta.read().await?;
    let eye = Eye::of(&mut meta, principal, view.role).await?;
    let found = meta.activity(principal.org, id, page, |event| eye.sees(event)).await?;
    drop(meta);
    Ok(Page { items: tell(app, principal, found.items).await?, next_cursor: found.next_cursor })
}

/// Which events one person may see at all.
pub(super) struct Eye {
    user: UserId,
    /// The only assets, for who doesn't see all of the project.
    only: Option<HashSet<AssetId>>,
}

impl Eye {
    /// That of somebody with `role` in the project.
    pub(super) async fn of(meta: &mut Snapshot, principal: &Principal, role: Option<ProjectRole>) -> Result<Self> {
        let only = if role > Some(ProjectRole::Guest) {
            None
        } else {
            let grants = meta.grants_of(principal.org, principal.user).await?;
            Some(grants.into_iter().map(|grant| grant.asset_id).collect())
        };
        Ok(Self { user: principal.user, only })
    }

    /// Whether they may see this one.
    pub(super) fn sees(&self, event: &Event) -> bool {
        match event.topic {
            // Who was granted what is for the audit log and the asset's own page.
            Topic::Access | Topic::AccessRequest | Topic::Draft => false,
            Topic::Project | Topic::Member => true,
            Topic::Run => self.only.is_none() || event.actor_id == Some(self.user),
            // What is said of others' runs may name what they were not shown.
            Topic::Thread if event.actor_id == Some(self.user) => true,
            Topic::Thread if self.only.is_some() && field::<RunId>(event, "run_id").is_some() => false,
            Topic::Asset | Topic::Version | Topic::Thread => {
                let asset = field::<AssetId>(event, "asset_id");
                self.only.as_ref().is_none_or(|only| asset.is_some_and(|asset| only.contains(&asset)))
            }
        }
    }
}

/// Events with the names of what they speak of.
pub(super) async fn tell(app: &App, principal: &Principal, events: Vec<Event>) -> Result<Vec<Activity>> {
    let assets: BTreeSet<AssetId> = events.iter().filter_map(|event| field(event, "asset_id")).collect();
    let assets: Vec<AssetId> = assets.into_iter().collect();
    let users = events.iter().flat_map(|event| [event.actor_id, field(event, "user_id")]).flatten().collect();
    let mut meta = app.meta.read().await?;
    let assets = meta.assets_by_id(principal.org, &assets).await?;
    let people = People::load(&mut meta, principal.org, users).await?;
    drop(meta);
    // The policies have the last word on each asset that is named.
    let known = app.assets_may(principal, &assets, Action::Discover).await?;
    let readable = app.assets_may(principal, &assets, Action::ReadComments).await?;
    let readable: HashSet<AssetId> =
        assets.iter().zip(readable).filter(|(_, may)| *may).map(|(asset, _)| asset.id).collect();
    let visible: HashMap<AssetId, Asset> =
        assets.into_iter().zip(known).filter(|(_, may)| *may).map(|(asset, _)| (asset.id, asset)).collect();
    let told = |event: &Event| {
        let silent = event.topic == Topic::Thread
            && field::<AssetId>(event, "asset_id").is_some_and(|asset| !readable.contains(&asset));
        if silent { None } else { read(event, &visible, &people) }
    };
    Ok(events.iter().filter_map(told).collect())
}

fn read(event: &Event, visible: &HashMap<AssetId, Asset>, people: &People) -> Option<Activity> {
    let text = |name: &str| event.payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let asset = match field::<AssetId>(event, "asset_id") {
        Some(id) => Some((visible.get(&id)?.clone(), event.payload.get("seq").and_then(Value::as_i64))),
        None => None,
    };
    let change = if event.topic == Topic::Run { text("state") } else { text("change") };
    Some(Activity {
        seq: event.seq,
        at: event.created_at,
        topic: event.topic,
        change,
        name: text("name"),
        who: event.actor_id.map(|id| people.get(id)),
        asset,
        run: field(event, "run_id"),
        thread: field(event, "thread_id").map(|id| (id, Some(text("element")).filter(|element| !element.is_empty()))),
        about: field::<UserId>(event, "user_id").map(|id| people.get(id)),
    })
}

fn field<T: std::str::FromStr>(event: &Event, name: &str) -> Option<T> {
    event.payload.get(name)?.as_str()?.parse().ok()
}
