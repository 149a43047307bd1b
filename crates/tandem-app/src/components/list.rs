//! The catalogue of components, and one of them with its page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_core::{
    Action, Error, Lang, PageRequest, Principal, Result,
    id::{AssetId, OrgId, ProjectId, UserId},
};
use tandem_flow::{
    Signature, Workflow,
    graph::{Edge, EdgeId, Node, NodeId},
    package::{Change, changes},
    signature::page,
};
use tandem_meta::{Asset, AssetFilter, AssetKind, Snapshot, Version};

use super::{
    content::{Content, Inside, Program, id_of, name_of},
    library::usable,
};
use crate::{
    App,
    access::{AssetView, SHARED},
    people::{People, Person},
    workflows,
};

/// The setting of a component that holds its withdrawn versions.
pub(super) const WITHDRAWN: &str = "withdrawn";

/// Why and when a version was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Why, in its owner's words.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: UserId,
}

/// A component of the catalogue.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it shows: of a packaged one, in the newest version that may be used.
    pub signature: Signature,
    /// The asset, of a packaged one.
    pub asset: Option<Asset>,
    /// Whether the whole organization may use it.
    pub shared: bool,
    /// Whether the person keeps it at hand.
    pub starred: bool,
    /// Who made it.
    pub author: Option<Person>,
    /// What the person may do with it.
    pub rights: BTreeSet<Action>,
}

/// One component.
#[derive(Debug, Clone)]
pub struct ComponentDetail {
    /// What it shows.
    pub signature: Signature,
    /// Its page as Markdown, in English.
    pub en: String,
    /// Its page as Markdown, in Chinese.
    pub zh: String,
    /// Whether the person keeps it at hand.
    pub starred: bool,
    /// What there is to say of a packaged one.
    pub package: Option<Package>,
}

/// What there is to say of a packaged component.
#[derive(Debug, Clone)]
pub struct Package {
    /// The asset.
    pub asset: Asset,
    /// The version that is shown.
    pub seq: i64,
    /// Whether the whole organization may use it.
    pub shared: bool,
    /// What the person may do with it.
    pub rights: BTreeSet<Action>,
    /// Its versions, the newest first.
    pub versions: Vec<VersionLine>,
    /// The nodes inside, for who may see them.
    pub workflow: Option<Workflow>,
    /// What there is to say of a Python component.
    pub python: Option<PythonInside>,
    /// The statement of a SQL component, for who may see it.
    pub sql: Option<String>,
}

/// What there is to say of a Python component.
#[derive(Debug, Clone)]
pub struct PythonInside {
    /// The name of the environment that it runs in.
    pub environment: String,
    /// Whether that is there on this server.
    pub ready: bool,
    /// Its code, for who may see that.
    pub code: Option<String>,
}

/// A version of a packaged component.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// The version.
    pub version: Version,
    /// Who made it.
    pub author: Person,
    /// Whether it was withdrawn.
    pub withdrawn: Option<Withdrawn>,
}

type Gone = HashMap<AssetId, BTreeMap<i64, Withdrawn>>;

/// The withdrawn versions of components.
pub(super) async fn withdrawn(meta: &mut Snapshot, org: OrgId, assets: &[AssetId]) -> Result<Gone> {
    let settings = meta.settings(org, assets, WITHDRAWN).await?;
    let read = |body| serde_json::from_value(body).map_err(Error::internal);
    settings.into_iter().map(|one| Ok((one.asset_id, read(one.body)?))).collect()
}

/// The components that a person may use in a project: those that ship, the
/// project's own, and those that are shared, in the order of the palette.
///
/// # Errors
/// `not_found` for the project.
pub async fn catalogue(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    q: Option<&str>,
    starred: bool,
) -> Result<Vec<Entry>> {
    app.require_project(principal, Action::Discover, project).await?;
    let org = principal.org;
    let stars: BTreeSet<String> = app.meta.read().await?.stars(org, principal.user).await?.into_iter().collect();
    let shipped = workflows::components()?.into_iter().map(|signature| Entry {
        signature: signature.clone(),
        asset: None,
        shared: true,
        starred: stars.contains(&signature.name),
        author: None,
        rights: [Action::Discover, Action::Use].into(),
    });
    let mut entries: Vec<Entry> = shipped.collect();
    entries.extend(own(app, principal, project, &stars).await?);
    let words = q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
    entries.retain(|entry| (!starred || entry.starred) && words.as_deref().is_none_or(|words| says(entry, words)));
    Ok(entries)
}

