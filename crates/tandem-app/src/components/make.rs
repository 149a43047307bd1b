//! From chosen nodes of a draft to a version of a component.

use std::collections::BTreeSet;

use serde_json::Map;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result, Text,
    id::{AssetId, ProjectId},
};
use tandem_flow::{
    Signature, Workflow,
    graph::{Component, NodeId},
    package::{self, Choice, contains, package, replace},
    signature::Category,
};
use tandem_meta::{AssetKind, NewAsset, NewVersion};

use super::{
    content::{Content, Inside, name_of, number},
    library::Library,
};
use crate::{
    App,
    access::AssetView,
    assets::{self, AssetSummary},
    people::{check, note},
    workflows::{self, Edited, catalog::Known, document},
};

/// A component to make, or the next version of one.
#[derive(Debug, Clone)]
pub struct MakeRequest {
    /// What is chosen, and what shows.
    pub choice: Choice,
    /// What the asset is called, where it is new.
    pub name: String,
    /// What to say about the version.
    pub message: String,
    /// The component of which it is the next version.
    pub component: Option<AssetId>,
    /// The node that takes the place of those that were chosen.
    pub replace: Option<Replace>,
}

/// The node that takes the place of those that were chosen.
#[derive(Debug, Clone)]
pub struct Replace {
    /// Its id, new.
    pub node: NodeId,
    /// The window in which it was asked for.
    pub client: String,
}

/// A version that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The component.
    pub asset: AssetSummary,
    /// The version as nodes name it.
    pub component: Component,
    /// What it shows.
    pub signature: Signature,
    /// What became of the draft, where the node took the place of others.
    pub edited: Option<Edited>,
}

/// The draft of a workflow with what it uses.
struct Drawn {
    project: ProjectId,
    revision: i64,
    workflow: Workflow,
    library: Library,
}

async fn drawn(app: &App, principal: &Principal, workflow: AssetId) -> Result<Drawn> {
    let view = document::require(app, principal, Action::Inspect, workflow).await?;
    let draft = document::draft(app, &view.asset).await?;
    let workflow = document::parse(draft.body)?;
    let library = Library::load(app, principal, view.asset.project_id, &workflow).await?;
    Ok(Drawn { project: view.asset.project_id, revision: draft.revision, workflow, library })
}

impl Drawn {
    fn catalog(&self, app: &App) -> Known {
        Known::new(app, self.library.clone(), &self.workflow, &Map::new(), &Default::default(), &Default::default())
    }
}

/// A first choice for some nodes of a draft; with `component`, as that
/// component chose before, where the nodes are still there.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` for a node that is not there.
pub async fn suggest(
    app: &App,
    principal: &Principal,
    workflow: AssetId,
    nodes: BTreeSet<NodeId>,
    title: Text,
    component: Option<AssetId>,
) -> Result<Choice> {
    let drawn = drawn(app, principal, workflow).await?;
    if let Some(gone) = nodes.iter().find(|id| !drawn.workflow.nodes.contains_key(*id)) {
        let message = format!("Node {gone} is not there any more: choose again.");
        return Err(Error::new(ErrorCode::InvalidParameter, message));
    }
    let catalog = drawn.catalog(app);
    let mut choice = package::suggest(&drawn.workflow, &catalog, nodes, "own", title);
    let Some(component) = component else { return Ok(choice) };
    let view = component_of(app, principal, component).await?;
    let latest = app.meta.read().await?.latest_version(principal.org, component).await?;
    let Some(latest) = latest else { return Ok(choice) };
    let Inside::Workflow { choice: before, .. } = Content::of(&view.asset, &latest)?.inside else {
        return Err(other_kind());
    };
    // What was chosen before stays as it was; what is new comes behind it.
    let there = |node: &NodeId| choice.nodes.contains(node);
    let mut params = before.params;
    params.retain(|param| there(&param.node));
    let mut inputs = before.inputs;
    inputs.iter_mut().for_each(|input| input.to.retain(|to| there(&to.node)));
    inputs.retain(|input| !input.to.is_empty());
    let mut outputs = before.outputs;
    outputs.retain(|output| there(&output.from.node));
    for param in std::mem::take(&mut choice.params) {
        if !params.iter().any(|p| p.name == param.name || (p.node == param.node && p.param == param.param)) {
            params.push(param);
        }
    }
    for mut input in std::mem::take(&mut choice.inputs) {
        input.to.retain(|to| !inputs.iter().any(|known| known.to.contains(to)));
        if !input.to.is_empty() && !inputs.iter().any(|known| known.name == input.name) {
            inputs.push(input);
        }
    }
    for output in std::mem::take(&mut choice.outputs) {
        if !outputs.iter().any(|known| known.from == output.from || known.name == output.name) {
            outputs.push(output);
        }
    }
    Ok(Choice { title: before.title, summary: before.summary, help: before.help, params, inputs, outputs, ..choice })
}

