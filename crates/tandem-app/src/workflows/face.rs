//! What a workflow declares of itself, as its form shows it.

use tandem_core::{Action, Principal, Result, Text, id::AssetId};
use tandem_flow::{Signature, check::Problem, package::Words};

use super::document;
use crate::{
    App, apps,
    components::{Library, name_of},
};

/// A workflow from outside.
#[derive(Debug, Clone)]
pub struct Face {
    /// What it takes, what may be set, what it gives.
    pub signature: Signature,
    /// What is wrong with what it declares.
    pub problems: Vec<Problem>,
}

/// What the draft, or with `seq` a saved version, shows as an app.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn signature(app: &App, principal: &Principal, id: AssetId, seq: Option<i64>) -> Result<Face> {
    let asset = document::require(app, principal, Action::Inspect, id).await?.asset;
    let workflow = match seq {
        Some(seq) => document::inside(&asset, &document::version(app, principal, id, seq).await?)?,
        None => document::parse(document::draft(app, &asset).await?.body)?,
    };
    let library = Library::load(app, principal, asset.project_id, &workflow).await?;
    let called = Text::new(asset.name.clone(), asset.name.clone());
    let about = if asset.description.is_empty() { asset.name } else { asset.description };
    let words = Words {
        name: name_of(id),
        version: u32::try_from(seq.unwrap_or(asset.latest_seq)).unwrap_or(u32::MAX).max(1),
        title: called,
        summary: Text::new(about.clone(), about),
        help: Text::new("", ""),
    };
    let (signature, problems) = apps::seen(app, &workflow, &library, words)?;
    Ok(Face { signature, problems })
}
