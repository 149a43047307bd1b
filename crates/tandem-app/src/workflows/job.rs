//! From a document and a person to something that can be run or looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value};
use tandem_core::{Principal, Result, id::AssetId};
use tandem_engine::Limits;
use tandem_flow::{Workflow, check::Catalog, graph::NodeId, plan::Budget};
use tandem_meta::repo::project::Project;
use tandem_runner::{Effects, Job, Runner};

use super::{
    catalog::Known,
    sources::{Sources, sources},
};
use crate::App;

/// What is asked of a workflow.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) params: Map<String, Value>,
    pub(super) seed: u64,
    pub(super) until: BTreeSet<NodeId>,
    pub(super) pins: BTreeMap<NodeId, (AssetId, i64)>,
}

/// A workflow with everything that it reads.
pub(super) struct Ready {
    pub(super) job: Job,
    pub(super) catalog: Arc<dyn Catalog + Send + Sync>,
    pub(super) sources: Sources,
}

pub(super) async fn ready(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: Workflow,
    asked: Asked,
    effects: Arc<dyn Effects>,
) -> Result<Ready> {
    let sources = sources(app, principal, project, &workflow, &asked.params, &asked.pins).await?;
    let catalog = Arc::new(Known::new(app.components.clone(), &workflow, &asked.params, &sources));
    let tables = sources.iter().filter_map(|(id, read)| {
        let source = read.as_ref().ok()?.source();
        Some((id.clone(), BTreeMap::from([("table".to_owned(), source)])))
    });
    let job = Job {
        sources: tables.collect(),
        workflow,
        params: asked.params,
        seed: asked.seed,
        inputs: BTreeMap::new(),
        until: asked.until,
        effects,
    };
    Ok(Ready { job, catalog, sources })
}

/// Runs with the installation's engine and results, within `limits`.
pub(super) fn runner(app: &App, limits: Limits) -> Runner {
    let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    Runner::new(app.engine.clone(), app.results.clone(), Budget::new(app.config.memory_bytes, cores), limits)
}
