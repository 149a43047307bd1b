//! Looking at models, and taking them away.

use serde_json::Value;
use tandem_core::{Action, Error, Principal, Result, id::AssetId};
use tandem_meta::{Asset, AssetKind, Version};

use super::content::{ModelContent, TRAINING, bytes, file};
use crate::App;

/// A version of a model.
#[derive(Debug, Clone)]
pub struct ModelVersion {
    /// The model.
    pub asset: Asset,
    /// The version.
    pub version: Version,
    /// What it holds.
    pub content: ModelContent,
    /// The pages of its training, each a section of a report.
    pub training: Vec<Value>,
}

/// One version of a model.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<ModelVersion> {
    let (asset, version) = require(app, principal, Action::Use, id, seq).await?;
    let training = app.meta.read().await?.document(principal.org, version.id, TRAINING).await?;
    let training = training.and_then(|pages| serde_json::from_value(pages).ok()).unwrap_or_default();
    Ok(ModelVersion { content: ModelContent::of(&version)?, asset, version, training })
}

/// A model's file, for programs. It takes the right to download: what was
/// learned may hold values of what it was learned from.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn download(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<Vec<u8>> {
    app.require_asset(principal, Action::Use, id).await?;
    let (_, version) = require(app, principal, Action::Download, id, seq).await?;
    bytes(&file(app, &ModelContent::of(&version)?))
}

pub(super) async fn require(
    app: &App,
    principal: &Principal,
    action: Action,
    id: AssetId,
    seq: i64,
) -> Result<(Asset, Version)> {
    let asset = app.require_asset(principal, action, id).await?.asset;
    if asset.kind != AssetKind::Model {
        return Err(Error::not_found("model"));
    }
    let version = app.meta.read().await?.version(principal.org, id, seq).await?;
    Ok((asset, version.ok_or_else(|| Error::not_found("version"))?))
}
