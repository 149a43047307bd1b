//! Finding things in a project by their names.

use tandem_core::{
    Action, Page, PageRequest, Principal, Result,
    id::{AssetId, ProjectId, UserId},
    page::MAX_LIMIT,
};
use tandem_meta::repo::asset::{AssetFilter, AssetKind};

use crate::{
    App, assets,
    people::{Person, check},
};

/// The most of each kind that one answer holds.
const MOST: u32 = 20;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HitKind {
    /// An asset of this kind.
    Asset(AssetKind, AssetId),
    /// A member of the project.
    Person(UserId),
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What.
    pub kind: HitKind,
    /// Its name.
    pub name: String,
    /// A line about it: a description, an e-mail address.
    pub description: String,
}

/// Assets and members of a project with `text` in their name (assets: or
/// description), the last changed assets first.
///
/// # Errors
/// `not_found`, `invalid_parameter`.
pub async fn search(app: &App, principal: &Principal, id: ProjectId, text: &str) -> Result<Vec<Hit>> {
    let text = check::prose("q", text)?;
    let filter = AssetFilter {
        text: Some(text.to_owned()),
        order: tandem_meta::repo::asset::AssetOrder::Recent,
        ..AssetFilter::default()
    };
    let page = PageRequest { limit: MOST, cursor: None };
    let assets = assets::list(app, principal, id, filter, &page).await?;
    let mut hits: Vec<Hit> = assets
        .items
        .into_iter()
        .map(|item| Hit {
            kind: HitKind::Asset(item.asset.kind, item.asset.id),
            name: item.asset.name,
            description: item.asset.description,
        })
        .collect();
    hits.extend(people(app, principal, id, &text.to_lowercase()).await?);
    Ok(hits)
}

async fn people(app: &App, principal: &Principal, id: ProjectId, text: &str) -> Result<Vec<Hit>> {
    let found = |person: &Person| person.name.to_lowercase().contains(text) || person.email.contains(text);
    let mut hits = Vec::new();
    let mut cursor = None;
    app.require_project(principal, Action::ListMembers, id).await?;
    loop {
        let page = PageRequest { limit: MAX_LIMIT, cursor };
        let Page { items, next_cursor } = super::member::page(app, principal, id, &page).await?;
        hits.extend(items.into_iter().map(|member| member.person).filter(found).map(|person| Hit {
            kind: HitKind::Person(person.id),
            name: person.name,
            description: person.email,
        }));
        cursor = next_cursor;
        if cursor.is_none() || hits.len() >= MOST as usize {
            hits.truncate(MOST as usize);
            return Ok(hits);
        }
    }
}