pub(super) async fn component_of(app: &App, principal: &Principal, id: AssetId) -> Result<AssetView> {
    let view = app.require_asset(principal, Action::Edit, id).await?;
    if view.asset.kind != AssetKind::Component {
        return Err(Error::not_found("component"));
    }
    Ok(view)
}

fn other_kind() -> Error {
    Error::new(
        ErrorCode::InvalidParameter,
        "component_id: this component is not made of nodes; its next version is pushed. Choose another, or make a new one.",
    )
}

/// Makes a component of chosen nodes of a draft, or the next version of one.
///
/// # Errors
/// `not_found`, `forbidden`; `already_exists`; `invalid_parameter` where the
/// choice leaves something open, names what is not there, or the component
/// would contain itself.
pub async fn make(app: &App, principal: &Principal, workflow: AssetId, request: MakeRequest) -> Result<Made> {
    let drawn = drawn(app, principal, workflow).await?;
    app.require_project(principal, Action::WriteCode, drawn.project).await?;
    let into = match request.component {
        Some(id) => {
            let asset = component_of(app, principal, id).await?.asset;
            let latest = app.meta.read().await?.latest_version(principal.org, id).await?;
            if let Some(Inside::Python { .. } | Inside::Sql { .. }) =
                latest.map(|latest| Content::of(&asset, &latest)).transpose()?.map(|c| c.inside)
            {
                return Err(other_kind());
            }
            Some(asset)
        }
        None => None,
    };
    if into.is_none() {
        app.require_project(principal, Action::Create, drawn.project).await?;
    } else if into.as_ref().is_some_and(|asset| asset.project_id != drawn.project) {
        return Err(Error::not_found("component"));
    }
    if request.replace.is_some() {
        app.require_asset(principal, Action::Edit, workflow).await?;
    }
    let message = check::prose("message", &request.message)?;
    let mut choice = request.choice;
    (choice.name, choice.version, choice.category) = ("own".to_owned(), 1, Category::Own);
    if let Some(asset) = &into {
        not_inside_itself(&drawn, &choice, &name_of(asset.id))?;
    }
    let packaged = package(&drawn.workflow, &drawn.catalog(app), &choice)?;
    let inside = Inside::Workflow { workflow: Box::new(packaged.workflow), choice: Box::new(choice.clone()) };
    let content = Content { signature: packaged.signature, inside };
    let body = serde_json::to_value(&content).map_err(Error::internal)?;
    let digest = blake3::hash(&serde_json::to_vec(&body).map_err(Error::internal)?).to_hex().to_string();
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let (asset, latest) = match into {
        Some(asset) => {
            let latest = asset.latest_seq;
            (asset, latest)
        }
        None => {
            let new = NewAsset {
                project_id: drawn.project,
                kind: AssetKind::Component,
                name: check::name("name", &request.name)?.to_owned(),
                description: check::prose("choice.summary.en", &choice.summary.en)?.to_owned(),
                created_by: principal.user,
            };
            (tx.create_asset(principal.org, new).await?, 0)
        }
    };
    let new = NewVersion {
        content: body,
        content_digest: digest,
        author_id: principal.user,
        message: message.to_owned(),
        run_id: None,
    };
    let version = tx.append_version(principal.org, asset.id, latest, new).await?;
    note::changed(&mut tx, principal, "package_component", "asset", asset.id);
    tx.commit().await?;
    let component = Component::new(name_of(asset.id), number(version.seq));
    let edited = match request.replace {
        Some(place) => {
            (choice.name, choice.version) = (component.name.clone(), component.version);
            let edits = replace(&drawn.workflow, &choice, &place.node);
            Some(workflows::edit(app, principal, workflow, drawn.revision, &place.client, &edits).await?)
        }
        None => None,
    };
    let signature = Content::of(&asset, &version)?.signature;
    Ok(Made { asset: assets::get(app, principal, asset.id).await?, component, signature, edited })
}

/// A component whose version holds another version of itself, near or far,
/// would grow with each: it is refused.
fn not_inside_itself(drawn: &Drawn, choice: &Choice, name: &str) -> Result<()> {
    let chosen = drawn.workflow.nodes.iter().filter(|(id, _)| choice.nodes.contains(*id));
    for (id, node) in chosen {
        let inner = drawn.library.workflow(&node.component);
        if node.component.name == name || inner.is_some_and(|inner| contains(inner, &drawn.library, name)) {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                format!("The component would contain itself, by way of node {id}. Leave that node out, or unfold it."),
            ));
        }
    }
    Ok(())
}
