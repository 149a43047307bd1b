//! What a run does to the world: versions of datasets and models, all of which
//! appear in the transaction that ends the run.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};
use tandem_components::{
    Outputs,
    data::{WRITE_DATASET, WRITE_MODEL},
    flow::{CALL_SERVICE, FOR_EACH, NOTIFY},
    sql::ident,
};
use tandem_core::{Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_engine::{WriteMode, WriteOptions};
use tandem_flow::{Workflow, graph::NodeId};
use tandem_meta::{AssetKind, repo::run::Run};
use tandem_runner::{Effects, Given};

use super::each::Each;
use crate::{
    App,
    datasets::{ColumnInfo, DatasetContent, check_name, measure, settle_head},
    runs::{Output, OutputAsset, Task},
    turns::Turn,
};

/// Nothing can be done: somebody only looks.
pub(crate) struct Nothing;

impl Effects for Nothing {
    fn act<'a>(&'a self, _: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(async { Err(Error::new(ErrorCode::StateConflict, "This node acts only when the workflow is run.")) })
    }
}

/// Writes tables for a run, and remembers what it wrote.
pub(super) struct Writes {
    pub(super) task: Arc<Task>,
    /// What the results were made from, whose rights they inherit.
    pub(super) sources: Vec<AssetId>,
    pub(super) origin: String,
    pub(super) workflow: Workflow,
    pub(super) params: Map<String, Value>,
    /// Runs components for each value.
    pub(super) each: Each,
    made: Mutex<Vec<(Output, Option<Turn>)>>,
}

#[derive(Deserialize)]
struct Params {
    name: String,
    mode: Mode,
    #[serde(default)]
    key: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Replace,
    Append,
    Upsert,
}

impl Writes {
    pub(super) fn new(
        each: Each,
        sources: Vec<AssetId>,
        origin: String,
        workflow: Workflow,
        params: Map<String, Value>,
    ) -> Self {
        let task = each.task.clone();
        Self { task, sources, origin, workflow, params, each, made: Mutex::default() }
    }

    /// Remembers what was written.
    pub(super) fn add(&self, output: Output, turn: Option<Turn>) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push((output, turn));
    }

    /// What was written.
    pub(super) fn take(&self) -> (Vec<Output>, Vec<Turn>) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        let (outputs, turns): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        (outputs, turns.into_iter().flatten().collect())
    }

    async fn write(&self, given: &Given<'_>) -> Result<()> {
        let task = &*self.task;
        let app: &App = &task.app;
        let params: Params = serde_json::from_value(Value::Object(given.params.clone())).map_err(Error::internal)?;
        check_name(&params.name)?;
        let table = given.tables.get("table").and_then(|tables| tables.first());
        let table = table.ok_or_else(|| Error::new(ErrorCode::InvalidParameter, "Connect a table to write."))?;
        let overwrites = !matches!(params.mode, Mode::Append);
        let before = target(app, &task.principal, task, &params.name, overwrites).await?;
        let mut options = WriteOptions::new(match params.mode {
            Mode::Replace => WriteMode::Replace,
            Mode::Append => WriteMode::Append,
            Mode::Upsert => WriteMode::Upsert { key: params.key },
        });
        // Another attempt of the same run finds what this one wrote.
        options.write_id = Some(format!("{}/{}", task.run.id, given.id));
        let (table_id, asset) = match &before {
            Some((asset, seq, content)) => (content.table, OutputAsset::Existing { id: *asset, expected: *seq }),
            None => {
                let asset = OutputAsset::New { kind: AssetKind::Dataset, name: params.name.clone() };
                (new_table(&task.run, given.id), asset)
            }
        };
        let turn = app.turns.take(table_id).await;
        if let Some((.., content)) = &before {
            let parent = settle_head(app, content).await?;
            options.expected_parent = Some(parent);
            // Rows on a parent that is no longer the newest are not this attempt's.
            options.write_id = Some(format!("{}/{}@{parent}", task.run.id, given.id));
        }
        let rows = app.engine.query(given.plan, &format!("SELECT * FROM {}", ident(table)), given.cancel).await?;
        let written = app.engine.write(table_id, rows.into_batches(), options, given.cancel).await?;
        let dataset = before.as_ref().map(|(asset, ..)| *asset);
        let gate = measure::Gate::of(app, &task.principal, dataset).await?;
        let progress = task.progress.clone();
        let measured = measure::version(app, table_id, &written.version, &gate, &task.cancel, progress).await?;
        let content = DatasetContent {
            table: table_id,
            delta_version: written.version.delta_version,
            columns: ColumnInfo::of(&written.version.schema),
            rows: written.version.rows,
            bytes: written.version.bytes,
            content_digest: written.version.content_digest.clone(),
            rejected: 0,
            rejects: None,
            origin: self.origin.clone(),
        };
        let output = Output {
            role: given.id.to_string(),
            asset,
            content_digest: content.content_digest.clone(),
            content: serde_json::to_value(&content).map_err(Error::internal)?,
            message: self.origin.clone(),
            documents: measured.documents()?,
            sources: self.sources.clone(),
        };
        self.add(output, Some(turn));
        Ok(())
    }
}

/// The table of a new dataset: the same for every attempt of a run.
fn new_table(run: &Run, node: &NodeId) -> AssetId {
    let name = format!("{}/{node}", run.id);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    AssetId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// The dataset of that name, where there is one that this person may change.
async fn target(
    app: &App,
    principal: &Principal,
    task: &Task,
    name: &str,
    overwrites: bool,
) -> Result<Option<(AssetId, i64, DatasetContent)>> {
    let mut snapshot = app.meta.read().await?;
    let found = snapshot.asset_by_name(principal.org, task.run.project_id, AssetKind::Dataset, name).await?;
    let Some(asset) = found else { return Ok(None) };
    let version = snapshot.latest_version(principal.org, asset.id).await?;
    drop(snapshot);
    app.require_asset(principal, tandem_core::Action::Edit, asset.id).await?;
    if overwrites {
        app.require_whole(principal, &asset).await?;
    }
    match version {
        Some(version) => Ok(Some((asset.id, version.seq, DatasetContent::of(&version)?))),
        None => Err(Error::new(
            ErrorCode::StateConflict,
            format!("“{name}” has no version yet. Wait for its import to finish and retry."),
        )),
    }
}

impl Effects for Writes {
    fn act<'a>(&'a self, given: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(async move {
            match given.signature.name.as_str() {
                WRITE_DATASET => self.write(&given).await?,
                WRITE_MODEL => self.write_model(&given).await?,
                NOTIFY => return self.notify(&given).await,
                CALL_SERVICE => return self.call(&given).await,
                FOR_EACH => return self.each.act(given).await,
                _ => return Err(Error::internal("a component that nobody does")),
            }
            Ok(Outputs::new())
        })
    }
}
