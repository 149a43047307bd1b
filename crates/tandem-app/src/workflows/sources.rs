//! The datasets that a workflow reads, as one person may see them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tandem_components::{
    columns::columns_of,
    data::{DATASET, MODEL},
};
use tandem_core::{Action, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_engine::{AccessPlan, TableRef};
use tandem_flow::{
    Column, Workflow,
    graph::{Node, NodeId},
};
use tandem_meta::AssetKind;
use tandem_meta::repo::project::Project;
use tandem_runner::Source;

use crate::{
    App,
    query::plan::{self, Pinned},
};

/// A dataset in one version, with the columns that a person may see of it.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) pinned: Pinned,
    pub(crate) columns: Vec<Column>,
}

/// What each node that reads a dataset finds, or why it can't.
pub(crate) type Sources = BTreeMap<NodeId, std::result::Result<Read, Error>>;

/// Looks up the datasets of a workflow. `pins` hold those versions that were
/// settled on before.
pub(crate) async fn sources(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: &Workflow,
    params: &Map<String, Value>,
    pins: &BTreeMap<NodeId, (AssetId, i64)>,
) -> Result<Sources> {
    let mut sources = Sources::new();
    // Several nodes may read one dataset; each is looked up once.
    let mut seen: BTreeMap<(AssetId, Option<i64>), Read> = BTreeMap::new();
    for (id, node) in workflow.nodes.iter().filter(|(_, node)| node.component.name == DATASET) {
        let set = workflow.resolve(node, params);
        let asked = match pins.get(id) {
            Some((dataset, seq)) => Ok((*dataset, Some(*seq))),
            None => wanted(&set, "dataset"),
        };
        let read = match asked {
            Err(error) => Err(error),
            Ok(key) => match seen.get(&key) {
                Some(read) => Ok(read.clone()),
                None => match one(app, principal, project, key).await {
                    Ok(read) => {
                        seen.insert(key, read.clone());
                        Ok(read)
                    }
                    Err(error) => Err(error),
                },
            },
        };
        sources.insert(id.clone(), read);
    }
    Ok(sources)
}

/// Whether a node says which version it reads, whatever comes later.
pub(crate) fn is_pinned(workflow: &Workflow, node: &Node, params: &Map<String, Value>) -> bool {
    workflow.resolve(node, params).get("version").is_some_and(Value::is_number)
}

/// The parameter that names what a node reads from outside, where it does.
pub(crate) fn reads(node: &Node) -> Option<&'static str> {
    match node.component.name.as_str() {
        DATASET => Some("dataset"),
        MODEL => Some("model"),
        _ => None,
    }
}

/// The datasets and models of which a workflow reads the newest version.
pub(crate) fn follows(workflow: &Workflow, params: &Map<String, Value>) -> BTreeSet<AssetId> {
    let read = workflow.nodes.values().filter_map(|node| Some((node, reads(node)?)));
    let followed = read.filter(|(node, _)| !is_pinned(workflow, node, params));
    followed.filter_map(|(node, param)| Some(wanted(&workflow.resolve(node, params), param).ok()?.0)).collect()
}

/// The newest version of a dataset, or the one that is asked for.
pub(crate) async fn input(
    app: &App,
    principal: &Principal,
    project: &Project,
    dataset: AssetId,
    seq: Option<i64>,
) -> Result<Read> {
    one(app, principal, project, (dataset, seq)).await
}

/// The asset that a parameter names, and the version where one is chosen.
pub(crate) fn wanted(set: &Map<String, Value>, param: &str) -> Result<(AssetId, Option<i64>)> {
    let choose = || Error::new(ErrorCode::InvalidParameter, format!("Choose a {param}."));
    let id = set.get(param).and_then(Value::as_str).filter(|id| !id.is_empty()).ok_or_else(choose)?;
    let id = id.parse().map_err(|_| choose())?;
    Ok((id, set.get("version").and_then(Value::as_i64)))
}

async fn one(app: &App, principal: &Principal, project: &Project, key: (AssetId, Option<i64>)) -> Result<Read> {
    let gone = || {
        Error::new(
            ErrorCode::NotFound,
            "This dataset is not there any more, or was not shared with you. Choose another, or ask for access.",
        )
    };
    let hide = |error: Error| if error.code() == ErrorCode::NotFound { gone() } else { error };
    let asset = app.require_asset(principal, Action::Use, key.0).await.map_err(hide)?.asset;
    if asset.project_id != project.id || asset.kind != AssetKind::Dataset {
        return Err(gone());
    }
    let seq = key.1.map(|seq| u64::try_from(seq).unwrap_or_default());
    let pinned = plan::pin(app, principal, &asset, seq, &[Action::Use]).await?;
    let look = AccessPlan::new("columns").with_table(TableRef::latest("t"), pinned.access.clone());
    let described = app.engine.describe(&look).await?;
    let columns = described.first().map(|table| columns_of(&table.schema)).unwrap_or_default();
    Ok(Read { pinned, columns })
}

impl Read {
    /// The rows for a run, with all that decides them.
    pub(crate) fn source(&self) -> Source {
        let access = &self.pinned.access;
        let digest = json!({
            "content": self.pinned.content.content_digest,
            "row_filter": access.row_filter,
            "masks": access.masks,
            "hidden": access.hidden_columns,
        });
        Source { access: access.clone(), columns: self.columns.clone(), digest: digest.to_string() }
    }
}
