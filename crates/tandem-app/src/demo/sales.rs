//! The demo's workflow: sales by department, as it could be drawn in five minutes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_core::{Error, Result, id::AssetId};
use tandem_flow::Workflow;

use super::{Demo, wait_for};
use crate::{
    App,
    workflows::{WorkflowRequest, create, start},
};

const DOCUMENT: &str = include_str!("sales.json");

/// Draws it over the demo's datasets, by their names, and runs it once.
pub(super) async fn draw(app: &App, demo: &Demo, datasets: &BTreeMap<&str, AssetId>) -> Result<()> {
    let mut document = Workflow::read(DOCUMENT)?;
    for node in document.nodes.values_mut().filter(|node| node.component.name == "dataset") {
        let name = node.params.get("dataset").and_then(Value::as_str).unwrap_or_default();
        let id = datasets.get(name).ok_or_else(|| Error::internal("the demo's workflow reads the demo's data"))?;
        node.params.insert("dataset".to_owned(), json!(id));
    }
    let (name, about) =
        ("Sales by department", "Which departments sell, by month, with a page to read and a table to use on.");
    let made = create(app, &demo.principal, demo.project, name, about, Some(document)).await?;
    let run = start(app, &demo.principal, made.asset.asset.id, WorkflowRequest::default()).await?;
    wait_for(app, demo, run.view.run.id).await.map(|_| ())
}
