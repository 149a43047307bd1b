//! From a document and a person to something that can be run or looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value};
use tandem_core::{Principal, Result, id::AssetId};
use tandem_engine::Limits;
use tandem_flow::{Workflow, check::Catalog, graph::NodeId, package::expand, plan::Budget};
use tandem_meta::repo::project::Project;
use tandem_python::Manifest;
use tandem_runner::{Effects, Job, Runner, Source};

use super::{
    catalog::Known,
    fold::Fold,
    models::{WithModels, models},
    sources::{Sources, input, sources},
};
use crate::{
    App,
    components::{Library, Program},
    python::WithPython,
};

/// What is asked of a workflow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) params: Map<String, Value>,
    pub(crate) seed: u64,
    pub(crate) until: BTreeSet<NodeId>,
    pub(crate) pins: BTreeMap<NodeId, (AssetId, i64)>,
    pub(crate) inputs: BTreeMap<String, (AssetId, i64)>,
    /// Tables for inputs that no dataset was chosen for.
    pub(crate) tables: BTreeMap<String, Source>,
}

/// A workflow with everything that it reads.
pub(crate) struct Ready {
    pub(crate) job: Job,
    pub(crate) catalog: Arc<dyn Catalog + Send + Sync>,
    pub(crate) sources: Sources,
    /// Which nodes of the job stand for which of the document.
    pub(crate) fold: Fold,
    pub(crate) library: Library,
}

pub(crate) async fn ready(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: Workflow,
    asked: Asked,
    effects: Arc<dyn Effects>,
) -> Result<Ready> {
    let library = Library::load(app, principal, project.id, &workflow).await?;
    let mut expanded = expand(&workflow, &library)?;
    // An input that nothing was chosen for feeds nothing.
    expanded.inputs.retain(|name, _| asked.inputs.contains_key(name) || asked.tables.contains_key(name));
    let mut inputs = asked.tables;
    for (name, chosen) in &asked.inputs {
        inputs.insert(name.clone(), input(app, principal, project, chosen.0, Some(chosen.1)).await?.source());
    }
    let mut fold = Fold::new(&workflow, &library, &expanded);
    let until: BTreeSet<NodeId> = asked.until.iter().flat_map(|id| fold.inside(id)).collect();
    fold.only(&expanded, &until);
    let sources = sources(app, principal, project, &expanded, &asked.params, &asked.pins).await?;
    let models = models(app, principal, project, &expanded, &asked.params, &asked.pins).await?;
    let catalog = Known::new(app, library.clone(), &expanded, &asked.params, &sources, &models);
    let catalog = Arc::new(catalog);
    // What can't be read is said at its node by the catalogue.
    let there: BTreeMap<_, _> = models.into_iter().filter_map(|(id, read)| Some((id, read.ok()?))).collect();
    let digests = there.iter().map(|(id, model)| (id.clone(), model.digest())).collect();
    let programs = library.programs().map(|(component, signature, program)| {
        let Program { code, environment, limits } = program.clone();
        let manifest = Manifest { signature: signature.clone(), environment, limits };
        (component.clone(), Arc::new(app.python.own(manifest, code)))
    });
    let models = Arc::new(WithModels::new(there, effects));
    let effects = WithPython::new(app, programs.collect(), library.codes().clone(), models)?;
    let effects = Arc::new(effects);
    let tables = sources.iter().filter_map(|(id, read)| {
        let source = read.as_ref().ok()?.source();
        Some((id.clone(), BTreeMap::from([("table".to_owned(), source)])))
    });
    let job = Job {
        sources: tables.collect(),
        until,
        workflow: expanded,
        params: asked.params,
        seed: asked.seed,
        inputs,
        models: digests,
        effects,
    };
    Ok(Ready { job, catalog, sources, fold, library })
}

/// Runs with the installation's engine and results, within `limits`.
pub(crate) fn runner(app: &App, limits: Limits) -> Runner {
    let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    Runner::new(app.engine.clone(), app.results.clone(), Budget::new(app.config.memory_bytes, cores), limits)
}
