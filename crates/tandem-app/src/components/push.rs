//! Python and SQL components as assets: a function or a statement with its
//! signature, pushed as a new component or as the next version of one.

use serde_json::Value;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, ProjectId},
};
use tandem_flow::{graph::Component, signature::Category};
use tandem_meta::{Asset, AssetKind, NewAsset, NewVersion};
use tandem_python::{Manifest, read_statement};

use super::{
    content::{Content, Inside, Program, name_of, number},
    make::{Made, component_of},
};
use crate::{
    App, assets,
    people::{check, note},
};

/// The longest code, in bytes.
const CODE: usize = 1 << 20;

/// A component, as its folder has it.
#[derive(Debug, Clone)]
pub struct PushRequest {
    /// `component.json`.
    pub manifest: Value,
    /// `component.py`, or `component.sql` where the manifest says that it is of the kind `sql`.
    pub code: String,
    /// What to say about the version.
    pub message: String,
}

/// Makes a component in a project. Its name is that of its manifest.
///
/// # Errors
/// `not_found`, `forbidden`; `already_exists`; `invalid_parameter` for a manifest that is no signature of one.
pub async fn push(app: &App, principal: &Principal, project: ProjectId, request: PushRequest) -> Result<Made> {
    app.require_project(principal, Action::Create, project).await?;
    app.require_project(principal, written(&request), project).await?;
    let (name, content) = content(&request)?;
    let message = check::prose("message", &request.message)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let new = NewAsset {
        project_id: project,
        kind: AssetKind::Component,
        name: check::name("manifest.name", &name)?.to_owned(),
        description: check::prose("manifest.summary.en", &content.signature.summary.en)?.to_owned(),
        created_by: principal.user,
    };
    let asset = tx.create_asset(principal.org, new).await?;
    let seq = tx.append_version(principal.org, asset.id, 0, version(principal, &content, message)?).await?.seq;
    note::changed(&mut tx, principal, "push_component", "asset", asset.id);
    tx.commit().await?;
    made(app, principal, &asset, seq, content).await
}

/// Makes the next version of such a component.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` for a manifest that is no signature of one, and for a component that
/// is made of nodes.
pub async fn push_version(app: &App, principal: &Principal, id: AssetId, request: PushRequest) -> Result<Made> {
    let asset = component_of(app, principal, id).await?.asset;
    app.require_project(principal, written(&request), asset.project_id).await?;
    let latest = app.meta.read().await?.latest_version(principal.org, id).await?;
    let before = latest.map(|latest| Content::of(&asset, &latest)).transpose()?;
    if before.as_ref().is_some_and(|before| matches!(before.inside, Inside::Workflow { .. })) {
        let message = "This component is made of nodes of a workflow, where its next version is made. Push to another.";
        return Err(Error::new(ErrorCode::InvalidParameter, message));
    }
    let (_, content) = content(&request)?;
    if before.is_some_and(|before| std::mem::discriminant(&before.inside) != std::mem::discriminant(&content.inside)) {
        let message = "manifest.kind: a component stays what it is made of. Push to another, or make a new one.";
        return Err(Error::new(ErrorCode::InvalidParameter, message));
    }
    let message = check::prose("message", &request.message)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let new = version(principal, &content, message)?;
    let seq = tx.append_version(principal.org, asset.id, asset.latest_seq, new).await?.seq;
    note::changed(&mut tx, principal, "push_component", "asset", asset.id);
    tx.commit().await?;
    made(app, principal, &asset, seq, content).await
}

fn is_sql(request: &PushRequest) -> bool {
    request.manifest["kind"] == "sql"
}

/// The right that it takes: a statement reads what is connected and nothing else.
fn written(request: &PushRequest) -> Action {
    if is_sql(request) { Action::WriteCode } else { Action::WritePython }
}

/// Its name, and what is kept of it. The code is not run to find out.
fn content(request: &PushRequest) -> Result<(String, Content)> {
    let wrong = |field: &str, what: &str| Error::new(ErrorCode::InvalidParameter, format!("{field}: {what}"));
    if request.code.trim().is_empty() {
        return Err(wrong("code", "there is none. Write a function “run”, or a statement."));
    }
    if request.code.len() > CODE || request.code.contains('\0') {
        return Err(wrong("code", "it is longer than 1 MB, or no text. Put what it needs into the environment."));
    }
    if is_sql(request) {
        let mut signature = read_statement(&request.manifest.to_string(), &request.code)
            .map_err(|error| wrong("manifest", error.message()))?;
        signature.category = Category::Own;
        let name = signature.name.clone();
        // Kept once: the signature is given it when the version is read.
        let sql = signature.sql.take().unwrap_or_default();
        return Ok((name, Content { signature, inside: Inside::Sql { sql } }));
    }
    let manifest =
        Manifest::parse(&request.manifest.to_string()).map_err(|error| wrong("manifest", error.message()))?;
    let Manifest { mut signature, environment, limits } = manifest;
    let name = signature.name.clone();
    signature.category = Category::Own;
    Ok((
        name,
        Content {
            signature,
            inside: Inside::Python { python: Program { code: request.code.clone(), environment, limits } },
        },
    ))
}

fn version(principal: &Principal, content: &Content, message: &str) -> Result<NewVersion> {
    let body = serde_json::to_value(content).map_err(Error::internal)?;
    let digest = blake3::hash(&serde_json::to_vec(&body).map_err(Error::internal)?).to_hex().to_string();
    Ok(NewVersion {
        content: body,
        content_digest: digest,
        author_id: principal.user,
        message: message.to_owned(),
        run_id: None,
    })
}

async fn made(app: &App, principal: &Principal, asset: &Asset, seq: i64, content: Content) -> Result<Made> {
    let component = Component::new(name_of(asset.id), number(seq));
    let mut signature = content.signature;
    (signature.name, signature.version) = (component.name.clone(), component.version);
    Ok(Made { asset: assets::get(app, principal, asset.id).await?, component, signature, edited: None })
}
