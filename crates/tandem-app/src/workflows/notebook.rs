//! A workflow of the server as a notebook.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tandem_core::{Action, Error, Lang, Principal, Result, id::AssetId};
use tandem_flow::{
    check::Given,
    notebook::{Style, write},
};

use super::{check::known, document};
use crate::{App, files::Texts};

/// The draft, or with `seq` a saved version, as a notebook (nbformat 4.5): a
/// cell a node. Queries are written for the columns that the caller may see;
/// rows come into it only when it runs, with the rights of whoever runs it.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn notebook(app: &App, principal: &Principal, id: AssetId, seq: Option<i64>, lang: Lang) -> Result<Value> {
    let asset = document::require(app, principal, Action::Inspect, id).await?.asset;
    let project = app.require_project(principal, Action::Discover, asset.project_id).await?.project;
    let workflow = match seq {
        Some(seq) => document::inside(&asset, &document::version(app, principal, id, seq).await?)?,
        None => document::parse(document::draft(app, &asset).await?.body)?,
    };
    let catalog = known(app, principal, &project, &workflow, &Map::new()).await?;
    let style = Style { lang, files: BTreeMap::new(), origin: Some(id.to_string()) };
    let written = move || write(&workflow, &catalog, &Texts, &Given::default(), &style);
    tokio::task::spawn_blocking(written).await.map_err(Error::internal)
}
