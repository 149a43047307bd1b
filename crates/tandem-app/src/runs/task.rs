//! What an executor is given, and what it hands back.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};
use tandem_core::{Cancel, Error, Principal, Progress, Result, id::AssetId};
use tandem_meta::{
    Tx,
    repo::{
        asset::{AssetKind, NewAsset},
        run::{Run, RunEnd},
        version::NewVersion,
    },
};

use crate::{
    App,
    datasets::{DatasetContent, DatasetPolicies},
    turns::Turn,
    workflows::Tracker,
};

/// One attempt at a run.
pub(crate) struct Task {
    pub(crate) app: Arc<App>,
    pub(crate) run: Run,
    /// The person who started it, with the rights they have now.
    pub(crate) principal: Principal,
    pub(crate) cancel: Cancel,
    pub(crate) progress: Arc<Latest>,
}

impl Task {
    /// Says how far it is.
    pub(crate) fn progress_report(&self, phase: &'static str, done: u64, total: Option<u64>) {
        self.progress.report(phase, done, total);
    }
}

/// The latest progress; the heartbeat writes it down now and then.
#[derive(Default)]
pub(crate) struct Latest {
    latest: Mutex<Option<(&'static str, u64, Option<u64>)>>,
    /// Of a workflow: what there is to say of its nodes.
    nodes: OnceLock<Arc<Tracker>>,
}

impl Progress for Latest {
    fn report(&self, phase: &'static str, done: u64, total: Option<u64>) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((phase, done, total));
    }
}

impl Latest {
    /// `{phase, done, total}`, and `nodes` of a workflow, where there is any.
    pub(crate) fn json(&self) -> Option<Value> {
        if let Some(nodes) = self.nodes.get() {
            return Some(nodes.json());
        }
        let latest = *self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.map(|(phase, done, total)| json!({ "phase": phase, "done": done, "total": total }))
    }

    /// From now on tells of nodes.
    pub(crate) fn follow(&self, nodes: Arc<Tracker>) {
        // A run has one workflow.
        let _ = self.nodes.set(nodes);
    }
}

/// What a run made. All of it is written in the one transaction that ends the
/// run, or none of it.
pub(crate) struct Done {
    pub(crate) outputs: Vec<Output>,
    /// What there is to say of it, for its page.
    pub(crate) result: Value,
    /// The turns at the tables that were written, kept until the metadata say so.
    pub(crate) holds: Vec<Turn>,
}

/// A version to add.
pub(crate) struct Output {
    pub(crate) role: String,
    pub(crate) asset: OutputAsset,
    pub(crate) content: Value,
    pub(crate) content_digest: String,
    pub(crate) message: String,
    pub(crate) documents: Vec<(&'static str, Value)>,
    /// What it was made from, whose rights it inherits.
    pub(crate) sources: Vec<AssetId>,
}

/// Where the version goes.
pub(crate) enum OutputAsset {
    /// On top of version `expected` of an asset.
    Existing { id: AssetId, expected: i64 },
    /// On the project's asset of this kind and name; made where there is none.
    Named { kind: AssetKind, name: String, description: String },
    /// On a new asset; its name must be free.
    New { kind: AssetKind, name: String },
}

impl Done {
    /// Writes it.
    pub(crate) async fn write(mut self, tx: &mut Tx, run: &Run) -> Result<()> {
        for output in self.outputs {
            let (asset, expected) = output.asset.resolve(tx, run).await?;
            if is_outdated(tx, run, asset, &output.content).await? {
                warn(&mut self.result, &output.role);
            }
            let version = NewVersion {
                content: output.content,
                content_digest: output.content_digest,
                author_id: run.created_by,
                message: output.message,
                run_id: Some(run.id),
            };
            let version = tx.append_version(run.org_id, asset, expected, version).await?;
            for (name, body) in &output.documents {
                tx.put_document(run.org_id, version.id, name, body).await?;
            }
            if !output.sources.is_empty() {
                tx.add_sources(run.org_id, asset, &output.sources).await?;
            }
            tx.add_run_output(run.org_id, run.id, &output.role, version.id).await?;
        }
        tx.finish_run(run.org_id, run.id, RunEnd::Succeeded(self.result)).await?;
        Ok(())
    }
}

/// Whether rules of who sees what name a column that this version of a dataset
/// doesn't have. It is closed to whom they are for until they fit again.
async fn is_outdated(tx: &mut Tx, run: &Run, asset: AssetId, content: &Value) -> Result<bool> {
    let policies = DatasetPolicies::load(tx, run.org_id, asset).await?;
    if policies.rules.is_empty() {
        return Ok(false);
    }
    let content: DatasetContent = serde_json::from_value(content.clone()).map_err(Error::internal)?;
    Ok(!policies.outdated(&content.columns).is_empty())
}

/// Adds to what there is to say of a run. Which columns is said to who manages
/// the dataset alone, on its page: a name may be kept back itself.
fn warn(result: &mut Value, role: &str) {
    let Some(result) = result.as_object_mut() else { return };
    let warnings = result.entry("warnings").or_insert_with(|| json!([]));
    if let Some(warnings) = warnings.as_array_mut() {
        warnings.push(json!({ "code": "policies_outdated", "output": role }));
    }
}

impl OutputAsset {
    async fn resolve(self, tx: &mut Tx, run: &Run) -> Result<(AssetId, i64)> {
        let (kind, name, description) = match self {
            Self::Existing { id, expected } => return Ok((id, expected)),
            Self::New { kind, name } => (kind, name, String::new()),
            Self::Named { kind, name, description } => {
                if let Some(asset) = tx.asset_by_name(run.org_id, run.project_id, kind, &name).await? {
                    return Ok((asset.id, asset.latest_seq));
                }
                (kind, name, description)
            }
        };
        let new = NewAsset { project_id: run.project_id, kind, name, description, created_by: run.created_by };
        Ok((tx.create_asset(run.org_id, new).await?.id, 0))
    }
}