fn says(entry: &Entry, words: &str) -> bool {
    let signature = &entry.signature;
    let texts = [&signature.title, &signature.summary, &signature.help];
    let texts = texts.into_iter().flat_map(|text| [text.en.as_str(), text.zh.as_str()]);
    let named = entry.asset.as_ref().map(|asset| asset.name.as_str());
    // The name of a packaged one is an id, which nobody looks for.
    let names = [if entry.asset.is_none() { signature.name.as_str() } else { "" }].into_iter().chain(named);
    texts.chain(names).any(|text| text.to_lowercase().contains(words))
}

async fn own(app: &App, principal: &Principal, project: ProjectId, stars: &BTreeSet<String>) -> Result<Vec<Entry>> {
    let org = principal.org;
    let mut meta = app.meta.read().await?;
    let filter = AssetFilter { project: Some(project), kind: Some(AssetKind::Component), ..AssetFilter::default() };
    let mut assets = Vec::new();
    let mut page = PageRequest::new(Some(tandem_core::page::MAX_LIMIT), None)?;
    loop {
        let found = meta.assets(org, &filter, &page, |_| true).await?;
        assets.extend(found.items);
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    let shared = meta.settings_named(org, None, SHARED).await?;
    let shared: BTreeSet<AssetId> = shared.into_iter().filter(|one| one.body == true).map(|one| one.asset_id).collect();
    let here: BTreeSet<AssetId> = assets.iter().map(|asset| asset.id).collect();
    let elsewhere: Vec<AssetId> = shared.difference(&here).copied().collect();
    assets.extend(meta.assets_by_id(org, &elsewhere).await?);
    drop(meta);
    assets.retain(|asset| asset.kind == AssetKind::Component && asset.deleted_at.is_none());
    let assets = usable(app, principal, project, assets).await?;
    let rights = app.asset_rights(principal, &assets).await?;
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id).collect();
    let mut meta = app.meta.read().await?;
    let gone = withdrawn(&mut meta, org, &ids).await?;
    let people = People::load(&mut meta, org, assets.iter().map(|asset| asset.created_by).collect()).await?;
    let mut entries = Vec::new();
    for (asset, rights) in assets.into_iter().zip(rights) {
        let Some(seq) = newest(&asset, gone.get(&asset.id)) else { continue };
        let Some(version) = meta.version(org, asset.id, seq).await? else { continue };
        entries.push(Entry {
            signature: Content::of(&asset, &version)?.signature,
            shared: shared.contains(&asset.id),
            starred: stars.contains(&name_of(asset.id)),
            author: Some(people.get(asset.created_by)),
            rights,
            asset: Some(asset),
        });
    }
    Ok(entries)
}

/// The newest version that was not withdrawn.
fn newest(asset: &Asset, gone: Option<&BTreeMap<i64, Withdrawn>>) -> Option<i64> {
    (1..=asset.latest_seq).rev().find(|seq| gone.is_none_or(|gone| !gone.contains_key(seq)))
}

/// The asset of a packaged component that a person may use in a project.
pub(super) async fn find(app: &App, principal: &Principal, project: ProjectId, name: &str) -> Result<AssetView> {
    let id = id_of(name).ok_or_else(|| Error::not_found("component"))?;
    let view = app.require_asset(principal, Action::Use, id).await?;
    if view.asset.kind != AssetKind::Component {
        return Err(Error::not_found("component"));
    }
    let usable = usable(app, principal, project, vec![view.asset.clone()]).await?;
    if usable.is_empty() { Err(Error::not_found("component")) } else { Ok(view) }
}

