//! What stands inside of the packages that a workflow uses, whoever asks: for
//! knowing what it reads, not for running it or for showing it to anybody.

use std::collections::BTreeMap;

use tandem_core::{Result, id::OrgId};
use tandem_flow::{Workflow, graph::Component, package};
use tandem_meta::{AssetKind, Snapshot};

use super::{
    content::{Content, Inside, id_of},
    library::named,
};

/// The workflows inside of packages, near and far. Versions never change, so a
/// version of a workflow always reads the same; whether somebody may use a
/// package, or whether it was withdrawn, is asked when it runs.
#[derive(Debug, Default)]
struct Contents(BTreeMap<Component, Option<Workflow>>);

impl package::Library for Contents {
    fn inner(&self, component: &Component) -> Option<&Workflow> {
        self.0.get(component)?.as_ref()
    }
}

/// A workflow with what stands inside of its packages in their place. One that
/// can't be unfolded is given back as it is drawn: what is wrong is said when it runs.
///
/// # Errors
/// Those of the database; `internal` for damaged content.
pub(crate) async fn unfolded(meta: &mut Snapshot, org: OrgId, workflow: &Workflow) -> Result<Workflow> {
    let mut contents = Contents::default();
    let mut open: Vec<Component> = named(workflow).into_iter().collect();
    while let Some(component) = open.pop() {
        if contents.0.contains_key(&component) {
            continue;
        }
        let inside = inside(meta, org, &component).await?;
        open.extend(inside.iter().flat_map(named));
        contents.0.insert(component, inside);
    }
    Ok(package::expand(workflow, &contents).unwrap_or_else(|_| workflow.clone()))
}

async fn inside(meta: &mut Snapshot, org: OrgId, component: &Component) -> Result<Option<Workflow>> {
    let Some(id) = id_of(&component.name) else { return Ok(None) };
    let Some(asset) = meta.asset(org, id).await?.filter(|asset| asset.kind == AssetKind::Component) else {
        return Ok(None);
    };
    let Some(version) = meta.version(org, id, component.version.into()).await? else { return Ok(None) };
    Ok(match Content::of(&asset, &version)?.inside {
        Inside::Workflow { workflow, .. } => Some(*workflow),
        Inside::Python { .. } | Inside::Sql { .. } => None,
    })
}
