//! Which apps there are, and what each shows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use tandem_core::{
    Action, Error, Lang, Principal, Result, Text,
    id::{AssetId, ProjectId, UserId},
};
use tandem_flow::{
    Signature, Workflow,
    package::{Words, expand, face},
    signature::page,
};
use tandem_meta::{Asset, AssetKind, Setting, Version};

use crate::{
    App,
    access::AssetView,
    components::{Library, name_of},
    people::{People, Person},
    workflows::{catalog::Known, document},
};

/// The setting of an asset that is an app.
pub(super) const APP: &str = "app";

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Published {
    /// The version that is run.
    pub(super) seq: i64,
    /// What it is called.
    pub(super) title: Text,
    /// What it is for.
    pub(super) summary: Text,
    /// How it is used.
    pub(super) help: Text,
    /// When it was published.
    pub(super) at: DateTime<Utc>,
    /// By whom.
    pub(super) by: UserId,
}

/// An app, as one person may see it.
#[derive(Debug, Clone)]
pub struct AppView {
    /// The workflow or component.
    pub asset: Asset,
    /// The version that is run.
    pub seq: i64,
    /// What it takes, what may be set, what it gives.
    pub signature: Signature,
    /// Its page as Markdown, in English.
    pub en: String,
    /// Its page as Markdown, in Chinese.
    pub zh: String,
    /// Who published it.
    pub author: Person,
    /// When.
    pub published_at: DateTime<Utc>,
    /// Whether the person may run it.
    pub may_run: bool,
    /// Whether they may change it.
    pub may_edit: bool,
}

/// An app that was opened, with what is inside.
pub(super) struct Opened {
    pub(super) view: AssetView,
    pub(super) published: Published,
    pub(super) version: Version,
    pub(super) workflow: Workflow,
    pub(super) library: Library,
    pub(super) signature: Signature,
}

pub(super) fn is_kind(asset: &Asset) -> bool {
    matches!(asset.kind, AssetKind::Workflow | AssetKind::Component)
}

/// Opens an app, if `principal` may do `action` with it.
pub(super) async fn open(app: &App, principal: &Principal, action: Action, id: AssetId) -> Result<Opened> {
    let view = app.require_asset(principal, action, id).await?;
    let missing = || Error::not_found("app");
    let setting = app.meta.read().await?.setting(principal.org, id, APP).await?;
    let setting = setting.filter(|_| is_kind(&view.asset)).ok_or_else(missing)?;
    opened(app, principal, view, &setting).await
}

async fn opened(app: &App, principal: &Principal, view: AssetView, setting: &Setting) -> Result<Opened> {
    let published: Published = serde_json::from_value(setting.body.clone()).map_err(Error::internal)?;
    let version = document::version(app, principal, view.asset.id, published.seq).await?;
    let workflow = document::inside(&view.asset, &version)?;
    let library = Library::load(app, principal, view.asset.project_id, &workflow).await?;
    let words = Words {
        name: name_of(view.asset.id),
        version: u32::try_from(published.seq).unwrap_or(u32::MAX),
        title: published.title.clone(),
        summary: published.summary.clone(),
        help: published.help.clone(),
    };
    let (signature, _) = seen(app, &workflow, &library, words)?;
    Ok(Opened { view, published, version, workflow, library, signature })
}

/// What a workflow shows, and what is wrong with what it declares.
pub(crate) fn seen(
    app: &App,
    workflow: &Workflow,
    library: &Library,
    words: Words,
) -> Result<(Signature, Vec<tandem_flow::check::Problem>)> {
    let expanded = expand(workflow, library)?;
    let catalog = Known::new(app, library.clone(), &expanded, &Map::new(), &Default::default(), &Default::default());
    Ok(face(workflow, &catalog, words))
}

async fn views(app: &App, principal: &Principal, opened: Vec<Opened>) -> Result<Vec<AppView>> {
    let mut meta = app.meta.read().await?;
    let people = opened.iter().map(|one| one.published.by).collect();
    let people = People::load(&mut meta, principal.org, people).await?;
    drop(meta);
    opened
        .into_iter()
        .map(|one| {
            let Opened { view, published, signature, .. } = one;
            let run = app.project_may(principal, view.asset.project_id, view.role, Action::Run)?;
            Ok(AppView {
                seq: published.seq,
                en: page(&signature, Lang::En),
                zh: page(&signature, Lang::Zh),
                signature,
                author: people.get(published.by),
                published_at: published.at,
                may_run: run && view.rights.contains(&Action::Use),
                may_edit: view.rights.contains(&Action::Edit),
                asset: view.asset,
            })
        })
        .collect()
}

/// One app.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: AssetId) -> Result<AppView> {
    let opened = open(app, principal, Action::Use, id).await?;
    let mut all = views(app, principal, vec![opened]).await?;
    all.pop().ok_or_else(|| Error::not_found("app"))
}

/// The apps of a project that a person may run, by name.
///
/// # Errors
/// `not_found` for the project.
pub async fn list(app: &App, principal: &Principal, project: ProjectId, q: Option<&str>) -> Result<Vec<AppView>> {
    let role = app.require_project(principal, Action::Discover, project).await?.role;
    let mut meta = app.meta.read().await?;
    let settings = meta.settings_named(principal.org, Some(project), APP).await?;
    let ids: BTreeSet<AssetId> = settings.iter().map(|setting| setting.asset_id).collect();
    let mut assets = meta.assets_by_id(principal.org, &ids.into_iter().collect::<Vec<_>>()).await?;
    drop(meta);
    assets.retain(is_kind);
    assets.sort_by_key(|asset| asset.name.to_lowercase());
    let rights = app.asset_rights(principal, &assets).await?;
    let words = q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
    let mut found = Vec::new();
    for (asset, rights) in assets.into_iter().zip(rights) {
        let Some(setting) = settings.iter().find(|setting| setting.asset_id == asset.id) else { continue };
        if !rights.contains(&Action::Use) {
            continue;
        }
        let name = asset.name.clone();
        let one = opened(app, principal, AssetView { asset, role, rights }, setting).await?;
        let Published { title, summary, .. } = &one.published;
        let texts = [&name, &title.en, &title.zh, &summary.en, &summary.zh].map(|text| text.to_lowercase());
        if words.as_ref().is_none_or(|words| texts.iter().any(|text| text.contains(words))) {
            found.push(one);
        }
    }
    views(app, principal, found).await
}