/// One component: of a packaged one the newest version that was not withdrawn,
/// or the one that is asked for, withdrawn or not.
///
/// # Errors
/// `not_found`.
pub async fn one(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    name: &str,
    version: Option<i64>,
) -> Result<ComponentDetail> {
    app.require_project(principal, Action::Discover, project).await?;
    let org = principal.org;
    let starred = app.meta.read().await?.stars(org, principal.user).await?.iter().any(|star| star == name);
    if id_of(name).is_none() {
        let signature = workflows::component(name)?.signature;
        if version.is_some_and(|version| version != i64::from(signature.version)) {
            return Err(Error::not_found("version"));
        }
        return Ok(detail(signature, starred, None));
    }
    let view = find(app, principal, project, name).await?;
    let id = view.asset.id;
    let mut meta = app.meta.read().await?;
    let mut gone = withdrawn(&mut meta, org, &[id]).await?.remove(&id).unwrap_or_default();
    let shared = meta.setting(org, id, SHARED).await?.is_some_and(|one| one.body == true);
    let page = PageRequest::new(Some(tandem_core::page::MAX_LIMIT), None)?;
    let versions = meta.versions(org, id, &page).await?.items;
    let people = People::load(&mut meta, org, versions.iter().map(|version| version.author_id).collect()).await?;
    let seq = version.or_else(|| newest(&view.asset, Some(&gone))).unwrap_or(view.asset.latest_seq);
    let shown = meta.version(org, id, seq).await?.ok_or_else(|| Error::not_found("version"))?;
    drop(meta);
    let content = Content::of(&view.asset, &shown)?;
    let line = |version: Version| VersionLine {
        author: people.get(version.author_id),
        withdrawn: gone.remove(&version.seq),
        version,
    };
    let may_inspect = view.rights.contains(&Action::Inspect);
    let (workflow, python, sql) = match content.inside {
        Inside::Workflow { workflow, .. } => (may_inspect.then_some(*workflow), None, None),
        Inside::Sql { sql } => (None, None, may_inspect.then_some(sql)),
        Inside::Python { python } => {
            let ready = app.python.environments.is_ready(&python.environment);
            let code = may_inspect.then_some(python.code);
            (None, Some(PythonInside { environment: python.environment, ready, code }), None)
        }
    };
    let package = Package {
        seq,
        workflow,
        python,
        sql,
        shared,
        versions: versions.into_iter().map(line).collect(),
        rights: view.rights,
        asset: view.asset,
    };
    Ok(detail(content.signature, starred, Some(package)))
}

fn detail(signature: Signature, starred: bool, package: Option<Package>) -> ComponentDetail {
    let (en, zh) = (page(&signature, Lang::En), page(&signature, Lang::Zh));
    ComponentDetail { signature, en, zh, starred, package }
}

/// What is different between two versions of a packaged component; `to` is the
/// newest one that was not withdrawn where it is left out.
///
/// # Errors
/// `not_found`.
pub async fn differences(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    name: &str,
    from: i64,
    to: Option<i64>,
) -> Result<(i64, Vec<Change>)> {
    app.require_project(principal, Action::Discover, project).await?;
    let asset = find(app, principal, project, name).await?.asset;
    let mut meta = app.meta.read().await?;
    let gone = withdrawn(&mut meta, principal.org, &[asset.id]).await?;
    let to = to.or_else(|| newest(&asset, gone.get(&asset.id))).unwrap_or(asset.latest_seq);
    let mut contents = Vec::new();
    for seq in [from, to] {
        let version = meta.version(principal.org, asset.id, seq).await?.ok_or_else(|| Error::not_found("version"))?;
        contents.push(Content::of(&asset, &version)?);
    }
    let [from, newer] = contents.as_slice() else { return Err(Error::internal("two versions")) };
    Ok((to, changes(&from.signature, &newer.signature, bare(&from.inside) != bare(&newer.inside))))
}

#[derive(PartialEq)]
enum Bare<'a> {
    Nodes(BTreeMap<NodeId, Node>, &'a BTreeMap<EdgeId, Edge>),
    Python(&'a Program),
    Sql(&'a str),
}

/// What of the inside a result depends on: not where things lie.
fn bare(inside: &Inside) -> Bare<'_> {
    match inside {
        Inside::Python { python } => Bare::Python(python),
        Inside::Sql { sql } => Bare::Sql(sql),
        Inside::Workflow { workflow, .. } => {
            let mut nodes = workflow.nodes.clone();
            for node in nodes.values_mut() {
                (node.position, node.frame, node.label, node.note) = Default::default();
            }
            Bare::Nodes(nodes, &workflow.edges)
        }
    }
}
