//! The packaged components that a workflow uses, near and far, as one person
//! may use them.

use std::collections::{BTreeMap, BTreeSet};

use tandem_core::{
    Action, Principal, Result,
    id::{AssetId, ProjectId},
};
use tandem_flow::{Signature, Workflow, check::Found, graph::Component, package};
use tandem_meta::{Asset, AssetKind};

use super::{
    content::{Content, Inside, Program, id_of, name_of, number},
    list::withdrawn,
};
use crate::{App, access::SHARED, python::code::codes, workflows::each};

/// Packaged components that were looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Library {
    known: BTreeMap<Component, Known>,
    /// The newest version of each that was not withdrawn.
    newest: BTreeMap<String, u32>,
    /// The code that stands in nodes of the workflow and of packages.
    codes: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Known {
    signature: Signature,
    inside: Inside,
    withdrawn: bool,
}

impl Library {
    /// Looks up what a workflow of a project uses. Of what stands in the
    /// workflow itself the person must have the use, and it must be of the
    /// project or shared; what stands inside of that came with it.
    ///
    /// # Errors
    /// Those of the database. What may not be used is missing.
    pub(crate) async fn load(
        app: &App,
        principal: &Principal,
        project: ProjectId,
        workflow: &Workflow,
    ) -> Result<Self> {
        let mut library = Self { codes: owned(workflow), ..Self::default() };
        let mut wanted = named(workflow);
        let mut seen: BTreeSet<Component> = BTreeSet::new();
        let mut outermost = true;
        while !wanted.is_empty() {
            let ids: BTreeSet<AssetId> = wanted.iter().filter_map(|component| id_of(&component.name)).collect();
            let mut assets = library.assets(app, principal, &ids.into_iter().collect::<Vec<_>>()).await?;
            if outermost {
                assets = usable(app, principal, project, assets).await?;
            }
            let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id).collect();
            let mut meta = app.meta.read().await?;
            let withdrawn = withdrawn(&mut meta, principal.org, &ids).await?;
            let mut next = BTreeSet::new();
            for component in wanted {
                let Some(asset) = assets.iter().find(|asset| name_of(asset.id) == component.name) else { continue };
                let gone = withdrawn.get(&asset.id);
                let is_gone = |seq: i64| gone.is_some_and(|gone| gone.contains_key(&seq));
                if let Some(newest) = (1..=asset.latest_seq).rev().find(|seq| !is_gone(*seq)) {
                    library.newest.insert(component.name.clone(), number(newest));
                }
                let seq = i64::from(component.version);
                if let Some(version) = meta.version(principal.org, asset.id, seq).await? {
                    let Content { signature, inside } = Content::of(asset, &version)?;
                    if let Inside::Workflow { workflow, .. } = &inside {
                        next.extend(named(workflow));
                        library.codes.extend(owned(workflow));
                    }
                    let known = Known { signature, inside, withdrawn: is_gone(seq) };
                    library.known.insert(component.clone(), known);
                }
                seen.insert(component);
            }
            drop(meta);
            wanted = next.difference(&seen).cloned().collect();
            outermost = false;
        }
        Ok(library)
    }

    async fn assets(&self, app: &App, principal: &Principal, ids: &[AssetId]) -> Result<Vec<Asset>> {
        let mut assets = app.meta.read().await?.assets_by_id(principal.org, ids).await?;
        assets.retain(|asset| asset.deleted_at.is_none() && asset.kind == AssetKind::Component);
        Ok(assets)
    }

    /// What is known of a packaged component.
    pub(crate) fn find(&self, component: &Component) -> Found<'_> {
        match self.known.get(component) {
            Some(known) if known.withdrawn => Found::Withdrawn(&known.signature),
            Some(known) => Found::Here(&known.signature),
            None => Found::Missing,
        }
    }

    /// The code that stands in nodes of the workflow itself and of the packages in it.
    pub(crate) fn codes(&self) -> &BTreeSet<String> {
        &self.codes
    }

    /// The newest version that may be used.
    pub(crate) fn newest(&self, name: &str) -> Option<u32> {
        self.newest.get(name).copied()
    }

    /// The nodes inside of a component that may be used.
    pub(crate) fn workflow(&self, component: &Component) -> Option<&Workflow> {
        match &self.known.get(component).filter(|known| !known.withdrawn)?.inside {
            Inside::Workflow { workflow, .. } => Some(workflow),
            Inside::Python { .. } | Inside::Sql { .. } => None,
        }
    }

    /// The Python components that may be used, with their signatures.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (&Component, &Signature, &Program)> {
        let there = self.known.iter().filter(|(_, known)| !known.withdrawn);
        there.filter_map(|(component, known)| match &known.inside {
            Inside::Python { python } => Some((component, &known.signature, python)),
            Inside::Workflow { .. } | Inside::Sql { .. } => None,
        })
    }
}

impl package::Library for Library {
    fn inner(&self, component: &Component) -> Option<&Workflow> {
        self.workflow(component)
    }
}

fn owned(workflow: &Workflow) -> BTreeSet<String> {
    codes(workflow).map(str::to_owned).collect()
}

/// The packaged components that stand in a workflow itself, or that a node of it runs.
pub(super) fn named(workflow: &Workflow) -> BTreeSet<Component> {
    let own = workflow.nodes.values().map(|node| node.component.clone());
    let run = workflow.nodes.values().filter_map(each::named);
    own.chain(run).filter(|component| id_of(&component.name).is_some()).collect()
}

/// Those that a person may use in a project.
pub(super) async fn usable(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    assets: Vec<Asset>,
) -> Result<Vec<Asset>> {
    let may = app.assets_may(principal, &assets, Action::Use).await?;
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id).collect();
    let shared = app.meta.read().await?.settings(principal.org, &ids, SHARED).await?;
    let is_shared = |id: AssetId| shared.iter().any(|one| one.asset_id == id && one.body == true);
    let kept = assets.into_iter().zip(may);
    Ok(kept
        .filter(|(asset, may)| *may && (asset.project_id == project || is_shared(asset.id)))
        .map(|(asset, _)| asset)
        .collect())
}
